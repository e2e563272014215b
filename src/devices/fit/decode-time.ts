/**
 * Physical mean of the time of a decoded token. Its constants are fitted together with the covariance:
 *
 *   t = bytes / (eta[accelerator] bandwidth)  +  overhead[accelerator] (parameters / 1.5e9)^growth  +  bytes / (rate cores score / 2000)
 *
 * The overhead grows with the model because it is paid per layer. The last part is a CPU's alone: few or slow cores cannot take in what the
 * memory delivers. A neural engine reads through a port of its own, so its 1 / bandwidth is 1 / bandwidth + 1 / port.
 */
import { exp, ln } from "../../core/elementary.js";

/** Normal prior of a fitted number. */
export interface NormalPrior {
  readonly mean: number;
  readonly sd: number;
}

/** Fitted constants by name, logarithms except for the growth. */
export type Constants = Readonly<Record<string, number>>;

/** What the time depends on. */
export interface DecodeWork {
  readonly accelerator: string;
  /** Streamed bytes of weights. */
  readonly bytes: number;
  /** With the KV cache at the middle of the answer. */
  readonly tokenBytes: number;
  readonly parameters: number;
  readonly bandwidthBytesPerS: number;
  /** Cores at work, and the Geekbench 6 single-core score of one. */
  readonly cores: number;
  readonly coreScore: number;
}

/** Parts of a token's time, seconds. */
export interface DecodeTime {
  readonly streamS: number;
  readonly overheadS: number;
  readonly computeS: number;
}

const ACCELERATORS = ["CPU", "Metal", "GPU", "NPU", "ANE"] as const;
const USUAL_PARAMETERS = 1.5e9;
const USUAL_CORE_SCORE = 2000;

/** Middles of simple fits over all stacks, wide enough for the rows to decide. Overhead in s, rate of a core and the port in bytes/s. */
export const DECODE_PRIORS: Readonly<Record<string, NormalPrior>> = {
  ...Object.fromEntries(ACCELERATORS.flatMap((name): readonly [string, NormalPrior][] => [
    [`eta ${name}`, { mean: ln(0.55), sd: 0.4 }], [`overhead ${name}`, { mean: ln(0.008), sd: 0.7 }]])),
  growth: { mean: 0.4, sd: 0.3 }, "rate of a core": { mean: ln(8e9), sd: 0.7 }, "port of ANE": { mean: ln(100e9), sd: 0.5 },
};

/** The middles of the priors. */
export const USUAL_CONSTANTS: Constants = Object.fromEntries(Object.entries(DECODE_PRIORS).map(([name, { mean }]) => [name, mean]));

/** Time of a token by part. */
export function decodeTime(work: DecodeWork, constants: Constants): DecodeTime {
  const port = work.accelerator === "ANE" ? exp(-constants["port of ANE"]!) : 0;
  const coreRate = exp(constants["rate of a core"]!) * work.cores * (work.coreScore / USUAL_CORE_SCORE);
  return {
    streamS: (work.tokenBytes * (1 / work.bandwidthBytesPerS + port)) / exp(constants[`eta ${work.accelerator}`]!),
    overheadS: exp(constants[`overhead ${work.accelerator}`]! + constants["growth"]! * ln(work.parameters / USUAL_PARAMETERS)),
    computeS: work.accelerator === "CPU" ? work.bytes / coreRate : 0,
  };
}

/** Whole time of a token, s. */
export function decodeTokenS(work: DecodeWork, constants: Constants): number {
  const { streamS, overheadS, computeS } = decodeTime(work, constants);
  return streamS + overheadS + computeS;
}

/** Share of the time that does not depend on bytes, at the middles of the priors. */
export function overheadShare(work: DecodeWork): number {
  return decodeTime(work, USUAL_CONSTANTS).overheadS / decodeTokenS(work, USUAL_CONSTANTS);
}
