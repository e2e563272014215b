/**
 * Two runs metric by metric. Points of the sweep with the same label are compared; where both used the same seed, replications of equal
 * number met the same random numbers and are paired, else the samples are taken for independent.
 */
import { rankSumTest, signedRankTest } from "../core/rank-tests.js";
import { RandomStream } from "../core/random-stream.js";
import { estimateMean, type Interval, pairedDifference, quantile, welchDifference } from "../core/statistics.js";
import { correctHolm, type Estimate } from "./aggregate.js";

/** One point of a run's sweep. */
export interface ComparedPoint {
  readonly label: string;
  /** Means over all replications, by metric. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Metrics of each replication, by its number. Absent when only means are known. */
  readonly replications?: ReadonlyMap<number, Readonly<Record<string, number>>>;
  /** Seed of the random numbers. */
  readonly seed: number | undefined;
}

/** One metric at one point in both runs. Differences are second run less first. */
export interface ComparedMetric {
  readonly label: string;
  readonly metric: string;
  /** Over the shared replications when paired. */
  readonly before: Estimate;
  readonly after: Estimate;
  /** Difference of means; of the shared replications when paired. */
  readonly difference: number;
  /** Half of its 95% interval by Student; Infinity with one value. */
  readonly halfWidth95: number;
  /** Percentile interval of the difference by resampling; absent without the values of replications. */
  readonly bootstrap?: Interval;
  /** Two-sided p-value: Student's paired test, or Welch's. */
  readonly pValue: number;
  /** The same after Holm's correction over all comparisons. */
  readonly pHolm: number;
  /** Two-sided p-value of Wilcoxon's test: signed ranks for pairs, else rank sums. Absent without the values of replications. */
  readonly pWilcoxon?: number;
  readonly isPaired: boolean;
  /** Pairs, or the replications of the smaller sample. */
  readonly n: number;
}

/** What a comparison of runs found. */
export interface RunComparison {
  readonly rows: readonly ComparedMetric[];
  /** Labels that one run alone has. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

const RESAMPLES = 1000;
/** A purpose of random numbers that no simulation has. */
const RESAMPLING_PURPOSE = 1024;

/**
 * Compares two runs. Two runs of one point each are compared whatever their labels.
 *
 * @param metrics Names of metrics, in the order of the rows.
 * @source Student 1908; Welch 1947; Wilcoxon 1945; Efron 1979 (bootstrap); Holm 1979.
 */
export function compareRuns(before: readonly ComparedPoint[], after: readonly ComparedPoint[], metrics: readonly string[]): RunComparison {
  const isSingle = before.length === 1 && after.length === 1;
  const pairs = before.flatMap((point) => {
    const other = isSingle ? after[0] : after.find(({ label }) => label === point.label);
    return other === undefined ? [] : [{ point, other }];
  });
  const rows = pairs.flatMap(({ point, other }) => metrics.flatMap((metric) => compareMetric(point, other, metric) ?? []));
  const corrected = correctHolm(rows.map(({ pValue, n }) => n > 1 ? pValue : NaN));
  return {
    rows: rows.map((row, i) => ({ ...row, pHolm: corrected[i]! })),
    onlyBefore: before.filter((point) => !pairs.some((pair) => pair.point === point)).map(({ label }) => label),
    onlyAfter: after.filter((point) => !pairs.some((pair) => pair.other === point)).map(({ label }) => label),
  };
}

function compareMetric(point: ComparedPoint, other: ComparedPoint, metric: string): ComparedMetric | undefined {
  if (point.metrics[metric] === undefined || other.metrics[metric] === undefined) return undefined;
  const row = { label: point.label === other.label ? point.label : `${point.label} / ${other.label}`, metric, pHolm: NaN };
  const shared = point.seed === undefined || point.seed !== other.seed ? [] : shareReplications(point, other, metric);
  return shared.length > 0 ? { ...row, ...comparePaired(shared) } : { ...row, ...compareIndependent(point, other, metric) };
}

/** Values of both points, [before, after], for the replications that both have. */
function shareReplications(point: ComparedPoint, other: ComparedPoint, metric: string): [number, number][] {
  return [...point.replications ?? []].flatMap(([replication, metrics]) => {
    const before = metrics[metric], after = other.replications?.get(replication)?.[metric];
    return before === undefined || after === undefined ? [] : [[before, after] as [number, number]];
  });
}

type TestedDifference = Pick<ComparedMetric, "before" | "after" | "difference" | "halfWidth95" | "bootstrap" | "pValue" | "pWilcoxon" | "isPaired" | "n">;

function comparePaired(shared: readonly (readonly [number, number])[]): TestedDifference {
  const { mean, halfWidth95, n, pValue } = pairedDifference(shared.map(([, after]) => after), shared.map(([before]) => before));
  const differences = shared.map(([before, after]) => after - before);
  return {
    before: estimateMean(shared.map(([value]) => value)), after: estimateMean(shared.map(([, value]) => value)),
    difference: mean, halfWidth95, pValue, n, isPaired: true, pWilcoxon: signedRankTest(differences).pValue,
    ...(n > 1 ? { bootstrap: resampleMeans((stream) => meanOfResample(differences, stream)) } : {}),
  };
}

function compareIndependent(point: ComparedPoint, other: ComparedPoint, metric: string): TestedDifference {
  const before = point.metrics[metric]!, after = other.metrics[metric]!;
  const { mean, halfWidth95, pValue } = welchDifference(after, before), n = Math.min(before.n, after.n);
  const a = valuesOf(point, metric), b = valuesOf(other, metric);
  const found = { before, after, difference: mean, halfWidth95, pValue, n, isPaired: false };
  if (a.length < 2 || b.length < 2) return found;
  return { ...found, pWilcoxon: rankSumTest(b, a).pValue, bootstrap: resampleMeans((stream) => meanOfResample(b, stream) - meanOfResample(a, stream)) };
}

function valuesOf({ replications }: ComparedPoint, metric: string): number[] {
  return [...replications?.values() ?? []].flatMap((metrics) => metrics[metric] ?? []);
}

/** 95% percentile interval of a resampled mean. Every comparison draws the same numbers, so none depends on the others. */
function resampleMeans(draw: (stream: RandomStream) => number): Interval {
  const stream = new RandomStream(0, 0, RESAMPLING_PURPOSE).seek(0, 0);
  const found = Float64Array.from({ length: RESAMPLES }, () => draw(stream)).sort();
  return { low: quantile(found, 0.025), high: quantile(found, 0.975) };
}

function meanOfResample(values: readonly number[], stream: RandomStream): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[stream.nextInt(values.length)]!;
  return sum / values.length;
}
