/** How much more several processors do than one: a model decodes here alone, and beside processes that do the same. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { quantile } from "../../core/statistics.js";
import { loadLlamaRuntime } from "../../models/runtimes/load-llama-runtime.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import { measurePrompt } from "../../run/calibrate/measure-case.js";

const PROMPT_TOKENS = 64, CONTEXT_TOKENS = 256, ROUNDS = 5;
/** A process needs JavaScript, so it runs the built file also when this one is run from its source. */
const NEIGHBOUR = fileURLToPath(new URL("./worker-neighbour.js", import.meta.url)).replace(/(?<!\/dist)\/src\/live\//, "/dist/src/live/");

/** Work per second with 1 to `processors` busy ones, in seconds of one that is busy alone. */
export async function measureCapacity(modelPath: string, processors: number): Promise<number[]> {
  const model = await loadLlamaRuntime().load(modelPath, { contextTokens: CONTEXT_TOKENS, threads: 1 }), neighbours: ChildProcess[] = [], capacity = [1];
  try {
    const aloneS = await tokenS(model);
    while (neighbours.length + 1 < processors) {
      neighbours.push(await startNeighbour(modelPath));
      const busy = neighbours.length + 1;
      // More processors never do less, whatever the noise of a measurement.
      capacity.push(Math.min(busy, Math.max(capacity.at(-1)!, busy * aloneS / await tokenS(model))));
    }
    return capacity;
  } finally {
    for (const neighbour of neighbours) {
      neighbour.send("stop", () => undefined);
      await once(neighbour, "exit");
    }
    await model.dispose();
  }
}

async function startNeighbour(modelPath: string): Promise<ChildProcess> {
  const child = fork(NEIGHBOUR, [modelPath]);
  await once(child, "message");
  return child;
}

/** Processor time of a token: what others do to caches and memory shows in it, and not what they take of the processors. */
async function tokenS(model: LoadedModel): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push((await measurePrompt(model, PROMPT_TOKENS)).decode.cpuS);
  return quantile(seconds.sort((a, b) => a - b), 0.5);
}
