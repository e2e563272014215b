/**
 * Heat of a device in closed form. The state is one number h: 0 cold, 1 at the plateau that sustained power reaches.
 * While the device computes, h rises to 1 with time constant tau; while it rests, h falls to 0 with its own constant.
 * Speed relative to cold is 1 - (1 - sustainedFraction) * h. Nothing ticks: every step is exact for any length.
 * Model: first order to a plateau, as in the per-second decode curves of john-rocky/apple-silicon-llm-bench.
 *
 * Power falls with the speed: a piece of work takes the same energy hot and cold (`workDoneS` times the cold power). Assumed, as nobody
 * has recorded power and speed together; a Pixel 7 is known to take 0.403 J a token at 4.65 tokens/s and 0.397 J at 7.88 (energy rows
 * e050, e051), and ten-minute runs of an iPhone 17 Pro draw 4.2 to 6.2 W from a cool start and 4.3 to 4.9 W from a hot one, by battery
 * steps that are known to half.
 */
import { exp } from "../core/elementary.js";

/** Speed at heat h, of the cold speed. From sustainedFraction to 1. */
export function rateAtHeat(heat: number, sustainedFraction: number): number {
  return 1 - (1 - sustainedFraction) * heat;
}

/**
 * Heat after computing.
 *
 * h(s) = 1 - (1 - h0) e^(-s / tau)
 *
 * @param heat At the start. From 0 to 1.
 * @param s Seconds of computing. 0 or more.
 * @param tauS Time constant of heating. Above 0.
 */
export function heatAfterCompute(heat: number, s: number, tauS: number): number {
  return 1 - (1 - heat) * exp(-s / tauS);
}

/**
 * Heat after rest.
 *
 * h(s) = h0 e^(-s / tau)
 *
 * @param s Seconds of rest. 0 or more.
 * @param tauS Time constant of cooling. Above 0.
 */
export function heatAfterRest(heat: number, s: number, tauS: number): number {
  return heat * exp(-s / tauS);
}

/**
 * Work done in a stretch of computing, in seconds of cold-speed work: the integral of the rate. Inverse of `busyS`.
 *
 * W(s) = f s + (1 - f)(1 - h0) tau (1 - e^(-s / tau)), with f the sustained fraction.
 */
export function workDoneS(s: number, heat: number, sustainedFraction: number, tauS: number): number {
  return sustainedFraction * s + (1 - sustainedFraction) * (1 - heat) * tauS * (1 - exp(-s / tauS));
}

/** Most Halley steps of `busyS`: the error falls with its third power, and 4 leave rounding alone (see the test's grid). */
const HALLEY_STEPS = 4;
/** Share of the work that may be missing at the end: rounding. */
const ROUNDING = 4e-16;

/**
 * Wall seconds of computing that finish some work.
 *
 * Solves W(s) = workS (see `workDoneS`). W is increasing and concave, so the two lines above it (its first tangent and its last
 * asymptote) bound the root from below; Halley's method starts at the larger bound.
 *
 * @param workS Work in seconds at cold speed. 0 or more.
 * @param heat At the start. From 0 to 1.
 * @param sustainedFraction Speed at the plateau, of the cold speed. Above 0, up to 1.
 * @param tauS Time constant of heating. Above 0.
 * @returns Seconds, from workS to workS / sustainedFraction. Splitting the work at any point gives the same sum.
 */
export function busyS(workS: number, heat: number, sustainedFraction: number, tauS: number): number {
  const fade = (1 - sustainedFraction) * (1 - heat);
  if (!(workS > 0)) return 0;
  if (!(fade > 1e-12)) return workS / sustainedFraction;
  const work = workS / tauS;
  let u = Math.max(work / (sustainedFraction + fade), (work - fade) / sustainedFraction);
  for (let step = 0; step < HALLEY_STEPS; step++) {
    const decay = fade * exp(-u);
    const missing = work - sustainedFraction * u - fade + decay;
    if (Math.abs(missing) <= ROUNDING * work) break;
    const slope = sustainedFraction + decay;
    u += missing / (slope - (missing * decay) / (2 * slope));
  }
  return u * tauS;
}
