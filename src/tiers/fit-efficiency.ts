/**
 * Shares of the spec sheet that an engine reaches, from one served run: those under which its replay comes nearest to it.
 *
 * Least squares over every request's time to first token, time per token and latency, each as a share of its mean, plus a
 * pull towards usual values: factors that act alike on a run cannot be told apart by it. A kernel profile tells more.
 * Pattern search from the usual values: one factor at a time, up or down by a step that halves when nothing helps.
 */
import { REPLAY_METRICS } from "./compare-replay.js";
import type { GpuProfile } from "./gpu-profile.js";
import { replayRun } from "./replay-run.js";
import { specEngines } from "./run-engines.js";
import type { SpecFit } from "./run-engines.js";
import type { ServedRun } from "./served-run.js";

/** Where the search starts and what it is pulled to on a GPU that nobody measured. Assumed: what well-tuned engines reach; no run was looked at for them. */
export const USUAL_FIT: SpecFit = { weightBandwidth: 0.85, kvBandwidth: 0.7, compute: 0.75, layerOverheadS: 2e-5 };

const FIRST_STEP = 0.2, LAST_STEP = 0.01;
/** A factor that is 5% off its usual value counts as much as requests that are 1% off. */
const PULL = 0.01 / 0.05;
const MOST: SpecFit = { weightBandwidth: 1, kvBandwidth: 1, compute: 1, layerOverheadS: 1e-3 };
const FACTORS = ["weightBandwidth", "kvBandwidth", "compute", "layerOverheadS"] as const;

/** Fitted shares, and what is left: root mean square over requests and quantities. */
export interface FittedEfficiency { readonly fit: SpecFit; readonly residual: number }

/** Fits a run on its GPU, whose scheduler works ahead or costs nothing. Where the GPU's kernels were measured, their shares are the usual ones. */
export function fitEfficiency(run: ServedRun, gpu: GpuProfile): FittedEfficiency {
  const usual = usualFit(gpu);
  let best = usual, least = lossOf(run, gpu, best, usual);
  for (let step = FIRST_STEP; step >= LAST_STEP; step /= 2) {
    for (let hasImproved = true; hasImproved;) {
      hasImproved = false;
      for (const factor of FACTORS) for (const scale of [1 + step, 1 / (1 + step)]) {
        const candidate = { ...best, [factor]: Math.min(MOST[factor], best[factor] * scale) }, loss = lossOf(run, gpu, candidate, usual);
        if (loss < least) { best = candidate; least = loss; hasImproved = true; }
      }
    }
  }
  return { fit: best, residual: Math.sqrt(figuresLoss(run, gpu, best) / REPLAY_METRICS.length) };
}

function usualFit({ efficiency }: GpuProfile): SpecFit {
  if (efficiency.origin !== "measured") return USUAL_FIT;
  const { weightBandwidth, kvBandwidth, compute } = efficiency;
  return { ...USUAL_FIT, weightBandwidth, kvBandwidth, compute };
}

function lossOf(run: ServedRun, gpu: GpuProfile, fit: SpecFit, usual: SpecFit): number {
  return FACTORS.reduce((sum, factor) => sum + (PULL * (fit[factor] / usual[factor] - 1)) ** 2, figuresLoss(run, gpu, fit));
}

function figuresLoss(run: ServedRun, gpu: GpuProfile, fit: SpecFit): number {
  const replayed = replayRun(run, specEngines(run, gpu, fit, 0)).requests;
  return REPLAY_METRICS.reduce((sum, metric) => {
    const mean = run.requests.reduce((total, request) => total + request[metric], 0) / run.requests.length;
    return sum + run.requests.reduce((total, request, index) => total + ((replayed[index]![metric] - request[metric]) / mean) ** 2, 0) / run.requests.length;
  }, 0);
}
