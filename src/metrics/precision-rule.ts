/**
 * When a run is precise enough: "rel_ci95(ttft.p95)<1%", or several joined by "and".
 *
 * rel_ci95 is half of the 95% interval as a share of the mean, ci95 the same half in the metric's own unit. Both are of the mean over
 * replications, at every point of the sweep that has the metric.
 */
import { ConfigError } from "../core/errors.js";
import type { MeanEstimate } from "../core/statistics.js";
import { findMetric } from "./find-metric.js";
import { BOUND_PATTERN, parseBound } from "./parse-bound.js";

/** One condition. */
export interface PrecisionTerm {
  readonly measure: "rel_ci95" | "ci95";
  readonly metric: string;
  /** The measure must be below. Above 0. */
  readonly bound: number;
}

/** All conditions must hold. */
export interface PrecisionRule {
  /** As written. */
  readonly text: string;
  readonly terms: readonly PrecisionTerm[];
}

const TERM = new RegExp(String.raw`^(\w+)\s*\(\s*([^()\s]+)\s*\)\s*<\s*${BOUND_PATTERN}$`);
const EXAMPLE = "For example: --until 'rel_ci95(ttft.p95)<1%' or --until 'rel_ci95(ttft.p95)<1% and ci95(correct.fraction)<0.005'";

/**
 * Parses a rule.
 *
 * @throws {ConfigError} when it is not understood or names no metric.
 */
export function parsePrecisionRule(text: string): PrecisionRule {
  return { text, terms: text.split(/\s+and\s+|\s*&&\s*/).map((part) => parseTerm(part.trim(), text)) };
}

function parseTerm(part: string, text: string): PrecisionTerm {
  const [, measure, metric = "", digits = "", percent = ""] = TERM.exec(part) ?? [];
  const fail = (rule: string, got: string): never => { throw new ConfigError({ subject: "--until", rule, got, ...(part === text ? {} : { where: text }), hint: EXAMPLE }); };
  if (measure === undefined) return fail("be MEASURE(METRIC)<BOUND, joined by \"and\"", part);
  if (measure !== "rel_ci95" && measure !== "ci95") return fail("measure rel_ci95 (a share of the mean) or ci95 (in the metric's unit)", measure);
  const bound = parseBound(digits, percent);
  if (!(bound > 0)) return fail("have a bound above 0", part);
  return { measure, metric: findMetric(metric, "--until").name, bound };
}

/** The measure of a term; Infinity when a mean of 0 has a width or there are fewer than two values. */
export function precisionOf({ measure }: PrecisionTerm, { mean, halfWidth95, n }: MeanEstimate): number {
  if (!(n > 1)) return Infinity;
  if (measure === "ci95") return halfWidth95;
  return halfWidth95 === 0 ? 0 : halfWidth95 / Math.abs(mean);
}
