/**
 * The routing decision: does P answer alone, or does it ask a tier? One function per policy over what a phone knows
 * at that moment. The oracle alone looks at what the world will be; it is a bound and not a policy.
 */
import type { RoutingConfig } from "../../config/scenario-schema.js";
import { Bandit, type BanditMemory } from "./bandit.js";
import type { Router, RoutingContext } from "./router.js";

const learnNothing = (): void => undefined;
const hasNoBudget = (): boolean => true;

/** The policy of a scenario. */
export function makeRouter(config: RoutingConfig, bandit: BanditMemory): Router {
  const cascade = { drafts: true, offload: "by-need", weighs: "nothing", spends: "nothing", affords: hasNoBudget, learn: learnNothing } as const;
  switch (config.kind) {
    case "p-only": return { ...cascade, drafts: false, offload: "none", asksTier: () => false };
    case "t-only": return { ...cascade, drafts: false, offload: "general", asksTier: () => true };
    case "always-expert": return { ...cascade, drafts: false, asksTier: () => true };
    case "cascade": return { ...cascade, asksTier: (context) => context.confidence < config.threshold };
    case "deadline": return { ...cascade, asksTier: (context) => holdsDeadline(context, config.threshold, config.deadlineS - context.elapsedS) };
    case "battery": return { ...cascade, weighs: "energy", asksTier: (context) => sparesBattery(context, config) };
    case "money-budget": return { ...cascade, spends: "money", affords: (context) => context.tierUsd <= config.dailyUsd - context.spentToday,
      asksTier: (context) => staysInBudget(context, config.threshold, config.dailyUsd) };
    case "privacy-budget": return { ...cascade, spends: "secrets", asksTier: (context) => (!context.canPersonal || context.confidence < config.threshold)
      && context.spentToday + context.secretsSent <= config.dailySecrets };
    case "bandit": return new Bandit(config, bandit);
    case "oracle": return { ...cascade, weighs: "truth", asksTier: (context) => !context.isPersonalRight && context.isTierRight };
    default: return config satisfies never;
  }
}

/** The more accurate route among those expected in time; the faster one when none is. */
function holdsDeadline(context: RoutingContext, threshold: number, leftS: number): boolean {
  const isTierInTime = context.tierTtftS <= leftS, isPersonalInTime = context.personalTtftS <= leftS;
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

/** The threshold falls in proportion to the money left, and no question may overdraw, nor may its retries (`affords`). */
function staysInBudget(context: RoutingContext, threshold: number, dailyUsd: number): boolean {
  const left = dailyUsd - context.spentToday;
  return context.tierUsd <= left && (!context.canPersonal || context.confidence < threshold * (left / dailyUsd));
}
