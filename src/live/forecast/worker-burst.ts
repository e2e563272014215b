/** A thread that works in bursts, each when it is due or when the one before is done, and sleeps between. Answers with when each began and ended. */
import { parentPort, workerData } from "node:worker_threads";

/** What a thread is to do: when, and how much. Microseconds since the start; turns of its loop. */
export interface BurstTask { readonly dueUs: readonly number[]; readonly turns: readonly number[] }
/** When a burst began and ended. Microseconds since the start. */
export interface BurstTimes { readonly beganUs: number; readonly endedUs: number }

const WARM_UP_TURNS = 20_000_000;
const { dueUs, turns } = workerData as BurstTask, port = parentPort!, neverWoken = new Int32Array(new SharedArrayBuffer(4));
let state = 1;

/** Work whose time depends on nothing but the processor. */
function work(count: number): void {
  for (let turn = 0; turn < count; turn++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
}

/** One clock for all threads. Microseconds. */
function nowUs(): number { return Number(process.hrtime.bigint()) / 1000; }

port.once("message", (startUs: number) => {
  const times = dueUs.map((due, i): BurstTimes => {
    const leftUs = startUs + due - nowUs();
    if (leftUs > 0) Atomics.wait(neverWoken, 0, 0, leftUs / 1000);
    const beganUs = nowUs() - startUs;
    work(turns[i]!);
    return { beganUs, endedUs: nowUs() - startUs };
  });
  port.postMessage(times);
  port.close();
});
work(WARM_UP_TURNS);
port.postMessage("ready");
