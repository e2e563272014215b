/** The metrics of the participation market of one cell: closed form, agents beside it, and doubts in sentences. */
import type { z } from "zod";
import type { marketSection } from "../config/sections/market-section.js";
import { type AgentMarketResult, shareStandardError, simulateParticipation } from "./agent-market.js";
import { findParticipation, type MeasuredCell, type ParticipationEquilibrium } from "./participation.js";

/** The `market` section as a run reads it. */
export type MarketConfig = Readonly<z.output<typeof marketSection>>;

/** What the market of a cell is computed from. */
export interface MarketCell extends MeasuredCell {
  readonly market: MarketConfig;
  readonly seed: number;
  readonly replication: number;
}

/** The market of a cell. */
export interface MarketFindings {
  /** By name of the metric catalogue. market.criticalMass is left out when nobody takes part. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly equilibrium: ParticipationEquilibrium;
  readonly agents: AgentMarketResult;
  /** Of the agents' share; absent where the closed form has no stable share. */
  readonly agentStandardError?: number;
  readonly warnings: readonly string[];
}

/** Rounds of best response; a share near the fold needs about sqrt(N). */
const MOST_ROUNDS = 10_000;
/** Standard errors by which agents may differ from the closed form before it is a doubt. */
const DOUBT_Z = 4;

/**
 * The market at a cell's measured quality, money and leakage.
 *
 * @throws {BugError} when a measured sum is negative or NaN.
 */
export function findMarket(cell: MarketCell): MarketFindings {
  const { market, seed, replication, people, days, rightAnswers, rightByPersonalAlone, moneyUsd, secretsSent } = cell;
  const equilibrium = findParticipation({ people, days, rightAnswers, rightByPersonalAlone, moneyUsd, secretsSent }, {
    valueOfRightAnswerUsd: market.valueOfRightAnswerUsd.value,
    privacyCostPerSecretUsd: market.privacyCostPerSecretUsd.value,
    networkScale: market.networkScale.value,
  });
  const { netCost, sV } = equilibrium, count = market.agents.value;
  const agents = simulateParticipation({ agents: count, netCost, sV, startShare: 1, seed, replication, rounds: MOST_ROUNDS });
  const standardError = shareStandardError(equilibrium, count);
  return {
    metrics: {
      "market.participation": equilibrium.high,
      ...(equilibrium.criticalMass === undefined ? {} : { "market.criticalMass": equilibrium.criticalMass }),
      "market.foldMargin": equilibrium.foldMarginUsd,
      "market.agentParticipation": agents.share,
    },
    equilibrium, agents,
    ...(standardError >= 0 ? { agentStandardError: standardError } : {}),
    warnings: findDoubts(equilibrium, agents, standardError, count),
  };
}

function findDoubts(equilibrium: ParticipationEquilibrium, agents: AgentMarketResult, standardError: number, count: number): readonly string[] {
  const doubts: string[] = [];
  if (equilibrium.gainPerPersonDay === 0) doubts.push("The tiers gave no more right answers than P alone, so nobody would pay for them (market.*).");
  if (!equilibrium.certificate.isVerified) doubts.push("The certificate of the participation equilibrium failed; market.* is unverified.");
  if (agents.share === 0 && equilibrium.high > 0) {
    doubts.push(`The market is so near its fold that ${count} agents fell over it: market.participation is ${
      equilibrium.high.toFixed(4)}, market.agentParticipation 0.`);
  } else if (Math.abs(agents.share - equilibrium.high) > DOUBT_Z * standardError || (agents.share > 0 && equilibrium.isCollapsed)) {
    doubts.push(`Agents ended at a share of ${agents.share.toFixed(4)}, the closed form at ${equilibrium.high.toFixed(4)}: more than finite numbers explain (market.*).`);
  }
  return doubts;
}
