/** Runs of a model on ONNX Runtime: the tokens of a prompt after a cache, or one token each of several sequences. */
import type { InferenceSession } from "onnxruntime-node";
import type { LlamaShape } from "../llama/llama-shape.js";
import { floatsOf, type Session, tensorOver } from "../onnx/open-session.js";
import { type Cache, type CacheBlock, joinCaches } from "./onnx-cache.js";

/** A loaded model. */
export interface OnnxModelRunner { readonly session: Pick<Session, "run">; readonly shape: LlamaShape }

/** What some tokens of one sequence gave. */
export interface OnnxRun {
  readonly cache: Cache;
  /** Logits after the token of a row. Shape [vocabulary]. */
  readonly logits: (row: number) => Float32Array;
  /** After the last norm. Shape [tokens, width]. */
  readonly states: Float32Array;
}

/** Sends tokens of one sequence through the model behind those of its cache. */
export async function runTokens(runner: OnnxModelRunner, cache: Cache, tokens: readonly number[]): Promise<OnnxRun> {
  return (await runLanes(runner, [cache], tokens))[0]!;
}

/**
 * Sends as many tokens of each sequence through the model in one run.
 *
 * @param tokens Those of the first sequence, then those of the next. More than one each for a single sequence or empty caches only: the
 *   operator of attention knows no other prompts side by side.
 */
async function runLanes({ session, shape }: OnnxModelRunner, caches: readonly Cache[], tokens: readonly number[]): Promise<OnnxRun[]> {
  const lanes = caches.length, rows = tokens.length / lanes, block = joinCaches(caches, shape), total = block.places + rows, pasts = Object.entries(block.tensors);
  const outputs = await session.run({
    tokens: tensorOver(BigInt64Array.from(tokens, BigInt), [lanes, rows]), lastPlaces: tensorOver(Int32Array.from(caches, ({ length }) => length + rows - 1), [lanes]),
    totalLength: tensorOver(Int32Array.of(total), []), ...Object.fromEntries(pasts.map(([name, tensor]) => [`past${name[0]!.toUpperCase()}${name.slice(1)}`, tensor])),
  });
  const after: CacheBlock = { lanes, places: total, tensors: Object.fromEntries(pasts.map(([name]) => [name, outputs[name]!])) };
  return caches.map((cache, lane) => laneOf(outputs, shape, { block: after, lane, length: cache.length + rows }, rows));
}

function laneOf(outputs: InferenceSession.ReturnType, { vocabulary, width }: LlamaShape, cache: Cache, rows: number): OnnxRun {
  const first = cache.lane * rows, logits = floatsOf(outputs, "logits");
  return {
    cache, logits: (row) => logits.subarray((first + row) * vocabulary, (first + row + 1) * vocabulary),
    states: floatsOf(outputs, "states").subarray(first * width, (first + rows) * width),
  };
}

/** A sequence that wants its next token evaluated. */
interface Step { readonly cache: Cache; readonly token: number; readonly settle: (run: OnnxRun) => void; readonly fail: (cause: unknown) => void }

/** Collects the steps of sequences that go on side by side, and takes them together. */
export class StepQueue {
  private waiting: Step[] = [];
  private isRunning = false;

  /** @param mostLanes Steps of one run. */
  constructor(private readonly runner: OnnxModelRunner, private readonly mostLanes: number) {}

  /** Evaluates a token behind a cache, with the steps of others that wait at the same time. */
  step(cache: Cache, token: number): Promise<OnnxRun> {
    if (this.mostLanes === 1) return runTokens(this.runner, cache, [token]);
    return new Promise((settle, fail) => {
      this.waiting.push({ cache, token, settle, fail });
      if (!this.isRunning) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.length > 0) {
      // Whoever got a token in the last run shall have the time to ask for the next one.
      await new Promise((resume) => { setImmediate(resume); });
      await this.runTogether(this.waiting.splice(0, this.mostLanes));
    }
    this.isRunning = false;
  }

  private async runTogether(steps: readonly Step[]): Promise<void> {
    try {
      const runs = await runLanes(this.runner, steps.map(({ cache }) => cache), steps.map(({ token }) => token));
      runs.forEach((run, i) => { steps[i]!.settle(run); });
    } catch (cause) {
      for (const { fail } of steps) fail(cause);
    }
  }
}
