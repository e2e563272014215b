import { describe, expect, test } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { BucketQueue } from "./bucket-queue.js";
import { testEventQueue } from "./event-queue.contract.js";
import { eventKey } from "./event-queue.js";
import { HeapQueue } from "./heap-queue.js";

testEventQueue((capacity) => new BucketQueue(capacity));

/** Runs one program on both queues. `delayUs` gives the delay of each push; sizes follow `targetSize`. */
function runBeside(steps: number, targetSize: (step: number) => number, delayUs: (stream: RandomStream, step: number) => number): void {
  const bucket = new BucketQueue(), heap = new HeapQueue(), stream = new RandomStream(50, 0, Purpose.test).seek(0, 0);
  let differences = 0, pushed = 0;
  for (let step = 0; step < steps; step++) {
    while (heap.size < targetSize(step)) {
      const atUs = heap.timeUs + Math.floor(delayUs(stream, step));
      const key = eventKey(stream.nextInt(1000), pushed++);
      heap.push(atUs, key);
      bucket.push(atUs, key);
    }
    if (heap.pop() !== bucket.pop() || heap.timeUs !== bucket.timeUs || heap.key !== bucket.key || heap.size !== bucket.size) differences++;
    if (step % 97 === 0 && heap.peekTimeUs() !== bucket.peekTimeUs()) differences++;
  }
  expect(differences).toBe(0);
}

describe("agrees with the heap, event by event", () => {
  test("in a hold model of 20,000 events", () => {
    runBeside(100_000, () => 20_000, (stream) => 100_000 + 900_000 * stream.nextExponential());
  });

  test("while the size swings between 10 and 30,000", () => {
    runBeside(150_000, (step) => (Math.floor(step / 25_000) % 2 === 0 ? 10 : 30_000), (stream) => 1e6 * stream.nextExponential());
  });

  test("while the time scale changes a millionfold", () => {
    runBeside(100_000, () => 3000, (stream, step) => (step < 30_000 ? 1e9 : step < 60_000 ? 1e3 : 1e7) * stream.nextExponential());
  });

  test("with delays over twelve powers of ten", () => {
    runBeside(100_000, () => 5000, (stream) => 10 ** (12 * stream.nextUniform()));
  });

  test("with instants that are mostly equal", () => {
    runBeside(60_000, () => 5000, (stream) => 1000 * stream.nextInt(3));
  });
});
