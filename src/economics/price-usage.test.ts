import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../core/errors.js";
import { ColumnTable } from "../records/column-table.js";
import { USAGE_SCHEMA } from "../records/usage-record.js";
import { loadPriceBook } from "./load-price-book.js";
import { selectPrices } from "./price-book.js";
import { findImbalance, priceGpuTime, priceTotals, priceUsage, type UsageTotals } from "./price-usage.js";

const prices = selectPrices(loadPriceBook("2026-08"), { expertPrice: "gpt-5.4-nano", generalPrice: "claude-opus-4-8", electricityUsdPerKwh: 0.17 });
const nothing: UsageTotals = { expertPromptTokens: 0, expertCachedTokens: 0, expertAnswerTokens: 0, generalPromptTokens: 0, generalAnswerTokens: 0, deviceEnergyJ: 0 };

/** Rows of [client, domain, E prompt, E cached, E answer, T prompt, T answer, joules]. */
type Row = readonly [number, number, number, number, number, number, number, number];

function tableOf(rows: readonly Row[]): ColumnTable {
  const table = new ColumnTable(USAGE_SCHEMA);
  rows.forEach(([client, domain, ...rest], i) => { table.appendRow([client, i, domain, ...rest, 0]); });
  return table;
}

const row = fc.tuple(fc.nat(20), fc.integer({ min: -1, max: 3 }), fc.nat(5000), fc.nat(5000), fc.nat(2000), fc.nat(5000), fc.nat(2000), fc.double({ min: 0, max: 500, noNaN: true }))
  .map(([client, domain, a, b, answer, generalPrompt, generalAnswer, energyJ]): Row => (domain < 0
    ? [client, domain, 0, 0, 0, generalPrompt, generalAnswer, energyJ]
    : [client, domain, Math.max(a, b), Math.min(a, b), answer, generalPrompt, generalAnswer, energyJ]));

describe("prices of totals", () => {
  test("price a query of 1000 + 500 tokens at the dearest model at 0.0175 USD", () => {
    // Reference case px-02-token-cost-large.
    expect(priceTotals({ ...nothing, generalPromptTokens: 1000, generalAnswerTokens: 500 }, prices).totalNanoUsd).toBe(17_500_000n);
  });

  test("charge cached tokens at their own price", () => {
    expect(priceTotals({ ...nothing, expertPromptTokens: 1000, expertCachedTokens: 400, expertAnswerTokens: 10 }, prices).expertNanoUsd).toBe(600n * 200n + 400n * 20n + 10n * 1250n);
  });

  test("charge 3.6 MJ as one kilowatt-hour, and round to the nano-dollar", () => {
    expect(priceTotals({ ...nothing, deviceEnergyJ: 3.6e6 }, prices).electricityNanoUsd).toBe(170_000_000n);
    expect(priceTotals({ ...nothing, deviceEnergyJ: 1 }, prices).electricityNanoUsd).toBe(47n);
  });

  test("stay exact far above 2^53 nano-dollars", () => {
    const tokens = 9_007_199_254_740_991;
    expect(priceTotals({ ...nothing, generalAnswerTokens: tokens }, prices).totalNanoUsd).toBe(BigInt(tokens) * 25_000n);
  });

  test("refuse counts that are no counts", () => {
    for (const bad of [NaN, -1, 0.5, Infinity]) expect(() => priceTotals({ ...nothing, expertAnswerTokens: bad }, prices), String(bad)).toThrow(BugError);
    for (const bad of [NaN, -1, Infinity]) expect(() => priceTotals({ ...nothing, deviceEnergyJ: bad }, prices), String(bad)).toThrow(BugError);
    expect(() => priceTotals({ ...nothing, expertCachedTokens: 1 }, prices)).toThrow(BugError);
  });

  test("rent a GPU for an hour and a half at 2 USD an hour for 3 USD", () => {
    expect(priceGpuTime(5400, 2)).toBe(3_000_000_000n);
    for (const bad of [NaN, -1, Infinity]) expect(() => priceGpuTime(bad, 2)).toThrow(BugError);
  });
});

describe("accounts", () => {
  test("balance to the nano-dollar and add up to the price of the totals, whoever pays for consultations", () => {
    fc.assert(fc.property(fc.array(row, { maxLength: 60 }), fc.constantFrom("user" as const, "expert" as const), (rows, consultationPayer) => {
      const bill = priceUsage(tableOf(rows), prices, { consultationPayer });
      const column = (i: number): number => rows.reduce((sum, each) => sum + each[i]!, 0);
      const whole = priceTotals({
        expertPromptTokens: column(2), expertCachedTokens: column(3), expertAnswerTokens: column(4),
        generalPromptTokens: column(5), generalAnswerTokens: column(6), deviceEnergyJ: 0,
      }, prices);
      expect(findImbalance(bill)).toBe(0n);
      expect(bill.generalReceivedNanoUsd).toBe(whole.generalNanoUsd);
      expect(bill.experts.reduce((sum, { receivedNanoUsd }) => sum + receivedNanoUsd, 0n)).toBe(whole.expertNanoUsd);
      // Energy is rounded once per person.
      const electricity = priceTotals({ ...nothing, deviceEnergyJ: column(7) }, prices).electricityNanoUsd;
      expect(Math.abs(Number(bill.electricityReceivedNanoUsd - electricity))).toBeLessThanOrEqual(bill.users.length / 2 + 1);
    }), { seed: 7, numRuns: 200 });
  });

  test("do not depend on the order of rows", () => {
    fc.assert(fc.property(fc.array(row, { minLength: 2, maxLength: 20 }), (rows) => {
      expect(priceUsage(tableOf([...rows].reverse()), prices)).toEqual(priceUsage(tableOf(rows), prices));
    }), { seed: 8, numRuns: 50 });
  });

  test("charge a consultation to the user or to the developer, but T's other questions to the user always", () => {
    const table = tableOf([[1, 0, 100, 0, 10, 1000, 100, 0], [1, -1, 0, 0, 0, 1000, 100, 0]]), consultation = 1000n * 5000n + 100n * 25_000n;
    expect(priceUsage(table, prices).experts).toEqual([{ domainIndex: 0, receivedNanoUsd: 32_500n, paidNanoUsd: 0n }]);
    const wholesale = priceUsage(table, prices, { consultationPayer: "expert" });
    expect(wholesale.experts[0]!.paidNanoUsd).toBe(consultation);
    expect(wholesale.users[0]!.generalNanoUsd).toBe(consultation);
    expect(wholesale.generalReceivedNanoUsd).toBe(2n * consultation);
  });

  test("find money that nobody receives: E's tokens without an E", () => {
    expect(() => priceUsage(tableOf([[1, -1, 100, 0, 10, 0, 0, 0]]), prices)).toThrow(BugError);
  });
});
