/** Reads a price book that the package ships. */
import { loadDataset } from "../config/load-dataset.js";
import { ConfigError } from "../core/errors.js";
import { parsePriceBook, type PriceBook } from "./price-book.js";

/** Dates of the shipped books, newest first. */
export const PRICE_BOOKS: readonly string[] = ["2026-08"];

/**
 * A price book by its date.
 *
 * @throws {ConfigError} when no such book is shipped.
 * @throws {DataError} when its file is damaged.
 */
export function loadPriceBook(name: string): PriceBook {
  if (!PRICE_BOOKS.includes(name)) {
    throw new ConfigError({ subject: "prices.book", rule: `be one of ${PRICE_BOOKS.join(", ")}`, got: name, hint: "See: plmm prices" });
  }
  const path = `economics/price-book-${name}.json`;
  return parsePriceBook(loadDataset(path), `datasets/${path}`);
}
