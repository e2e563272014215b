/** One self-contained HTML page of a run: the five answers, the figures, doubts, assumed numbers, definitions, provenance. */
import { summarizeCells, type Summary } from "./aggregate.js";
import { assembleSpec, type Figure } from "./figure.js";
import { FIGURE_NAMES, FIGURES } from "./figure-catalogue.js";
import { BUNDLE_IDS, PAGE_SCRIPT } from "./page-script.js";
import { PAGE_STYLE } from "./page-style.js";
import { renderAssumed, renderDefinitions, renderMetricTable, renderProvenance, renderWarnings } from "./page-tables.js";
import { escapeXml, renderSvg } from "./render-figure.js";
import { renderTable } from "./render-table.js";
import type { ReportInput } from "./report-input.js";
import { makeMetricTable, makeTable } from "./table.js";
import { PAGE_THEME } from "./theme.js";

/** What a page carries besides the run, so that it needs no other file. */
export interface PageParts {
  /** CSS `@font-face` rules with the fonts inside; may be empty. */
  readonly fontFaces: string;
  /** Code of vega, vega-lite and vega-embed, in this order. */
  readonly bundles: readonly [string, string, string];
}

const SECTIONS = [
  ["answers", "The five answers"], ["figures", "Figures"], ["doubts", "Doubts"], ["assumed", "Assumed numbers"],
  ["metrics", "All metrics"], ["differences", "Differences"], ["definitions", "Definitions"], ["provenance", "Where this comes from"],
] as const;

/** The page allows its own inline code and style, and no connection to anywhere. */
const CONTENT_POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; font-src data:; img-src data: blob:";

/** Renders the page. The same run gives the same bytes. */
export async function renderPage(input: ReportInput, parts: PageParts): Promise<string> {
  const summary = summarizeCells(input.cells);
  const figures = FIGURE_NAMES.flatMap((name) => FIGURES[name].make(summary, PAGE_THEME) ?? []);
  const drawn = await Promise.all(figures.map(renderFigure));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<title>${escapeXml(input.study.name)} · plmm-lab</title>
<style>${parts.fontFaces}${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#answers">To the answers</a>
${renderHeader(input, summary)}
<main>
${renderSections(input, summary, drawn)}
</main>
<footer class="muted"><p>Made by plmm-lab. This page needs no network: fonts, figures and code are inside.</p></footer>
${figures.map((figure) => `<script type="application/json" id="spec-${figure.name}">${escapeScript(JSON.stringify(assembleSpec(figure, "without-title")))}</script>`).join("\n")}
${parts.bundles.map((code, i) => `<script type="text/plain" id="${BUNDLE_IDS[i]!}">${escapeScript(code)}</script>`).join("\n")}
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function renderHeader({ study, cells, plan }: ReportInput, { labels }: Summary): string {
  const links = SECTIONS.map(([id, title]) => `<li><a href="#${id}">${title}</a></li>`).join("");
  return `<header>
<h1>${escapeXml(study.name)}</h1>
${study.description === "" ? "" : `<p class="lead">${escapeXml(study.description)}</p>`}
<p class="muted">${labels.length} scenario${labels.length === 1 ? "" : "s"}, ${cells.length} of ${plan.length} cells: ${escapeXml(labels.map(({ label }) => label).join(" · "))}</p>
<nav aria-label="Contents"><ul>${links}</ul></nav>
</header>`;
}

function renderSections(input: ReportInput, summary: Summary, drawn: readonly string[]): string {
  const all = makeMetricTable("all", summary);
  const csv = `<p class="download"><a download="${escapeXml(input.study.name)}.csv" href="data:text/csv;base64,${toBase64(renderTable(all, "csv"))}">All metrics as CSV</a></p>`;
  const bodies: Readonly<Record<(typeof SECTIONS)[number][0], string>> = {
    answers: renderMetricTable(makeMetricTable("five-answers", summary)),
    figures: drawn.length === 0 ? "<p>The run has no findings that a figure could show.</p>" : drawn.join("\n"),
    doubts: renderWarnings(input, [...input.manifest?.warnings ?? [], ...summary.warnings]),
    assumed: renderAssumed(input.study),
    metrics: `<details><summary>Show all ${all.sections.reduce((sum, { rows }) => sum + rows.length, 0)} metrics</summary>${renderMetricTable(all)}</details>${csv}`,
    differences: summary.labels.length < 2 ? "<p>There is one scenario only.</p>"
      : `<details><summary>Show differences to ${escapeXml(summary.labels[0]!.label)}</summary>${renderMetricTable(makeTable("paired", input.cells))}</details>`,
    definitions: renderDefinitions(),
    provenance: `${renderProvenance(input)}
<details class="study"><summary>The effective study</summary><pre>${escapeXml(JSON.stringify(input.study, undefined, 2))}</pre></details>`,
  };
  return SECTIONS.map(([id, title]) => `<section id="${id}" aria-labelledby="h-${id}"><h2 id="h-${id}">${title}</h2>\n${bodies[id]}\n</section>`).join("\n");
}

async function renderFigure(figure: Figure): Promise<string> {
  const svg = await renderSvg(figure, { words: "without-title", idPrefix: figure.name });
  return `<figure data-figure="${figure.name}">
<h3>${escapeXml(figure.title)}</h3>
<p class="muted">${escapeXml(figure.subtitle)}</p>
<div class="still">${svg}</div>
<div class="live" hidden></div>
<figcaption>${escapeXml(figure.caption)}</figcaption>
<button type="button" aria-pressed="false" hidden>Interactive, with values under the pointer</button>
</figure>`;
}

/** Text that may stand inside a script element. */
function escapeScript(code: string): string {
  return code.replace(/<(?=\/script|!--|script)/gi, "\\u003c");
}

function toBase64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
