/** A training as a user starts it: goes on from its checkpoint if there is one, says how far it is, and ends well on Ctrl-C. */
import { existsSync } from "node:fs";
import { ConfigError } from "../core/errors.js";
import { train, type TrainingOutcome, type TrainingPlan, type TrainingProgress } from "../learning/train.js";
import type { TrainingState } from "../learning/training-state.js";
import { loadCheckpoint, writeCheckpoint } from "../learning/write-checkpoint.js";

/** Where a training is kept and how it is watched. */
export interface TrainingKeeping {
  /** File of the checkpoint. */
  readonly path: string;
  readonly secondsPerCheckpoint: number;
  /** Hears one line at a time. */
  readonly say: (line: string) => void;
}

/**
 * Trains to the end of the plan, from the checkpoint or else from `start`. SIGINT ends it after the step in progress, with a
 * checkpoint; ONNX Runtime is never interrupted inside a step, which would end the process. A second SIGINT has its usual effect.
 *
 * @throws {ConfigError} when the checkpoint belongs to another training.
 */
export async function trainModel(start: () => TrainingState, plan: TrainingPlan, { path, secondsPerCheckpoint, say }: TrainingKeeping): Promise<TrainingOutcome> {
  const fresh = start(), state = existsSync(path) ? requireSameTraining(loadCheckpoint(path), fresh, path) : fresh;
  if (state.step > 0) say(`goes on from step ${state.step} of ${path}`);
  const stop = new AbortController(), onSignal = (): void => {
    say("stops after this step");
    stop.abort();
  };
  process.once("SIGINT", onSignal);
  try {
    return await train(state, plan, {
      nowS: () => performance.now() / 1000, secondsPerCheckpoint, signal: stop.signal,
      keep: (kept) => { writeCheckpoint(path, kept); }, report: (progress) => { say(renderProgress(progress)); },
    });
  } finally {
    process.removeListener("SIGINT", onSignal);
  }
}

function requireSameTraining(found: TrainingState, fresh: TrainingState, path: string): TrainingState {
  const identify = ({ shape, note }: TrainingState): string => JSON.stringify({ shape, note });
  if (identify(found) === identify(fresh)) return found;
  throw new ConfigError({ subject: `checkpoint ${path}`, rule: `be of this training, ${identify(fresh)}`, got: identify(found), hint: "Give another path, or remove the file to start anew." });
}

function renderProgress({ row, totalSteps, tokensPerS, remainingS }: TrainingProgress): string {
  const minutes = Math.ceil(remainingS / 60);
  return `step ${row.step} of ${totalSteps}  loss ${row.loss.toFixed(4)}  |gradient| ${row.gradientNorm.toFixed(2)}  ${Math.round(tokensPerS)} tokens/s  ${minutes} min left`;
}
