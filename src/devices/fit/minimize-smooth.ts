/** Minimum of a smooth function of some tens of numbers: L-BFGS with a backtracking line search. Deterministic. Nocedal and Wright 2006, chapter 7. */

/** Value and gradient at a point. */
export interface SmoothValue {
  readonly loss: number;
  readonly gradient: Float64Array;
}

const MEMORY = 8;
const ENOUGH = 1e-4;
const MOST_HALVINGS = 12;
/** Longest step in any number: parameters are logarithms. */
const LONGEST_STEP = 2;
const SMALLEST_GAIN = 1e-6;

interface Move { readonly step: Float64Array; readonly change: Float64Array; readonly inner: number; }

/** Walks at most `steps` steps downhill from `start`; stops early when a step gains less than a millionth of the loss. */
export function minimizeSmooth(evaluate: (at: Float64Array) => SmoothValue, start: Float64Array, steps: number): Float64Array {
  let point: Float64Array = start.slice(), here = evaluate(point);
  const moves: Move[] = [];
  for (let step = 0; step < steps; step++) {
    const direction = searchDirection(here.gradient, moves);
    const next = backtrack(evaluate, point, here, direction);
    if (next === undefined) break;
    remember(moves, point, here.gradient, next.point, next.value.gradient);
    const gain = here.loss - next.value.loss;
    point = next.point;
    here = next.value;
    if (gain < SMALLEST_GAIN * Math.abs(here.loss)) break;
  }
  return point;
}

function searchDirection(gradient: Float64Array, moves: readonly Move[]): Float64Array {
  const direction = gradient.map((value) => -value), shares: number[] = [];
  for (let m = moves.length - 1; m >= 0; m--) {
    const move = moves[m]!, share = dot(move.step, direction) / move.inner;
    shares[m] = share;
    addTo(direction, move.change, -share);
  }
  const last = moves[moves.length - 1];
  if (last !== undefined) scaleBy(direction, last.inner / dot(last.change, last.change));
  moves.forEach((move, m) => { addTo(direction, move.step, shares[m]! - dot(move.change, direction) / move.inner); });
  const longest = direction.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (longest > LONGEST_STEP || (last === undefined && longest > 0)) scaleBy(direction, (last === undefined ? 0.5 : LONGEST_STEP) / longest);
  return direction;
}

function backtrack(
  evaluate: (at: Float64Array) => SmoothValue, point: Float64Array, here: SmoothValue, direction: Float64Array,
): { readonly point: Float64Array; readonly value: SmoothValue } | undefined {
  const slope = dot(here.gradient, direction);
  if (!(slope < 0)) return undefined;
  let length = 1;
  for (let halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
    const tried = point.slice();
    addTo(tried, direction, length);
    const value = evaluate(tried);
    if (value.loss <= here.loss + ENOUGH * length * slope) return { point: tried, value };
  }
  return undefined;
}

function remember(moves: Move[], from: Float64Array, gradientFrom: Float64Array, to: Float64Array, gradientTo: Float64Array): void {
  const step = to.map((value, at) => value - from[at]!), change = gradientTo.map((value, at) => value - gradientFrom[at]!), inner = dot(step, change);
  if (!(inner > 1e-10)) return;
  moves.push({ step, change, inner });
  if (moves.length > MEMORY) moves.shift();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

function addTo(target: Float64Array, source: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at++) target[at] = target[at]! + factor * source[at]!;
}

function scaleBy(target: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at++) target[at] = target[at]! * factor;
}
