import { describe, expect, test } from "vitest";
import { chooseStealing, DOCUMENTED_S, drawBursts, NEVER_S, type StealingRound, summarize, tellingRounds, TRIED_S, tryStealing, type Waits } from "./burst-waits.js";

const MACHINE = { capacity: [1, 1.9], sliceS: 0.003 }, LOAD = 0.78 * 1.9;

describe("bursts", () => {
  test("are the same with the same seed, in order, and together of the load that was asked for", () => {
    const threads = drawBursts(5, 8, LOAD, 60e6), all = threads.flat(), workUs = all.reduce((sum, each) => sum + each.workUs, 0);
    expect(drawBursts(5, 8, LOAD, 60e6)).toEqual(threads);
    expect(drawBursts(6, 8, LOAD, 60e6)).not.toEqual(threads);
    for (const bursts of threads) expect(bursts.map(({ dueUs }) => dueUs)).toEqual(bursts.map(({ dueUs }) => dueUs).sort((a, b) => a - b));
    expect([Math.min(...all.map((each) => each.workUs)), Math.max(...all.map((each) => each.workUs))]).toEqual([expect.closeTo(200, -1), expect.closeTo(3000, -2)]);
    expect(workUs / 60e6 / LOAD).toBeCloseTo(1, 1);
  });
});

describe("waits of bursts", () => {
  test("are what a hand-made schedule says", () => {
    // Three at once on two processors: the third waits for the end of the first, or is taken over when the second is done.
    const bursts = [[{ dueUs: 0, workUs: 4000 }], [{ dueUs: 0, workUs: 1000 }], [{ dueUs: 0, workUs: 500 }]], trials = tryStealing({ capacity: [1, 2], sliceS: 1 }, bursts);
    expect(trials.map(({ stealS, waits }) => [1000 * stealS, Math.round(3e6 * waits.meanS)])).toEqual([[0, 1000], [0.25, 1000], [0.5, 1000], [1, 1000], [2, 2000], [4, 4000], [1000 * NEVER_S, 4000]]);
  });

  test("grow with the time after which a thread is taken over, and tell which it was", () => {
    const rounds = [1, 2, 3, 4].map((seed) => tryStealing(MACHINE, drawBursts(seed, 8, LOAD, 5e6))), as = (tried: number, scale: number): StealingRound[] => rounds.map((trials) => ({ waits: { meanS: scale * trials[tried]!.waits.meanS, p95S: scale * trials[tried]!.waits.p95S }, trials }));
    for (const [one, two, three] of rounds.map((trials) => [0, 4, 6].map((tried) => trials[tried]!.waits.meanS))) expect([one! * 1.1 < two!, two! * 1.1 < three!]).toEqual([true, true]);
    for (const tried of [3, 4, 5, 6]) expect(chooseStealing(as(tried, 1))).toBe(TRIED_S[tried]);
    expect(chooseStealing(as(4, 1.02))).toBe(TRIED_S[4]);
  });

  test("that tell nothing leave what is documented", () => {
    const rounds = [1, 2, 3, 4].map((seed): StealingRound => {
      const trials = tryStealing(MACHINE, drawBursts(seed, 8, LOAD, 5e6));
      return { trials, waits: trials[seed % 2 === 0 ? 0 : 5]!.waits };
    });
    expect(chooseStealing(rounds)).toBe(DOCUMENTED_S);
  });

  test("that are longer than any trial says are of a machine that does something else", () => {
    const trials = tryStealing(MACHINE, drawBursts(1, 8, LOAD, 5e6)), round = (waits: Waits): StealingRound => ({ waits, trials }), late = trials[5]!.waits, busy = round({ meanS: 0.1, p95S: 0.3 });
    expect(tellingRounds([busy, round(late), busy])).toEqual([round(late)]);
    expect(chooseStealing([busy, round(late), busy])).toBe(DOCUMENTED_S);
    expect(chooseStealing([busy, round(late), busy, round(late)])).toBe(TRIED_S[5]);
  });

  test("are summed up by mean and p95", () => {
    expect(summarize(Array.from({ length: 101 }, (_, i) => 1000 * i))).toEqual({ meanS: expect.closeTo(0.05, 12) as number, p95S: expect.closeTo(0.095, 12) as number });
  });
});
