import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { ENDED, Gate, GATE_WORDS } from "./gate.js";

function makeWords(): Int32Array { return new Int32Array(new SharedArrayBuffer(GATE_WORDS * 4)); }

/** A thread that sleeps on the first word until it is woken and reports how. */
const SLEEPER = `const { workerData, parentPort } = require("node:worker_threads");
parentPort.postMessage("asleep");
parentPort.postMessage(Atomics.wait(workerData, 0, 0, 20_000));`;

describe("a gate", () => {
  it("lets a thread into each round once, and out of it", () => {
    const words = makeWords(), leader = new Gate(words), helper = new Gate(words);
    leader.open(1, false);
    expect(helper.enter(0)).toBe(1);
    helper.leave();
    leader.close();
    leader.open(2, false);
    expect(helper.enter(1)).toBe(2);
    helper.leave();
    leader.close();
  });

  it("sends everybody home at the end, whatever round they saw last", () => {
    const words = makeWords(), gate = new Gate(words);
    gate.open(1, false);
    gate.close();
    gate.end();
    expect([gate.enter(0), gate.enter(1)]).toEqual([ENDED, ENDED]);
  });

  it("wakes a thread that sleeps when it ends", async () => {
    const words = makeWords(), sleeper = new Worker(SLEEPER, { eval: true, workerData: words });
    const heard: unknown[] = [];
    sleeper.on("message", (message) => { heard.push(message); });
    await once(sleeper, "message");
    new Gate(words).end();
    await once(sleeper, "exit");
    // "not-equal" when the end came before the thread slept: it would not have slept at all.
    expect(heard[0]).toBe("asleep");
    expect(["ok", "not-equal"]).toContain(heard[1]);
  });
});
