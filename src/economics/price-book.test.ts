import { describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../core/errors.js";
import { loadPriceBook } from "./load-price-book.js";
import { findPrice, parsePriceBook, selectPrices } from "./price-book.js";

const entry = { name: "a", inputUsdPerMillion: "0.2", outputUsdPerMillion: "1.25", cachedUsdPerMillion: null, date: "2026-08-05", origin: "published", source: "x" };
const book = (changes: object): unknown => ({ name: "t", date: "2026-08-05", note: "", models: [{ ...entry, ...changes }], electricity: [] });

describe("the price book", () => {
  test("holds the list prices of simonw/llm-prices at commit 723ef0b", () => {
    const shipped = loadPriceBook("2026-08"), pair = (name: string): number[] => {
      const { inputUsdPerMillionTokens, outputUsdPerMillionTokens } = findPrice(shipped, name);
      return [inputUsdPerMillionTokens, outputUsdPerMillionTokens];
    };
    expect(pair("gpt-5.6-luna")).toEqual([0.2, 1.2]);
    expect(pair("gpt-5.4-nano")).toEqual([0.2, 1.25]);
    expect(pair("deepseek-v4-flash")).toEqual([0.14, 0.28]);
    expect(pair("ministral-3b")).toEqual([0.04, 0.04]);
    expect(pair("gemini-3.6-flash")).toEqual([1.5, 7.5]);
    expect(pair("claude-4.5-haiku")).toEqual([1, 5]);
    expect(pair("claude-opus-4-8")).toEqual([5, 25]);
  });

  test("gives every price a date, an origin and a source", () => {
    const { models, electricity } = loadPriceBook("2026-08");
    for (const price of [...models, ...electricity]) {
      expect(price.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(price.source.length).toBeGreaterThan(10);
    }
  });

  test("counts in whole nano-dollars per token, cached tokens at the input price where none is listed", () => {
    const { inputNanoUsd, cachedNanoUsd, outputNanoUsd } = findPrice(loadPriceBook("2026-08"), "deepseek-v4-flash");
    expect([inputNanoUsd, cachedNanoUsd, outputNanoUsd]).toEqual([140n, 28n, 280n]);
    const haiku = findPrice(loadPriceBook("2026-08"), "claude-4.5-haiku");
    expect(haiku.cachedNanoUsd).toBe(1000n);
    expect(haiku.cachedUsdPerMillionTokens).toBeUndefined();
  });

  test("refuses a book or a model that does not exist, and names those that do", () => {
    expect(() => loadPriceBook("1999-01")).toThrow(ConfigError);
    expect(() => findPrice(loadPriceBook("2026-08"), "gpt-0", "prices.expertPrice")).toThrow(/^prices\.expertPrice must name a model .*gpt-5\.4-nano/);
    expect(() => selectPrices(loadPriceBook("2026-08"), { expertPrice: "gpt-5.4-nano", generalPrice: "none", electricityUsdPerKwh: 0.17 })).toThrow(ConfigError);
  });

  test("refuses damaged books", () => {
    for (const changes of [{ inputUsdPerMillion: "0.0001" }, { inputUsdPerMillion: "NaN" }, { outputUsdPerMillion: -1 }, { date: "2026" }, { origin: "guess" }, { extra: 1 }]) {
      expect(() => parsePriceBook(book(changes), "t.json"), JSON.stringify(changes)).toThrow(DataError);
    }
    expect(() => parsePriceBook({ ...(book({}) as object), models: [entry, entry] }, "t.json")).toThrow(/different names/);
    expect(() => parsePriceBook(book({}), "t.json")).not.toThrow();
  });
});
