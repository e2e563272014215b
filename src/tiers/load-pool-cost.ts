/** What the iterations of a pool cost: by its kernel profile where it names one, otherwise by the spec sheet of its GPU. */
import type { PoolConfig } from "../config/scenario-schema.js";
import { findModelCard } from "../devices/load-model-cards.js";
import type { IterationCost } from "./iteration-cost.js";
import { KernelCost } from "./kernel-cost.js";
import { findGpuProfile } from "./load-gpu-profiles.js";
import { loadKernelProfile } from "./load-served-run.js";
import { compileRooflineCost, countKvBlocks } from "./roofline-cost.js";

/** Largest step that vLLM captures as a graph, unless told otherwise. */
const CAPTURED_TOKENS = 512;

/**
 * Cost of a pool.
 *
 * @param path Config path of the pool, for messages.
 * @throws {ConfigError} when the GPU or the model is unknown, or a model does not fit.
 * @throws {DataError} when the kernel profile is wrong.
 */
export function loadPoolCost(pool: PoolConfig, path: string): IterationCost {
  const gpu = findGpuProfile(pool.gpu, `${path}.gpu`), card = findModelCard(pool.model), { tensorParallel } = pool;
  if (pool.kernelProfile === undefined) return compileRooflineCost(pool, gpu, card, path);
  return new KernelCost(loadKernelProfile(pool.kernelProfile, tensorParallel), {
    layers: card.layers, hiddenSize: card.hiddenSize, tensorParallel, lanes: 1, expertGpus: tensorParallel, experts: card.experts, activeExperts: card.activeExperts,
    hopS: gpu.link.allReduceLatencyS / 2, linkBytesPerS: gpu.link.allReduceBytesPerS, capturedTokens: CAPTURED_TOKENS, maxRunning: Math.min(pool.maxRunning, pool.tokenBudget),
    overheadS: pool.schedulesAhead ? 0 : pool.iterationOverheadS, kvBlocks: countKvBlocks(pool, gpu, card, path),
  });
}
