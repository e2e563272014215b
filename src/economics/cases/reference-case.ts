/**
 * Reference cases with known answers: one CSV row each, with the columns id, kind, inputs, expected, tolerance, source; inputs and
 * expected are JSON objects. Values may be numbers, or text with an exact fraction ("4/5").
 */
import { DataError } from "../../core/errors.js";
import { type CsvRow, parseCsv } from "../../devices/parse-csv.js";
import { parseRational, type Rational } from "../rational.js";

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One case. */
export interface ReferenceCase {
  readonly id: string;
  readonly kind: string;
  readonly inputs: CaseInputs;
  readonly expected: { readonly [key: string]: Json };
  /** 0: exact. Otherwise |got - expected| <= tolerance max(1, |expected|). */
  readonly tolerance: number;
  readonly source: string;
}

/** Inputs of a case, read by name and type. */
export class CaseInputs {
  private readonly values: { readonly [key: string]: Json };
  private readonly where: string;

  /** @param where The case, named in errors. */
  constructor(values: { readonly [key: string]: Json }, where: string) {
    this.values = values;
    this.where = where;
  }

  has(name: string): boolean { return Object.hasOwn(this.values, name) && this.values[name] !== null; }

  /** The value as it stands; null when absent. */
  json(name: string): Json { return this.values[name] ?? null; }

  /** @throws {DataError} when it is no number or fraction. */
  number(name: string): number { return numberOf(this.values[name], this.subject(name)); }

  /** @throws {DataError} when it is no list of numbers or fractions. */
  numbers(name: string): readonly number[] { return this.list(name).map((value) => numberOf(value, this.subject(name))); }

  /** @throws {DataError} when it is no number or fraction. */
  rational(name: string): Rational { return parseRational(this.values[name], this.subject(name)); }

  /** @throws {DataError} when it is no text. */
  text(name: string): string {
    const value = this.values[name];
    if (typeof value === "string") return value;
    throw this.fault(name, "be text", value);
  }

  /** @throws {DataError} when it is no list. */
  list(name: string): readonly Json[] {
    const value = this.values[name];
    if (Array.isArray(value)) return value as readonly Json[];
    throw this.fault(name, "be a list", value);
  }

  /** The error for an input that a kind cannot take. */
  fault(name: string, rule: string, got: unknown): DataError {
    return new DataError({ subject: this.subject(name), rule, got, hint: "Correct the inputs column of the case." });
  }

  private subject(name: string): string { return `input ${name} of ${this.where}`; }
}

const COLUMNS = ["id", "kind", "inputs", "expected", "tolerance"] as const;

/**
 * The cases of a CSV text.
 *
 * @param file Named in errors.
 * @throws {DataError} when a column is missing or a field is not of its form.
 */
export function parseReferenceCases(text: string, file: string): readonly ReferenceCase[] {
  const rows = parseCsv(text, file);
  const lacking = rows.length === 0 ? "rows" : COLUMNS.find((name) => rows[0]![name] === undefined);
  if (lacking !== undefined) {
    throw new DataError({
      subject: file, rule: `have the columns ${COLUMNS.join(", ")} and at least one row`, got: `no ${lacking}`,
      hint: "Compare with datasets/economics/reference-cases.csv.",
    });
  }
  return rows.map((row) => parseCase(row, file));
}

function parseCase(row: CsvRow, file: string): ReferenceCase {
  const id = row["id"]!, where = `${id} (${file})`, tolerance = Number(row["tolerance"]);
  if (row["tolerance"]!.trim() === "" || !(tolerance >= 0 && tolerance < Infinity)) {
    throw new DataError({ subject: `tolerance of ${where}`, rule: "be a number of 0 or more", got: row["tolerance"], hint: "Use 0 for exact." });
  }
  return {
    id, kind: row["kind"]!, tolerance, source: row["source"] ?? "",
    inputs: new CaseInputs(parseObject(row["inputs"]!, `inputs of ${where}`), where),
    expected: parseObject(row["expected"]!, `expected of ${where}`),
  };
}

function parseObject(text: string, subject: string): { readonly [key: string]: Json } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError({
      subject, rule: "be a JSON object", got: text, where: (cause as Error).message, hint: "Quote the field and double its quotes.", cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as { readonly [key: string]: Json };
  throw new DataError({ subject, rule: "be a JSON object", got: value, hint: "Write {\"name\": value, ...}." });
}

function numberOf(value: Json | undefined, subject: string): number {
  return typeof value === "number" && Number.isFinite(value) ? value : parseRational(value, subject).toNumber();
}
