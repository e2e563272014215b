/** The first three steps of the ladder on one instance each: closed form, brute force, and agents with their interval. */
import { RandomStream, Purpose } from "../../core/random-stream.js";
import { estimateMean, type MeanEstimate } from "../../core/statistics.js";
import { followAgentFold, simulateParticipation } from "../agent-market.js";
import { certifyParticipation } from "../certify-participation.js";
import { joiningShare, solveCriticalMass } from "../critical-mass.js";
import { locateFold } from "./fold-continuation.js";
import { maximizeLaplaceSupply, solveLaplaceSupply } from "./laplace-supply.js";
import { maximizeMonopoly, simulateMonopoly, solveMonopoly } from "./monopoly.js";
import { integratePrivacySupply, simulatePrivacySupply, solvePrivacyFrontier } from "./privacy-frontier.js";

/** One quantity, found three ways. */
export interface LadderRow {
  readonly quantity: string;
  readonly closedForm: number;
  /** By search, integration or continuation, without the closed form. */
  readonly numeric: number;
  /** Mean over independent plays; absent where one agent is the whole market. */
  readonly agents?: MeanEstimate;
}

/** One step. */
export interface LadderStep {
  readonly title: string;
  /** The instance: parameters and values. */
  readonly instance: string;
  readonly rows: readonly LadderRow[];
}

const PLAYS = 20;
const INTEGRATION_POINTS = 4000;
/** Agents that search their own noise are the slow part. */
const MOST_SEARCHING_AGENTS = 2000;
const FOLD_TOLERANCE = 1e-5;

/**
 * Climbs the three steps.
 *
 * @param agents Agents of each play, 1 or more. @param seed Of the draws.
 */
export function climbLadder(agents: number, seed: number): readonly LadderStep[] {
  return [climbMonopoly(agents, seed), climbFrontier(agents, seed), climbLaplace(), climbCriticalMass(agents, seed)];
}

function climbMonopoly(agents: number, seed: number): LadderStep {
  const market = { V: 2, Q0: 1, s: 1, K: 2 };
  const closed = solveMonopoly(market), numeric = maximizeMonopoly(market);
  const plays = play((stream) => simulateMonopoly(market, agents, stream), seed, 1);
  const names = ["price", "reward", "participation", "quality", "profit"] as const;
  return {
    title: "1 monopoly: one developer sells a service and buys the data behind it", instance: "V = 2, Q0 = 1, s = 1, K = 2",
    rows: names.map((name) => ({
      quantity: name, closedForm: closed[name], numeric: numeric[name], agents: estimateMean(plays.map((each) => each[name])),
    })),
  };
}

function climbFrontier(agents: number, seed: number): LadderStep {
  const market = { K: 2, rho0: 0.5, r: 0.6 };
  const closed = solvePrivacyFrontier(market), numeric = integratePrivacySupply(market, INTEGRATION_POINTS);
  const plays = play((stream) => simulatePrivacySupply(market, Math.min(agents, MOST_SEARCHING_AGENTS), stream), seed, 2);
  const names = {
    effectiveData: "effective data", totalPrivacyLoss: "privacy loss", participation: "participation", payout: "payout", privacyCost: "privacy cost",
  } as const;
  return {
    title: "2 privacy frontier: users choose their own Gaussian noise (zCDP)", instance: "K = 2, rho0 = 0.5, r = 0.6",
    rows: (Object.keys(names) as (keyof typeof names)[]).map((name) => ({
      quantity: names[name], closedForm: closed[name], numeric: numeric[name], agents: estimateMean(plays.map((each) => each[name])),
    })),
  };
}

function climbLaplace(): LadderStep {
  const offer = { kappa: 0.3, eps0: 2, r: 1.8 }, closed = solveLaplaceSupply(offer), numeric = maximizeLaplaceSupply(offer);
  const gives = (r: number): boolean => maximizeLaplaceSupply({ ...offer, r }).eps > 0;
  let none = 0, some = offer.r;
  while (some - none > FOLD_TOLERANCE) { const middle = (none + some) / 2; if (gives(middle)) some = middle; else none = middle; }
  return {
    title: "2 privacy frontier: with Laplace noise supply jumps from 0 to eps0", instance: "kappa = 0.3, eps0 = 2, r = 1.8",
    rows: [
      { quantity: "least reward", closedForm: closed.minReward, numeric: some },
      { quantity: "epsilon", closedForm: closed.eps, numeric: numeric.eps },
      { quantity: "weight", closedForm: closed.weight, numeric: numeric.weight },
    ],
  };
}

function climbCriticalMass(agents: number, seed: number): LadderStep {
  const netCost = 0.21, sV = 1, closed = solveCriticalMass(netCost, sV);
  const restPoints = certifyParticipation(closed, netCost, sV).restPoints, fold = locateFold({
    residual: (n, c) => joiningShare(n, c, sV) - n, startState: 0.99, startParameter: 0.01, step: 0.01, tolerance: FOLD_TOLERANCE,
  });
  const settle = (replication: number, startShare: number): number =>
    simulateParticipation({ agents, netCost, sV, startShare, seed, replication, rounds: 10_000 }).share;
  const playEach = (once: (replication: number) => number): MeanEstimate => estimateMean(Array.from({ length: PLAYS }, (_, i) => once(i)));
  return {
    title: "3 critical mass: the service is worth more the more take part", instance: "c = 0.21, sV = 1",
    rows: [
      { quantity: "stable share", closedForm: closed.high, numeric: restPoints.at(-1)!, agents: playEach((i) => settle(i, 1)) },
      {
        quantity: "critical mass", closedForm: closed.criticalMass!, numeric: restPoints[1]!,
        agents: playEach((i) => bracketCriticalMass(i, settle)),
      },
      {
        quantity: "fold cost", closedForm: closed.foldCost, numeric: fold.parameter,
        agents: playEach((i) => followAgentFold(agents, sV, seed, FOLD_TOLERANCE, i)),
      },
    ],
  };
}

/** Least start share from which agents do not all leave. */
function bracketCriticalMass(replication: number, settle: (replication: number, startShare: number) => number): number {
  let dies = 0, lives = 1;
  while (lives - dies > FOLD_TOLERANCE) {
    const middle = (dies + lives) / 2;
    if (settle(replication, middle) > 0) lives = middle; else dies = middle;
  }
  return lives;
}

function play<Outcome>(once: (stream: RandomStream) => Outcome, seed: number, step: number): readonly Outcome[] {
  return Array.from({ length: PLAYS }, (_, replication) => once(new RandomStream(seed, replication, Purpose.market).seek(step, 0)));
}
