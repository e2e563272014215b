/**
 * From the findings of many cells to one line per label: mean over replications with a Student 95% interval, merged histograms,
 * and paired differences against a baseline by common random numbers (both labels saw the same people and questions).
 */
import { pairedDifference, estimateMean } from "../core/statistics.js";
import type { Findings, Histogram } from "../metrics/findings.js";

/** One cell as a report needs it. */
export interface CellFindings {
  /** The point of the sweep; equal for all replications of a scenario. */
  readonly label: string;
  /** Swept config path to value. */
  readonly axes: Readonly<Record<string, unknown>>;
  readonly replication: number;
  readonly findings: Findings;
}

/** A mean over replications. */
export interface Estimate {
  readonly mean: number;
  /** Half of the 95% interval; NaN with fewer than two replications. */
  readonly halfWidth95: number;
  /** Replications that have the metric. */
  readonly n: number;
}

/** All replications of one scenario. */
export interface LabelSummary {
  readonly label: string;
  readonly axes: Readonly<Record<string, unknown>>;
  readonly replications: number;
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Sums over replications. */
  readonly histograms: Readonly<Record<string, Histogram>>;
}

/** What tables and figures are made of. */
export interface Summary {
  /** In the order in which the labels first appear. */
  readonly labels: readonly LabelSummary[];
  /** Doubts, in sentences, each once. */
  readonly warnings: readonly string[];
}

/** A difference of two labels in one metric, over the replications that both have. */
export interface PairedComparison extends Estimate {
  readonly label: string;
  readonly metric: string;
  /** Two-sided p value, Holm-corrected over all comparisons of the call; NaN with fewer than two pairs. */
  readonly pHolm: number;
}

/** Replications under which an interval is doubtful. */
export const FEWEST_REPLICATIONS = 10;

/** Groups cells by label and averages each metric over the replications that have it. */
export function summarizeCells(cells: readonly CellFindings[]): Summary {
  const labels = [...groupByLabel(cells)].map(([label, group]) => summarizeLabel(label, group));
  return { labels, warnings: [...warnFewReplications(labels), ...collectWarnings(cells)] };
}

/**
 * Differences of every label to the baseline, in every metric that both have.
 *
 * @param cells Replications with equal numbers must share their random numbers.
 * @param baseline Label that is subtracted.
 * @source Holm 1979, A simple sequentially rejective multiple test procedure; paired t interval.
 */
export function comparePairs(cells: readonly CellFindings[], baseline: string, metrics: readonly string[]): readonly PairedComparison[] {
  const groups = groupByLabel(cells);
  const base = groups.get(baseline) ?? [];
  const rows: PairedComparison[] = [];
  for (const [label, group] of groups) {
    if (label === baseline) continue;
    for (const metric of metrics) {
      const row = comparePair(label, group, base, metric);
      if (row !== undefined) rows.push(row);
    }
  }
  const corrected = correctHolm(rows.map(({ pHolm }) => pHolm));
  return rows.map((row, i) => ({ ...row, pHolm: corrected[i]! }));
}

/**
 * Holm's step-down correction.
 *
 * @param pValues NaN stays NaN and does not count as a comparison.
 * @returns Corrected values in the same order, at most 1.
 * @source Holm 1979, Scandinavian Journal of Statistics 6(2), 65-70.
 */
export function correctHolm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((p, i) => ({ p, i })).filter(({ p }) => p === p).sort((a, b) => a.p - b.p);
  const corrected: number[] = pValues.map(() => NaN);
  let largest = 0;
  order.forEach(({ p, i }, rank) => {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * p));
    corrected[i] = largest;
  });
  return corrected;
}

/** Sum of histograms of one quantity. Bins are matched by their edges, which are those of one grid. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const countByLow = new Map<number, { high: number; count: number }>();
  for (const { edges, counts } of histograms) {
    counts.forEach((count, i) => {
      const bin = countByLow.get(edges[i]!);
      countByLow.set(edges[i]!, { high: edges[i + 1]!, count: (bin?.count ?? 0) + count });
    });
  }
  const edges: number[] = [], counts: number[] = [];
  for (const [low, { high, count }] of [...countByLow].sort((a, b) => a[0] - b[0])) {
    if (edges.length === 0) edges.push(low);
    else if (edges[edges.length - 1]! < low) { edges.push(low); counts.push(0); }
    edges.push(high);
    counts.push(count);
  }
  return { unit: histograms[0]?.unit ?? "1", edges, counts };
}

function groupByLabel(cells: readonly CellFindings[]): Map<string, CellFindings[]> {
  const groups = new Map<string, CellFindings[]>();
  for (const cell of cells) {
    const group = groups.get(cell.label);
    if (group === undefined) groups.set(cell.label, [cell]);
    else group.push(cell);
  }
  return groups;
}

function summarizeLabel(label: string, cells: readonly CellFindings[]): LabelSummary {
  const metrics: Record<string, Estimate> = {};
  for (const name of namesOf(cells, ({ findings }) => findings.metrics)) {
    metrics[name] = estimateValues(cells.flatMap(({ findings }) => findings.metrics[name] ?? []));
  }
  const histograms: Record<string, Histogram> = {};
  for (const name of namesOf(cells, ({ findings }) => findings.histograms)) {
    histograms[name] = mergeHistograms(cells.flatMap(({ findings }) => findings.histograms[name] ?? []));
  }
  return { label, axes: cells[0]?.axes ?? {}, replications: cells.length, metrics, histograms };
}

function namesOf(cells: readonly CellFindings[], part: (cell: CellFindings) => object): readonly string[] {
  return [...new Set(cells.flatMap((cell) => Object.keys(part(cell))))];
}

function estimateValues(values: readonly number[]): Estimate {
  if (values.length < 2) return { mean: values[0] ?? NaN, halfWidth95: NaN, n: values.length };
  return estimateMean(values);
}

function comparePair(label: string, cells: readonly CellFindings[], base: readonly CellFindings[], metric: string): PairedComparison | undefined {
  const baseByReplication = new Map(base.map(({ replication, findings }) => [replication, findings.metrics[metric]]));
  const values: number[] = [], baseValues: number[] = [];
  for (const { replication, findings } of cells) {
    const value = findings.metrics[metric], baseValue = baseByReplication.get(replication);
    if (value === undefined || baseValue === undefined) continue;
    values.push(value);
    baseValues.push(baseValue);
  }
  if (values.length === 0) return undefined;
  if (values.length === 1) return { label, metric, mean: values[0]! - baseValues[0]!, halfWidth95: NaN, n: 1, pHolm: NaN };
  const { mean, halfWidth95, n, pValue } = pairedDifference(values, baseValues);
  return { label, metric, mean, halfWidth95, n, pHolm: pValue };
}

function warnFewReplications(labels: readonly LabelSummary[]): readonly string[] {
  const few = labels.filter(({ replications }) => replications < FEWEST_REPLICATIONS);
  if (few.length === 0) return [];
  const fewest = Math.min(...few.map(({ replications }) => replications));
  return [`${few.length} of ${labels.length} scenarios have fewer than ${FEWEST_REPLICATIONS} replications (fewest: ${fewest}); their intervals are doubtful. Run more with --reps.`];
}

function collectWarnings(cells: readonly CellFindings[]): readonly string[] {
  const countByText = new Map<string, number>();
  for (const { findings } of cells) for (const text of new Set(findings.warnings)) countByText.set(text, (countByText.get(text) ?? 0) + 1);
  return [...countByText].map(([text, count]) => count === cells.length ? text : `${text} (${count} of ${cells.length} cells)`);
}
