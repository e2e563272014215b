/**
 * One step of an engine without attention: matrices and norms of every layer, experts, the output matrix and sampling,
 * and the communication between GPUs.
 *
 * All-reduce on a ring of n: 2 (n - 1) hops and 2 (n - 1) / n of the data; two per layer, after attention and after the
 * matrices or experts. Data-parallel lanes that share experts gather their tokens before the experts and scatter the sums
 * after them: (n - 1) hops and the other lanes' data, each way; what they get still has to be summed over the GPUs of a
 * tensor-parallel group (vLLM, fused_moe: maybe_all_reduce_tensor_model_parallel after combine).
 */
import type { KernelProfile } from "./kernel-profile.js";

/** What times of a step depend on beside the batch. */
export interface StepSetup {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly tensorParallel: number;
  /** Data-parallel lanes that step together because they share experts; 1 otherwise. */
  readonly lanes: number;
  /** GPUs over which the experts are divided. */
  readonly expertGpus: number;
  readonly experts: number;
  readonly activeExperts: number;
  /** Between GPUs: time of one hop, and rate. */
  readonly hopS: number;
  readonly linkBytesPerS: number;
  /** Engine time of a step that kernels do not hide. */
  readonly overheadS: number;
  /** Most tokens of a step that runs as a captured graph, padded to the next captured size. 0: none. */
  readonly capturedTokens: number;
}

const US_PER_S = 1e6;
/** Layers of a profile that a step has once; norms come twice in a layer, all others once. */
const ONCE: readonly string[] = ["embedding", "final_layernorm"];
const TWICE = "layernorm";
/** Activations travel in 16 bits. */
const BYTES_PER_ACTIVATION = 2;
const ALL_REDUCES_PER_LAYER = 2;

/** Times of steps. Kept by number of tokens. */
export class StepKernels {
  private readonly denseUs: Map<number, number> = new Map<number, number>();

  constructor(private readonly profile: KernelProfile, private readonly setup: StepSetup) {}

  /**
   * Microseconds of a step without attention.
   *
   * @param tokens Tokens of the busiest lane.
   * @param sampled Sequences of it that get a token.
   * @param allTokens Tokens of all lanes.
   */
  stepUs(tokens: number, sampled: number, allTokens: number): number {
    const { setup } = this, padded = padTokens(tokens, setup.capturedTokens);
    // Captured graphs have one size in all lanes.
    const exchanged = padded === tokens ? allTokens : padded * setup.lanes;
    return this.layersUs(padded) + this.headUs(sampled) + setup.layers * this.expertsUs(exchanged) + this.exchangeUs(padded, exchanged) + setup.overheadS * US_PER_S;
  }

  private layersUs(tokens: number): number {
    let us = this.denseUs.get(tokens);
    if (us !== undefined) return us;
    us = 0;
    for (const [name, table] of this.profile.dense) {
      const times = ONCE.includes(name) ? 1 : name === TWICE ? 2 * this.setup.layers : this.setup.layers;
      us += times * table.at(tokens);
    }
    this.denseUs.set(tokens, us);
    return us;
  }

  private headUs(sampled: number): number {
    if (sampled === 0) return 0;
    let us = 0;
    for (const table of this.profile.perSequence.values()) us += table.at(sampled);
    return us;
  }

  /** One layer of experts on one GPU. Each token draws its experts evenly, so n tokens leave (1 - active/all)^n of them unread. */
  private expertsUs(tokens: number): number {
    const { profile, setup } = this;
    if (profile.experts === undefined || setup.experts === 1 || tokens === 0) return 0;
    let unread = 1;
    for (let token = 0; token < tokens && unread > 1e-6; token++) unread *= 1 - setup.activeExperts / setup.experts;
    return profile.experts.at(tokens / setup.expertGpus, setup.experts / setup.expertGpus * (1 - unread));
  }

  private exchangeUs(tokens: number, allTokens: number): number {
    const { setup } = this, bytesPerToken = setup.hiddenSize * BYTES_PER_ACTIVATION, gpus = setup.tensorParallel;
    const reduces = setup.layers * ALL_REDUCES_PER_LAYER + 1;
    const reduceS = gpus === 1 ? 0 : reduces * (2 * (gpus - 1) * setup.hopS + 2 * (gpus - 1) / gpus * tokens * bytesPerToken / setup.linkBytesPerS);
    const others = setup.lanes - 1;
    const gatherS = others === 0 ? 0 : 2 * setup.layers * (others * setup.hopS + allTokens * others / setup.lanes * bytesPerToken / setup.linkBytesPerS);
    return (reduceS + gatherS) * US_PER_S;
  }
}

/** Captured sizes of vLLM: 1, 2, 4, then multiples of 8 to 256 and of 16 above. */
export function padTokens(tokens: number, captured: number): number {
  if (tokens > captured) return tokens;
  if (tokens <= 2) return tokens;
  if (tokens <= 4) return 4;
  const step = tokens <= 256 ? 8 : 16;
  return Math.ceil(tokens / step) * step;
}
