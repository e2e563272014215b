/** Kinds of reference cases on competition, platforms, contribution games, contracts, auctions and scores. */
import { auctionUniform, type BundleBid, postProcurementPrice, postUniformPrice, sellBundles, sellUnits } from "../market/auctions.js";
import { designMenu, shareFineTuning } from "../market/contracts.js";
import { freeRide, leadContributions, shareReward } from "../market/contribution-games.js";
import { giniLogNormal, giniPareto, giniUniform, scoreBestReport, scorePeers, SCORING_RULES } from "../market/elicitation.js";
import { findLogitRegrets, type LogitDemand, solveDataMonopsony, solveLogitCompetition } from "../market/logit-competition.js";
import { pricePerTransaction, type Sides, solvePlatform } from "../market/platforms.js";
import { pigouPriceOfAnarchy, priceDifferentiated, priceUnderFee, solveCircle, solveLinearMonopoly, solveVerticalChain } from "../market/price-setting.js";
import { cournotReplyRadius, solveCournot, solveStackelberg } from "../market/quantity-competition.js";
import type { CaseResult } from "./compare-case.js";
import type { CaseSolver } from "./ladder-cases.js";
import type { CaseInputs } from "./reference-case.js";

/** Solvers by kind. */
export const MARKET_SOLVERS: Readonly<Record<string, CaseSolver>> = {
  cournot: (inputs) => {
    const { quantities, price, profits, priceOfAnarchy } = solveCournot(inputs.number("a"), inputs.number("b"), inputs.numbers("costs"));
    return { q: quantities, price, profits, welfare_ratio_opt_over_eq: priceOfAnarchy };
  },
  cournot_best_response_spectrum: (inputs) => {
    const radius = cournotReplyRadius(inputs.number("n"));
    return { spectral_radius: radius, stable: radius < 1 };
  },
  stackelberg_quantity: (inputs) => {
    const { leader, follower, price } = solveStackelberg(inputs.number("a"), inputs.number("b"), inputs.number("c_leader"), inputs.number("c_follower"));
    return { q_leader: leader, q_follower: follower, price };
  },
  bertrand_linear_diff: (inputs) => ({ price: priceDifferentiated(inputs.number("a"), inputs.number("b"), inputs.number("d"), inputs.number("c")) }),
  salop: (inputs) => {
    const { price, profit, freeEntryFirms, efficientFirms } = solveCircle(inputs.number("t"), inputs.number("c"), inputs.number("n"), inputs.number("fixed_cost"));
    return { price, profit, free_entry_n: freeEntryFirms, efficient_n: efficientFirms };
  },
  logit_bertrand: (inputs) => {
    const { prices, shares, profits } = solveLogitCompetition(logitDemand(inputs));
    return { prices, shares, profits };
  },
  logit_regret: (inputs) => {
    const regrets = findLogitRegrets(logitDemand(inputs), inputs.numbers("prices"));
    return { regrets, max_regret: Math.max(...regrets) };
  },
  logit_data_monopsony: (inputs) => ({ ...solveDataMonopsony(inputs.number("marginal_value"), inputs.number("reservation"), inputs.number("mu")) }),
  double_marginalization: solveChainCase,
  ad_valorem_fee_monopoly: (inputs) => ({ price: priceUnderFee(inputs.number("a"), inputs.number("c"), inputs.number("tau")) }),
  monopoly_linear_welfare: (inputs) => {
    const { price, consumerSurplus, profit, deadweightLoss } = solveLinearMonopoly(inputs.number("a"), inputs.number("c"));
    return { price, consumer_surplus: consumerSurplus, profit, deadweight_loss: deadweightLoss };
  },
  pigou: (inputs) => ({ price_of_anarchy: pigouPriceOfAnarchy(inputs.has("degree") ? inputs.number("degree") : 1) }),
  armstrong_monopoly_linear: (inputs) => {
    const outcome = solvePlatform(sides(inputs, "A"), sides(inputs, "alpha"), sides(inputs, "cost"));
    return { participation: outcome.participation, prices: outcome.prices, profit: outcome.profit, welfare_optimum_participation: outcome.welfareOptimum };
  },
  rochet_tirole_linear: (inputs) => {
    const price = pricePerTransaction(inputs.number("c"));
    return { price_each: price, total_price: 2 * price };
  },
  tullock: (inputs) => ({ ...shareReward(inputs.number("R"), inputs.numbers("costs")) }),
  fl_stackelberg_log: (inputs) => {
    const { reward, contributions, leaderUtility } = leadContributions(inputs.number("lambda"), inputs.numbers("kappa"));
    return { reward, contributions, server_utility: leaderUtility };
  },
  public_good_free_riding: (inputs) => {
    const { contributions, total, efficientTotal } = freeRide(inputs.number("k"), inputs.numbers("costs"));
    return { contributions, total, efficient_total: efficientTotal };
  },
  mussa_rosen_two_type: (inputs) => {
    const menu = designMenu(inputs.number("vL"), inputs.number("vH"), inputs.number("share_high"));
    return { qL: menu.lowQuality, qH: menu.highQuality, tL: menu.lowPrice, tH: menu.highPrice, profit: menu.profit };
  },
  fine_tuning_quadratic: (inputs) => {
    const outcome = shareFineTuning(inputs.number("c0"), inputs.number("c1"), inputs.number("delta"));
    return {
      alpha0: outcome.generalQuality, alpha1: outcome.specialQuality, u_generalist: outcome.generalUtility, u_specialist: outcome.specialUtility,
      utilitarian_delta: outcome.utilitarianShare,
    };
  },
  vickrey: (inputs) => ({ ...sellUnits(inputs.numbers("bids"), inputs.has("units") ? inputs.number("units") : 1, inputs.json("procurement") === true) }),
  vcg_combinatorial: (inputs) => ({ ...sellBundles(inputs.list("bids").map((_, i) => bundleBid(inputs, i))) }),
  myerson_uniform: (inputs) => {
    const { reserve, revenue, revenueWithoutReserve } = auctionUniform(inputs.number("n"));
    return { reserve, revenue, revenue_no_reserve: revenueWithoutReserve };
  },
  posted_price_reserve: solvePostedPriceCase,
  peer_prediction_dg: (inputs) => {
    const scores = scorePeers(inputs.number("p"), inputs.number("q"));
    return {
      truthful_score: scores.truthful, constant_report_score: scores.constant, output_agreement_truthful: scores.agreementTruthful,
      output_agreement_collusion: scores.agreementCollusion,
      min_reward_for_effort: inputs.has("effort_cost") ? inputs.number("effort_cost") / scores.truthful : undefined,
    };
  },
  proper_scoring: (inputs) => {
    const name = inputs.text("rule"), rule = SCORING_RULES.find((each) => each === name);
    if (rule === undefined) throw inputs.fault("rule", `be one of ${SCORING_RULES.join(", ")}`, name);
    return { best_report: inputs.number("p"), expected_score: scoreBestReport(rule, inputs.number("p")) };
  },
  gini_distribution: solveGiniCase,
};

function logitDemand(inputs: CaseInputs): LogitDemand {
  return {
    delta: inputs.numbers("delta"), costs: inputs.numbers("costs"), mu: inputs.number("mu"),
    outside: inputs.has("outside") ? inputs.number("outside") : undefined,
  };
}

function sides(inputs: CaseInputs, name: string): Sides {
  const [first, second, ...more] = inputs.numbers(name);
  if (first === undefined || second === undefined || more.length > 0) throw inputs.fault(name, "be two numbers", inputs.json(name));
  return [first, second];
}

function bundleBid(inputs: CaseInputs, index: number): BundleBid {
  const bid = inputs.list("bids")[index], isPair = Array.isArray(bid) && bid.length === 2;
  const [items, value] = isPair ? (bid as readonly unknown[]) : [];
  if (!Array.isArray(items) || typeof value !== "number") throw inputs.fault("bids", "be pairs of a list of items and a value", bid);
  return { items: items.map(String), value };
}

function solveChainCase(inputs: CaseInputs): CaseResult {
  const chain = solveVerticalChain(inputs.number("a"), inputs.number("c"));
  return {
    wholesale: chain.wholesale, retail: chain.retail, quantity: chain.quantity, profit_T: chain.profitT, profit_E: chain.profitE,
    integrated_price: chain.integratedPrice, integrated_profit: chain.integratedProfit,
  };
}

function solvePostedPriceCase(inputs: CaseInputs): CaseResult {
  const law = inputs.text("dist"), numberOr = (name: string, otherwise: number): number => (inputs.has(name) ? inputs.number(name) : otherwise);
  switch (law) {
    case "exponential": return { reserve: 1 / inputs.number("rate") };
    case "uniform": return { reserve: postUniformPrice(numberOr("low", 0), numberOr("high", 1)) };
    case "procurement_uniform": return { reserve: postProcurementPrice(inputs.number("value"), numberOr("high", 1)) };
    default: throw inputs.fault("dist", "be exponential, uniform or procurement_uniform", law);
  }
}

function solveGiniCase(inputs: CaseInputs): CaseResult {
  const law = inputs.text("dist");
  switch (law) {
    case "lognormal": return { gini: giniLogNormal(inputs.number("sigma")) };
    case "pareto": return { gini: giniPareto(inputs.number("alpha")) };
    case "exponential": return { gini: 0.5 };
    case "uniform": return { gini: giniUniform(inputs.has("low") ? inputs.number("low") : 0, inputs.has("high") ? inputs.number("high") : 1) };
    default: throw inputs.fault("dist", "be lognormal, pareto, exponential or uniform", law);
  }
}
