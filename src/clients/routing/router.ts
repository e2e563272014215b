/**
 * The routing decision: does P answer alone, or does it ask a tier? One function per policy over what a phone knows
 * at that moment. The oracle alone looks at what the world will be; it is a bound and not a policy.
 */
import type { RoutingConfig } from "../../config/scenario-schema.js";
import type { Question } from "../../population/question.js";
import { Bandit, type BanditMemory } from "./bandit.js";

/** What the phone knows when it decides. Overwritten for each question. */
export interface RoutingContext {
  shard: number;
  /** P's estimate that its own answer would be right. */
  confidence: number;
  /** Whether P can run at all: battery, heat, memory. */
  canPersonal: boolean;
  /** Whether some tier could answer: there is a link, and the question is not P's alone. */
  canTier: boolean;
  /** Time to the first token, from now, if P answers. Seconds. */
  personalTtftS: number;
  /** The same for the tier, from what this phone has seen. Seconds. */
  tierTtftS: number;
  chargeFraction: number;
  downlinkBitPerS: number;
  /** Energy of answering on the phone, and of the radio when a tier is asked. Joules. */
  personalEnergyJ: number;
  tierEnergyJ: number;
  /** Expected price of asking the tier. Dollars. */
  tierUsd: number;
  /** Sensitive attributes that asking would send in clear. */
  secretsSent: number;
  /** Dollars or sensitive attributes spent today, as the policy counts. */
  spentToday: number;
  /** Whether each would be right: for the oracle only. */
  isPersonalRight: boolean;
  isTierRight: boolean;
}

/** Makes an empty context. */
export function makeRoutingContext(): RoutingContext {
  return {
    shard: 0, confidence: 0, canPersonal: true, canTier: true, personalTtftS: 0, tierTtftS: 0, chargeFraction: 1, downlinkBitPerS: 0,
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
  /** What `spentToday` counts. */
  readonly spends: "nothing" | "money" | "secrets";
  /** True to ask the tier, false to answer alone. Both are possible when this is called. */
  asksTier(context: RoutingContext, question: Question): boolean;
  /** Learns from the end of a question that had a choice. */
  learn(context: RoutingContext, isTier: boolean, isCorrect: boolean, ttftS: number, usd: number, secretsSent: number): void;
}

const learnNothing = (): void => undefined;

/** The policy of a scenario. */
export function makeRouter(config: RoutingConfig, bandit: BanditMemory): Router {
  const cascade = { drafts: true, offload: "by-need", spends: "nothing", learn: learnNothing } as const;
  switch (config.kind) {
    case "p-only": return { ...cascade, drafts: false, offload: "none", asksTier: () => false };
    case "t-only": return { ...cascade, drafts: false, offload: "general", asksTier: () => true };
    case "always-expert": return { ...cascade, drafts: false, asksTier: () => true };
    case "cascade": return { ...cascade, asksTier: (context) => context.confidence < config.threshold };
    case "deadline": return { ...cascade, asksTier: (context) => holdsDeadline(context, config.threshold, config.deadlineS) };
    case "battery": return { ...cascade, asksTier: (context) => sparesBattery(context, config) };
    case "money-budget": return { ...cascade, spends: "money", asksTier: (context) => staysInBudget(context, config.threshold, config.dailyUsd) };
    case "privacy-budget": return { ...cascade, spends: "secrets", asksTier: (context) => context.confidence < config.threshold
      && context.spentToday + context.secretsSent <= config.dailySecrets };
    case "bandit": return new Bandit(config, bandit);
    case "oracle": return { ...cascade, asksTier: (context) => !context.isPersonalRight && context.isTierRight };
    default: return config satisfies never;
  }
}

/** The more accurate route among those expected in time; the faster one when none is. */
function holdsDeadline(context: RoutingContext, threshold: number, deadlineS: number): boolean {
  const isTierInTime = context.tierTtftS <= deadlineS, isPersonalInTime = context.personalTtftS <= deadlineS;
  if (isTierInTime && isPersonalInTime) return context.confidence < threshold;
  if (isTierInTime !== isPersonalInTime) return isTierInTime;
  return context.tierTtftS < context.personalTtftS;
}

function sparesBattery(context: RoutingContext, config: { threshold: number; offloadBelowFraction: number; minDownlinkBitPerS: number }): boolean {
  const isLow = context.chargeFraction < config.offloadBelowFraction;
  if (isLow && context.downlinkBitPerS >= config.minDownlinkBitPerS && context.tierEnergyJ < context.personalEnergyJ) return true;
  if (context.downlinkBitPerS < config.minDownlinkBitPerS && context.confidence >= config.threshold / 2) return false;
  return context.confidence < config.threshold;
}

/** The threshold falls in proportion to the money left, and no question may overdraw. */
function staysInBudget(context: RoutingContext, threshold: number, dailyUsd: number): boolean {
  const left = dailyUsd - context.spentToday;
  return context.tierUsd <= left && context.confidence < threshold * (left / dailyUsd);
}
