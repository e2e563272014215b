/** A made-up host: models of several shapes, and parameters that give their times. */
import { predictStepS } from "./host-cost.js";
import { HOST_PROFILE_VERSION, type HostProfile } from "./host-profile.js";
import { type HostParameters, startParameters } from "./host-parameters.js";
import type { HostModel, HostStep } from "./host-step.js";

/** A model with tied tokens. Q4_K keeps its output matrix in Q6_K. */
export function sampleHostModel(width: number, layers: number, headSize: number, kind = "Q4_K"): HostModel {
  const vocabulary = 4096, inLayers = layers * (3 * width * width + 3 * width * 2 * width), outputs = vocabulary * width;
  return {
    runtime: "llama.cpp", quant: kind, layers, width, heads: width / headSize, kvHeads: width / headSize / 2, headSize, feedForward: 2 * width, vocabulary,
    matrices: [
      { kind, weights: inLayers, bytes: inLayers * 0.5625, isOutput: false },
      { kind: kind === "Q4_K" ? "Q6_K" : kind, weights: outputs, bytes: outputs * 0.82, isOutput: true },
    ],
  };
}

/** Prompts and tokens behind several contexts, and batches. */
export function sampleSteps(threads: number): HostStep[] {
  const prompts = [8, 100, 700].map((tokens): HostStep => ({ kind: "prefill", threads, tokens, context: tokens === 100 ? 300 : 0, sequences: 1 }));
  const tokens = [20, 400, 1500].map((context): HostStep => ({ kind: "decode", threads, tokens: 1, context, sequences: 1 }));
  return [...prompts, ...tokens, ...[2, 4, 8].map((sequences): HostStep => ({ kind: "decode", threads, tokens: 1, context: 20, sequences }))];
}

/** Parameters unlike those that a fit starts from. */
export function sampleParameters(): HostParameters {
  const start = startParameters(["Q4_K", "Q6_K", "Q8_0"], [1, 2]);
  return {
    ...start, memoryByteS: 5e-11, lastLevelBytes: 30e6,
    kinds: { "Q4_K": { rowS: 2e-9, oneS: 3e-11, unpackS: 4e-11, fewS: 2.5e-11, manyS: 1.1e-11 }, "Q6_K": { rowS: 2e-9, oneS: 4e-11, unpackS: 1e-11, fewS: 4e-11, manyS: 3e-11 }, "Q8_0": { rowS: 1e-9, oneS: 4.5e-11, unpackS: 1e-10, fewS: 1.5e-11, manyS: 1.4e-11 } },
    threads: {
      1: { callS: { prefill: 4e-4, decode: 1.5e-4 }, layerS: 5e-6, oneSpeedup: 1, manySpeedup: 1, attentionSpeedup: 1, memorySpeedup: 1 },
      2: { callS: { prefill: 5e-4, decode: 2e-4 }, layerS: 2e-5, oneSpeedup: 1.7, manySpeedup: 1.9, attentionSpeedup: 1.8, memorySpeedup: 1.4 },
    },
  };
}

/** A profile whose steps take exactly what these parameters say. */
export function sampleProfile(): HostProfile {
  const parameters = sampleParameters(), models = [sampleHostModel(256, 4, 32), sampleHostModel(512, 6, 64), sampleHostModel(1024, 8, 128)];
  return {
    schema: "plmm.host-profile", version: HOST_PROFILE_VERSION,
    provenance: {
      plmmVersion: "0", gitSha: null, gitDirtySha256: null, lockfileSha256: null, node: "v20", os: "made up", cpu: "Made-up CPU", cpuCount: 2, memoryBytes: 8e9, commandLine: "plmm calibrate",
      startedAt: "2026-01-01T00:00:00.000Z", finishedAt: "2026-01-01T00:10:00.000Z",
    },
    runtimes: { "llama.cpp": "made up" }, clock: "wall", fits: { "llama.cpp": parameters },
    cases: models.map((model, i) => ({
      model, isHeldOut: i === 1,
      steps: sampleSteps(1).map((step) => {
        const seconds = predictStepS(parameters, model, step);
        return { ...step, seconds, visitsS: [seconds] };
      }),
    })),
  };
}
