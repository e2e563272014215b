import { describe, expect, test } from "vitest";
import type { HostSpeed } from "../devices/host/host-speed.js";
import { BatchingModel } from "./batching-model.js";
import { stepsOf } from "./fit-demands.js";
import type { HostCosts, HostedQuestion, QuestionWork } from "./host-costs.js";
import type { HostedPlan } from "./hosted-system.js";
import { Machine, type Path, Thread } from "./machine.js";
import { simulateHosted } from "./simulate-hosted.js";

/** A prompt token takes 10 us, a step 100 us and 20 us for each sequence after the first; one call for all. */
const SPEED: HostSpeed = {
  prefillS: (tokens) => tokens * 1e-5, decodeStepS: (sequences) => 1e-4 + (sequences - 1) * 2e-5,
  batchS: (prompts, sequences) => prompts.reduce((sum, tokens) => sum + tokens * 1e-5, 0) + (sequences === 0 ? 0 : 1e-4 + (sequences - 1) * 2e-5),
};
/** What is heard of in several messages costs a few ms, a token 10 us, a piece 5 us. */
const COSTS: HostCosts = {
  capacity: [1, 2], hopS: 0, stepHoldS: 0, storeHoldS: 0, journalHoldS: 0, shares: { asking: 0.5, sealing: 2 / 3, native: 1 },
  demands: {
    load: { question: 0.002, piece: 5e-6 }, personal: { question: 0.002, consult: 0.003, piece: 5e-6, token: 1e-5, purchase: 0.02 },
    relay: { consult: 0.003, piece: 5e-6 }, gateway: { consult: 0.003, piece: 5e-6 }, ledger: { consult: 0.003, purchase: 0.01 }, models: { request: 0.002, token: 1e-5 },
  },
};
const plan = (changes: Partial<HostedPlan> & { readonly costs?: HostCosts } = {}): HostedPlan => ({
  costs: COSTS, personal: { speed: SPEED, sequences: 2 }, tokensAtOnce: 16, tokensAtHand: () => 16,
  tiers: { medicine: { server: "medicine", speed: SPEED, sequences: 2 }, general: { server: "general", speed: SPEED, sequences: 2 } }, ...changes,
});

const PERSONAL: QuestionWork = { draft: { promptTokens: 51, steps: 5 }, firstShownStep: 1, pieces: 4 };
const HANDED_ON: QuestionWork = { draft: { promptTokens: 51, steps: 8 }, consult: { area: "medicine", expert: { promptTokens: 21, steps: 5 } }, firstShownStep: 1, pieces: 4 };
const COMBINED: QuestionWork = { ...HANDED_ON, combine: { promptTokens: 61, steps: 3 }, pieces: 2 };
const WITH_GENERAL: QuestionWork = { ...COMBINED, consult: { area: "medicine", expert: { promptTokens: 21, steps: 3 }, general: { promptTokens: 21, steps: 4 } } };

const asked = (work: QuestionWork, client = 0, askAtUs = 0): HostedQuestion => ({ client, askAtUs, work });
const latencyUs = (work: QuestionWork, changes?: Parameters<typeof plan>[0]): number => simulateHosted(plan(changes), [asked(work)])[0]!.endedAtUs;

describe("a question alone on the machine", () => {
  test("takes what its parts take, one after another", () => {
    // Asked and heard 2 x 1 ms, prompt of 50, five steps and tokens, ended 2 x 1 ms.
    expect(simulateHosted(plan(), [asked(PERSONAL, 0, 1000)])).toEqual([
      { hops: 2, askedAtUs: 1000, startedAtUs: 3000, prefilledAtUs: 3500, decidedAtUs: 4050, shownAtUs: 3615, endedAtUs: 6050 },
    ]);
  });

  test("pays for sealing, relay, gateway, ledger and tier on its way, and twice for P's model when it combines", () => {
    const draftUs = 500 + 8 * 110, consultUs = 4 * 3000 + 2000 + 200 + 5 * 110;
    expect(latencyUs(HANDED_ON)).toBe(2000 + draftUs + consultUs + 2000);
    expect(latencyUs(COMBINED)).toBe(2000 + draftUs + consultUs + 600 + 3 * 110 + 2000);
  });

  test("passes its instants in the order of the message's way", () => {
    const [handedOn] = simulateHosted(plan(), [asked(HANDED_ON)]), [general] = simulateHosted(plan(), [asked(WITH_GENERAL)]);
    const order = (instants: typeof handedOn, names: readonly string[]): number[] => names.map((name) => (instants as unknown as Record<string, number>)[name]!);
    for (const [instants, names] of [
      [handedOn, ["askedAtUs", "startedAtUs", "prefilledAtUs", "decidedAtUs", "sealedAtUs", "arrivedAtUs", "admittedAtUs", "tierFirstTokenAtUs", "openedAtUs", "shownAtUs", "endedAtUs"]],
      [general, ["sealedAtUs", "arrivedAtUs", "admittedAtUs", "consultedAtUs", "tierFirstTokenAtUs", "openedAtUs", "combinedAtUs", "shownAtUs", "endedAtUs"]],
    ] as const) {
      const found = order(instants, names);
      expect(found).toEqual([...found].sort((a, b) => a - b));
      expect(new Set(found).size).toBe(found.length);
    }
    expect(general!.tierLastTokenAtUs).toBeGreaterThan(general!.tierFirstTokenAtUs!);
  });

  test("waits for the way between processes, for disks and for threads, without work of anybody", () => {
    const plain = latencyUs(COMBINED), { hops } = simulateHosted(plan(), [asked(COMBINED)])[0]!;
    expect(latencyUs(COMBINED, { costs: { ...COSTS, hopS: 1e-4 } })).toBe(plain + 100 * hops);
    expect(latencyUs(COMBINED, { costs: { ...COSTS, storeHoldS: 0.003, journalHoldS: 0.001 } })).toBe(plain + 2 * 3000 + 2 * 1000);
    expect(latencyUs(COMBINED, { costs: { ...COSTS, stepHoldS: 1e-4 } })).toBe(plain + 100 * stepsOf(COMBINED));
    expect(stepsOf(COMBINED)).toBe(9 + 6 + 4);
  });

  test("pays before and after its tier as the shares say, in all the same", () => {
    const early = simulateHosted(plan({ costs: { ...COSTS, shares: { asking: 1, sealing: 1, native: 1 } } }), [asked(HANDED_ON)])[0]!, late = simulateHosted(plan({ costs: { ...COSTS, shares: { asking: 0, sealing: 0, native: 1 } } }), [asked(HANDED_ON)])[0]!;
    expect(early.endedAtUs).toBe(late.endedAtUs);
    expect(early.shownAtUs - late.shownAtUs).toBe(4 * 3000 + 2 * 2000);
  });

  test("buys payment tokens when none is at hand, and then has some", () => {
    const questions = [asked(HANDED_ON), asked(HANDED_ON, 0, 1e6), asked(HANDED_ON, 0, 2e6)];
    const [first, second, third] = simulateHosted(plan({ tokensAtHand: () => 0, tokensAtOnce: 2 }), questions).map(({ askedAtUs, endedAtUs }) => endedAtUs - askedAtUs);
    expect([first! - second!, third! - second!]).toEqual([30_000, 30_000]);
  });

  test("without a word is shown when it ends", () => {
    const [silent] = simulateHosted(plan(), [asked({ ...PERSONAL, pieces: 0 })]);
    expect(silent!.shownAtUs).toBe(silent!.endedAtUs);
  });
});

describe("questions that share the machine", () => {
  test("of one person come one after another, of two side by side where there are processors", () => {
    const alone = latencyUs(PERSONAL), [, second] = simulateHosted(plan(), [asked(PERSONAL), asked(PERSONAL)]);
    expect(second).toMatchObject({ askedAtUs: alone, endedAtUs: 2 * alone });
    expect(simulateHosted(plan({ tiers: {} }), [asked(PERSONAL), asked(PERSONAL, 1)])[1]!.endedAtUs).toBeLessThan(1.5 * alone);
  });

  test("all end, whatever the load, and none before it was asked", () => {
    const works = [PERSONAL, HANDED_ON, COMBINED, WITH_GENERAL], questions = Array.from({ length: 400 }, (_, i) => asked(works[i % 4]!, i % 23, i * 900));
    const found = simulateHosted(plan(), questions);
    expect(found).toHaveLength(400);
    found.forEach(({ askedAtUs, shownAtUs, endedAtUs }, i) => {
      expect(askedAtUs).toBeGreaterThanOrEqual(questions[i]!.askAtUs);
      expect(shownAtUs).toBeGreaterThan(askedAtUs);
      expect(endedAtUs).toBeGreaterThanOrEqual(shownAtUs);
    });
    expect(simulateHosted(plan(), questions)).toEqual(found);
  });

  test("P and an expert that compute at once slow each other on one processor and not on two", () => {
    const heavy: HostSpeed = { prefillS: () => 0.5, decodeStepS: () => 1e-4, batchS: (prompts) => (prompts.length > 0 ? 0.5 : 1e-4) };
    const both = (capacity: readonly number[]): number[] => simulateHosted(plan({ costs: { ...COSTS, capacity }, personal: { speed: heavy, sequences: 2 }, tiers: { medicine: { server: "medicine", speed: heavy, sequences: 2 } } }),
      [asked(HANDED_ON), asked(PERSONAL, 1, 510_000)]).map(({ askedAtUs, endedAtUs }) => (endedAtUs - askedAtUs) / 1e6);
    const [onOne, onTwo, slowed] = [both([1]), both([1, 2]), both([1, 1.6])];
    expect(onTwo[1]).toBeLessThan(0.52);
    expect(onOne[1]).toBeGreaterThan(0.9);
    expect(slowed[1]).toBeGreaterThan(0.6);
    expect(slowed[1]).toBeLessThan(0.65);
  });

  test("work is conserved: one processor that is never idle ends everything at the sum of all work", () => {
    const questions = Array.from({ length: 40 }, (_, client) => asked(PERSONAL, client)), { pieces, draft: { steps } } = PERSONAL;
    const oneByOne = plan({ costs: { ...COSTS, capacity: [1] }, personal: { speed: SPEED, sequences: 1 } }), perQuestionUs = 8000 / 2 + 500 + steps * 110 + pieces * 5;
    expect(Math.max(...simulateHosted(oneByOne, questions).map(({ endedAtUs }) => endedAtUs))).toBeCloseTo(40 * perQuestionUs, -1);
  });
});

describe("a model that batches", () => {
  /** Ends of requests of one prompt and some tokens, all made at once. */
  function endsOf(sequences: number, count: number, tokens: number): number[] {
    const machine = new Machine([1]), model = new BatchingModel(machine, new Thread(machine), SPEED, { nativeShare: 1, holdUs: 0 }, sequences), ends: number[] = [];
    function* request(): Path {
      yield model.admit();
      yield model.prefill(10);
      for (let i = 0; i < tokens; i++) yield model.decode(10 + i);
      model.release();
      ends.push(machine.nowUs);
    }
    for (let i = 0; i < count; i++) machine.start(request());
    machine.run();
    return ends.map(Math.round);
  }

  test("steps sequences together, and lets wait who finds none free", () => {
    expect(endsOf(1, 1, 3)).toEqual([400]);
    expect(endsOf(2, 2, 3)).toEqual([560, 560]);
    expect(endsOf(1, 2, 3)).toEqual([400, 800]);
  });

  test("does the rest of its steps on the thread of its process, behind the messages that wait there", () => {
    const machine = new Machine([1, 2]), thread = new Thread(machine), model = new BatchingModel(machine, thread, SPEED, { nativeShare: 0.5, holdUs: 0 }, 1);
    let endedAtUs = 0;
    function* request(): Path {
      yield model.decode(0);
      endedAtUs = machine.nowUs;
    }
    function* message(): Path { yield thread.work(500); }
    machine.start(request());
    machine.start(message());
    machine.run();
    // 50 us beside the message of 500 us, which the other 50 us have to wait for.
    expect(endedAtUs).toBeCloseTo(550, 6);
  });

  test("takes prompts in bounded batches", () => {
    const machine = new Machine([1]), model = new BatchingModel(machine, new Thread(machine), SPEED, { nativeShare: 1, holdUs: 0 }, 8), ends: number[] = [];
    function* request(): Path {
      yield model.prefill(300);
      ends.push(Math.round(machine.nowUs));
    }
    for (let i = 0; i < 3; i++) machine.start(request());
    machine.run();
    expect(ends).toEqual([3000, 6000, 9000]);
  });
});
