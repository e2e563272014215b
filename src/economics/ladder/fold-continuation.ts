/**
 * Finds a fold numerically: follows a branch of rest points n(c) of any one-dimensional market while its parameter rises, and halves
 * the step where the branch ends. Needs no formula of the fold.
 *
 * Each point is Newton's method from the point before, on F(n, c) = Phi(n, c) - n with a central difference. The branch has ended
 * when Newton does not settle near the last point.
 */
import { invariant } from "../../core/errors.js";

/** End of a branch. */
export interface Fold {
  readonly parameter: number;
  readonly state: number;
}

/** What to follow. */
export interface BranchOptions {
  /** F(n, c): zero at rest points. */
  readonly residual: (state: number, parameter: number) => number;
  readonly startState: number;
  readonly startParameter: number;
  /** First step of the parameter; negative to follow downward. */
  readonly step: number;
  /** Of the parameter. */
  readonly tolerance: number;
}

const NEWTON_STEPS = 60;
const DIFFERENCE = 1e-6;
const SETTLED = 1e-10;
/** A Newton path that goes farther than this has left the branch. */
const LARGEST_JUMP = 0.25;
const MOST_STEPS = 1_000_000;

/**
 * The fold at the end of a branch.
 *
 * @returns The last point of the branch that exists, within the tolerance of the fold.
 * @throws {BugError} when there is no rest point at the start or the branch does not end.
 */
export function locateFold({ residual, startState, startParameter, step, tolerance }: BranchOptions): Fold {
  invariant(step !== 0 && tolerance > 0, "follow a branch with a step other than 0 and a tolerance above 0", `${step}, ${tolerance}`);
  let parameter = startParameter, size = step;
  const start = settle(residual, startState, parameter);
  invariant(start !== undefined, "start at a rest point", startState);
  let state = start;
  for (let i = 0; i < MOST_STEPS && Math.abs(size) > tolerance / 4; i++) {
    const next = settle(residual, state, parameter + size);
    if (next === undefined) size /= 2;
    else { parameter += size; state = next; }
  }
  invariant(Math.abs(size) <= tolerance / 4, "reach the end of the branch", parameter);
  return { parameter, state };
}

function settle(residual: BranchOptions["residual"], start: number, parameter: number): number | undefined {
  let n = start;
  for (let i = 0; i < NEWTON_STEPS; i++) {
    const slope = (residual(n + DIFFERENCE, parameter) - residual(n - DIFFERENCE, parameter)) / (2 * DIFFERENCE);
    const change = residual(n, parameter) / slope;
    n -= change;
    if (!(Math.abs(n - start) <= LARGEST_JUMP)) return undefined;
    if (Math.abs(change) <= SETTLED) return Math.abs(residual(n, parameter)) <= SETTLED * 100 ? n : undefined;
  }
  return undefined;
}
