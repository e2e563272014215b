/** The training loop: steps, a curve, checkpoints by the clock, and a stop between two steps when asked for. */
import { DataError } from "../core/errors.js";
import type { AdamwSettings } from "./adamw-graph.js";
import type { Lesson } from "./distillation.js";
import { learningRateAt, type LearningRateSchedule } from "./learning-rate.js";
import { type CurveRow, extendCurve } from "./loss-curve.js";
import type { TrainingBatch } from "./training-batch.js";
import type { BatchSize } from "./training-graph.js";
import type { TrainingState } from "./training-state.js";
import { type StepFindings, Trainer } from "./trainer.js";

/** What a training does. Results are a function of this, the first state and the number of threads. */
export interface TrainingPlan {
  readonly size: BatchSize;
  readonly optimizer: AdamwSettings;
  readonly schedule: LearningRateSchedule;
  /** Examples of a step, counted from 1: a function of the step, so that a resumed training sees what it would have seen. */
  readonly batchAt: (step: number) => TrainingBatch | Promise<TrainingBatch>;
  /** Steps per point of the curve. */
  readonly curveSteps: number;
  readonly threads: number;
  /** Of a teacher, if there is one. */
  readonly lesson?: Lesson;
}

/** What a training needs from outside. */
export interface TrainingSurroundings {
  /** Seconds on some clock. */
  readonly nowS: () => number;
  readonly secondsPerCheckpoint: number;
  /** Keeps a state; called at intervals, and at the end. The arrays change afterwards. */
  readonly keep: (state: TrainingState) => void;
  /** Hears of every point of the curve. */
  readonly report?: (progress: TrainingProgress) => void;
  /** Ends the training after the step in which it fires. */
  readonly signal?: AbortSignal;
}

/** How far a training is. */
export interface TrainingProgress {
  readonly row: CurveRow;
  readonly totalSteps: number;
  /** Since this loop began. */
  readonly tokensPerS: number;
  readonly remainingS: number;
}

/** How a training ended. */
export interface TrainingOutcome {
  readonly state: TrainingState;
  readonly isFinished: boolean;
}

/**
 * Trains from a state to the end of the schedule, or until stopped. The arrays of `start` are changed.
 *
 * @throws {DataError} when loss or gradient stops being a number. The last state kept is from before that step.
 */
export async function train(start: TrainingState, plan: TrainingPlan, surroundings: TrainingSurroundings): Promise<TrainingOutcome> {
  const trainer = await Trainer.open(start, plan.size, plan.optimizer, { threads: plan.threads }, plan.lesson);
  try {
    return await runSteps(trainer, start, plan, surroundings);
  } finally {
    await trainer.close();
  }
}

async function runSteps(trainer: Trainer, start: TrainingState, plan: TrainingPlan, surroundings: TrainingSurroundings): Promise<TrainingOutcome> {
  const { totalSteps } = plan.schedule, { nowS, secondsPerCheckpoint, keep, report, signal } = surroundings, beganAtS = nowS();
  let { curve } = start, keptAtS = beganAtS, keptStep = start.step;
  const stateNow = (): TrainingState => trainer.stateWith({ curve, note: start.note });
  while (trainer.step < totalSteps && signal?.aborted !== true) {
    const step = trainer.step + 1, learningRate = learningRateAt(step, plan.schedule);
    const findings = await trainer.takeStep(await plan.batchAt(step), learningRate);
    requireNumbers(findings, step, keptStep);
    curve = extendCurve(curve, { step, tokens: step * tokensPerStep(plan), loss: findings.loss, gradientNorm: findings.gradientNorm, learningRate }, plan.curveSteps);
    if (step % plan.curveSteps === 0) report?.(progressOf(curve.rows.at(-1)!, plan, step - start.step, nowS() - beganAtS));
    if (nowS() - keptAtS >= secondsPerCheckpoint) {
      keep(stateNow());
      [keptAtS, keptStep] = [nowS(), step];
    }
  }
  keep(stateNow());
  return { state: stateNow(), isFinished: trainer.step >= totalSteps };
}

function progressOf(row: CurveRow, plan: TrainingPlan, steps: number, elapsedS: number): TrainingProgress {
  const { totalSteps } = plan.schedule, stepsPerS = steps / elapsedS;
  return { row, totalSteps, tokensPerS: stepsPerS * tokensPerStep(plan), remainingS: (totalSteps - row.step) / stepsPerS };
}

function tokensPerStep({ size: { batch, length } }: TrainingPlan): number { return batch * length; }

function requireNumbers({ loss, gradientNorm }: StepFindings, step: number, keptStep: number): void {
  if (loss > -Infinity && loss < Infinity && gradientNorm < Infinity) return;
  throw new DataError({
    subject: "loss and gradient of a training", rule: "stay finite numbers", got: `${loss} and ${gradientNorm}`, where: `step ${step}`,
    hint: `Lower the peak learning rate or look at the data of this step; the last state kept is that of step ${keptStep}.`,
  });
}
