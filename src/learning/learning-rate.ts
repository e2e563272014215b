/** How fast weights move over a training. */
import { invariant } from "../core/errors.js";

/** Rises linearly to the peak, then falls along half a cosine. */
export interface LearningRateSchedule {
  readonly peak: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
  /** Share of the peak that is left at the end. */
  readonly finalShare: number;
}

/**
 * Learning rate of a step, counted from 1.
 *
 * @source Loshchilov and Hutter 2017, SGDR, arXiv:1608.03983, without restarts.
 */
export function learningRateAt(step: number, { peak, warmupSteps, totalSteps, finalShare }: LearningRateSchedule): number {
  invariant(step >= 1, "count steps from 1", step);
  if (step <= warmupSteps) return peak * step / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return peak * (finalShare + (1 - finalShare) * (1 + Math.cos(Math.PI * progress)) / 2);
}
