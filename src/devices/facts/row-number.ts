/** Numbers in the cells of tables that others wrote: what is there is a number, or said to be missing, or refused by name. */
import { DataError } from "../../core/errors.js";
import type { CsvRow } from "../parse-csv.js";

/** What people write into a cell without a number. */
const MISSING = /^(-+|–|—|\?|n\/?a|nan|none|null|unknown)?$/i;
/** A decimal number without unit or thousands separator. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A measured number.
 *
 * @param where File and line, for the message.
 * @returns Above 0; undefined when the column or its cell is missing.
 * @throws {DataError} naming column and value.
 */
export function readMeasured(row: CsvRow, column: string, where: string): number | undefined {
  return readNumber(row, column, where, (value) => value > 0, "be a number above 0, or empty");
}

/**
 * A number that describes what was measured. 0 stands for one that is not said, as some sources write it.
 *
 * @throws {DataError} naming column and value.
 */
export function readStated(row: CsvRow, column: string, where: string): number | undefined {
  const value = readNumber(row, column, where, (number) => number >= 0, "be a number from 0, or empty");
  return value === 0 ? undefined : value;
}

function readNumber(row: CsvRow, column: string, where: string, isIn: (value: number) => boolean, rule: string): number | undefined {
  const text = (row[column] ?? "").trim();
  if (MISSING.test(text)) return undefined;
  const value = NUMBER.test(text) ? Number(text) : NaN;
  if (isIn(value) && Number.isFinite(value)) return value;
  throw new DataError({ subject: column, rule, got: text, where, hint: "Write it without unit and thousands separator, or leave the cell empty." });
}
