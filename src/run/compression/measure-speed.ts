/** How fast files are, measured in turns so that all meet the same moods of the machine. */
import { quantile } from "../../core/statistics.js";
import { loadModelFormat, loadRuntimeFor } from "../../models/runtimes/load-model-file.js";
import type { LoadedModel, Sequence } from "../../models/runtimes/runtime.js";
import type { Origin } from "../../config/origin.js";
import { type EnergyReading, startEnergy } from "./measure-energy.js";

/** How much is measured. */
export interface SpeedTask { readonly promptTokens: number; readonly answerTokens: number; readonly rounds: number; readonly threads: number }

/** Medians over rounds. */
export interface Speed {
  readonly promptTokensPerS: number;
  readonly answerTokensPerS: number;
  readonly joulesPerToken: number;
  readonly joulesOrigin: Origin;
}

/** A token that is no end. */
const FILLER = 40;

/** One turn of one file. */
interface Turn extends EnergyReading { readonly promptS: number; readonly answerS: number }

/** A file in memory, and its turns so far. */
interface Runner { readonly model: LoadedModel; readonly sequence: Sequence; readonly turns: Turn[] }

/** Measures files one after another, round after round; the first round warms up and does not count. */
export async function measureSpeed(paths: readonly string[], task: SpeedTask): Promise<Speed[]> {
  const runners: Runner[] = [];
  try {
    for (const path of paths) runners.push(await loadRunner(path, task));
    for (let round = 0; round <= task.rounds; round++) {
      for (const { sequence, turns } of runners) {
        const turn = await takeTurn(sequence, task);
        if (round > 0) turns.push(turn);
      }
    }
    return runners.map(({ turns }) => summarize(turns, task));
  } finally {
    for (const { model } of runners) await model.dispose();
  }
}

async function loadRunner(path: string, { promptTokens, answerTokens, threads }: SpeedTask): Promise<Runner> {
  const model = await loadRuntimeFor(loadModelFormat(path)).load(path, { contextTokens: promptTokens + 2 * answerTokens, threads });
  return { model, sequence: model.openSequence(), turns: [] };
}

async function takeTurn(sequence: Sequence, { promptTokens, answerTokens, threads }: SpeedTask): Promise<Turn> {
  await sequence.rewind(0);
  const { durationS: promptS } = await sequence.prefill(Array.from({ length: promptTokens }, (_, i) => (i * 101 + 7) % 200 + 1)), stop = startEnergy();
  const answerS = await answer(sequence, answerTokens);
  return { promptS, answerS, ...stop(answerS, threads) };
}

/** Seconds of as many tokens. Where the model ends early, the end counts as one, and a filler takes its place outside of the time. */
async function answer(sequence: Sequence, tokens: number): Promise<number> {
  let seconds = 0;
  for (let count = 0; count < tokens;) {
    const startedAt = performance.now(), source = sequence.decode({ maxTokens: tokens - count, temperature: 1, seed: count });
    for (let step = await source.next(); step.done !== true; step = await source.next()) count++;
    seconds += (performance.now() - startedAt) / 1000;
    if (count < tokens) {
      count++;
      await sequence.rewind(sequence.length - 1);
      await sequence.prefill([FILLER]);
    }
  }
  return seconds;
}

function summarize(turns: readonly Turn[], { promptTokens, answerTokens }: SpeedTask): Speed {
  const median = (valueOf: (turn: Turn) => number): number => quantile(turns.map(valueOf).sort((a, b) => a - b), 0.5);
  return {
    promptTokensPerS: promptTokens / median(({ promptS }) => promptS), answerTokensPerS: answerTokens / median(({ answerS }) => answerS),
    joulesPerToken: median(({ joules }) => joules) / answerTokens, joulesOrigin: turns[0]!.origin,
  };
}
