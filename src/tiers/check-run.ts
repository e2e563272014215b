/** Holds the tiers against a served run: which cost, its replay, and the figures of both sides. */
import { compareReplay } from "./compare-replay.js";
import type { ReplayComparison } from "./compare-replay.js";
import { invariant } from "../core/errors.js";
import { fitEfficiency } from "./fit-efficiency.js";
import { fitKernels } from "./fit-kernels.js";
import type { GpuProfile } from "./gpu-profile.js";
import type { KernelProfile } from "./kernel-profile.js";
import { replayRun } from "./replay-run.js";
import type { ReplayEngines } from "./replay-run.js";
import { profiledEngines, specEngines } from "./run-engines.js";
import type { SpecFit } from "./run-engines.js";
import type { ServedRun } from "./served-run.js";

/** Where durations come from. */
export type CheckBasis =
  | { readonly kind: "profile"; readonly profile: KernelProfile }
  | { readonly kind: "spec"; readonly fit: SpecFit; readonly fittedOn: string };

/** A checked run. */
export interface RunCheck {
  readonly rows: readonly ReplayComparison[];
  readonly engines: number;
  readonly kvBlocks: number;
  readonly preemptions: number;
  readonly iterations: number;
}

/**
 * Time of a layer's small kernels at one token. Measured: 18 and 20 microseconds in the kernel profiles of an RTX 4090 and
 * an RTX PRO 6000 (casys-kaist/LLMServingSim@5daddb2, MIT; `fitKernels`).
 */
const SHIPPED_LAYER_OVERHEAD_S = 19e-6;
/**
 * Engine time of a step that is not hidden behind its kernels: none when the scheduler works ahead. Otherwise assumed, as
 * `tiers.*.iterationOverheadS` is by default.
 */
const STEP_OVERHEAD_S = 0.0025;

/**
 * Replays a run and compares.
 *
 * @param gpu Undefined, with a kernel profile only: a GPU that no profile of ours describes.
 */
export function checkRun(run: ServedRun, gpu: GpuProfile | undefined, basis: CheckBasis): RunCheck {
  const engines = enginesOf(run, gpu, basis), { requests, counters } = replayRun(run, engines);
  return {
    rows: compareReplay(run.requests, requests), engines: engines.engines, kvBlocks: engines.cost.kvBlocks,
    preemptions: counters.reduce((sum, each) => sum + each.preemptions, 0), iterations: counters.reduce((sum, each) => sum + each.iterations, 0),
  };
}

/** Shares of the shipped GPU profile. */
export function shippedFit(gpu: GpuProfile): CheckBasis {
  const { weightBandwidth, kvBandwidth, compute, origin, source } = gpu.efficiency;
  return { kind: "spec", fit: { weightBandwidth, kvBandwidth, compute, layerOverheadS: SHIPPED_LAYER_OVERHEAD_S }, fittedOn: `datasets/servers/gpus.json, ${gpu.name}: ${origin}, ${source}` };
}

/** Shares fitted on another run: from its kernel profile when it has one, otherwise from its requests. */
export function calibratedFit(run: ServedRun, gpu: GpuProfile, profile: KernelProfile | undefined): CheckBasis {
  if (profile !== undefined) return { kind: "spec", fit: fitKernels(run, gpu, profile), fittedOn: `kernel profile of ${run.folder}` };
  const { fit, residual } = fitEfficiency(run, gpu);
  return { kind: "spec", fit, fittedOn: `requests of ${run.folder}, residual ${(residual * 100).toFixed(1)}%` };
}

function enginesOf(run: ServedRun, gpu: GpuProfile | undefined, basis: CheckBasis): ReplayEngines {
  switch (basis.kind) {
    case "profile": return profiledEngines(run, gpu, basis.profile, run.engine.schedulesAhead ? 0 : STEP_OVERHEAD_S);
    case "spec":
      invariant(gpu !== undefined, "take the spec sheet of a known GPU", run.hardware.gpu);
      return specEngines(run, gpu, basis.fit, run.engine.schedulesAhead ? 0 : STEP_OVERHEAD_S);
    default: return basis satisfies never;
  }
}
