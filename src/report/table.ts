/**
 * The named tables: metrics as rows in sections, labels as columns. `five-answers` is the headline: how fast, what memory and battery,
 * how good, what leaks, does the economy hold.
 */
import { ConfigError } from "../core/errors.js";
import { ANSWERS, type Answer, type MetricSpec } from "../metrics/findings.js";
import { METRICS } from "../metrics/metric-catalogue.js";
import { comparePairs, summarizeCells, type CellFindings, type Estimate, type Summary } from "./aggregate.js";

/** Names that `plmm table` takes. */
export const TABLE_NAMES = ["five-answers", "speed", "memory-energy", "quality", "leakage", "defences", "economics", "servers", "all", "paired"] as const;
/** One of the named tables. */
export type TableName = (typeof TABLE_NAMES)[number];

/** One number of a table. */
export interface TableCell extends Estimate {
  /** Holm-corrected p value of a paired difference. */
  readonly pHolm?: number;
}

/** A row: one metric over all labels. An absent number means that the metric does not exist there. */
export interface TableRow {
  readonly metric: MetricSpec;
  readonly cells: readonly (TableCell | undefined)[];
}

/** A table before it has a format. */
export interface Table {
  readonly name: TableName;
  readonly title: string;
  /** Labels, one per column. */
  readonly columns: readonly string[];
  readonly sections: readonly { readonly title: string; readonly rows: readonly TableRow[] }[];
  /** Sentences below the table. */
  readonly notes: readonly string[];
}

/** Headings of the answers: the questions that they answer. */
export const ANSWER_QUESTIONS: Readonly<Record<Answer, string>> = {
  "speed": "How fast?",
  "memory-energy": "What memory and battery?",
  "quality": "How good are the answers?",
  "leakage": "What leaks, and to whom?",
  "economics": "Does the economy hold?",
  "servers": "What do the servers do?",
};

/** Metrics of the headline table, by answer. */
const HEADLINE: ReadonlySet<string> = new Set([
  "ttft.p50", "ttft.p95", "deadline.met", "answered.fraction",
  "memory.workingSet", "energy.compute", "energy.radio", "battery.perDay",
  "correct.fraction", "correct.answered", "stale.fraction",
  "leak.consult.auc", "leak.consult.tpr1", "leak.domain.auc", "secrets.sent",
  "money.perUserDay", "market.participation", "market.criticalMass", "market.foldMargin",
]);

/** Metrics of the table of defences: what each observer gains, as bits and as TPR at 1% FPR, and the price. */
const DEFENCES = /^leak\..*(\.bits|\.tpr1|error8|answerable|joined\.top1)$|^(bytes\.up|bytes\.down|ttft\.mean|ttft\.p95|energy\.compute|energy\.radio|correct\.fraction|money\.perUserDay)$/;

/** Corrected p value under which a paired difference is marked. */
const MARKED_P = 0.05;

/**
 * Makes a named table.
 *
 * @param cells Findings of all cells of a run.
 * @param baseline Label that `paired` subtracts. Default: the first.
 * @throws {ConfigError} when the baseline is not among the labels.
 */
export function makeTable(name: TableName, cells: readonly CellFindings[], baseline?: string): Table {
  const summary = summarizeCells(cells);
  return name === "paired" ? makePairedTable(summary, cells, baseline) : makeMetricTable(name, summary);
}

/** Makes a table of means. */
export function makeMetricTable(name: Exclude<TableName, "paired">, summary: Summary): Table {
  const isWanted = ({ name: metric, answer }: MetricSpec): boolean =>
    name === "all" || (name === "five-answers" ? HEADLINE.has(metric) : name === "defences" ? DEFENCES.test(metric) : answer === name);
  const sections = makeSections(METRICS.filter(isWanted), summary.labels.map(({ metrics }) => (metric: string) => metrics[metric]));
  return {
    name, title: titleOf(name), columns: summary.labels.map(({ label }) => label), sections,
    notes: [describeIntervals(summary), ...summary.warnings],
  };
}

function makePairedTable(summary: Summary, cells: readonly CellFindings[], baseline?: string): Table {
  const labels = summary.labels.map(({ label }) => label);
  const base = baseline ?? labels[0] ?? "";
  if (!labels.includes(base)) {
    throw new ConfigError({ subject: "--baseline", rule: `be one of ${labels.join(", ") || "the labels of the run"}`, got: base, hint: "See the labels with: plmm table five-answers" });
  }
  const comparisons = comparePairs(cells, base, METRICS.map(({ name }) => name));
  const columns = labels.filter((label) => label !== base);
  const byKey = new Map(comparisons.map((row) => [`${row.label}\n${row.metric}`, row]));
  return {
    name: "paired", title: `Differences to ${base}, same people and questions`, columns,
    sections: makeSections(METRICS, columns.map((label) => (metric: string) => byKey.get(`${label}\n${metric}`))),
    notes: [
      `Mean of (label − ${base}) over replications with common random numbers, ± half of the paired 95% interval. `
        + `* marks p < ${MARKED_P} after Holm's correction over all ${comparisons.filter(({ pHolm }) => pHolm === pHolm).length} comparisons.`,
      ...summary.warnings,
    ],
  };
}

/** Whether a paired difference is marked as one. */
export function isMarked(cell: TableCell): boolean {
  return cell.pHolm !== undefined && cell.pHolm < MARKED_P;
}

function makeSections(metrics: readonly MetricSpec[], columns: readonly ((metric: string) => TableCell | undefined)[]): Table["sections"] {
  return ANSWERS.map((answer) => ({
    title: ANSWER_QUESTIONS[answer],
    rows: metrics.filter((metric) => metric.answer === answer)
      .map((metric) => ({ metric, cells: columns.map((column) => column(metric.name)) }))
      .filter(({ cells }) => cells.some((cell) => cell !== undefined)),
  })).filter(({ rows }) => rows.length > 0);
}

function titleOf(name: Exclude<TableName, "paired">): string {
  switch (name) {
    case "five-answers": return "The five answers";
    case "all": return "All metrics";
    case "defences": return "What each observer gains, and what it costs";
    case "speed": case "memory-energy": case "quality": case "leakage": case "economics": case "servers": return ANSWER_QUESTIONS[name];
    default: return name satisfies never;
  }
}

function describeIntervals({ labels }: Summary): string {
  const counts = labels.map(({ replications }) => replications);
  const fewest = Math.min(...counts), most = Math.max(...counts);
  const n = labels.length === 0 ? "no" : fewest === most ? `${most}` : `${fewest} to ${most}`;
  return `Mean over ${n} replication${n === "1" ? "" : "s"}${most > 1 ? " ± half of the 95% interval (Student t)" : ""}. ↓ lower is better, ↑ higher is better. – does not exist in that scenario.`;
}
