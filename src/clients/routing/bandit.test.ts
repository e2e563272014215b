import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { allocateBandits, Bandit, type BanditMemory, foldBandit } from "./bandit.js";
import { makeRoutingContext, type RoutingContext } from "./router.js";

const CONFIG = { kind: "bandit", exploration: 0.3, latencyWeightPerS: 0.02, moneyWeightPerUsd: 20, secretWeight: 0.05 } as const;
const PURE = { ...CONFIG, latencyWeightPerS: 0, moneyWeightPerUsd: 0, secretWeight: 0 };

function contextOf(changes: Partial<RoutingContext> = {}): RoutingContext {
  return { ...makeRoutingContext(), confidence: 0.5, downlinkBitPerS: 80e6, ...changes };
}

/** Answers of a two-armed toy with fixed chances, one question a window. Returns how often the tier was asked, and expected reward lost. */
function playToy(chances: readonly [number, number], rounds: number, seed: number): { asked: number; regret: number[] } {
  const memory = allocateBandits(1), bandit = new Bandit(PURE, memory), context = contextOf(), stream = new RandomStream(seed, 0, Purpose.test), regret: number[] = [];
  let asked = 0, lost = 0;
  for (let round = 0; round < rounds; round++) {
    const isTier = bandit.asksTier(context), chance = chances[isTier ? 1 : 0];
    bandit.learn(context, isTier, stream.seek(0, round).nextUniform() < chance, 0, 0, 0);
    foldBandit(memory, 0);
    asked += isTier ? 1 : 0;
    regret.push(lost += Math.max(...chances) - chance);
  }
  return { asked, regret };
}

describe("bandit", () => {
  it("tries P first, then the tier, then follows UCB1 by hand", () => {
    const memory = allocateBandits(1), bandit = new Bandit(PURE, memory), context = contextOf();
    const learn = (isTier: boolean, isCorrect: boolean): void => { bandit.learn(context, isTier, isCorrect, 0, 0, 0); foldBandit(memory, 0); };
    expect(bandit.asksTier(context)).toBe(false);
    learn(false, true);
    expect(bandit.asksTier(context)).toBe(true);
    learn(true, false);
    // Two tries. P: 1 + 0.3 sqrt(2 ln 3); the tier: 0 + the same.
    expect(bandit.asksTier(context)).toBe(false);
    // After n right and one wrong answer of P in n + 2 tries the bounds are n/(n+1) + 0.3 sqrt(2 ln(n+3)/(n+1)) and 0.3 sqrt(2 ln(n+3)).
    learn(false, false);
    // n = 1: 0.5 + 0.3 sqrt(ln 4) = 0.8532 against 0.3 sqrt(2 ln 4) = 0.4995.
    expect(bandit.asksTier(context)).toBe(false);
    for (let i = 0; i < 4; i++) learn(false, false);
    // P: one right in six; 1/6 + 0.3 sqrt(2 ln 8 / 6) = 0.4164 against 0.3 sqrt(2 ln 8) = 0.6118.
    expect(bandit.asksTier(context)).toBe(true);
  });

  it("changes its mind at the very try at which the bounds cross", () => {
    // The tier failed once, P answers right every third time: first round at which the tier's bound is higher, found by the formula itself.
    const rights = [true, false, false, true, false, false, true, false, false, true, false, false, true, false, false, true];
    const memory = allocateBandits(1), bandit = new Bandit(CONFIG, memory), context = contextOf();
    bandit.learn(context, true, false, 0, 0, 0);
    let sum = 0;
    rights.forEach((isRight, round) => {
      bandit.learn(context, false, isRight, 0, 0, 0);
      foldBandit(memory, 0);
      sum += isRight ? 1 : 0;
      const tries = round + 2, bonus = 2 * Math.log(tries + 1);
      const personal = sum / (round + 1) + 0.3 * Math.sqrt(bonus / (round + 1)), tier = 0.3 * Math.sqrt(bonus);
      expect(bandit.asksTier(context)).toBe(tier > personal);
    });
  });

  it("loses reward for seconds, dollars and secrets by their weights", () => {
    const memory = allocateBandits(1), bandit = new Bandit(CONFIG, memory);
    bandit.learn(contextOf(), true, true, 5, 0.002, 3);
    foldBandit(memory, 0);
    // 1 - 0.02 * 5 - 20 * 0.002 - 0.05 * 3 = 0.71, in millionths.
    expect([...memory].filter((value) => value !== 0)).toEqual([1, 710_000]);
  });

  it("knows nothing of a window until the next", () => {
    const memory = allocateBandits(1), bandit = new Bandit(PURE, memory), context = contextOf();
    for (let i = 0; i < 5; i++) bandit.learn(context, false, false, 0, 0, 0);
    expect(bandit.asksTier(context)).toBe(false);
    foldBandit(memory, 0);
    expect(bandit.asksTier(context)).toBe(true);
    const folded = memory.slice();
    foldBandit(memory, 0);
    expect(memory).toEqual(folded);
  });

  it("does not depend on the order of questions inside a window", () => {
    const event = fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), downlinkBitPerS: fc.constantFrom(1e6, 50e6), isTier: fc.boolean(), isCorrect: fc.boolean(), ttftS: fc.double({ min: 0, max: 60, noNaN: true }) });
    const tableAfter = (events: readonly { confidence: number; downlinkBitPerS: number; isTier: boolean; isCorrect: boolean; ttftS: number }[]): BanditMemory => {
      const memory = allocateBandits(1), bandit = new Bandit(CONFIG, memory);
      for (const { confidence, downlinkBitPerS, isTier, isCorrect, ttftS } of events) bandit.learn(contextOf({ confidence, downlinkBitPerS }), isTier, isCorrect, ttftS, 0.001, 1);
      foldBandit(memory, 0);
      return memory;
    };
    fc.assert(fc.property(fc.array(event, { maxLength: 30 }).chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }))), ([events, shuffled]) => {
      expect(tableAfter(shuffled)).toEqual(tableAfter(events));
    }), { seed: 31, numRuns: 60 });
  });

  it("learns apart in each shard, band of confidence and kind of link", () => {
    const memory = allocateBandits(2), bandit = new Bandit(PURE, memory), learned = contextOf({ shard: 1, confidence: 0.55, downlinkBitPerS: 80e6 });
    for (let i = 0; i < 20; i++) { bandit.learn(learned, false, false, 0, 0, 0); bandit.learn(learned, true, true, 0, 0, 0); }
    for (const shard of [0, 1]) foldBandit(memory, shard);
    expect(bandit.asksTier(learned)).toBe(true);
    // 0.5 to 0.667 is one band of six.
    expect(bandit.asksTier({ ...learned, confidence: 0.66 })).toBe(true);
    for (const other of [{ shard: 0 }, { confidence: 0.49 }, { confidence: 0.67 }, { downlinkBitPerS: 9e6 }]) expect(bandit.asksTier({ ...learned, ...other })).toBe(false);
    // The highest confidence belongs to the last band of its own shard.
    bandit.learn(contextOf({ confidence: 1 }), false, true, 0, 0, 0);
    foldBandit(memory, 0);
    expect(bandit.asksTier(contextOf({ confidence: 0.9 }))).toBe(true);
    expect(bandit.asksTier(contextOf({ shard: 1, confidence: 0, downlinkBitPerS: 1 }))).toBe(false);
  });

  it("comes to prefer the better arm, with regret that grows slower than time", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const better = playToy([0.4, 0.8], 4000, seed), worse = playToy([0.8, 0.4], 4000, seed);
      expect(better.asked).toBeGreaterThan(3700);
      expect(worse.asked).toBeLessThan(300);
      // Linear regret would double with time; UCB1's grows by a constant (Auer, Cesa-Bianchi, Fischer 2002, theorem 1).
      for (const { regret } of [better, worse]) expect(regret[3999]! / regret[1999]!).toBeLessThan(1.5);
    }
  });

  it("prefers neither of two equal arms on average", () => {
    const shares = Array.from({ length: 200 }, (_, seed) => playToy([0.5, 0.5], 300, 100 + seed).asked / 300);
    const mean = shares.reduce((sum, share) => sum + share, 0) / 200, variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / 199;
    // Ties go to P, and P is tried first: at most a few tries of 300.
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(variance / 200) + 0.01);
    expect(variance).toBeGreaterThan(0);
  });
});
