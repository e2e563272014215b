/**
 * Dated list prices of tokens and electricity. A book is never edited: a new date is a new file. Prices are decimal
 * text in the file and whole nano-dollars here, so that no price is a rounded binary fraction.
 */
import { z } from "zod";
import { origin } from "../config/origin.js";
import type { Origin } from "../config/origin.js";
import { ConfigError, DataError } from "../core/errors.js";
import { nanoFromUsd, parseNanoUsd, usdFromNano } from "./money.js";

/** Price of the tokens of one model. Whole nano-dollars per token. */
export interface TokenPrices {
  readonly inputNanoUsd: bigint;
  /** Of prompt tokens found in a prefix cache; the input price where none is listed. */
  readonly cachedNanoUsd: bigint;
  readonly outputNanoUsd: bigint;
}

/** Where a price comes from. */
export interface PriceOrigin {
  /** Day of the list, YYYY-MM-DD. */
  readonly date: string;
  readonly origin: Origin;
  readonly source: string;
}

/** One model of a book. */
export interface ModelPrice extends TokenPrices, PriceOrigin {
  readonly name: string;
  readonly inputUsdPerMillionTokens: number;
  readonly outputUsdPerMillionTokens: number;
  /** Absent where the book lists no price for cached tokens. */
  readonly cachedUsdPerMillionTokens?: number;
}

/** One price of electricity. */
export interface ElectricityPrice extends PriceOrigin {
  readonly name: string;
  readonly nanoUsdPerKwh: bigint;
}

/** All prices of one date. */
export interface PriceBook {
  readonly name: string;
  readonly date: string;
  readonly note: string;
  readonly models: readonly ModelPrice[];
  readonly electricity: readonly ElectricityPrice[];
}

/** What a unit of each resource costs in one scenario. */
export interface UsagePrices {
  readonly expert: TokenPrices;
  readonly general: TokenPrices;
  readonly electricityNanoUsdPerKwh: bigint;
}

const TOKENS_PER_MILLION = 1_000_000n;
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "be a day as YYYY-MM-DD");
const perMillion = z.string().transform((text, context): bigint => {
  const nano = parseNanoUsd(text);
  if (nano !== undefined && nano % TOKENS_PER_MILLION === 0n) return nano / TOKENS_PER_MILLION;
  context.issues.push({ code: "custom", message: "be a decimal of USD per million tokens, a multiple of 0.001, as text", input: text });
  return z.NEVER;
});
const perKwh = z.string().transform((text, context): bigint => {
  const nano = parseNanoUsd(text);
  if (nano !== undefined) return nano;
  context.issues.push({ code: "custom", message: "be a decimal of USD per kWh as text", input: text });
  return z.NEVER;
});
const bookSchema = z.strictObject({
  name: z.string().min(1), date: day, note: z.string(),
  models: z.array(z.strictObject({
    name: z.string().min(1), inputUsdPerMillion: perMillion, outputUsdPerMillion: perMillion, cachedUsdPerMillion: perMillion.nullable(), date: day, ...origin,
  })).min(1),
  electricity: z.array(z.strictObject({ name: z.string().min(1), usdPerKwh: perKwh, date: day, ...origin })),
});

/**
 * A price book from parsed JSON.
 *
 * @param file Named in errors.
 * @throws {DataError} when a price is missing, is not a decimal, or two models have one name.
 */
export function parsePriceBook(value: unknown, file: string): PriceBook {
  const parsed = bookSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new DataError({
      subject: `${file}, ${issue.path.join(".")}`, rule: issue.message.startsWith("be ") ? issue.message : "have the form of a price book",
      got: issue.code === "custom" ? issue.input : issue.message, hint: "Compare with datasets/economics/price-book-2026-08.json.",
    });
  }
  const { models, electricity, ...head } = parsed.data;
  const twice = models.find(({ name }, i) => models.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) {
    throw new DataError({ subject: `${file}, models`, rule: "have different names", got: twice.name, hint: "Remove one of the two entries." });
  }
  return {
    ...head,
    models: models.map(({ inputUsdPerMillion, outputUsdPerMillion, cachedUsdPerMillion, ...entry }) => ({
      ...entry, inputNanoUsd: inputUsdPerMillion, outputNanoUsd: outputUsdPerMillion, cachedNanoUsd: cachedUsdPerMillion ?? inputUsdPerMillion,
      inputUsdPerMillionTokens: perMillionTokens(inputUsdPerMillion), outputUsdPerMillionTokens: perMillionTokens(outputUsdPerMillion),
      ...(cachedUsdPerMillion === null ? {} : { cachedUsdPerMillionTokens: perMillionTokens(cachedUsdPerMillion) }),
    })),
    electricity: electricity.map(({ usdPerKwh, ...entry }) => ({ ...entry, nanoUsdPerKwh: usdPerKwh })),
  };
}

function perMillionTokens(nanoUsdPerToken: bigint): number {
  return usdFromNano(nanoUsdPerToken * TOKENS_PER_MILLION);
}

/**
 * The model of a book by its name.
 *
 * @param subject Config path that names it, for the error.
 * @throws {ConfigError} when the book lacks it.
 */
export function findPrice(book: PriceBook, name: string, subject: string = "a price"): ModelPrice {
  const found = book.models.find((model) => model.name === name);
  if (found !== undefined) return found;
  throw new ConfigError({
    subject, rule: `name a model of price book ${book.name}: ${book.models.map((model) => model.name).join(", ")}`, got: name,
    hint: `See: plmm prices ${book.name}`,
  });
}

/**
 * Prices that a scenario chose from its book.
 *
 * @param choice Names of two entries and the price of electricity in USD per kWh, as in the `prices` section of a config.
 * @throws {ConfigError} when the book lacks an entry.
 */
export function selectPrices(
  book: PriceBook, choice: { readonly expertPrice: string; readonly generalPrice: string; readonly electricityUsdPerKwh: number },
): UsagePrices {
  return {
    expert: findPrice(book, choice.expertPrice, "prices.expertPrice"),
    general: findPrice(book, choice.generalPrice, "prices.generalPrice"),
    electricityNanoUsdPerKwh: nanoFromUsd(choice.electricityUsdPerKwh),
  };
}
