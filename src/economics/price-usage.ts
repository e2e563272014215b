/**
 * Usage to money, in double entry: what users pay for tokens and electricity is what developers of E, T and the
 * utility receive. Token prices are whole nano-dollars, so every sum of tokens is exact. Energy is counted in whole
 * microjoules and rounded to the nano-dollar once per payer.
 *
 *   E's bill = (prompt - cached) input + cached cachedInput + answer output;  T's likewise, without a cache.
 */
import { invariant } from "../core/errors.js";
import type { ColumnTable } from "../records/column-table.js";
import { divideToNearest, nanoFromUsd } from "./money.js";
import type { TokenPrices, UsagePrices } from "./price-book.js";

/** Whole counts of tokens, and joules, of a question, a person or a fleet. */
export interface UsageTotals {
  readonly expertPromptTokens: number;
  /** Of the prompt tokens, those found in E's prefix cache. */
  readonly expertCachedTokens: number;
  readonly expertAnswerTokens: number;
  readonly generalPromptTokens: number;
  readonly generalAnswerTokens: number;
  readonly deviceEnergyJ: number;
}

/** A bill by payee. Nano-dollars. */
export interface UsageMoney {
  readonly expertNanoUsd: bigint;
  readonly generalNanoUsd: bigint;
  readonly electricityNanoUsd: bigint;
  readonly totalNanoUsd: bigint;
}

/** What one person pays. */
export interface UserBill extends UsageMoney { readonly clientId: number }

/** What one developer of an E receives from users and pays to T. Nano-dollars. */
export interface ExpertAccount {
  readonly domainIndex: number;
  readonly receivedNanoUsd: bigint;
  readonly paidNanoUsd: bigint;
}

/** The accounts of a run. */
export interface UsageBill {
  /** By rising clientId. */
  readonly users: readonly UserBill[];
  /** By rising domainIndex. */
  readonly experts: readonly ExpertAccount[];
  /** T's receipts, from users and from developers. */
  readonly generalReceivedNanoUsd: bigint;
  readonly electricityReceivedNanoUsd: bigint;
}

/** Who pays T for a question that has an expert: the user, or E's developer out of E's price. */
export type ConsultationPayer = "user" | "expert";

const MICROJOULES_PER_KWH = 3_600_000_000_000n;
const MICROSECONDS_PER_HOUR = 3_600_000_000n;

/**
 * Prices totals of any scope; energy is rounded once.
 *
 * @throws {BugError} when a count is not a safe integer of 0 or more, or more tokens were cached than sent.
 */
export function priceTotals(totals: UsageTotals, prices: UsagePrices): UsageMoney {
  invariant(totals.expertCachedTokens <= totals.expertPromptTokens, "cache at most the prompt tokens", totals.expertCachedTokens);
  const expertNanoUsd = priceTokens(prices.expert, totals.expertPromptTokens, totals.expertCachedTokens, totals.expertAnswerTokens);
  const generalNanoUsd = priceTokens(prices.general, totals.generalPromptTokens, 0, totals.generalAnswerTokens);
  const electricityNanoUsd = priceEnergy(totals.deviceEnergyJ, prices);
  return { expertNanoUsd, generalNanoUsd, electricityNanoUsd, totalNanoUsd: expertNanoUsd + generalNanoUsd + electricityNanoUsd };
}

/**
 * Prices GPU time.
 *
 * @param gpuUpS Seconds that GPUs were rented, over all of them. 0 or more, below 9e9.
 * @param rentUsdPerHour Of one GPU.
 */
export function priceGpuTime(gpuUpS: number, rentUsdPerHour: number): bigint {
  const upUs = Math.round(gpuUpS * 1e6);
  invariant(upUs >= 0 && Number.isSafeInteger(upUs), "rent GPUs for 0 s or more", gpuUpS);
  return divideToNearest(BigInt(upUs) * nanoFromUsd(rentUsdPerHour), MICROSECONDS_PER_HOUR);
}

/**
 * Accounts of all parties from usage records.
 *
 * @param usage Table of USAGE_SCHEMA. Row order does not matter.
 * @param options.consultationPayer Who pays T where the question has an expert. Left out: the user, as in money.perUserDay.
 * @throws {BugError} when a count is negative or the accounts do not balance.
 */
export function priceUsage(usage: ColumnTable, prices: UsagePrices, options: { readonly consultationPayer?: ConsultationPayer } = {}): UsageBill {
  const isPaidByExpert = options.consultationPayer === "expert";
  const users = new Map<number, Tally>(), experts = new Map<number, Tally>(), all = emptyTally();
  const columns = TALLIED.map((name) => usage.column(name));
  const clients = usage.column("clientId"), domains = usage.column("domainIndex"), energies = usage.column("deviceEnergyJ");
  for (let row = 0; row < usage.rowCount; row++) {
    const user = tallyOf(users, clients[row]!), hasExpert = domains[row]! >= 0;
    const expert = hasExpert ? tallyOf(experts, domains[row]!) : undefined;
    for (let c = 0; c < columns.length; c++) {
      const isConsultation = c >= FIRST_GENERAL && hasExpert, tokens = columns[c]![row]!;
      if (!(isConsultation && isPaidByExpert)) user.tokens[c]! += tokens;
      if (expert !== undefined && (c < FIRST_GENERAL || isPaidByExpert)) expert.tokens[c]! += tokens;
      all.tokens[c]! += tokens;
    }
    user.microjoules += microjoulesOf(energies[row]!);
  }
  const bill = makeBill(users, experts, all, prices);
  const gap = findImbalance(bill);
  invariant(gap === 0n, "balance: what all accounts pay is what all receive", gap);
  return bill;
}

/** Sum paid minus sum received over all accounts; 0 in a right bill. Nano-dollars. */
export function findImbalance(bill: UsageBill): bigint {
  let gap = -bill.generalReceivedNanoUsd - bill.electricityReceivedNanoUsd;
  for (const user of bill.users) gap += user.totalNanoUsd;
  for (const expert of bill.experts) gap += expert.paidNanoUsd - expert.receivedNanoUsd;
  return gap;
}

/** Token columns in order; those from FIRST_GENERAL on are T's. */
const TALLIED = ["expertPromptTokens", "expertCachedTokens", "expertAnswerTokens", "generalPromptTokens", "generalAnswerTokens"] as const;
const FIRST_GENERAL = 3;

/** Whole numbers below 2^53, so that adding is exact in any order. */
interface Tally { readonly tokens: Float64Array; microjoules: number }

function tallyOf(tallies: Map<number, Tally>, key: number): Tally {
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = emptyTally();
    tallies.set(key, tally);
  }
  return tally;
}

function emptyTally(): Tally {
  return { tokens: new Float64Array(TALLIED.length), microjoules: 0 };
}

/** T's receipt comes from the sum over all rows, the payments from each payer's own: two ways to the same money. */
function makeBill(users: ReadonlyMap<number, Tally>, experts: ReadonlyMap<number, Tally>, all: Tally, prices: UsagePrices): UsageBill {
  const userBills = rising(users).map(([clientId, tally]): UserBill => ({ clientId, ...priceTally(tally, prices) }));
  const accounts = rising(experts).map(([domainIndex, tally]): ExpertAccount => {
    const money = priceTally(tally, prices);
    return { domainIndex, receivedNanoUsd: money.expertNanoUsd, paidNanoUsd: money.generalNanoUsd };
  });
  return {
    users: userBills, experts: accounts,
    generalReceivedNanoUsd: priceTally(all, prices).generalNanoUsd,
    electricityReceivedNanoUsd: userBills.reduce((sum, bill) => sum + bill.electricityNanoUsd, 0n),
  };
}

function rising(tallies: ReadonlyMap<number, Tally>): [number, Tally][] {
  return [...tallies].sort(([a], [b]) => a - b);
}

function priceTally({ tokens, microjoules }: Tally, prices: UsagePrices): UsageMoney {
  return priceTotals({
    expertPromptTokens: tokens[0]!, expertCachedTokens: tokens[1]!, expertAnswerTokens: tokens[2]!,
    generalPromptTokens: tokens[3]!, generalAnswerTokens: tokens[4]!, deviceEnergyJ: microjoules / 1e6,
  }, prices);
}

function priceTokens(prices: TokenPrices, promptTokens: number, cachedTokens: number, answerTokens: number): bigint {
  return wholeCount(promptTokens - cachedTokens) * prices.inputNanoUsd
    + wholeCount(cachedTokens) * prices.cachedNanoUsd + wholeCount(answerTokens) * prices.outputNanoUsd;
}

function priceEnergy(energyJ: number, prices: UsagePrices): bigint {
  return divideToNearest(BigInt(microjoulesOf(energyJ)) * prices.electricityNanoUsdPerKwh, MICROJOULES_PER_KWH);
}

function microjoulesOf(energyJ: number): number {
  const microjoules = Math.round(energyJ * 1e6);
  invariant(microjoules >= 0 && Number.isSafeInteger(microjoules), "use a device energy of 0 J or more", energyJ);
  return microjoules;
}

function wholeCount(count: number): bigint {
  invariant(count >= 0 && Number.isSafeInteger(count), "count tokens in whole numbers of 0 or more", count);
  return BigInt(count);
}
