/**
 * How much longer one piece of work takes than another that does the same: both in turns within one process, in blocks of first,
 * second, second, first, so that a machine that drifts slows both alike. What counts is the median over blocks of the ratio of times.
 */
import { RandomStream, Purpose } from "../core/random-stream.js";
import { bootstrapInterval, type Interval, quantile } from "../core/statistics.js";
import type { Effort } from "./measure-work.js";

/** Times of one block: twice each. */
export interface PairedBlock { readonly first: Effort; readonly second: Effort }

/** When to stop: not before the least blocks; then once the interval is narrow enough, at the most blocks, or when the time is up. */
export interface PairedRule {
  readonly least: number;
  readonly most: number;
  /** Of the interval of the ratio on the clock, either side. */
  readonly halfWidth: number;
  readonly limitS: number;
}

/** Ratio of times, first over second, less 1: the median over blocks and its 95% interval. A fraction. */
export interface Excess extends Interval { readonly estimate: number }

const RESAMPLES = 1000;
/** Blocks between two looks at the interval. */
const LOOK_EVERY = 8;

/**
 * Measures blocks until the rule ends it.
 *
 * @param first,second Do the work once and tell what it took.
 * @param nowS Clock by which the limit goes. Seconds.
 */
export async function measurePaired(first: () => Promise<Effort>, second: () => Promise<Effort>, { least, most, halfWidth, limitS }: PairedRule, nowS: () => number): Promise<PairedBlock[]> {
  const blocks: PairedBlock[] = [], endS = nowS() + limitS;
  for (;;) {
    const [a, b, c, d] = [await first(), await second(), await second(), await first()];
    blocks.push({ first: add(a, d), second: add(b, c) });
    if (blocks.length < least) continue;
    if (blocks.length >= most || nowS() >= endS) return blocks;
    if (blocks.length % LOOK_EVERY === 0 && widthOf(excessOf(blocks, "wallS")) <= halfWidth) return blocks;
  }
}

/** How much more time the first takes, by one clock. */
export function excessOf(blocks: readonly PairedBlock[], clock: keyof Effort): Excess {
  const ratios = blocks.map(({ first, second }) => first[clock] / second[clock] - 1), median = (values: ArrayLike<number>): number => quantile(Float64Array.from(values).sort(), 0.5);
  return { estimate: median(ratios), ...bootstrapInterval(ratios, median, new RandomStream(1, 0, Purpose.bench).seek(0, 0), RESAMPLES) };
}

function widthOf({ low, high }: Excess): number { return (high - low) / 2; }

function add(a: Effort, b: Effort): Effort { return { wallS: a.wallS + b.wallS, cpuS: a.cpuS + b.cpuS }; }
