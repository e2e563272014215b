/** From a run's settings to what its engines cost: by a measured kernel profile, or by the spec sheet. */
import { ConfigError, DataError } from "../core/errors.js";
import { kvBytesPerToken } from "../devices/model-card.js";
import type { ModelCard } from "../devices/model-card.js";
import type { GpuProfile } from "./gpu-profile.js";
import { KernelCost } from "./kernel-cost.js";
import type { KernelProfile } from "./kernel-profile.js";
import type { ReplayEngines } from "./replay-run.js";
import { RooflineCost, compileCoefficients, countExpertWeights } from "./roofline-cost.js";
import type { ServedRun } from "./served-run.js";

/**
 * Memory of one GPU that an engine takes beside weights and KV cache: activations, sampling, captured graphs.
 * Measured: 0.9 x 25.25 GB less 16.06 GB of weights less 2,588 blocks of 2.10 MB, Llama-3.1-8B on an RTX 4090 under vLLM
 * 0.19 (casys-kaist/LLMServingSim@5daddb2). Used for runs that do not give their KV capacity.
 */
const RESERVED_BYTES = 1.24e9;

/** Shares and times that the spec sheet does not give; fitted on a run (`fitEfficiency`) or a kernel profile (`fitKernels`). */
export interface SpecFit {
  readonly weightBandwidth: number;
  readonly kvBandwidth: number;
  readonly compute: number;
  /** Time of a layer that neither memory nor arithmetic explains: starts of its small kernels. */
  readonly layerOverheadS: number;
}

/** How GPUs of a run share the work. */
interface Division {
  readonly engines: number;
  readonly lanes: number;
  readonly expertGpus: number;
}

/**
 * Engines by measured kernels.
 *
 * @param gpu Undefined for a GPU that no profile of ours describes: then the run has to say its memory, and its link where there is one.
 * @param overheadS Engine time of a step that kernels do not hide.
 * @throws {DataError} when the profile of a mixture has no experts, or the run lacks what no GPU profile says.
 */
export function profiledEngines(run: ServedRun, gpu: GpuProfile | undefined, profile: KernelProfile, overheadS: number): ReplayEngines {
  const { card, engine } = run, { lanes, expertGpus } = divide(run), maxRunning = engine.maxRunning * lanes;
  checkExperts(run, profile);
  const cost = new KernelCost(profile, {
    layers: card.layers, hiddenSize: card.hiddenSize, tensorParallel: engine.tensorParallel, lanes, expertGpus, experts: card.experts, activeExperts: card.activeExperts,
    ...linkOf(run, gpu), overheadS, capturedTokens: engine.capturedTokens, maxRunning, kvBlocks: countRunBlocks(run, gpu) * lanes,
  });
  return enginesOf(run, cost);
}

/** Layers of a profile that hold all experts under a name of their own. */
const EXPERT_LAYER = /moe|expert/i;

function checkExperts({ card, folder }: ServedRun, profile: KernelProfile): void {
  const isMixture = card.experts > 1, hasExperts = profile.experts !== undefined || [...profile.dense.keys()].some((name) => EXPERT_LAYER.test(name));
  if (isMixture === hasExperts) return;
  throw new DataError({
    subject: "kernel profile", where: folder, got: `${hasExperts ? "experts in it" : "none in it"} (${profile.source})`,
    rule: isMixture ? `hold the times of the ${card.experts} experts of ${card.name} (moe.csv)` : `be of a dense model, as ${card.name} is`,
    hint: isMixture ? "Profilers write moe.csv into the folder of tensor parallelism 1: put it beside dense.csv, or name that folder tp1 or profile-tp1." : "Give the folder that was profiled with this model.",
  });
}

/** Link between the GPUs of a run; of no matter where a GPU is alone. */
function linkOf({ hardware, engine, folder }: ServedRun, gpu: GpuProfile | undefined): { readonly hopS: number; readonly linkBytesPerS: number } {
  const hopS = hardware.hopS ?? (gpu === undefined ? undefined : gpu.link.allReduceLatencyS / 2), linkBytesPerS = hardware.linkBytesPerS ?? gpu?.link.allReduceBytesPerS;
  if (hopS !== undefined && linkBytesPerS !== undefined) return { hopS, linkBytesPerS };
  if (engine.tensorParallel * engine.dataParallel === 1) return { hopS: 0, linkBytesPerS: Infinity };
  throw new DataError({ subject: "link_bw and link_latency", rule: `be there: no GPU profile describes ${hardware.gpu}`, got: `${String(hardware.linkBytesPerS)}, ${String(hardware.hopS)}`, where: `${folder}/config.json`, hint: "Give GB/s and nanoseconds of a hop between two GPUs." });
}

/**
 * Engines by the spec sheet of a GPU and fitted shares of it.
 *
 * @param overheadS Engine time of a step that kernels do not hide.
 */
export function specEngines(run: ServedRun, gpu: GpuProfile, fit: SpecFit, overheadS: number): ReplayEngines {
  const { engine, card, hardware } = run, division = divide(run);
  const coefficients = compileCoefficients({
    card, gpu: { ...gpu, efficiency: { ...gpu.efficiency, ...fit } }, bytesPerWeight: engine.bytesPerWeight, bytesPerKvElement: engine.bytesPerKvElement,
    tensorParallel: engine.tensorParallel, overheadS: overheadS + fit.layerOverheadS * card.layers, tokenBudget: engine.tokenBudget * division.lanes,
    hopS: hardware.hopS, linkBytesPerS: hardware.linkBytesPerS, lanes: division.lanes, expertGpus: division.expertGpus, kvBlocks: countRunBlocks(run, gpu) * division.lanes,
  });
  return enginesOf(run, new RooflineCost(coefficients, division.lanes, engine.maxRunning * division.lanes));
}

function enginesOf(run: ServedRun, cost: ReplayEngines["cost"]): ReplayEngines {
  const { engine } = run, { engines, lanes } = divide(run);
  return { cost, engines, maxRunning: engine.maxRunning * lanes, tokenBudget: engine.tokenBudget * lanes };
}

/** Data-parallel engines of a mixture step together; those of a dense model each go their own way. */
function divide({ engine, card }: ServedRun): Division {
  const isMixture = card.experts > 1, { dataParallel, tensorParallel } = engine;
  return { engines: isMixture ? 1 : dataParallel, lanes: isMixture ? dataParallel : 1, expertGpus: tensorParallel * (isMixture ? dataParallel : 1) };
}

/**
 * Blocks of KV cache of one engine: as the run gives them, or what memory leaves.
 *
 * @throws {ConfigError} when weights leave no room.
 * @throws {DataError} when nothing says the GPU's memory.
 */
export function countRunBlocks(run: ServedRun, gpu: GpuProfile | undefined): number {
  const { engine, card } = run;
  if (engine.kvBlocks !== undefined) return engine.kvBlocks;
  const usable = memoryOf(run, gpu) * engine.memoryFraction - RESERVED_BYTES;
  const free = engine.tensorParallel * usable - engineWeightBytes(card, run);
  const blocks = Math.floor(free / (engine.blockTokens * kvBytesPerToken(card, engine.bytesPerKvElement)));
  if (blocks >= 1) return blocks;
  throw new ConfigError({ subject: run.folder, rule: "leave memory for a KV cache", got: `${(free / 1e9).toFixed(1)} GB`, hint: "Check tensor_parallel_size and the GPU, or give kv_cache.num_gpu_blocks in meta.json." });
}

function memoryOf({ hardware, folder }: ServedRun, gpu: GpuProfile | undefined): number {
  const bytes = hardware.memoryBytes ?? gpu?.hardware.memoryBytes ?? hardware.statedMemoryBytes;
  if (bytes !== undefined) return bytes;
  throw new DataError({ subject: "memory of the GPU", rule: `be said: no GPU profile describes ${hardware.gpu}`, got: undefined, where: folder, hint: "Give npu_mem.mem_size in config.json, or kv_cache.num_gpu_blocks in meta.json." });
}

/** Weights on the GPUs of one engine: experts are shared between data-parallel engines, the rest is not. */
function engineWeightBytes(card: ModelCard, run: ServedRun): number {
  const experts = countExpertWeights(card);
  return (card.parameters - experts + experts * run.engine.tensorParallel / divide(run).expertGpus) * run.engine.bytesPerWeight;
}
