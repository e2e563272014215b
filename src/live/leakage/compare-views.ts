/** Attacks on captured bytes beside the same attacks on the simulator's records of the same run: one row for each observer, claim and setting. */
import { leakageBits } from "../../privacy/leakage-bits.js";
import type { FoundLeakage, SettingLeakage } from "./measure-leakage.js";

/** A value with its 95% interval over people, where there is one. */
export interface Scored { readonly value: number; readonly low?: number; readonly high?: number }

/** What an attack came to. Measures that do not exist are left out. */
export interface ViewScore { readonly auc?: Scored; readonly tpr1?: Scored; readonly top1?: Scored; readonly prior?: Scored; readonly bits?: Scored }

/** A row of the comparison. */
export interface ViewRow {
  readonly setting: string; readonly observer: string; readonly claim: string;
  readonly captured: ViewScore; readonly modelled: ViewScore;
  /** Captured less modelled. */
  readonly difference: ViewScore;
}

/** A question to an observer, and the first part of its metrics' names. */
export interface Claim { readonly observer: string; readonly claim: string; readonly name: string }

const READERS = [["E, curious", "expert"], ["E, malicious", "malicious"], ["T", "general"]] as const;
const ATTRIBUTES = [["a lasting condition", "health"], ["tax band", "wealth"]] as const;

function claimsOf(observer: string, name: string): Claim[] { return ATTRIBUTES.map(([claim, attribute]) => ({ observer, claim, name: `leak.${name}.${attribute}` })); }

/** All claims, in the order of the table. */
export const CLAIMS: readonly Claim[] = [
  { observer: "path", claim: "was an expert asked", name: "leak.consult" }, { observer: "path", claim: "which domain", name: "leak.domain" },
  { observer: "path, times alone", claim: "was an expert asked", name: "leak.timing.consult" }, { observer: "path, times alone", claim: "which domain", name: "leak.timing.domain" },
  { observer: "path, sizes of chunks", claim: "the answer, word for word", name: "leak.tokens" },
  { observer: "relay", claim: "which domain", name: "leak.relay.domain" },
  { observer: "gateway link", claim: "is it an expert's exchange", name: "leak.gateway.consult" }, { observer: "gateway link", claim: "which domain", name: "leak.gateway.domain" },
  { observer: "relay and E", claim: "whose request", name: "leak.collusion.joined" }, ...claimsOf("relay and E", "collusion"),
  ...READERS.flatMap(([observer, name]) => [{ observer, claim: "a secret of the request", name: `leak.${name}.secret` }, ...claimsOf(observer, name)]),
  { observer: "ledger", claim: "which purchase a token is from", name: "leak.ledger.link" }, { observer: "ledger", claim: "what an account asks most", name: "leak.ledger.interest" },
];

/** Rows of all settings, claim by claim; a claim that could not be judged on what was captured has none. */
export function compareViews(found: readonly SettingLeakage[]): ViewRow[] {
  return CLAIMS.flatMap(({ observer, claim, name }) => found.flatMap(({ setting, captured, modelled }): ViewRow[] => {
    const own = scoreOf(captured, name), other = scoreOf(modelled, name);
    return Object.keys(own).length === 0 ? [] : [{ setting, observer, claim, captured: own, modelled: other, difference: differenceOf(own, other) }];
  }));
}

const MEASURES = ["auc", "tpr1", "top1", "prior", "bits"] as const;

function scoreOf({ metrics, intervals = {} }: FoundLeakage, name: string): ViewScore {
  const scored = MEASURES.flatMap((measure): [string, Scored][] => {
    const full = `${name}.${measure}`, value = metrics[full], low = metrics[`${full}.low`] ?? intervals[full]?.low, high = metrics[`${full}.high`] ?? intervals[full]?.high;
    return value === undefined ? [] : [[measure, { value, ...(low === undefined || high === undefined ? {} : { low, high }) }]];
  });
  const { top1, prior, ...rest } = Object.fromEntries(scored) as ViewScore;
  // An observer that joins requests to phones has no interval: each request is one claim.
  const bits = rest.bits === undefined && top1 !== undefined && prior !== undefined ? { bits: { value: leakageBits(top1.value, prior.value).bits } } : {};
  return { ...rest, ...(top1 === undefined ? {} : { top1 }), ...(prior === undefined ? {} : { prior }), ...bits };
}

/**
 * Differences with intervals as if the two views had been of different people. They are of the same people, whose accidents both share,
 * so the intervals are wide rather than narrow.
 */
function differenceOf(captured: ViewScore, modelled: ViewScore): ViewScore {
  return Object.fromEntries(MEASURES.flatMap((measure): [string, Scored][] => {
    const own = captured[measure], other = modelled[measure];
    if (own === undefined || other === undefined || measure === "prior") return [];
    const value = own.value - other.value, half = Math.hypot(halfWidthOf(own), halfWidthOf(other));
    return [[measure, { value, ...(Number.isFinite(half) ? { low: value - half, high: value + half } : {}) }]];
  }));
}

/** Half of an interval; NaN where there is none. */
function halfWidthOf({ low, high }: Scored): number { return low === undefined || high === undefined ? NaN : (high - low) / 2; }
