/** The life of requests at the tiers: closed forms by hand, each way to end, and laws over random work. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BugError, LimitError } from "../core/errors.js";
import { compileRooflineCost } from "./roofline-cost.js";
import type { RooflineCost } from "./roofline-cost.js";
import { findGpuProfile } from "./load-gpu-profiles.js";
import { findModelCard } from "../devices/load-model-cards.js";
import { responseOf, readResponse, runTiers, sampleRows, sampleScenario } from "./sample-tiers.test-data.js";
import type { SampleRequest, SampleResponse } from "./sample-tiers.test-data.js";
import { RequestField, ResponseStatus } from "./tier-messages.js";
import { makeTierProcess } from "./tier-process.js";

const SCENARIO = sampleScenario();
const COST: RooflineCost = compileRooflineCost(SCENARIO.tiers.expert, findGpuProfile("L4"), findModelCard("llama-3.1-8b"), "tiers.expert");

const T_COST: RooflineCost = compileRooflineCost(SCENARIO.tiers.general, findGpuProfile("H100-SXM"), findModelCard("qwen3-32b"), "tiers.general");

/** Duration of a prefill of so many tokens alone, after `before` cached ones; of a piece that is not the last nothing is sampled. Picoseconds. */
function prefillPs(tokens: number, before: number = 0, sampled: number = 1): number {
  let pairs = 0;
  for (let i = 1; i <= tokens; i++) pairs += before + i;
  return COST.iterationPs(tokens, before + tokens, pairs, sampled);
}

/** Duration of decoding answer tokens 2 to n of one sequence alone. */
function decodePs(prompt: number, answer: number): number {
  let sumPs = 0;
  for (let made = 1; made < answer; made++) sumPs += COST.iterationPs(1, prompt + made, prompt + made, 1);
  return sumPs;
}

const toUs = (ps: number): number => Math.ceil(ps / 1e6);

describe("a request alone", () => {
  it("takes one prefill and answer - 1 decodes, summed by hand", () => {
    const response = runTiers(SCENARIO, [{ arriveAtUs: 1000, promptTokens: 500, answerTokens: 300 }]).responses[0]!;
    expect(response.status).toBe(ResponseStatus.served);
    expect(response.admittedAtUs).toBe(1000);
    expect(response.firstTokenAtUs).toBe(1000 + toUs(prefillPs(500)));
    expect(response.lastTokenAtUs).toBe(1000 + toUs(prefillPs(500) + decodePs(500, 300)));
    expect(response.decidedAtUs).toBe(response.lastTokenAtUs);
    expect(response.generatedTokens).toBe(300);
  });

  it("has its prompt cut into chunks of the token budget", () => {
    const response = runTiers(SCENARIO, [{ promptTokens: 5000, answerTokens: 1 }]).responses[0]!;
    const chunksPs = prefillPs(2048, 0, 0) + prefillPs(2048, 2048, 0) + prefillPs(904, 4096);
    expect(response.lastTokenAtUs).toBe(toUs(chunksPs));
  });

  it("is the same every time: deterministic arrivals that never meet all wait nothing (D/D/1)", () => {
    const requests = Array.from({ length: 20 }, (_, i) => ({ arriveAtUs: i * 60_000_000, promptTokens: 200, answerTokens: 50 }));
    for (const { clientId, lastTokenAtUs } of runTiers(SCENARIO, requests).responses) {
      expect(lastTokenAtUs - clientId * 60_000_000).toBe(toUs(prefillPs(200) + decodePs(200, 50)));
    }
  });

  it("joins a busy replica at the next boundary between iterations", () => {
    const run = runTiers(SCENARIO, [{ promptTokens: 500, answerTokens: 200 }, { arriveAtUs: 3_000_000, promptTokens: 100, answerTokens: 1 }]);
    let boundaryPs = prefillPs(500), made = 1;
    for (; boundaryPs <= 3e12; made++) boundaryPs += COST.iterationPs(1, 500 + made, 500 + made, 1);
    const second = responseOf(run, 1)!;
    expect(second.admittedAtUs).toBe(toUs(boundaryPs));
    const context = 500 + made, pairs = context + 100 * 101 / 2;
    expect(second.firstTokenAtUs).toBe(toUs(boundaryPs + COST.iterationPs(101, context + 100, pairs, 2)));
  });

  it("fails at once when even an empty replica could not hold it", () => {
    const response = runTiers(SCENARIO, [{ arriveAtUs: 77, promptTokens: 1e6, answerTokens: 5 }]).responses[0]!;
    expect([response.status, response.decidedAtUs]).toEqual([ResponseStatus.failed, 77]);
  });
});

describe("prefix cache", () => {
  const turns = (second: SampleRequest): SampleRequest[] => [
    { clientId: 5, session: 2, promptTokens: 320, answerTokens: 161 }, { arriveAtUs: 60_000_000, clientId: 5, attemptKey: 16, session: 2, promptTokens: 700, answerTokens: 1, ...second },
  ];

  it("spares the second turn exactly the whole blocks that the first one left", () => {
    const second = runTiers(SCENARIO, turns({ prefixTokens: 481 })).responses[1]!;
    expect(second.cachedTokens).toBe(480); // 320 + 161 - 1 tokens have KV entries: 30 blocks of 16
    expect(second.lastTokenAtUs - second.admittedAtUs).toBe(toUs(prefillPs(220, 480)));
  });

  it("spares no more than the client says is common, nothing to another session, and nothing when it is off", () => {
    expect(runTiers(SCENARIO, turns({ prefixTokens: 100 })).responses[1]!.cachedTokens).toBe(96);
    expect(runTiers(SCENARIO, turns({ prefixTokens: 481, session: 3 })).responses[1]!.cachedTokens).toBe(0);
    const off = sampleScenario({ expert: { ...SCENARIO.tiers.expert, prefixCache: false } });
    expect(runTiers(off, turns({ prefixTokens: 481 })).responses[1]!.cachedTokens).toBe(0);
  });

  it("is lost with a replica that failed or another one that is chosen: the whole prompt is prefilled again", () => {
    const second = { ...turns({ prefixTokens: 481 })[1]!, arriveAtUs: 600_000_000 }, first = turns({})[0]!;
    // A failure about every 100 s between the two turns.
    const failing = runTiers(sampleScenario({ expert: { ...SCENARIO.tiers.expert, failure: { meanTimeBetweenS: 100, restartS: 5 } } }), [first, second], 3e9);
    expect(failing.summary.pools[0]!.replicaFailures).toBeGreaterThan(2);
    const inTurn = runTiers(sampleScenario({ expert: { ...SCENARIO.tiers.expert, replicas: 2, balance: "round-robin" } }), [first, second]);
    expect(inTurn.responses.map(({ replica }) => replica)).toEqual([0, 1]);
    for (const { responses } of [failing, inTurn]) {
      expect(responses.map(({ cachedTokens }) => cachedTokens)).toEqual([0, 0]);
      expect(responses[1]!.firstTokenAtUs - responses[1]!.admittedAtUs).toBe(toUs(prefillPs(700)));
    }
    expect(runTiers(SCENARIO, [first, second]).responses[1]!.cachedTokens).toBe(480);
  });

  it("keeps the tier's own instructions after their first use, and charges them to nobody", () => {
    const scenario = sampleScenario({ systemPromptTokens: 160 });
    const run = runTiers(scenario, [{ promptTokens: 100, answerTokens: 1 }, { arriveAtUs: 1e7, promptTokens: 100, answerTokens: 1 }]);
    const [first, second] = run.responses;
    expect(first!.firstTokenAtUs).toBe(toUs(prefillPs(260)));
    expect(second!.firstTokenAtUs - 1e7).toBe(toUs(prefillPs(100, 160)));
    expect([first!.cachedTokens, second!.cachedTokens, run.summary.pools[0]!.cachedTokens]).toEqual([0, 0, 160]);
  });

  it("sends a session back to the replica that holds its prefix", () => {
    const scenario = sampleScenario({ expert: { ...SCENARIO.tiers.expert, replicas: 3 } });
    const requests = [{ clientId: 9, arriveAtUs: 0, answerTokens: 400 }, ...turns({ prefixTokens: 481 }).map((turn) => ({ ...turn, arriveAtUs: turn.arriveAtUs ?? 1000 }))];
    const run = runTiers(scenario, requests), answers = run.responses.filter((response) => response.clientId === 5);
    expect(answers.map((response) => response.replica)).toEqual([1, 1]);
    expect(answers[1]!.cachedTokens).toBe(480);
  });
});

describe("deadlines and outages", () => {
  const firstUs = toUs(prefillPs(500));
  const one = (request: SampleRequest): SampleResponse => runTiers(SCENARIO, [{ promptTokens: 500, answerTokens: 300, ...request }]).responses[0]!;

  it("count the first token when it is received, to the microsecond", () => {
    expect(one({ deadlineAtUs: firstUs + 10_000 }).status).toBe(ResponseStatus.served);
    const late = one({ deadlineAtUs: firstUs + 9_999 });
    expect([late.status, late.decidedAtUs, late.firstTokenAtUs]).toEqual([ResponseStatus.timedOut, firstUs + 9_999, firstUs]);
    expect(late.lastTokenAtUs).toBeNaN();
  });

  it("move what falls into an outage to its end, and what falls on its end not at all", () => {
    const receivedUs = firstUs + 10_000, outage = { outageStartUs: receivedUs, outageEndUs: receivedUs + 1_000_000 };
    expect(one({ ...outage, deadlineAtUs: receivedUs + 1_010_000 }).status).toBe(ResponseStatus.served);
    expect(one({ ...outage, deadlineAtUs: receivedUs + 1_009_999 }).status).toBe(ResponseStatus.timedOut);
    expect(one({ outageStartUs: 0, outageEndUs: receivedUs, deadlineAtUs: receivedUs }).status).toBe(ResponseStatus.served);
  });

  it("let the tier work until the cancel is there: from the deadline, or from the end of an outage around it", () => {
    const iterations = (request: SampleRequest): number => runTiers(SCENARIO, [{ promptTokens: 500, answerTokens: 300, ...request }]).summary.pools[0]!.iterations;
    const until = (instantUs: number): number => {
      let boundaryPs = prefillPs(500), made = 1;
      for (; boundaryPs <= instantUs * 1e6; made++) boundaryPs += COST.iterationPs(1, 500 + made, 500 + made, 1);
      return made;
    };
    expect(iterations({ deadlineAtUs: 5000, uplinkDelayUs: 700_000 })).toBe(until(705_000));
    expect(iterations({ deadlineAtUs: 5000, uplinkDelayUs: 700_000, outageStartUs: 4000, outageEndUs: 2_000_000 })).toBe(until(2_700_000));
    expect(iterations({ deadlineAtUs: 5000, uplinkDelayUs: 700_000, outageStartUs: 6000, outageEndUs: 2_000_000 })).toBe(until(705_000));
  });

  it("end a request once: an answer that is made before the deadline but received after it times out at the deadline", () => {
    const run = runTiers(SCENARIO, [{ promptTokens: 10, answerTokens: 2, deadlineAtUs: 5_000_000, outageStartUs: 1000, outageEndUs: 9_000_000 }]);
    expect(run.responses.map(({ status, decidedAtUs, generatedTokens }) => [status, decidedAtUs, generatedTokens])).toEqual([[ResponseStatus.timedOut, 5_000_000, 2]]);
    expect(run.pending).toBe(0);
  });

  it("end a request that arrives after its deadline on arrival, without work", () => {
    const run = runTiers(SCENARIO, [{ arriveAtUs: 9000, deadlineAtUs: 8000 }]);
    expect(run.responses.map(({ status, decidedAtUs }) => [status, decidedAtUs])).toEqual([[ResponseStatus.timedOut, 8000]]);
    expect(run.summary.pools[0]!.iterations).toBe(0);
  });
});

describe("consult of T", () => {
  const scenario = sampleScenario({ consultPromptTokens: 300, consultAnswerTokens: 150 });

  it("queues the request at E when T's answer is back, with a prompt longer by that answer", () => {
    const run = runTiers(scenario, [{ arriveAtUs: 500, needsConsult: 1, promptTokens: 100, answerTokens: 1 }]), response = run.responses[0]!;
    let tPs = T_COST.iterationPs(300, 300, 300 * 301 / 2, 1);
    for (let made = 1; made < 150; made++) tPs += T_COST.iterationPs(1, 300 + made, 300 + made, 1);
    expect(response.consultedAtUs).toBe(500);
    expect(response.consultAnsweredAtUs).toBe(500 + 8000 + toUs(tPs) + 8000);
    expect(response.firstTokenAtUs).toBe(response.consultAnsweredAtUs + toUs(prefillPs(250)));
    expect(run.summary.pools.map(({ arrived, served }) => [arrived, served])).toEqual([[1, 1], [1, 1]]);
  });

  it("is cancelled at T one backbone delay after the client's cancel reached E", () => {
    const run = runTiers(scenario, [{ needsConsult: 1, deadlineAtUs: 100_000, uplinkDelayUs: 50_000 }]);
    expect(run.responses.map(({ status }) => status)).toEqual([ResponseStatus.timedOut]);
    expect(run.summary.pools.map(({ timedOut, inFlight }) => [timedOut, inFlight])).toEqual([[1, 0], [1, 0]]);
    expect(run.summary.pools[0]!.iterations).toBe(0);
    let boundaryPs = T_COST.iterationPs(300, 300, 300 * 301 / 2, 1), made = 1;
    // At T from 8 ms on; the cancel is at E at 150 ms and at T at 158 ms.
    for (; boundaryPs <= 150e9; made++) boundaryPs += T_COST.iterationPs(1, 300 + made, 300 + made, 1);
    expect(run.summary.pools[1]!.generatedTokens).toBe(made);
  });
});

describe("laws", () => {
  const anyRequest = fc.record({
    arriveAtUs: fc.integer({ min: 0, max: 30_000_000 }), clientId: fc.integer({ min: 0, max: 5 }), pool: fc.constantFrom(0, 1), promptTokens: fc.integer({ min: 0, max: 800 }),
    answerTokens: fc.integer({ min: 1, max: 200 }), prefixTokens: fc.constantFrom(0, 200), needsConsult: fc.constantFrom(0, 1), deadlineAtUs: fc.integer({ min: 0, max: 60_000_000 }),
  });
  const some = fc.array(anyRequest, { minLength: 2, maxLength: 40, size: "max" }).map((requests) => requests.map((request, index) => ({ ...request, attemptKey: index })));

  it("results do not depend on the order or the batches in which requests were announced", () => {
    fc.assert(fc.property(some, fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), (requests, luck) => {
      const together = runTiers(SCENARIO, requests), responses: SampleResponse[] = [];
      const tiers = makeTierProcess(SCENARIO, 7, 0, (row) => { responses.push(readResponse(row)); });
      const shuffled = requests.map((request, index) => ({ request, key: luck[index]! })).sort((a, b) => a.key - b.key).map(({ request }) => request);
      const windowUs = 1_000_000;
      for (let startUs = 0; startUs < 100_000_000; startUs += windowUs) {
        tiers.advance(startUs);
        const rows = shuffled.filter(({ arriveAtUs }) => arriveAtUs >= startUs && arriveAtUs < startUs + windowUs);
        tiers.accept(sampleRows(rows), rows.length);
      }
      tiers.advance(1e12);
      expect(responses).toEqual(together.responses);
      expect(tiers.summarize(1e12)).toEqual(together.summary);
    }), { seed: 5, numRuns: 40 });
  });

  it("every request ends once, and tokens made are those of answers when nothing is cut short", () => {
    fc.assert(fc.property(some, (requests) => {
      const patient = requests.map((request) => ({ ...request, deadlineAtUs: 1e12 })), run = runTiers(SCENARIO, patient);
      expect(run.responses.map(({ attemptKey }) => attemptKey).sort((a, b) => a - b)).toEqual(patient.map(({ attemptKey }) => attemptKey));
      expect(run.pending).toBe(0);
      const consults = patient.filter(({ pool, needsConsult }) => pool === 0 && needsConsult === 1).length;
      const tokens = patient.reduce((sum, { answerTokens }) => sum + answerTokens, 0) + consults * SCENARIO.tiers.consultAnswerTokens;
      expect(run.summary.pools.reduce((sum, pool) => sum + pool.generatedTokens, 0)).toBe(tokens);
      const read = patient.reduce((sum, { promptTokens }) => sum + Math.max(1, promptTokens), 0) + consults * (SCENARIO.tiers.consultPromptTokens + SCENARIO.tiers.consultAnswerTokens);
      expect(run.summary.pools.map(({ preemptions }) => preemptions)).toEqual([0, 0]);
      expect(run.summary.pools.reduce((sum, pool) => sum + pool.prefilledTokens + pool.cachedTokens, 0)).toBe(read);
    }), { seed: 6, numRuns: 60 });
  });

  it("counts requests in flight at any instant as arrived less ended", () => {
    fc.assert(fc.property(some, fc.integer({ min: 0, max: 40_000_000 }), (requests, untilUs) => {
      const run = runTiers(SCENARIO, requests.map((request) => ({ ...request, needsConsult: 0 })), untilUs);
      const arrived = run.summary.pools.reduce((sum, pool) => sum + pool.arrived, 0), inFlight = run.summary.pools.reduce((sum, pool) => sum + pool.inFlight, 0);
      expect(arrived).toBe(requests.filter(({ arriveAtUs }) => arriveAtUs < untilUs).length);
      expect(run.responses.length + inFlight).toBe(arrived);
      expect(run.pending).toBe(requests.length - run.responses.length);
    }), { seed: 8, numRuns: 60 });
  });

  it("refuses NaN and nonsense at the border", () => {
    for (const field of ["arriveAtUs", "pool", "promptTokens", "answerTokens", "deadlineAtUs", "uplinkDelayUs", "downlinkDelayUs"] as const) {
      expect(() => runTiers(SCENARIO, [{ [field]: NaN }]), field).toThrow(BugError);
      expect(() => runTiers(SCENARIO, [{ [field]: -1 }]), field).toThrow(BugError);
    }
    expect(Object.keys(RequestField)).toContain("downlinkDelayUs");
  });

  it("stops with a clear error when a queue grows past its limit", () => {
    const scenario = sampleScenario({ expert: { ...SCENARIO.tiers.expert, maxRunning: 1 } }, { simulation: { limits: { maxWaiting: 5 } } });
    const requests = Array.from({ length: 8 }, (_, i) => ({ arriveAtUs: i }));
    expect(() => runTiers(scenario, requests)).toThrow(LimitError);
  });
});
