/** Tables and lists of the report page as HTML. */
import { METRICS } from "../metrics/metric-catalogue.js";
import { ANSWERS } from "../metrics/findings.js";
import { findAssumedNumbers } from "./assumed-numbers.js";
import { describeMetric, formatCell } from "./render-table.js";
import { escapeXml } from "./render-figure.js";
import type { ReportInput } from "./report-input.js";
import { ANSWER_QUESTIONS, type Table } from "./table.js";

/** A table of metrics; each metric links to its definition. */
export function renderMetricTable(table: Table): string {
  const head = table.columns.map((label) => `<th scope="col">${escapeXml(label)}</th>`).join("");
  const sections = table.sections.map(({ title, rows }) => `<tbody>
<tr class="section"><th scope="rowgroup" colspan="${table.columns.length + 1}">${escapeXml(title)}</th></tr>
${rows.map(({ metric, cells }) => `<tr><th scope="row"><a href="#def-${metric.name}" title="${escapeXml(metric.definition)}">${escapeXml(describeMetric(metric)).replace(/ (?=[↓↑]$)/, "&nbsp;")}</a></th>${
    cells.map((cell) => `<td>${escapeXml(formatCell(cell, metric))}</td>`).join("")}</tr>`).join("\n")}
</tbody>`).join("\n");
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escapeXml(table.title)}">
<table class="metrics"><caption>${escapeXml(table.notes[0] ?? table.title)}</caption>
<thead><tr><th scope="col">Metric</th>${head}</tr></thead>
${sections}
</table></div>`;
}

/** Definitions of all metrics, by answer. */
export function renderDefinitions(): string {
  return ANSWERS.map((answer) => `<h3>${escapeXml(ANSWER_QUESTIONS[answer])}</h3>
<dl>${METRICS.filter((metric) => metric.answer === answer).map((metric) =>
    `<dt id="def-${metric.name}">${escapeXml(describeMetric(metric))}</dt><dd>${escapeXml(metric.definition)} <code>${metric.name}</code></dd>`).join("\n")}</dl>`).join("\n");
}

/** Warnings, failures and what is missing; a sentence when there is nothing. */
export function renderWarnings({ failures, missingCount, plan }: ReportInput, warnings: readonly string[]): string {
  const items = [
    ...(missingCount > 0 ? [`${missingCount} of ${plan.length} cells are missing: the tables are not of the whole study.`] : []),
    ...failures.map(({ label, replication, message }) => `${label}, replication ${replication}, failed: ${message.split("\n")[0] ?? ""}`),
    ...new Set(warnings),
  ];
  if (items.length === 0) return "<p>No warning was raised.</p>";
  return `<div class="warnings" role="note"><ul>${items.map((item) => `<li>${escapeXml(item)}</li>`).join("")}</ul></div>`;
}

/** The numbers of the scenario that are assumed. */
export function renderAssumed(study: unknown): string {
  const rows = findAssumedNumbers(study);
  if (rows.length === 0) return "<p>No number of the scenario that carries an origin is assumed.</p>";
  return `<p>These numbers of the scenario are neither published nor measured. What hangs on them is only as good as they are.</p>
<div class="scroll" role="region" tabindex="0" aria-label="Assumed numbers"><table>
<thead><tr><th scope="col">Config path</th><th scope="col">Values</th><th scope="col">Source as given</th></tr></thead>
<tbody>${rows.map(({ path, values, source }) => `<tr><th scope="row"><code>${escapeXml(path)}</code></th><td>${escapeXml(values)}</td><td>${escapeXml(source)}</td></tr>`).join("\n")}</tbody>
</table></div>`;
}

/** How and where the run was made. */
export function renderProvenance({ manifest, cells, plan, study, recordsSha256 }: ReportInput): string {
  const wallS = cells.reduce((sum, cell) => sum + cell.wallS, 0), cpuS = cells.reduce((sum, cell) => sum + cell.cpuS, 0);
  const rows: (readonly [string, string])[] = [
    ["Records sha256", recordsSha256],
    ["Cells", `${cells.length} of ${plan.length}; ${wallS.toFixed(1)} s of cell time, ${cpuS.toFixed(1)} s of CPU time`],
    ["Seed", String(study.seed)],
  ];
  if (manifest !== undefined) {
    const dirty = manifest.gitDirtySha256 === null ? "" : `, with uncommitted changes (sha256 ${manifest.gitDirtySha256.slice(0, 16)}…)`;
    rows.push(
      ["Command", manifest.commandLine], ["Started", manifest.startedAt], ["Ended", manifest.finishedAt ?? "not noted"],
      ["Code", `plmm-lab ${manifest.plmmVersion}, commit ${manifest.gitSha ?? "unknown"}${dirty}`],
      ["Packages", manifest.lockfileSha256 === null ? "lock file unknown" : `package-lock.json sha256 ${manifest.lockfileSha256}`],
      ["Machine", `${manifest.cpu}, ${manifest.cpuCount} threads, ${(manifest.memoryBytes / 1e9).toFixed(1)} GB; ${manifest.os}; Node ${manifest.node}`],
    );
  }
  return `<dl>${rows.map(([name, value]) => `<dt>${escapeXml(name)}</dt><dd>${escapeXml(value)}</dd>`).join("\n")}</dl>`;
}
