/**
 * Shares of the spec sheet read off a measured kernel profile, each where nothing else matters: weights at one token,
 * arithmetic at the most tokens, the KV cache at many long contexts, and the small kernels of a layer at one token.
 */
import { pow } from "../core/elementary.js";
import { kvBytesPerToken, opsPerToken } from "../devices/model-card.js";
import { peakFlopsPerS } from "./gpu-profile.js";
import type { GpuProfile } from "./gpu-profile.js";
import type { KernelProfile } from "./kernel-profile.js";
import type { SpecFit } from "./run-engines.js";
import type { ServedRun } from "./served-run.js";

const US_PER_S = 1e6;
/** Kernels that stream weights. */
const MATRIX = /_proj$|^lm_head$/;
/** Layers that a step has once, and one that a layer has twice. */
const ONCE = /^(embedding|final_layernorm)$/, TWICE = "layernorm";
/** Decodes and contexts at which attention is busy with the KV cache. */
const BUSY_DECODES = [16, 32, 64], BUSY_CONTEXTS = [512, 1024, 2048];

/** Shares of one GPU under one model. */
export function fitKernels(run: ServedRun, gpu: GpuProfile, profile: KernelProfile): SpecFit {
  const { card, engine } = run, { tensorParallel, bytesPerWeight, bytesPerKvElement } = engine;
  const bandwidth = gpu.hardware.bandwidthBytesPerS * tensorParallel, most = largestTokens(profile);
  const streamedS = opsPerToken(card) / 2 * bytesPerWeight / bandwidth;
  const one = matricesS(run, profile, 1, 1), all = matricesS(run, profile, most, most) + card.layers * smallKernelsS(profile, most);
  const arithmeticS = opsPerToken(card) * most / (peakFlopsPerS(gpu, bytesPerWeight) * tensorParallel);
  return {
    weightBandwidth: share(streamedS / one), compute: share(arithmeticS / Math.sqrt(Math.max(all * all - one * one, all * all / 4))),
    kvBandwidth: share(kvBytesPerToken(card, bytesPerKvElement) / card.layers / bandwidth / kvSecondsPerToken(profile)),
    layerOverheadS: smallKernelsS(profile, 1) + profile.attention.at(0, 0, 1, 1) / US_PER_S,
  };
}

function matricesS(run: ServedRun, profile: KernelProfile, tokens: number, sequences: number): number {
  const { card, engine } = run;
  let us = 0;
  for (const [name, table] of profile.dense) if (MATRIX.test(name)) us += card.layers * table.at(tokens);
  for (const [name, table] of profile.perSequence) if (MATRIX.test(name)) us += table.at(Math.min(sequences, table.firstAxis.at(-1)!)) * Math.max(1, sequences / table.firstAxis.at(-1)!);
  if (profile.experts !== undefined) {
    const read = card.experts * (1 - pow(1 - card.activeExperts / card.experts, tokens));
    us += card.layers * profile.experts.at(tokens / engine.tensorParallel, read / engine.tensorParallel);
  }
  return us / US_PER_S;
}

/** Norms, rotations and activations of one layer. */
function smallKernelsS(profile: KernelProfile, tokens: number): number {
  let us = 0;
  for (const [name, table] of profile.dense) if (!MATRIX.test(name) && !ONCE.test(name)) us += (name === TWICE ? 2 : 1) * table.at(tokens);
  return us / US_PER_S;
}

/** One layer's attention per token of context: median over busy batches. */
function kvSecondsPerToken(profile: KernelProfile): number {
  const found = BUSY_DECODES.flatMap((decodes) => BUSY_CONTEXTS.map((context) => profile.attention.at(0, 0, decodes, context) / (decodes * context))).sort((a, b) => a - b);
  return found[Math.floor(found.length / 2)]! / US_PER_S;
}

function largestTokens(profile: KernelProfile): number { return Math.max(...[...profile.dense.values()].map((table) => table.firstAxis.at(-1)!)); }

function share(value: number): number { return Math.min(1, value); }
