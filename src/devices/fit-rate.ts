/**
 * Robust fit of how fast software on a chip works through bytes or operations.
 *
 * Model: seconds = (work / (rate[group] * bandwidth) + overhead[group]) / (factor[soc] * factor[soc, group]).
 * A group is a software stack on an accelerator. Factors are shrunk to 1, groups with few rows to all rows of their accelerator, so a
 * chip seen once moves little. Least absolute error of the logarithm: a wild row counts once, not squared. Deterministic; ours.
 */
import { exp, ln } from "../core/elementary.js";

/** One measured time. */
export interface RatePoint {
  readonly id: string;
  readonly group: string;
  readonly accelerator: string;
  readonly soc: string;
  /** Bytes or operations. */
  readonly work: number;
  readonly bandwidthBytesPerS: number;
  readonly seconds: number;
}

/** The line of one group. */
export interface GroupFit {
  /** Work per byte of bandwidth: for bytes the reached fraction of the bandwidth. */
  readonly rate: number;
  readonly overheadS: number;
  readonly rows: number;
}

/** A fit over all groups and chips. */
export interface RateFit {
  readonly groups: ReadonlyMap<string, GroupFit>;
  /** The lines of whole accelerators, for groups that were never measured. */
  readonly accelerators: ReadonlyMap<string, GroupFit>;
  /** Speed of a chip relative to its groups. */
  readonly socFactors: ReadonlyMap<string, number>;
  /** Speed of a chip in one group relative to the two above; key is `pairKey`. */
  readonly pairFactors: ReadonlyMap<string, number>;
}

/** What the data bound: largest overhead tried, and rates. */
export interface RateBounds {
  readonly mostOverheadS: number;
  readonly leastRate: number;
  readonly mostRate: number;
}

/** Pull of a group's line to its accelerator's: squared distances times this, against absolute log errors of the rows. */
const PRIOR_ROWS = 8;
/** A quarter of the overhead's range pulls as much as a factor e of the rate. */
const OVERHEAD_PULL = 4;
/** Rows with factor 1 that a chip's own rows have to outweigh. */
const FACTOR_PRIOR_ROWS = 1.5;
const ROUNDS = 6;
const OVERHEAD_STEPS = 40;
const SEARCH_STEPS = 28;

/** Key of `RateFit.pairFactors`. */
export function pairKey(soc: string, group: string): string {
  return `${soc} | ${group}`;
}

/** Fits lines and factors by turns: lines with factors held, then factors as shrunk medians. */
export function fitRates(points: readonly RatePoint[], bounds: RateBounds): RateFit {
  let groups = new Map<string, GroupFit>(), accelerators = new Map<string, GroupFit>();
  let socFactors = new Map<string, number>(), pairFactors = new Map<string, number>();
  const byAccelerator = groupBy(points, (point) => point.accelerator), byGroup = groupBy(points, (point) => point.group);
  for (let round = 0; round < ROUNDS; round++) {
    const factor = (point: RatePoint): number => (socFactors.get(point.soc) ?? 1) * (pairFactors.get(pairKey(point.soc, point.group)) ?? 1);
    accelerators = mapValues(byAccelerator, (members) => fitLine(members, factor, bounds, undefined));
    groups = mapValues(byGroup, (members) => fitLine(members, factor, bounds, accelerators.get(members[0]!.accelerator)));
    const speed = (point: RatePoint): number => lineSeconds(groups.get(point.group)!, point) / point.seconds;
    socFactors = shrinkFactors(points, (point) => point.soc, speed);
    pairFactors = shrinkFactors(points, (point) => pairKey(point.soc, point.group), (point) => speed(point) / socFactors.get(point.soc)!);
  }
  return { groups, accelerators, socFactors, pairFactors };
}

/** The line of a group with the factors of a chip put in: rate per byte of bandwidth, and overhead. */
export function fitOf(fit: RateFit, group: string, accelerator: string, soc: string): GroupFit | undefined {
  const line = fit.groups.get(group) ?? fit.accelerators.get(accelerator);
  if (line === undefined) return undefined;
  const factor = (fit.socFactors.get(soc) ?? 1) * (fit.pairFactors.get(pairKey(soc, group)) ?? 1);
  return { rate: line.rate * factor, overheadS: line.overheadS / factor, rows: line.rows };
}

/** Predicted over measured rate minus 1, without sign, of each point. */
export function rateErrors(fit: RateFit, points: readonly RatePoint[]): readonly number[] {
  return points.map((point) => {
    const line = fitOf(fit, point.group, point.accelerator, point.soc);
    return line === undefined ? Infinity : Math.abs(point.seconds / lineSeconds(line, point) - 1);
  });
}

/** Middle value; mean of the two middle ones. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort(), middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function lineSeconds(line: Pick<GroupFit, "rate" | "overheadS">, point: RatePoint): number {
  return point.work / (line.rate * point.bandwidthBytesPerS) + line.overheadS;
}

/** Least absolute log error over a grid of overheads, with the rate by golden-section search at each. */
function fitLine(members: readonly RatePoint[], factor: (point: RatePoint) => number, bounds: RateBounds, prior: GroupFit | undefined): GroupFit {
  const rowsOfSoc = new Map<string, number>();
  for (const point of members) rowsOfSoc.set(point.soc, (rowsOfSoc.get(point.soc) ?? 0) + 1);
  const weights = members.map((point) => 1 / Math.sqrt(rowsOfSoc.get(point.soc)!));
  const logSeconds = members.map((point) => ln(point.seconds * factor(point)));
  const loss = (logRate: number, overheadS: number): number => {
    const rate = exp(logRate);
    let sum = prior === undefined ? 0
      : PRIOR_ROWS * ((logRate - ln(prior.rate)) ** 2 + (OVERHEAD_PULL * (overheadS - prior.overheadS) / bounds.mostOverheadS) ** 2);
    for (let i = 0; i < members.length; i++) {
      const point = members[i]!;
      sum += weights[i]! * Math.abs(ln(point.work / (rate * point.bandwidthBytesPerS) + overheadS) - logSeconds[i]!);
    }
    return sum;
  };
  let best = { logRate: 0, overheadS: 0, loss: Infinity };
  for (let step = 0; step <= OVERHEAD_STEPS; step++) {
    const overheadS = (bounds.mostOverheadS * step * step) / (OVERHEAD_STEPS * OVERHEAD_STEPS);
    const logRate = searchGolden((candidate) => loss(candidate, overheadS), ln(bounds.leastRate), ln(bounds.mostRate));
    const least = loss(logRate, overheadS);
    if (least < best.loss) best = { logRate, overheadS, loss: least };
  }
  return { rate: exp(best.logRate), overheadS: best.overheadS, rows: members.length };
}

/** Place of the least value between two ends, for a function with one valley. */
function searchGolden(value: (at: number) => number, low: number, high: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let left = high - golden * (high - low), right = low + golden * (high - low), atLeft = value(left), atRight = value(right);
  for (let step = 0; step < SEARCH_STEPS; step++) {
    if (atLeft <= atRight) {
      high = right; right = left; atRight = atLeft;
      left = high - golden * (high - low); atLeft = value(left);
    } else {
      low = left; left = right; atLeft = atRight;
      right = low + golden * (high - low); atRight = value(right);
    }
  }
  return atLeft <= atRight ? left : right;
}

function shrinkFactors(points: readonly RatePoint[], key: (point: RatePoint) => string, speed: (point: RatePoint) => number): Map<string, number> {
  return mapValues(groupBy(points, key), (members) =>
    exp((median(members.map((point) => ln(speed(point)))) * members.length) / (members.length + FACTOR_PRIOR_ROWS)));
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const members = groups.get(key(item));
    if (members === undefined) groups.set(key(item), [item]);
    else members.push(item);
  }
  return groups;
}

function mapValues<T, U>(from: ReadonlyMap<string, T>, value: (item: T) => U): Map<string, U> {
  return new Map([...from].map(([key, item]) => [key, value(item)]));
}
