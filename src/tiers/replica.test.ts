/** Leaping over iterations equals walking through them: every instant, count and peak, on random work. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KernelCost } from "./kernel-cost.js";
import { Replica } from "./replica.js";
import type { ReplicaSettings } from "./replica-engine.js";
import { ReplicaReference } from "./replica-reference.js";
import { replayRun } from "./replay-run.js";
import { SAMPLE_RUN, sampleProfile, sampleSetup } from "./sample-kernels.test-data.js";
import { runTiers, sampleScenario } from "./sample-tiers.test-data.js";
import type { SampleRequest } from "./sample-tiers.test-data.js";
import { parseServedRun } from "./served-run.js";

const RUN_US = 4e8;

const request = fc.record({
  arriveAtUs: fc.integer({ min: 0, max: 60_000_000 }), clientId: fc.integer({ min: 0, max: 7 }), pool: fc.constantFrom(0, 0, 0, 1),
  promptTokens: fc.integer({ min: 0, max: 900 }), answerTokens: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(1)),
  session: fc.integer({ min: 0, max: 2 }), prefixShare: fc.constantFrom(0, 0, 0.5, 1), needsConsult: fc.constantFrom(0, 0, 0, 1),
  patienceUs: fc.constantFrom(1e12, 1e12, 2e7, 5e6, 1e6, 100), uplinkDelayUs: fc.integer({ min: 0, max: 300_000 }), downlinkDelayUs: fc.integer({ min: 0, max: 300_000 }),
  outageInUs: fc.constantFrom(Infinity, Infinity, 1e5, 1e6), outageUs: fc.integer({ min: 1, max: 20_000_000 }),
});

const pool = {
  gpu: fc.constantFrom("L4", "RTX-4090", "L40S"), model: fc.constant("llama-3.1-8b"), bytesPerWeight: fc.constant(1),
  maxRunning: fc.constantFrom(2, 5, 64), tokenBudget: fc.constantFrom(7, 64, 512), kvBlockTokens: fc.constantFrom(1, 4, 16),
  prefixCache: fc.boolean(), queue: fc.constantFrom("fcfs", "fair"), balance: fc.constantFrom("round-robin", "least-loaded", "session-affinity"),
  replicas: fc.integer({ min: 1, max: 3 }), iterationOverheadS: fc.constantFrom(0, 0.0025, 0.1), schedulesAhead: fc.boolean(),
  failure: fc.constantFrom(undefined, undefined, { meanTimeBetweenS: 30, restartS: 5 }),
  autoscale: fc.constantFrom(undefined, undefined, { maxReplicas: 4, targetRunning: 2, periodS: 2, startUpS: 3 }),
};

const work = fc.record({
  requests: fc.array(request, { minLength: 1, maxLength: 45, size: "max" }),
  expert: fc.record(pool), kvTokens: fc.constantFrom(500, 1500, 6000),
  refresh: fc.constantFrom(undefined, { periodS: 60, firstAtS: 1, generalTokens: 5000, downS: 4 }),
  systemPromptTokens: fc.constantFrom(0, 40),
});

type Work = typeof work extends fc.Arbitrary<infer T> ? T : never;

const GPU_BYTES: Record<string, number> = { "L4": 24e9, "RTX-4090": 25250627584, "L40S": 48e9 };

/** Memory fraction that leaves about so many tokens of KV cache beside 8.03 GB of weights. */
function fractionFor(gpu: string, kvTokens: number): number { return (8030261248 + (kvTokens + 20) * 131_072) / GPU_BYTES[gpu]!; }

function scenarioOf({ expert, kvTokens, refresh, systemPromptTokens }: Work): ReturnType<typeof sampleScenario> {
  const given = Object.fromEntries(Object.entries(expert).filter(([, value]) => value !== undefined));
  return sampleScenario({
    expert: { ...given, memoryFraction: fractionFor(expert.gpu, kvTokens) },
    general: { gpu: "L4", model: "llama-3.1-8b", bytesPerWeight: 1, memoryFraction: fractionFor("L4", 2000) },
    systemPromptTokens, ...(refresh === undefined ? {} : { refresh }),
  });
}

function requestsOf({ requests }: Work): SampleRequest[] {
  return requests.map(({ patienceUs, outageInUs, outageUs, prefixShare, ...row }, index) => ({
    ...row, attemptKey: index * 16, prefixTokens: Math.floor(row.promptTokens * prefixShare), deadlineAtUs: row.arriveAtUs + patienceUs,
    outageStartUs: row.arriveAtUs + outageInUs, outageEndUs: row.arriveAtUs + outageInUs + outageUs,
  }));
}

describe("Replica", () => {
  it("gives every response of the iteration-by-iteration replica, to the microsecond, under pressure, cancels, failures and refresh", () => {
    fc.assert(fc.property(work, (sample) => {
      const scenario = scenarioOf(sample), requests = requestsOf(sample);
      const fast = runTiers(scenario, requests, RUN_US), slow = runTiers(scenario, requests, RUN_US, (settings) => new ReplicaReference(settings));
      expect(fast.responses).toEqual(slow.responses);
      expect(fast.summary).toEqual(slow.summary);
      expect(fast.pending).toBe(slow.pending);
    }), { seed: 20231, numRuns: 150, endOnFailure: true });
  });

  it("does so by measured kernels too, whose times are piecewise and depend on how contexts are spread", () => {
    fc.assert(fc.property(work, fc.constantFrom(0, 8, 64), (sample, capturedTokens) => {
      const scenario = scenarioOf(sample), requests = requestsOf(sample);
      const withKernels = (settings: ReplicaSettings): ReplicaSettings =>
        ({ ...settings, cost: new KernelCost(sampleProfile(), sampleSetup({ layers: 32, capturedTokens, kvBlocks: settings.cost.kvBlocks, maxRunning: settings.maxRunning })) });
      const fast = runTiers(scenario, requests, RUN_US, (settings) => new Replica(withKernels(settings)));
      const slow = runTiers(scenario, requests, RUN_US, (settings) => new ReplicaReference(withKernels(settings)));
      expect(fast.responses).toEqual(slow.responses);
      expect(fast.summary).toEqual(slow.summary);
    }), { seed: 20232, numRuns: 100, endOnFailure: true });
  });

  it("replays thousands of random runs alike, one engine at a time", () => {
    const one = fc.record({ arrivedAtS: fc.double({ min: 0, max: 3, noNaN: true }), promptTokens: fc.integer({ min: 1, max: 300 }), answerTokens: fc.integer({ min: 1, max: 60 }) });
    const engine = fc.record({ kvBlocks: fc.integer({ min: 30, max: 120 }), maxRunning: fc.integer({ min: 1, max: 12 }), tokenBudget: fc.constantFrom(16, 128, 512), schedulesAhead: fc.boolean(), prefixCache: fc.boolean(), lanes: fc.constantFrom(1, 1, 2) });
    const base = parseServedRun(SAMPLE_RUN, "run");
    fc.assert(fc.property(fc.array(one, { minLength: 1, maxLength: 14 }), engine, (requests, { kvBlocks, maxRunning, tokenBudget, schedulesAhead, prefixCache, lanes }) => {
      const sorted = [...requests].sort((a, b) => a.arrivedAtS - b.arrivedAtS).map((request) => ({ ...request, ttftS: 1, tpotS: 1, latencyS: 1 }));
      const run = { ...base, requests: sorted, engine: { ...base.engine, schedulesAhead, prefixCache } };
      const engines = { cost: new KernelCost(sampleProfile(), sampleSetup({ layers: 32, kvBlocks, maxRunning, lanes, expertGpus: lanes })), engines: 1, maxRunning, tokenBudget };
      expect(replayRun(run, engines)).toEqual(replayRun(run, engines, (settings) => new ReplicaReference(settings)));
    }), { seed: 20233, numRuns: 2000, endOnFailure: true });
  });
});
