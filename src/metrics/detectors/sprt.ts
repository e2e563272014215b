/**
 * Repeated sequential probability ratio tests: each test ends in "changed" (alarm) or "well" (a new test begins).
 *
 * With bounds ln((1 - beta) / alpha) and ln(beta / (1 - alpha)) a single test errs with at most alpha and beta, up to overshoot.
 * Source: Wald 1945, Sequential tests of statistical hypotheses, Annals of Mathematical Statistics 16(2).
 */
import { ln } from "../../core/elementary.js";
import type { Detector } from "./cusum.js";

/** @param alpha Chance that one test gives a false alarm. @param beta Chance that it misses a change. */
export function makeRepeatedSprt(logRatio: (value: number) => number, alpha: number, beta: number): Detector {
  const upper = ln((1 - beta) / alpha), lower = ln(beta / (1 - alpha));
  let sum = 0;
  return {
    observe(value: number): boolean {
      sum += logRatio(value);
      if (sum <= lower) sum = 0;
      return sum >= upper;
    },
  };
}
