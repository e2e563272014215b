/** What a routing policy is, and what a phone knows when it decides. */
import type { Question } from "../../population/question.js";

/** What the phone knows when it decides. Overwritten for each question. */
export interface RoutingContext {
  shard: number;
  /** P's estimate that its own answer would be right. */
  confidence: number;
  /** Whether P can run at all: battery, heat, memory. */
  canPersonal: boolean;
  /** Whether some tier could answer: there is a link, and the question is not P's alone. */
  canTier: boolean;
  /** Time from asked to this decision. Seconds. */
  elapsedS: number;
  /** Time to the first token, from now, if P answers. Seconds. */
  personalTtftS: number;
  /** The same for the tier, from what this phone has seen. Seconds. */
  tierTtftS: number;
  chargeFraction: number;
  downlinkBitPerS: number;
  /** Energy of answering on the phone, and of the radio when a tier is asked. Joules. */
  personalEnergyJ: number;
  tierEnergyJ: number;
  /** The most that asking the tier once may cost, a consult of T included where E may have one. Dollars. */
  tierUsd: number;
  /** Sensitive attributes that asking would send in clear. */
  secretsSent: number;
  /** Dollars or sensitive attributes spent today, as the policy counts; the question in hand included. */
  spentToday: number;
  /** Whether each would be right: for the oracle only. */
  isPersonalRight: boolean;
  isTierRight: boolean;
}

/** Makes an empty context. */
export function makeRoutingContext(): RoutingContext {
  return {
    shard: 0, confidence: 0, canPersonal: true, canTier: true, elapsedS: 0, personalTtftS: 0, tierTtftS: 0, chargeFraction: 1, downlinkBitPerS: 0,
    personalEnergyJ: 0, tierEnergyJ: 0, tierUsd: 0, secretsSent: 0, spentToday: 0, isPersonalRight: false, isTierRight: false,
  };
}

/** Who is asked about questions that P does not keep. */
export type Offload = "none" | "general" | "by-need";

/** A policy in force. */
export interface Router {
  /** Whether P reads and drafts before it decides. */
  readonly drafts: boolean;
  readonly offload: Offload;
  /** What it looks at besides confidence, waiting times, budgets and secrets; the rest of a context is left as it was. */
  readonly weighs: "nothing" | "energy" | "truth";
  /** What `spentToday` counts. */
  readonly spends: "nothing" | "money" | "secrets";
  /**
   * True to ask the tier, false to answer alone. The tier can be asked when this is called; a phone that cannot run P
   * asks it whatever a policy without a budget says.
   */
  asksTier(context: RoutingContext, question: Question): boolean;
  /** Whether a budget of money, if there is one, allows one more attempt of the question in hand. */
  affords(context: RoutingContext): boolean;
  /** Learns from the end of a question that had a choice. */
  learn(context: RoutingContext, isTier: boolean, isCorrect: boolean, ttftS: number, usd: number, secretsSent: number): void;
}
