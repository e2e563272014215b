/** Calls of models that questions make, and how long each takes alone on the machine. */
import type { HostSpeed } from "../devices/host/host-speed.js";
import type { ModelCall, QuestionWork } from "./host-costs.js";

/** Speeds of P's model and of those of tiers. */
export interface ModelSpeeds { readonly personal: HostSpeed; readonly tiers: Readonly<Record<string, HostSpeed>> }

/** A call of E or T. */
export interface TierCall { readonly area: string; readonly call: ModelCall }

/** Calls of tiers in their order; the last one's text goes on to P. */
export function tierCallsOf({ consult }: QuestionWork): readonly TierCall[] {
  if (consult === undefined) return [];
  const { area, expert, general } = consult;
  return [...(expert === undefined ? [] : [{ area, call: expert }]), ...(general === undefined ? [] : [{ area: "general", call: general }])];
}

/** Calls of P's model in their order. */
export function personalCallsOf({ draft, combine }: QuestionWork): readonly ModelCall[] { return combine === undefined ? [draft] : [draft, combine]; }

/** Tokens of a call: the step that ends it makes none. */
export function tokensOf({ steps }: ModelCall): number { return Math.max(0, steps - 1); }

/** Until a call's first step. Seconds. */
export function prefillS(speed: HostSpeed, { promptTokens }: ModelCall): number { return promptTokens > 1 ? speed.prefillS(promptTokens - 1, 0) : 0; }

/** Steps `from` to `to` of a call, counted from 0. Seconds. */
export function stepsS(speed: HostSpeed, { promptTokens, steps }: ModelCall, from: number = 0, to: number = steps): number {
  let seconds = 0;
  for (let step = from; step < to; step++) seconds += speed.decodeStepS(1, promptTokens + step);
  return seconds;
}

/** A whole call. Seconds. */
export function callS(speed: HostSpeed, call: ModelCall): number { return prefillS(speed, call) + stepsS(speed, call); }
