/** The obvious numeric maximum of a function of one number: what closed forms are checked against. */
import { invariant } from "../core/errors.js";

/** Where a function is largest, and its value there. */
export interface Maximum {
  readonly at: number;
  readonly value: number;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;
const SECTIONS = 90;

/**
 * Largest value on an interval: best of a grid, then golden sections around it.
 *
 * @param f Finite on the interval. Finds the global maximum when its peak is wider than a grid step.
 * @param gridPoints Steps of the grid; 400 when left out.
 * @returns Position to about the square root of double precision, value to double precision.
 */
export function maximize(f: (x: number) => number, low: number, high: number, gridPoints: number = 400): Maximum {
  invariant(low < high, "maximise over an interval of positive length", `${low} to ${high}`);
  const step = (high - low) / gridPoints;
  let best: Maximum = { at: low, value: f(low) };
  for (let i = 1; i <= gridPoints; i++) {
    const at = i === gridPoints ? high : low + i * step, value = f(at);
    if (value > best.value) best = { at, value };
  }
  const refined = sectionMaximum(f, Math.max(low, best.at - step), Math.min(high, best.at + step));
  return refined.value > best.value ? refined : best;
}

function sectionMaximum(f: (x: number) => number, start: number, end: number): Maximum {
  let a = start, b = end, x = b - GOLDEN * (b - a), y = a + GOLDEN * (b - a), fx = f(x), fy = f(y);
  for (let i = 0; i < SECTIONS && a < b; i++) {
    if (fx >= fy) { b = y; y = x; fy = fx; x = b - GOLDEN * (b - a); fx = f(x); }
    else { a = x; x = y; fx = fy; y = a + GOLDEN * (b - a); fy = f(y); }
  }
  return fx >= fy ? { at: x, value: fx } : { at: y, value: fy };
}

/**
 * The zero of a monotone function by bisection, to the last bit.
 *
 * @param low f has the other sign (or 0) than at `high`.
 */
export function bisectZero(f: (x: number) => number, low: number, high: number): number {
  const isRising = f(high) >= 0;
  let a = low, b = high;
  for (;;) {
    const middle = a + (b - a) / 2;
    if (!(middle > a && middle < b)) return Math.abs(f(a)) <= Math.abs(f(b)) ? a : b;
    if ((f(middle) >= 0) === isRising) b = middle; else a = middle;
  }
}
