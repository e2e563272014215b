/** Pools: sharing, failures, autoscaling, refresh of knowledge, fairness, balance. */
import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { estimateMean } from "../core/statistics.js";
import { chooseRetiring, wantedReplicas } from "./autoscaler.js";
import type { ReplicaUnit } from "./replica-unit.js";
import type { ReplicaSettings } from "./replica-engine.js";
import { Replica } from "./replica.js";
import { RooflineCost } from "./roofline-cost.js";
import { responseOf, runTiers, sampleScenario } from "./sample-tiers.test-data.js";
import type { SampleRequest } from "./sample-tiers.test-data.js";
import { ResponseStatus } from "./tier-messages.js";

const BASE = sampleScenario();
const withExpert = (changes: Record<string, unknown>, others: Record<string, unknown> = {}): ReturnType<typeof sampleScenario> =>
  sampleScenario({ ...others, expert: { ...BASE.tiers.expert, ...changes } });

describe("processor sharing", () => {
  it("has the mean sojourn S / (1 - load) of M/G/1-PS when each token takes 1 ms of the replica (Kleinrock, Queueing Systems II, 4.4)", () => {
    const cost = new RooflineCost({ weightReadPs: Float64Array.of(0), kvReadPs: 0, tokenPs: 1e9, sampledPs: 0, pairPs: 0, overheadPs: 1, allReduceTokenPs: 0, kvBlocks: 1e6 });
    const makeReplica = (settings: ReplicaSettings): Replica => new Replica({ ...settings, cost });
    const scenario = withExpert({ maxRunning: 2048, tokenBudget: 4096 }), means: number[] = [];
    for (let seed = 1; seed <= 24; seed++) {
      const stream = new RandomStream(seed, 0, Purpose.test), requests: SampleRequest[] = [];
      for (let i = 0, nowUs = 0; i < 1500; i++) {
        // Load 0.6: 3 requests/s of 0.2 s; lengths 100 or 600 with chances 0.8 and 0.2.
        nowUs += Math.round(stream.seek(i, 0).nextExponential() / 3 * 1e6);
        requests.push({ arriveAtUs: nowUs, clientId: i, promptTokens: 1, answerTokens: stream.nextUniform() < 0.8 ? 100 : 600 });
      }
      const done = runTiers(scenario, requests, 1e12, makeReplica).responses.filter(({ clientId }) => clientId >= 200);
      means.push(done.reduce((sum, { clientId, lastTokenAtUs }) => sum + lastTokenAtUs - requests[clientId]!.arriveAtUs!, 0) / done.length / 1e6);
    }
    const { mean, halfWidth95 } = estimateMean(means);
    // 99% instead of 95%: a factor of 2.81 / 2.07 for 23 degrees of freedom.
    expect(Math.abs(mean - 0.2 / (1 - 0.6))).toBeLessThan(halfWidth95 * 2.81 / 2.07);
    expect(halfWidth95).toBeLessThan(0.05);
  });
});

describe("failures", () => {
  const failing = withExpert({ failure: { meanTimeBetweenS: 60, restartS: 10 } });

  it("send what was in flight back to start from scratch, and lose nothing", () => {
    const requests = Array.from({ length: 60 }, (_, i) => ({ arriveAtUs: i * 5_000_000, promptTokens: 400, answerTokens: 300 }));
    const run = runTiers(failing, requests, 3e9), pool = run.summary.pools[0]!;
    expect(run.responses.length).toBe(60);
    expect(run.responses.every(({ status, generatedTokens }) => status === ResponseStatus.served && generatedTokens === 300)).toBe(true);
    expect(pool.replicaFailures).toBeGreaterThan(2);
    expect(pool.generatedTokens).toBeGreaterThan(60 * 300);
  });

  it("come as often as the mean says, and cost their restart in up time", () => {
    const run = runTiers(failing, [], 36_000e6), pool = run.summary.pools[0]!;
    // 36,000 s in cycles of 60 + 10 s: 514 expected, standard deviation below 514^0.5.
    expect(Math.abs(pool.replicaFailures - 36_000 / 70)).toBeLessThan(3 * Math.sqrt(36_000 / 70));
    expect(Math.abs(pool.gpuUpUs - (36_000e6 - pool.replicaFailures * 10e6))).toBeLessThanOrEqual(10e6);
  });

  it("of one replica do not move when another is added", () => {
    const idle = (replicas: number): number => {
      const run = runTiers(withExpert({ replicas, failure: { meanTimeBetweenS: 3600, restartS: 10 } }), [], 3600e6);
      return run.summary.pools[0]!.gpuUpUs;
    };
    const first = 3600e6 - (idle(2) - idle(1)); // Down time of the second alone.
    expect(idle(3)).toBeLessThanOrEqual(3 * 3600e6 - first - (3600e6 - idle(1)));
  });
});

describe("autoscaling", () => {
  it("wants the load over the target, within its bounds", () => {
    const autoscale = { maxReplicas: 4, minReplicas: 1, targetRunning: 10, periodS: 15, startUpS: 90 };
    expect([0, 10, 11, 39, 400].map((load) => wantedReplicas(autoscale, load))).toEqual([1, 1, 2, 4, 4]);
  });

  it("retires one that has not come up before one that serves, and the least loaded of those", () => {
    const unit = (state: string, load: number): ReplicaUnit => ({ state, load }) as unknown as ReplicaUnit;
    const [busy, quiet, starting, off] = [unit("up", 5), unit("up", 1), unit("starting", 0), unit("off", 0)] as const;
    expect(chooseRetiring([busy, quiet, off])).toBe(quiet);
    expect(chooseRetiring([starting, busy, quiet])).toBe(starting);
    expect(chooseRetiring([off])).toBeUndefined();
  });

  it("adds replicas a start-up delay after the decision, deals out the queue anew, and drains them when the load is gone", () => {
    const scenario = withExpert({ maxRunning: 1, autoscale: { maxReplicas: 3, targetRunning: 1, periodS: 10, startUpS: 20, minReplicas: 1 } });
    const requests = Array.from({ length: 9 }, () => ({ arriveAtUs: 1_000_000, promptTokens: 100, answerTokens: 300 }));
    const run = runTiers(scenario, requests, 4000e6), pool = run.summary.pools[0]!;
    expect(run.responses.length).toBe(9);
    expect(pool.peakReplicas).toBe(3);
    const later = run.responses.filter(({ replica }) => replica > 0);
    expect(Math.min(...later.map(({ admittedAtUs }) => admittedAtUs))).toBe(30_000_000); // decided at 10 s, up at 30 s
    expect(pool.gpuUpUs).toBeLessThan(4000e6 + 2 * 200e6);
  });
});

describe("refresh of knowledge", () => {
  const scenario = sampleScenario({
    expert: { ...BASE.tiers.expert, replicas: 2 }, general: { ...BASE.tiers.general, replicas: 1 }, ageAtStartS: 1000,
    refresh: { periodS: 600, firstAtS: 100, generalTokens: 10_000, downS: 30 },
  });

  it("makes the tokens at T, takes each E replica down in turn, and resets the age", () => {
    const requests = [{ arriveAtUs: 50_000_000, answerTokens: 1 }, { arriveAtUs: 550_000_000, answerTokens: 1 }];
    const run = runTiers(scenario, requests, 650e6), [expert, general] = run.summary.pools;
    expect(expert!.refreshes).toBe(1);
    expect(general!.refreshTokens).toBe(10_000);
    expect(general!.arrived).toBe(0);
    expect(expert!.gpuUpUs).toBe(2 * 650e6 - 2 * 30e6);
    expect(expert!.peakReplicas).toBe(2);
    const [before, after] = [responseOf(run, 0)!, responseOf(run, 1)!];
    expect(before.knowledgeAgeUs).toBe(1000e6 + before.decidedAtUs);
    const refreshedAtUs = after.decidedAtUs - after.knowledgeAgeUs;
    // 100 s, then two rounds of up to 16 sequences at T, of 512 and of 272 to 512 tokens, then twice 30 s.
    const iterations = general!.iterations, iterationUs = general!.gpuBusyUs / general!.iterations;
    expect(iterations).toBeGreaterThan(512 + 272);
    expect(refreshedAtUs).toBeGreaterThanOrEqual(160e6 + Math.floor(general!.gpuBusyUs));
    expect(refreshedAtUs).toBeLessThan(160e6 + general!.gpuBusyUs + iterationUs);
  });

  it("lets a replica finish what it runs; a pool of one makes newcomers wait until it is back", () => {
    const one = sampleScenario({ ageAtStartS: 0, refresh: { periodS: 600, firstAtS: 1, generalTokens: 0, downS: 30 } });
    const run = runTiers(one, [{ arriveAtUs: 500_000, promptTokens: 100, answerTokens: 200 }, { arriveAtUs: 2_000_000, promptTokens: 100, answerTokens: 1 }], 500e6);
    const [running, waiting] = [responseOf(run, 0)!, responseOf(run, 1)!];
    expect(running.status).toBe(ResponseStatus.served);
    expect(waiting.admittedAtUs).toBe(running.lastTokenAtUs + 30_000_000);
    expect(waiting.knowledgeAgeUs).toBe(waiting.decidedAtUs - waiting.admittedAtUs);
  });

  it("slows T's users down while it runs", () => {
    const user: SampleRequest[] = [{ arriveAtUs: 105_000_000, pool: 1, promptTokens: 300, answerTokens: 100 }];
    const withJob = runTiers(scenario, user, 500e6).responses[0]!, without = runTiers(BASE, user, 500e6).responses[0]!;
    expect(withJob.lastTokenAtUs).toBeGreaterThan(without.lastTokenAtUs);
    expect(withJob.knowledgeAgeUs).toBe(0);
  });
});

describe("queue and balance", () => {
  const flood: SampleRequest[] = [
    ...Array.from({ length: 20 }, (_, i) => ({ clientId: 1, attemptKey: i, arriveAtUs: 1000 + i, promptTokens: 50, answerTokens: 50 })),
    { clientId: 2, attemptKey: 99, arriveAtUs: 2000, promptTokens: 50, answerTokens: 50 },
  ];

  it("serves a client with one request before the backlog of another when fair, after it when first come first served", () => {
    const rank = (queue: string): number => runTiers(withExpert({ maxRunning: 1, queue }), flood).responses.findIndex(({ clientId }) => clientId === 2);
    expect(rank("fcfs")).toBe(20);
    // It starts no lower than the other's counter, and equal counters go by arrival: one of the backlog is before it.
    expect(rank("fair")).toBe(2);
  });

  it("deals in turn, or to the least loaded", () => {
    const replicaOfLast = (balance: string): number => {
      const requests = [{ answerTokens: 500 }, { arriveAtUs: 1, answerTokens: 1 }, { arriveAtUs: 5_000_000, answerTokens: 1 }];
      return responseOf(runTiers(withExpert({ replicas: 2, balance }), requests), 2)!.replica;
    };
    expect(["round-robin", "least-loaded", "session-affinity"].map(replicaOfLast)).toEqual([0, 1, 1]);
  });

  it("leaves a replica that holds the prefix when it is clearly more loaded", () => {
    const replicaOfTurn = (others: number): number => {
      const crowd = Array.from({ length: others }, (_, i) => ({ clientId: 100 + i, arriveAtUs: 20_000_000 + i, answerTokens: 500, session: 1, prefixTokens: 50 }));
      // The crowd's sessions all left prefixes on replica 0, as did client 1's.
      const before = [1, ...crowd.map(({ clientId }) => clientId)].map((clientId, i) => ({ clientId, session: 1, arriveAtUs: i * 150_000, promptTokens: 60, answerTokens: 1 }));
      const turn = { clientId: 1, attemptKey: 32, session: 1, arriveAtUs: 21_000_000, promptTokens: 100, prefixTokens: 60, answerTokens: 1 };
      const run = runTiers(withExpert({ replicas: 2 }), [...before, ...crowd.map((request) => ({ ...request, attemptKey: 16 })), turn]);
      expect(run.responses.filter(({ attemptKey }) => attemptKey === 0).every(({ replica }) => replica === 0)).toBe(true);
      return run.responses.find(({ attemptKey }) => attemptKey === 32)!.replica;
    };
    expect([replicaOfTurn(8), replicaOfTurn(9)]).toEqual([0, 1]);
  });

  it("preempts the sequence admitted last when the KV cache is full, and finishes both", () => {
    // 8.03 GB of weights on 24 GB: a fraction that leaves 100 blocks of 16 tokens.
    const scenario = withExpert({ memoryFraction: (8_030_261_248 + 100.5 * 16 * 131_072) / 24e9 });
    const run = runTiers(scenario, [{ promptTokens: 640, answerTokens: 400 }, { arriveAtUs: 100, promptTokens: 640, answerTokens: 400 }]), [first, second] = [responseOf(run, 0)!, responseOf(run, 1)!];
    expect([first.preemptions, second.preemptions]).toEqual([0, 1]);
    expect([first.generatedTokens, second.generatedTokens]).toEqual([400, 400]);
    expect(second.lastTokenAtUs).toBeGreaterThan(first.lastTokenAtUs);
    expect(run.summary.pools[0]!.peakKvFraction).toBe(1);
  });
});
