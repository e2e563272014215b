/**
 * When a comparison of two runs has failed: "ttft.p95>2%" (up by more than 2%), "correct.fraction<-1%" (down by more than 1%),
 * "worse(ttft.p95)>2%" (in the metric's worse direction). Without % the bound is a difference in the metric's own unit.
 */
import { ConfigError } from "../core/errors.js";
import { findMetric } from "./find-metric.js";
import { BOUND_PATTERN, parseBound } from "./parse-bound.js";

/** One condition. */
export interface ChangeRule {
  /** As written. */
  readonly text: string;
  readonly metric: string;
  /** The change times this must be above the bound. */
  readonly sign: 1 | -1;
  /** 0 or more: a share of the first run's mean when relative, else in the metric's unit. */
  readonly bound: number;
  readonly isRelative: boolean;
}

const RULE = new RegExp(String.raw`^(?:(worse)\s*\(\s*([^()\s<>]+)\s*\)|([^()\s<>]+))\s*([<>])\s*${BOUND_PATTERN}$`);
const EXAMPLE = "For example: --fail-on 'ttft.p95>2%', --fail-on 'correct.fraction<-0.01' or --fail-on 'worse(energy.compute)>5%'";

/**
 * Parses a rule.
 *
 * @throws {ConfigError} when it is not understood or names no metric.
 */
export function parseChangeRule(text: string): ChangeRule {
  const fail = (rule: string): never => { throw new ConfigError({ subject: "--fail-on", rule, got: text, hint: EXAMPLE }); };
  const [, worse, judged, plain, direction, digits = "", percent = ""] = RULE.exec(text.trim()) ?? [];
  if (direction === undefined) return fail("be METRIC>BOUND, METRIC<-BOUND or worse(METRIC)>BOUND");
  const { name, better } = findMetric(judged ?? plain ?? "", "--fail-on"), written = parseBound(digits, percent);
  const rule = { text, metric: name, isRelative: percent === "%" };
  if (worse !== undefined) {
    if (better === "none") return fail("judge a metric that has a better direction");
    if (direction !== ">" || !(written >= 0)) return fail("ask for worse(METRIC) above a bound of 0 or more");
    return { ...rule, sign: better === "lower" ? 1 : -1, bound: written };
  }
  const sign = direction === ">" ? 1 : -1;
  if (!(written * sign >= 0)) return fail("ask for a rise above a bound (METRIC>2%) or a fall below one (METRIC<-2%)");
  return { ...rule, sign, bound: Math.abs(written) };
}

/**
 * Whether a change is beyond the bound.
 *
 * @param before Mean of the first run.
 * @param difference Mean of the second run less the first's.
 */
export function isBeyond({ sign, bound, isRelative }: ChangeRule, before: number, difference: number): boolean {
  return sign * difference > (isRelative ? bound * Math.abs(before) : bound);
}
