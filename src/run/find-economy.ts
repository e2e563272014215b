/** Money and market of a cell: tokens and energy at the price book's prices, GPU rent, and who would take part. */
import type { Cell } from "../config/plan.js";
import { findMarket, type MarketFindings } from "../economics/find-market.js";
import { loadPriceBook } from "../economics/load-price-book.js";
import { usdFromNano } from "../economics/money.js";
import { selectPrices, type UsagePrices } from "../economics/price-book.js";
import { priceGpuTime, priceTotals, type UsageMoney } from "../economics/price-usage.js";
import type { Scenario } from "../config/scenario-schema.js";
import type { FleetTotals } from "../records/fleet-totals.js";
import { findGpuProfile } from "../tiers/load-gpu-profiles.js";
import type { TierSummary } from "../tiers/tier-messages.js";
import type { FleetRun } from "./simulate-fleet.js";

const S_PER_DAY = 86_400;
const S_PER_US = 1e-6;

/** Metrics of the economy by name of the catalogue, with doubts. */
export function findEconomy(cell: Cell, run: FleetRun, measuredS: number): { metrics: Record<string, number>; warnings: readonly string[] } {
  const { scenario } = cell, { totals } = run;
  const money = priceTotals(usageOf(totals), pricesOf(scenario)), rentNanoUsd = priceRent(scenario, run.tiers);
  const market = findCellMarket(cell, totals, money, measuredS / S_PER_DAY);
  const perThousand = (nanoUsd: bigint): number => (usdFromNano(nanoUsd) / totals.sum("asked")) * 1000;
  const metrics = {
    "money.perUserDay": usdFromNano(money.totalNanoUsd) / scenario.population.clients / (measuredS / S_PER_DAY),
    "money.expert": perThousand(money.expertNanoUsd), "money.general": perThousand(money.generalNanoUsd),
    "money.electricity": perThousand(money.electricityNanoUsd), "money.gpu": perThousand(rentNanoUsd), ...market.metrics,
  };
  return { metrics: Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value))), warnings: market.warnings };
}

/** Prices that a scenario names in its book. @throws {ConfigError} */
export function pricesOf({ prices }: Scenario): UsagePrices { return selectPrices(loadPriceBook(prices.book), prices); }

function usageOf(totals: FleetTotals): Parameters<typeof priceTotals>[0] {
  return {
    expertPromptTokens: totals.sum("expertPromptTokens"), expertCachedTokens: totals.sum("expertCachedTokens"), expertAnswerTokens: totals.sum("expertAnswerTokens"),
    generalPromptTokens: totals.sum("generalPromptTokens"), generalAnswerTokens: totals.sum("generalAnswerTokens"),
    deviceEnergyJ: (totals.sum("computeUj") + totals.sum("radioUj")) * 1e-6,
  };
}

function priceRent({ tiers, population }: Scenario, { pools }: TierSummary): bigint {
  let rentNanoUsd = 0n;
  pools.forEach((pool, index) => {
    const domain = population.domains[index];
    const gpu = domain === undefined ? tiers.general.gpu : tiers.expertOverrides[domain.name]?.gpu ?? tiers.expert.gpu;
    rentNanoUsd += priceGpuTime(pool.gpuUpUs * S_PER_US, findGpuProfile(gpu).rent.usdPerHour);
  });
  return rentNanoUsd;
}

function findCellMarket({ scenario, seed, replication }: Cell, totals: FleetTotals, money: UsageMoney, days: number): MarketFindings {
  return findMarket({
    market: scenario.market, seed, replication, people: scenario.population.clients, days,
    rightAnswers: totals.sum("correct"), rightByPersonalAlone: totals.sum("personalRight"),
    moneyUsd: usdFromNano(money.totalNanoUsd), secretsSent: totals.sum("secretsSent"),
  });
}
