import { describe, expect, it } from "vitest";
import { BatchGate } from "./batch-gate.js";

/** An engine that, like llama.cpp, takes what is asked for when a batch begins, and tells one after another that it has ended. */
class Engine {
  readonly batches: number[] = [];
  private queue: (() => void)[] = [];
  private isBusy = false;

  decode(): Promise<void> {
    return new Promise((resolve) => {
      this.queue.push(resolve);
      if (this.isBusy) return;
      this.isBusy = true;
      setImmediate(() => { void this.run(); });
    });
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0);
      this.batches.push(batch.length);
      await new Promise((resolve) => { setTimeout(resolve, 1); });
      for (const resolve of batch) {
        resolve();
        if (resolve !== batch.at(-1)) await new Promise((next) => { setImmediate(next); });
      }
      await Promise.resolve();
    }
    this.isBusy = false;
  }
}

async function decode(engine: Engine, gate: BatchGate | undefined, steps: number, pause: () => Promise<unknown> = () => Promise.resolve()): Promise<number> {
  gate?.enter();
  let done = 0;
  for (; done < steps; done++) {
    await (gate === undefined ? engine.decode() : gate.step(() => engine.decode()));
    for (let hop = 0; hop < 10; hop++) await Promise.resolve();
    await pause();
  }
  gate?.leave();
  return done;
}

describe("sequences that decode together", () => {
  it("are in one batch each step once all have begun, where without the gate one always misses it", async () => {
    const without = new Engine(), engine = new Engine(), gate = new BatchGate();
    await Promise.all([1, 2, 3, 4].map(() => decode(without, undefined, 10)));
    await Promise.all([1, 2, 3, 4].map(() => decode(engine, gate, 10)));
    expect(Math.max(...without.batches.slice(1))).toBeLessThan(4);
    expect(engine.batches).toEqual([1, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3]);
  });

  it("end when they are done, and join when they begin", async () => {
    const engine = new Engine(), gate = new BatchGate();
    expect(await Promise.all([3, 9, 5].map((steps) => decode(engine, gate, steps)))).toEqual([3, 9, 5]);
    expect(engine.batches).toEqual([1, 3, 3, 2, 2, 2, 1, 1, 1, 1]);
  });

  it("do not wait for one whose reader is slow, nor for one that failed", async () => {
    const engine = new Engine(), gate = new BatchGate();
    let isReleased = false;
    const slow = decode(engine, gate, 2, () => new Promise((resolve) => { setTimeout(resolve, 200); })).then(() => { isReleased = true; });
    expect(await decode(engine, gate, 20)).toBe(20);
    expect(isReleased).toBe(false);
    await slow;
    gate.enter();
    await expect(gate.step(() => Promise.reject(new Error("no slot")))).rejects.toThrow("no slot");
    gate.leave();
    expect(await decode(engine, gate, 2)).toBe(2);
  });
});
