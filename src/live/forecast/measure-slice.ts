/** For how long a thread keeps its processor while others wait: threads that never rest, twice as many as processors. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { quantile } from "../../core/statistics.js";
import type { SpinnerTask } from "./worker-spinner.js";

const TASK: SpinnerTask = { durationMs: 500, interruptionMs: 0.5 };
/** Where nothing ever interrupts. Seconds. */
const LONGEST_S = 1;
/** A thread needs JavaScript, so it runs the built file also when this one is run from its source. */
const SPINNER = fileURLToPath(new URL("./worker-spinner.js", import.meta.url)).replace(/(?<!\/dist)\/src\/live\//, "/dist/src/live/");

/** Median of all runs. Seconds. */
export async function measureSlice(processors: number): Promise<number> {
  const found = await Promise.all(Array.from({ length: 2 * processors }, async () => {
    const [runsMs] = await once(new Worker(SPINNER, { workerData: TASK }), "message") as [number[]];
    return runsMs;
  }));
  const runsS = found.flat().map((ms) => ms / 1000).sort((a, b) => a - b);
  return runsS.length === 0 ? LONGEST_S : quantile(runsS, 0.5);
}
