/**
 * CUSUM: the likelihood ratio of "something has changed" against "all is well", summed up and never below 0; an alarm above a
 * threshold. Of all detectors with so many false alarms it has the shortest worst delay.
 *
 * Source: Page 1954, Continuous inspection schemes, Biometrika 41; optimality: Moustakides 1986, Annals of Statistics 14(4).
 */
import { ln } from "../../core/elementary.js";

/** A detector that looks at one value after the other. */
export interface Detector {
  /** Takes a value; true when it gives the alarm. It may be asked on after that. */
  observe(value: number): boolean;
}

/**
 * CUSUM of any log-likelihood ratio.
 *
 * @param logRatio ln of how much likelier a value is after the change. Nats.
 * @param threshold Alarm at or above it. Nats.
 */
export function makeCusum(logRatio: (value: number) => number, threshold: number): Detector {
  let sum = 0;
  return {
    observe(value: number): boolean {
      sum = Math.max(0, sum + logRatio(value));
      return sum >= threshold;
    },
  };
}

/** The highest that CUSUM comes over values: a threshold above it would have kept still. */
export function highestCusum(logRatio: (value: number) => number, values: readonly number[]): number {
  let sum = 0, highest = 0;
  for (const value of values) {
    sum = Math.max(0, sum + logRatio(value));
    highest = Math.max(highest, sum);
  }
  return highest;
}

/** ln-ratio of normals with one standard deviation and means `before` and `after`. */
export function normalRatio(before: number, after: number, sd: number): (value: number) => number {
  return (value) => ((after - before) / (sd * sd)) * (value - (before + after) / 2);
}

/** ln-ratio of chances of a 1, before and after. Both between 0 and 1, ends left out. */
export function bernoulliRatio(before: number, after: number): (value: number) => number {
  const one = ln(after / before), zero = ln((1 - after) / (1 - before));
  return (value) => (value === 1 ? one : zero);
}

/** ln-ratio of Poisson means. Above 0. */
export function poissonRatio(before: number, after: number): (value: number) => number {
  const one = ln(after / before);
  return (value) => value * one - (after - before);
}
