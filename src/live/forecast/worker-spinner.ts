/** A thread that computes all the time and notes for how long it was let: runs between two interruptions of other threads. Milliseconds. */
import { parentPort, workerData } from "node:worker_threads";

/** What the thread is told. */
export interface SpinnerTask { readonly durationMs: number; readonly interruptionMs: number }

const { durationMs, interruptionMs } = workerData as SpinnerTask, runsMs: number[] = [], untilMs = performance.now() + durationMs;
let startedMs = performance.now(), isCut = false;
for (let lastMs = startedMs; lastMs < untilMs;) {
  const nowMs = performance.now();
  if (nowMs - lastMs > interruptionMs) {
    // What came before the first interruption began at any time.
    if (isCut) runsMs.push(lastMs - startedMs);
    isCut = true;
    startedMs = nowMs;
  }
  lastMs = nowMs;
}
parentPort!.postMessage(runsMs);
