import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { excessOf, measurePaired, type PairedRule } from "./measure-paired.js";
import type { Effort } from "./measure-work.js";

/** A machine whose clock moves by what is done on it, and that gets slower all the time. */
function makeMachine(noise: number, seed = 1): { readonly nowS: () => number; readonly work: (seconds: number, name: string) => () => Promise<Effort>; readonly log: string[] } {
  const stream = new RandomStream(seed, 0, Purpose.test).seek(0, 0), log: string[] = [];
  let clockS = 0;
  const work = (seconds: number, name: string) => (): Promise<Effort> => {
    const wallS = seconds * (1 + 0.05 * clockS) * Math.exp(noise * stream.nextNormal());
    clockS += wallS;
    log.push(name);
    return Promise.resolve({ wallS, cpuS: wallS });
  };
  return { nowS: () => clockS, work, log };
}

const rule: PairedRule = { least: 8, most: 96, halfWidth: 0.005, limitS: 1000 };

describe("two works in turns", () => {
  it("are compared without what the machine loses meanwhile", async () => {
    const { nowS, work, log } = makeMachine(0.03), blocks = await measurePaired(work(0.0103, "a"), work(0.01, "b"), rule, nowS), { estimate, low, high } = excessOf(blocks, "wallS");
    expect(log.slice(0, 8).join("")).toBe("abbaabba");
    expect([low < 0.03, high > 0.03, high - low < 0.03]).toEqual([true, true, true]);
    expect(estimate).toBeGreaterThan(low);
  });

  it("stop at the interval asked for, sooner where the machine is steady", async () => {
    const blocksAt = async (noise: number): Promise<number> => {
      const { nowS, work } = makeMachine(noise);
      return (await measurePaired(work(0.01, "a"), work(0.01, "b"), rule, nowS)).length;
    };
    const [steady, noisy] = [await blocksAt(0.001), await blocksAt(0.03)];
    expect(steady).toBe(8);
    expect(noisy).toBeGreaterThan(8);
    expect(await blocksAt(0.5)).toBe(rule.most);
  });

  it("stop when the time is up, behind the least blocks", async () => {
    const { nowS, work } = makeMachine(0.5);
    await measurePaired(work(0.1, "a"), work(0.1, "b"), { ...rule, limitS: 10 }, nowS);
    expect(nowS()).toBeGreaterThan(10);
    expect(nowS()).toBeLessThan(12);
    const slow = makeMachine(0.5);
    expect(await measurePaired(slow.work(5, "a"), slow.work(5, "b"), { ...rule, limitS: 1 }, slow.nowS)).toHaveLength(rule.least);
  });

  it("have an interval that covers the truth about as often as it says", async () => {
    let covered = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { nowS, work } = makeMachine(0.05, seed), { low, high } = excessOf(await measurePaired(work(0.0102, "a"), work(0.01, "b"), { ...rule, least: 40, most: 40 }, nowS), "wallS");
      if (low <= 0.02 && high >= 0.02) covered++;
    }
    expect(covered).toBeGreaterThan(33);
  });
});
