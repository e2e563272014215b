/**
 * The tiers against real vLLM: two runs of casys-kaist/LLMServingSim@5daddb2 (MIT), not shipped. Bars are ours: by measured
 * kernels, with nothing fitted, means of TPOT and latency within 2% and of TTFT within 4%; by the spec sheet with shares
 * from the other run's GPU and model, within 15% and 30%.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { calibratedFit, checkRun, shippedFit } from "./check-run.js";
import type { CheckBasis } from "./check-run.js";
import { compareReplay, differenceOf } from "./compare-replay.js";
import type { GpuProfile } from "./gpu-profile.js";
import { findServedGpu } from "./load-gpu-profiles.js";
import { loadKernelProfile, loadServedRun } from "./load-served-run.js";
import type { KernelProfile } from "./kernel-profile.js";
import { ReplicaReference } from "./replica-reference.js";
import { replayRun } from "./replay-run.js";
import { profiledEngines } from "./run-engines.js";
import { SAMPLE_RUN, sampleProfile } from "./sample-kernels.test-data.js";
import { parseServedRun } from "./served-run.js";
import type { ServedRun } from "./served-run.js";

const data = join(process.env["PLMM_DATA"] ?? "", "servers"), hasRuns = process.env["PLMM_DATA"] !== undefined && existsSync(data);
const NAMES = ["RTX4090-Llama-3.1-8B", "RTXPRO6000-Qwen3-32B"] as const;

interface Case { readonly run: ServedRun; readonly gpu: GpuProfile; readonly profile: KernelProfile }

function loadCase(name: string): Case {
  const run = loadServedRun(join(data, name));
  return { run, gpu: findServedGpu(run.hardware.gpu, name), profile: loadKernelProfile(join(data, name), run.engine.tensorParallel) };
}

function expectWithin({ run, gpu }: Case, basis: CheckBasis, tokenBar: number, firstBar: number): void {
  const { rows } = checkRun(run, gpu, basis);
  expect(Math.abs(differenceOf(rows, "tpotS"))).toBeLessThan(tokenBar);
  expect(Math.abs(differenceOf(rows, "latencyS"))).toBeLessThan(tokenBar);
  expect(Math.abs(differenceOf(rows, "ttftS"))).toBeLessThan(firstBar);
}

describe(`a real vLLM run${hasRuns ? "" : " (skipped: PLMM_DATA names no folder with servers/)"}`, () => {
  it.runIf(hasRuns).each(NAMES)("%s: measured kernels give mean TPOT and latency within 2%, TTFT within 4%", (name) => {
    const found = loadCase(name);
    expectWithin(found, { kind: "profile", profile: found.profile }, 0.02, 0.04);
  });

  it.runIf(hasRuns).each([[NAMES[0], NAMES[1]], [NAMES[1], NAMES[0]]])("%s: the spec sheet with shares of %s gives them within 15% and 30%", (name, other) => {
    const { run, gpu, profile } = loadCase(other);
    expectWithin(loadCase(name), calibratedFit(run, gpu, profile), 0.15, 0.3);
  });

  it.runIf(hasRuns).each([[NAMES[0], NAMES[1]], [NAMES[1], NAMES[0]]])("%s: the spec sheet with shares fitted on the requests of %s alone gives them within 15% and 30%", (name, other) => {
    const { run, gpu } = loadCase(other);
    expectWithin(loadCase(name), calibratedFit(run, gpu, undefined), 0.15, 0.3);
  });

  it.runIf(hasRuns).each(NAMES)("%s: shares fitted on its requests alone give it back within 5%", (name) => {
    const found = loadCase(name);
    expectWithin(found, calibratedFit(found.run, found.gpu, undefined), 0.05, 0.05);
  });

  it.runIf(hasRuns).each(NAMES)("%s: the shipped shares are those of its kernel profile", (name) => {
    const { run, gpu, profile } = loadCase(name), shipped = shippedFit(gpu), fitted = calibratedFit(run, gpu, profile);
    if (shipped.kind !== "spec" || fitted.kind !== "spec") return expect.unreachable();
    for (const share of ["weightBandwidth", "kvBandwidth", "compute"] as const) expect(shipped.fit[share]).toBeCloseTo(fitted.fit[share], 2);
  });

  it.runIf(hasRuns)("leaps over iterations and walks through them to the same microseconds, under 193 preemptions", () => {
    const { run, gpu, profile } = loadCase(NAMES[0]), engines = profiledEngines(run, gpu, profile, 0);
    const fast = replayRun(run, engines), slow = replayRun(run, engines, (settings) => new ReplicaReference(settings));
    expect(fast).toEqual(slow);
    expect(fast.counters[0]!.preemptions).toBeGreaterThan(100);
  });
});

describe("a made-up run of a mixture in two lanes", () => {
  it("is one engine with the seats, tokens and memory of both, and serves every request", () => {
    const run = parseServedRun(SAMPLE_RUN, "run"), gpu = findServedGpu("RTXPRO6000", "test"), engines = profiledEngines(run, gpu, sampleProfile(), 0);
    expect([engines.engines, engines.maxRunning, engines.tokenBudget]).toEqual([1, 256, 4096]);
    const rows = checkRun(run, gpu, { kind: "profile", profile: sampleProfile() }).rows;
    expect(rows.length).toBe(15);
    expect(rows.every(({ simulatedS }) => Number.isFinite(simulatedS) && simulatedS >= 0)).toBe(true);
    const spec = checkRun(run, gpu, shippedFit(gpu)).rows;
    // 10 tokens after the first, each reading at least 8 of 128 experts and all of attention: milliseconds, not seconds.
    expect(spec.find(({ metric, statistic }) => metric === "latencyS" && statistic === "mean")!.simulatedS).toBeGreaterThan(0.001);
  });

  it("is two engines that share arrivals when the model is dense", () => {
    const run = parseServedRun({ ...SAMPLE_RUN, meta: { ...SAMPLE_RUN.meta, model: "Qwen/Qwen3-32B" } }, "run"), gpu = findServedGpu("RTXPRO6000", "test");
    const engines = profiledEngines(run, gpu, sampleProfile({ "moe.csv": undefined }), 0);
    expect([engines.engines, engines.maxRunning]).toEqual([2, 128]);
    expect(replayRun(run, engines).counters.length).toBe(2);
  });
});

describe("comparison", () => {
  it("takes percentiles on a line between neighbours, as NumPy does: P90 of 1, 2, 3, 4 is 3.7", () => {
    const requests = [4, 1, 3, 2].map((ttftS) => ({ ttftS, tpotS: 1, latencyS: 1 })), doubled = requests.map((request) => ({ ...request, ttftS: 2 * request.ttftS }));
    const rows = compareReplay(requests, doubled), p90 = rows.find(({ metric, statistic }) => metric === "ttftS" && statistic === "p90")!;
    expect(p90.measuredS).toBeCloseTo(3.7, 12);
    expect(p90.difference).toBeCloseTo(1, 12);
  });
});
