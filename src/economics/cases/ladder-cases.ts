/** Kinds of reference cases on the ladder: participation, privacy, valuation. Each computes all fields that a case may expect. */
import { solveCriticalMass } from "../critical-mass.js";
import { findAssessedTrade } from "../ladder/assessment.js";
import { findEarlyWarning } from "../ladder/early-warning.js";
import { findHillFold } from "../ladder/hill-participation.js";
import { solveLaplaceSupply } from "../ladder/laplace-supply.js";
import { findLogitFolds, findLogitRestPoints } from "../ladder/logit-participation.js";
import { solveMonopoly } from "../ladder/monopoly.js";
import { payCopies, payMargins, splitIdentity } from "../ladder/payout-rules.js";
import { solvePrivacyFrontier } from "../ladder/privacy-frontier.js";
import { laplaceWeight, priceCorrelatedData, randomizedResponseVariance } from "../ladder/private-data.js";
import { findCriticalAccuracy, findCriticalNullAccounts, findPassThrough, meanClippedPayout } from "../ladder/valuation-accuracy.js";
import { Rational } from "../rational.js";
import type { CaseResult } from "./compare-case.js";
import type { CaseInputs } from "./reference-case.js";

/** Computes the fields of one kind of case. @throws {DataError} when an input is missing or out of range. */
export type CaseSolver = (inputs: CaseInputs) => CaseResult;

/** Solvers by kind. */
export const LADDER_SOLVERS: Readonly<Record<string, CaseSolver>> = {
  pet1_monopoly: solveMonopolyCase,
  pet_privacy_frontier_zcdp: solveFrontierCase,
  pet_privacy_laplace_threshold: solveThresholdCase,
  pet_bundled_critical_mass: solveCriticalMassCase,
  pet_min_valuation_accuracy: (inputs) => ({
    alpha_critical: findCriticalAccuracy({
      privacyAndEffort: inputs.number("kappa_plus_effort"), price: inputs.number("price"), wholesale: inputs.number("wholesale"),
      rewardShare: inputs.number("reward_share"), sV: inputs.number("sV"),
    }),
  }),
  logit_participation_fold: solveLogitCase,
  hill_fixed_cost_fold: (inputs) => {
    const { share, budget } = findHillFold({ K: inputs.number("K"), kappa0: inputs.number("kappa0"), h: inputs.number("h") });
    return { B_critical: budget, share_at_fold: share };
  },
  akerlof_resolution: (inputs) => {
    const trade = findAssessedTrade(inputs.rational("b"), inputs.number("intervals"));
    return { traded_fraction: trade.tradedFraction, traded_fraction_with_partial_classes: trade.partialFraction };
  },
  critical_slowing: solveSlowingCase,
  clipped_noise_payout: (inputs) => ({
    expected_payout_per_account: meanClippedPayout(inputs.has("phi") ? inputs.number("phi") : 0, inputs.number("sigma")),
  }),
  noise_farming_pass_through: solveFarmingCase,
  replication_discount: (inputs) => ({ total_payment: payCopies(inputs.number("copies"), inputs.number("lambda")) }),
  sybil_split: solveSplitCase,
  marginal_price_payout_share: (inputs) => ({ loo_share_of_value: payMargins(inputs.number("beta"), inputs.number("n")) }),
  laplace_effective_sample: (inputs) => {
    const weight = laplaceWeight(inputs.number("eps"), inputs.number("sigma"), inputs.number("range"));
    return { weight, effective_n: weight * inputs.number("n") };
  },
  randomized_response_variance: (inputs) => ({
    variance_of_estimate: randomizedResponseVariance(inputs.number("eps"), inputs.number("x"), inputs.number("n")),
  }),
  data_externality_price: (inputs) => {
    const prices = priceCorrelatedData(inputs.number("rho"), inputs.number("v"));
    return { price_alone: prices.priceAlone, price_when_other_shares: prices.priceWhenOtherShares, leak_without_own_sharing: prices.leakWithoutSharing };
  },
  token_cost: solveTokenCostCase,
};

function solveMonopolyCase(inputs: CaseInputs): CaseResult {
  const outcome = solveMonopoly({ V: inputs.number("V"), Q0: inputs.number("Q0"), s: inputs.number("s"), K: inputs.number("K") });
  const { reward, participation, quality, price, profit, welfare } = outcome;
  return {
    reward, participation, quality, price, profit, welfare, first_best_participation: outcome.firstBestParticipation,
    first_best_welfare: outcome.firstBestWelfare, price_of_anarchy: outcome.priceOfAnarchy,
  };
}

function solveFrontierCase(inputs: CaseInputs): CaseResult {
  const supply = solvePrivacyFrontier({ K: inputs.number("K"), rho0: inputs.number("rho0"), r: inputs.number("r") });
  return {
    effective_data: supply.effectiveData, total_privacy_loss: supply.totalPrivacyLoss, participation: supply.participation,
    payout: supply.payout, privacy_cost_borne: supply.privacyCost,
  };
}

function solveThresholdCase(inputs: CaseInputs): CaseResult {
  const { minReward, eps, weight } = solveLaplaceSupply({ kappa: inputs.number("kappa"), eps0: inputs.number("eps0"), r: inputs.number("r") });
  return { min_reward: minReward, eps_at_r: eps, weight_at_r: weight };
}

function solveCriticalMassCase(inputs: CaseInputs): CaseResult {
  const market = solveCriticalMass(inputs.number("net_cost"), inputs.number("sV"));
  return {
    collapse: market.isCollapsed, high: market.high, critical_mass: market.criticalMass, eig_high: market.eigenvalueHigh,
    eig_low: market.eigenvalueLow, fold_net_cost: market.foldCost,
  };
}

/** The third number of `scan` is a cost between the folds, the first two lie outside. */
function solveLogitCase(inputs: CaseInputs): CaseResult {
  const market = { sV: inputs.number("sV"), mu: inputs.number("mu") }, folds = findLogitFolds(market);
  const [lowest, highest, inside] = inputs.has("scan") ? inputs.numbers("scan") : [];
  const countAt = (cost: number | undefined): number | undefined => (cost === undefined ? undefined : findLogitRestPoints(cost, market).length);
  const below = countAt(lowest), above = countAt(highest);
  return {
    c_low: folds?.lowCost ?? null, c_high: folds?.highCost ?? null,
    equilibria_inside: countAt(inside),
    equilibria_outside: below === undefined || above === undefined ? below ?? above : Math.max(below, above),
  };
}

function solveSlowingCase(inputs: CaseInputs): CaseResult {
  const warning = findEarlyWarning(inputs.number("net_cost"), inputs.number("sV"));
  return { variance_amplification: warning?.varianceAmplification, lag1_autocorrelation: warning?.lag1Autocorrelation };
}

function solveFarmingCase(inputs: CaseInputs): CaseResult {
  const pool = { honest: inputs.number("honest"), nullAccounts: inputs.number("null_accounts"), phi: inputs.number("phi"), sigma: inputs.number("sigma") };
  return {
    pass_through: findPassThrough(pool),
    critical_null_accounts: inputs.has("alpha_critical") ? findCriticalNullAccounts(pool, inputs.number("alpha_critical")) : undefined,
  };
}

/** Games of symmetric pieces: each needed, or each enough. In an additive game nothing is gained. */
function solveSplitCase(inputs: CaseInputs): CaseResult {
  const game = inputs.text("game"), n = inputs.number("n"), k = inputs.number("k");
  switch (game) {
    case "unanimity": case "or": {
      const { honest, attack, gain } = splitIdentity(n, k);
      return { honest, attack_total: attack, gain };
    }
    case "additive": return { honest: Rational.one.over(Rational.of(n)), attack_total: Rational.one.over(Rational.of(n)), gain: Rational.one };
    default: throw inputs.fault("game", "be unanimity, or, additive", game);
  }
}

/** Exact in decimal fractions, so that a cost of 0.0175 USD is 0.0175. */
function solveTokenCostCase(inputs: CaseInputs): CaseResult {
  const million = Rational.of(1_000_000);
  const part = (tokens: string, price: string): Rational => (inputs.has(tokens) ? inputs.rational(tokens).times(inputs.rational(price)).over(million) : Rational.zero);
  return { usd: part("tokens_in", "usd_per_m_in").plus(part("tokens_out", "usd_per_m_out")).plus(part("tokens_cached", "usd_per_m_cached")) };
}
