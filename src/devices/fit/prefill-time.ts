/**
 * Physical mean of the time that a prompt takes to read. Its constants are fitted together with the covariance:
 *
 *   t = overhead[accelerator] (parameters / 1.5e9)^growth  +  passes[accelerator] bytes / bandwidth  +  tokens 2 parameters / (use[accelerator] peak)
 *
 * Short prompts pay the first two parts, long ones the third. Software that takes in pieces of a fixed length computes whole pieces; one that
 * takes in single tokens decodes them.
 */
import { exp, ln } from "../../core/elementary.js";
import type { Constants, NormalPrior } from "./decode-time.js";

/** What the time depends on. */
export interface PrefillWork {
  readonly accelerator: string;
  readonly promptTokens: number;
  /** Tokens of a piece; undefined: any length at once. */
  readonly pieceTokens: number | undefined;
  /** Streamed bytes of weights. */
  readonly bytes: number;
  readonly parameters: number;
  readonly bandwidthBytesPerS: number;
  /** Of the accelerator at work, as its maker counts. */
  readonly peakOpsPerS: number;
  /** Of a decoded token, generic. */
  readonly tokenS: number;
}

/** What the peak of an accelerator follows from. */
export interface PeakSource {
  readonly cores: number;
  readonly coreScore: number;
  readonly bandwidthBytesPerS: number;
  readonly gpuOpsPerS: number | undefined;
  readonly npuOpsPerS: number | undefined;
}

const USUAL_PARAMETERS = 1.5e9;
/** A core with a Geekbench 6 score of 2000: 8-bit dot products at 3 GHz, rounded. */
const CORE_OPS_PER_S = 3e11, CORE_SCORE = 2000;
/** Peak operations per byte of bandwidth where the peak is not known: middles of chip-accelerators.csv, rounded. */
const GPU_OPS_PER_BYTE = 35, NPU_OPS_PER_BYTE = 400;

const prior = (accelerator: string, use: number): readonly (readonly [string, NormalPrior])[] => [
  [`use ${accelerator}`, { mean: ln(use), sd: 0.7 }], [`overhead ${accelerator}`, { mean: ln(0.02), sd: 0.7 }],
  [`passes ${accelerator}`, { mean: ln(1.5), sd: 0.5 }],
];

/** Middles of simple fits over all stacks, wide enough for the rows to decide. Use as a share of the peak, overhead in s. */
export const PREFILL_PRIORS: Readonly<Record<string, NormalPrior>> = {
  ...Object.fromEntries([...prior("CPU", 0.5), ...prior("Metal", 0.5), ...prior("GPU", 0.3), ...prior("NPU", 0.15), ...prior("ANE", 0.15)]),
  growth: { mean: 0.3, sd: 0.3 },
};

/** Peak of the part of the chip that works, operations/s. */
export function peakOpsPerS(accelerator: string, { cores, coreScore, bandwidthBytesPerS, gpuOpsPerS, npuOpsPerS }: PeakSource): number {
  if (accelerator === "CPU") return cores * (coreScore / CORE_SCORE) * CORE_OPS_PER_S;
  const isGpu = accelerator === "Metal" || accelerator === "GPU";
  return isGpu ? gpuOpsPerS ?? bandwidthBytesPerS * GPU_OPS_PER_BYTE : npuOpsPerS ?? bandwidthBytesPerS * NPU_OPS_PER_BYTE;
}

/** Time to read the prompt, s. */
export function prefillS(work: PrefillWork, constants: Constants): number {
  const { accelerator, promptTokens, pieceTokens, parameters } = work;
  if (pieceTokens === 1) return promptTokens * work.tokenS;
  const constant = (name: string): number => exp(constants[`${name} ${accelerator}`]!);
  const tokens = pieceTokens === undefined ? promptTokens : Math.ceil(promptTokens / pieceTokens) * pieceTokens;
  return constant("overhead") * exp(constants["growth"]! * ln(parameters / USUAL_PARAMETERS)) + constant("passes") * (work.bytes / work.bandwidthBytesPerS)
    + (tokens * 2 * parameters) / (constant("use") * work.peakOpsPerS);
}
