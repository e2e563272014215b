/**
 * A histogram that merges exactly: integer counts over bins whose width is 1/64 of their power of two, so values inside
 * a bin differ by at most 1.6%. Count and sum are exact, so merging in any order equals one pass.
 *
 * All numbers live in one Float64Array, which may be a view on shared memory.
 */
import { upperWord } from "./double-bits.js";
import { powerOfTwo } from "./elementary-tables.js";
import { BugError, invariant } from "./errors.js";

/** Bits of the mantissa that choose a bin inside a power of two. */
const MANTISSA_BITS = 6;
const BINS_PER_OCTAVE = 2 ** MANTISSA_BITS;
/** Position of the lowest used bit in the upper word of a double. */
const SHIFT = 20 - MANTISSA_BITS;
const EXPONENT_BIAS = 1023;

/** Slots before the bins: count, and the sum in quanta as high * 2^52 + low. */
const COUNT = 0, SUM_LOW = 1, SUM_HIGH = 2, FIRST_BIN = 3;
const SUM_SPAN = 2 ** 52;

/** What a histogram can hold: values from 0 up to 2^maxExponent. */
export interface LogHistogramRange {
  /** Values below 2^minExponent share the first bin; the sum counts in units of 2^minExponent. 0 when left out: integers. */
  readonly minExponent?: number;
  /** 52 above minExponent at most, and that when left out. */
  readonly maxExponent?: number;
}

/** Counts of values of 0 or more. */
export class LogHistogram {
  /** count, low and high part of the sum, then the bins. Shape [LogHistogram.memoryLength(range)]. */
  readonly memory: Float64Array;
  private readonly minExponent: number;
  private readonly limit: number;
  private readonly smallest: number;
  private readonly quantaPerUnit: number;
  private readonly firstCode: number;

  /**
   * @param memory Memory to use, with what it holds. New and empty when left out.
   * @throws {BugError} when the memory has another length or the range is impossible.
   */
  constructor(range: LogHistogramRange = {}, memory?: Float64Array) {
    const length = LogHistogram.memoryLength(range);
    invariant(memory === undefined || memory.length === length, `give a histogram ${length} slots of memory`, memory?.length);
    const { minExponent, maxExponent } = exponentsOf(range);
    this.memory = memory ?? new Float64Array(length);
    this.minExponent = minExponent;
    this.limit = powerOfTwo(maxExponent);
    this.smallest = powerOfTwo(minExponent);
    this.quantaPerUnit = powerOfTwo(-minExponent);
    this.firstCode = (minExponent + EXPONENT_BIAS) * BINS_PER_OCTAVE;
  }

  /** Slots of memory for a range. */
  static memoryLength(range: LogHistogramRange = {}): number {
    const { minExponent, maxExponent } = exponentsOf(range);
    return FIRST_BIN + 1 + (maxExponent - minExponent) * BINS_PER_OCTAVE;
  }

  /**
   * Counts a value. In the sum it is rounded to a multiple of 2^minExponent, so integers are exact in the default range.
   *
   * @throws {BugError} when the value is negative, NaN or too large.
   */
  add(value: number): void {
    if (!(value >= 0 && value < this.limit)) throw outOfRange(value, this.limit);
    const { memory } = this;
    memory[COUNT]!++;
    memory[value < this.smallest ? FIRST_BIN : FIRST_BIN + 1 + (upperWord(value) >>> SHIFT) - this.firstCode]!++;
    this.addToSum(Math.floor(value * this.quantaPerUnit + 0.5), 0);
  }

  private addToSum(low: number, high: number): void {
    const { memory } = this, sum = memory[SUM_LOW]! + low, carry = sum >= SUM_SPAN ? 1 : 0;
    memory[SUM_LOW] = sum - carry * SUM_SPAN;
    memory[SUM_HIGH]! += high + carry;
  }

  /**
   * Adds the values of another histogram of the same range.
   *
   * @throws {BugError} when the ranges differ.
   */
  merge(other: LogHistogram): void {
    const from = other.memory, { memory } = this;
    invariant(from.length === memory.length && other.minExponent === this.minExponent, "merge histograms of one range", from.length);
    this.addToSum(from[SUM_LOW]!, from[SUM_HIGH]!);
    memory[COUNT]! += from[COUNT]!;
    for (let slot = FIRST_BIN; slot < memory.length; slot++) memory[slot]! += from[slot]!;
  }

  /** Number of values. */
  get count(): number { return this.memory[COUNT]!; }

  /** Sum of the values. Exact up to 2^53 quanta, rounded to a double beyond. */
  get sum(): number { return (this.memory[SUM_HIGH]! * SUM_SPAN + this.memory[SUM_LOW]!) * this.smallest; }

  /** Sum over count. NaN when empty. */
  get mean(): number { return this.sum / this.count; }

  /**
   * Value below which a share p of the values lies, by linear interpolation inside a bin. NaN when empty.
   *
   * @param p From 0 to 1.
   */
  quantile(p: number): number {
    invariant(p >= 0 && p <= 1, "ask for a quantile at a probability from 0 to 1", p);
    const { memory } = this, rank = p * this.count;
    let below = 0, last = -1;
    for (let bin = 0; bin < memory.length - FIRST_BIN; bin++) {
      const inBin = memory[FIRST_BIN + bin]!;
      if (inBin === 0) continue;
      if (below + inBin >= rank) return this.edge(bin) + (this.edge(bin + 1) - this.edge(bin)) * Math.max(0, rank - below) / inBin;
      below += inBin;
      last = bin;
    }
    return last < 0 ? NaN : this.edge(last + 1);
  }

  /** Lower edge of a bin. Bin 0 starts at 0. */
  private edge(bin: number): number {
    if (bin === 0) return 0;
    const octave = Math.floor((bin - 1) / BINS_PER_OCTAVE), step = (bin - 1) % BINS_PER_OCTAVE;
    return this.smallest * powerOfTwo(octave) * (1 + step / BINS_PER_OCTAVE);
  }

  /** Edges and counts from the first to the last bin that is not empty. Bin i holds `counts[i]` values in [edges[i], edges[i + 1]). */
  toBins(unit: string): { unit: string; edges: number[]; counts: number[] } {
    const bins = this.memory.subarray(FIRST_BIN), isFilled = (inBin: number): boolean => inBin > 0;
    const first = bins.findIndex(isFilled), last = bins.findLastIndex(isFilled);
    if (first < 0) return { unit, edges: [], counts: [] };
    const counts = Array.from(bins.subarray(first, last + 1));
    return { unit, edges: Array.from({ length: counts.length + 1 }, (_, i) => this.edge(first + i)), counts };
  }
}

function exponentsOf(range: LogHistogramRange): { minExponent: number; maxExponent: number } {
  const minExponent = range.minExponent ?? 0, maxExponent = range.maxExponent ?? minExponent + 52;
  invariant(Number.isInteger(minExponent) && Math.abs(minExponent) <= 900, "start at a power of two from -900 to 900", minExponent);
  invariant(maxExponent > minExponent && maxExponent <= minExponent + 52, "end 1 to 52 powers of two above the start", maxExponent);
  return { minExponent, maxExponent };
}

function outOfRange(value: number, limit: number): BugError {
  return new BugError({
    subject: "a value counted in a histogram", rule: `be from 0 to below ${limit}`, got: value,
    hint: "This is a bug in src/, not in your scenario. Report the command line and the config that led here.",
  });
}
