import { describe, expect, test } from "vitest";
import type { HostSpeed } from "../devices/host/host-speed.js";
import { BatchingModel } from "./batching-model.js";
import type { HostedQuestion, QuestionWork } from "./host-costs.js";
import { COSTS, NO_SPREAD, plan, SPEED } from "./hosted-plan.fixture.js";
import { Machine, type Path, Thread } from "./machine.js";
import { PieceStream } from "./piece-stream.js";
import { simulateHosted } from "./simulate-hosted.js";

const PERSONAL: QuestionWork = { draft: { promptTokens: 51, steps: 5 }, firstShownStep: 1, pieces: 4 };
const HANDED_ON: QuestionWork = { draft: { promptTokens: 51, steps: 8 }, consult: { area: "medicine", expert: { promptTokens: 21, steps: 5 } }, firstShownStep: 1, pieces: 4 };
const COMBINED: QuestionWork = { ...HANDED_ON, combine: { promptTokens: 61, steps: 3 }, pieces: 2 };
const WITH_GENERAL: QuestionWork = { ...COMBINED, consult: { area: "medicine", expert: { promptTokens: 21, steps: 3 }, general: { promptTokens: 21, steps: 4 } } };

const asked = (work: QuestionWork, client = 0, askAtUs = 0): HostedQuestion => ({ client, askAtUs, work });
const latencyUs = (work: QuestionWork, changes?: Parameters<typeof plan>[0]): number => simulateHosted(plan(changes), [asked(work)])[0]!.endedAtUs;

describe("a question alone on the machine", () => {
  test("takes what its parts take, one after another", () => {
    // Asked 2 x 1 ms, prepared 0.5 ms, prompt of 50, five steps and tokens, ended 2 x 1 ms; the first piece after one of them.
    expect(simulateHosted(plan(), [asked(PERSONAL, 0, 1000)])).toEqual([
      { askedAtUs: 1000, startedAtUs: 3000, prefilledAtUs: 4000, decidedAtUs: 4550, shownAtUs: 4115, endedAtUs: 6550 },
    ]);
  });

  test("pays for sealing, relay, gateway, ledger and tier on its way, and twice for P's model when it combines", () => {
    const draftUs = 2500 + 500 + 8 * 110, thereUs = 2000 + 3000 + 1000 + 1500 + 1000 + 500, backUs = 1000 + 1500 + 1000 + 1000;
    expect(latencyUs(HANDED_ON)).toBe(draftUs + thereUs + 200 + 5 * 110 + backUs + 2000);
    expect(latencyUs(COMBINED)).toBe(draftUs + thereUs + 200 + 5 * 110 + backUs + 500 + 600 + 3 * 110 + 2000);
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

  test("waits where a process holds on without a processor, and not for what is done afterwards", () => {
    const plain = latencyUs(COMBINED), { personal, load } = COSTS;
    expect(latencyUs(COMBINED, { costs: { ...COSTS, personal: { ...personal, sealing: { workS: 0.002, heldS: 0.003 } } } })).toBe(plain + 3000);
    expect(latencyUs(COMBINED, { costs: { ...COSTS, personal: { ...personal, afterQuestionS: 0.05 }, load: { ...load, afterQuestionS: 0.05 } } })).toBe(plain);
  });

  test("but the next question finds its processes at work with what is left", () => {
    const late = { ...COSTS, personal: { ...COSTS.personal, afterQuestionS: 0.05 } }, [first, second] = simulateHosted(plan({ costs: late }), [asked(PERSONAL), asked(PERSONAL)]);
    expect(second!.endedAtUs - second!.askedAtUs).toBe(first!.endedAtUs - first!.askedAtUs + 50_000 - 2 * 1000);
  });

  test("draws what its stages take, the same with the same seed", () => {
    const costs = { ...COSTS, spreads: { ...NO_SPREAD, sealing: [0.5, 3] } }, questions = Array.from({ length: 40 }, (_, client) => asked(HANDED_ON, client, client * 1e6));
    const latencies = (seed: number): number[] => simulateHosted(plan({ costs, seed }), questions).map(({ askedAtUs, endedAtUs }) => endedAtUs - askedAtUs), usual = latencyUs(HANDED_ON);
    expect(new Set(latencies(1))).toEqual(new Set([usual - 1000, usual + 4000]));
    expect(latencies(1)).toEqual(latencies(1));
    expect(latencies(1)).not.toEqual(latencies(2));
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
    expect(simulateHosted(plan({ tiers: {} }), [asked(PERSONAL), asked(PERSONAL, 1)])[1]!.endedAtUs).toBeLessThan(1.7 * alone);
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
    const oneByOne = plan({ costs: { ...COSTS, capacity: [1] }, personal: { speed: SPEED, sequences: 1 } }), perQuestionUs = 4500 + 500 + steps * 110 + pieces * 5;
    expect(Math.max(...simulateHosted(oneByOne, questions).map(({ endedAtUs }) => endedAtUs))).toBeCloseTo(40 * perQuestionUs, -1);
  });
});

describe("a model that batches", () => {
  /** Ends of requests of one prompt and some tokens, all made at once. */
  function endsOf(sequences: number, count: number, tokens: number): number[] {
    const machine = new Machine([1], Infinity, Infinity), model = new BatchingModel(machine, new Thread(machine), SPEED, sequences), ends: number[] = [];
    function* request(): Path {
      yield model.admit();
      yield model.prefill(10);
      for (let i = 0; i < tokens; i++) yield model.decode(10 + i, 0);
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

  test("hands its tokens on in one turn of its process, behind the messages that wait there", () => {
    const machine = new Machine([1, 2], Infinity, Infinity), thread = new Thread(machine), model = new BatchingModel(machine, thread, SPEED, 2), ends: number[] = [];
    function* request(): Path {
      yield model.decode(0, 30);
      ends.push(machine.nowUs);
    }
    function* message(): Path { yield thread.work(500); }
    for (const path of [request(), request(), message()]) machine.start(path);
    machine.run();
    // 120 us beside the message of 500 us, then 2 x 30 us for both.
    expect(ends).toEqual([560, 560]);
  });

  test("takes prompts in bounded batches", () => {
    const machine = new Machine([1], Infinity, Infinity), model = new BatchingModel(machine, new Thread(machine), SPEED, 8), ends: number[] = [];
    function* request(): Path {
      yield model.prefill(300);
      ends.push(Math.round(machine.nowUs));
    }
    for (let i = 0; i < 3; i++) machine.start(request());
    machine.run();
    expect(ends).toEqual([3000, 6000, 9000]);
  });
});

describe("pieces of an answer", () => {
  test("that come while their reader is busy are read together, at the cost of one", () => {
    const machine = new Machine([1], Infinity, Infinity), read: [number, readonly number[]][] = [], stream = new PieceStream(machine, new Thread(machine), (turn) => (turn === 0 ? 50 : 20), (steps) => { read.push([machine.nowUs, steps]); });
    function* maker(): Path {
      for (let step = 1; step <= 4; step++) {
        stream.push([step]);
        yield machine.until(25 * step);
      }
      yield machine.until(1000);
      stream.push([5]);
    }
    machine.start(maker());
    machine.run();
    expect(read).toEqual([[50, [1, 2]], [70, [3]], [95, [4]], [1020, [5]]]);
  });
});
