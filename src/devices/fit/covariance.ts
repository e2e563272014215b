/**
 * Covariance of the logarithms of two measurements: a sum of terms. A term's two rows must share its labels, and count less the further
 * apart its numbers lie:
 *
 *   k(i, j) = sum over terms of variance * [labels equal] * exp(-1/2 sum over numbers ((u_i - u_j) / length)^2) * (slope_i slope_j)
 *
 * A term on (family, accelerator) is what the rows of one stack have in common; on chip, what all rows of one chip have. Together they
 * are a hierarchical model: each effect is pooled toward zero as its variance says. Rasmussen and Williams 2006, chapters 2 and 5.
 */
import { exp } from "../../core/elementary.js";
import type { Constants } from "./decode-time.js";
import { LABELS, NUMBERS } from "./features.js";
import type { Features, Label, NumberName } from "./features.js";

/** A term of the covariance. */
export interface Term {
  readonly name: string;
  readonly labels: readonly Label[];
  /** Numbers with the name of the length that each is measured by. */
  readonly numbers: readonly (readonly [number: NumberName, length: string])[];
  /** The effect grows in proportion to this number. */
  readonly slope?: NumberName;
}

/** What is fitted: logarithms of the terms' variances, of lengths, and of the noise variance; and constants of the physical mean. */
export interface Hyperparameters {
  readonly logVariance: Readonly<Record<string, number>>;
  readonly logLength: Readonly<Record<string, number>>;
  readonly logNoise: number;
  /** By how much the log noise variance of a source differs, by protocol. A source that is not here is a middle one. */
  readonly sourceNoise: Readonly<Record<string, number>>;
  readonly constants: Constants;
}

/** Rows as arrays: codes of labels (negative: absent) and numbers. Shape [labels or numbers][rows]. */
export interface EncodedRows {
  readonly count: number;
  readonly codes: Readonly<Record<Label, Int32Array>>;
  readonly numbers: Readonly<Record<NumberName, Float64Array>>;
}

/** Dictionaries that give one label one code, also for rows that come later. */
export type LabelCodes = Readonly<Record<Label, Map<string, number>>>;

/** Empty dictionaries. */
export function makeLabelCodes(): LabelCodes {
  return Object.fromEntries(LABELS.map((label) => [label, new Map<string, number>()])) as Record<Label, Map<string, number>>;
}

/** Encodes rows; new labels are added to the dictionaries. */
export function encodeRows(rows: readonly Features[], dictionaries: LabelCodes): EncodedRows {
  const codes = Object.fromEntries(LABELS.map((label) => [label, Int32Array.from(rows, (row) => codeOf(row.labels[label], dictionaries[label]))]));
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, Float64Array.from(rows, (row) => row.numbers[name])]));
  return { count: rows.length, codes: codes as EncodedRows["codes"], numbers: numbers as EncodedRows["numbers"] };
}

/** Some of the rows, in the order of `keep`. */
export function pickRows(rows: EncodedRows, keep: readonly number[]): EncodedRows {
  const codes = Object.fromEntries(LABELS.map((label) => [label, Int32Array.from(keep, (row) => rows.codes[label][row]!)]));
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, Float64Array.from(keep, (row) => rows.numbers[name][row]!)]));
  return { count: keep.length, codes: codes as EncodedRows["codes"], numbers: numbers as EncodedRows["numbers"] };
}

/** Value of one term at a pair of rows, its variance left out. */
export function termValue(term: Term, inverseLengths: readonly number[], a: EncodedRows, i: number, b: EncodedRows, j: number): number {
  for (const label of term.labels) {
    const code = a.codes[label][i]!;
    if (code < 0 || code !== b.codes[label][j]!) return 0;
  }
  let distance = 0;
  for (let part = 0; part < term.numbers.length; part++) {
    const name = term.numbers[part]![0], difference = (a.numbers[name][i]! - b.numbers[name][j]!) * inverseLengths[part]!;
    distance += difference * difference;
  }
  const near = distance === 0 ? 1 : exp(-0.5 * distance);
  return term.slope === undefined ? near : near * a.numbers[term.slope][i]! * b.numbers[term.slope][j]!;
}

/** Terms with their variances and lengths put in. */
export interface Covariance {
  readonly terms: readonly Term[];
  readonly variances: readonly number[];
  readonly inverseLengths: readonly (readonly number[])[];
  readonly logNoise: number;
  readonly sourceNoise: Readonly<Record<string, number>>;
}

/** Puts hyperparameters into terms. */
export function makeCovariance(terms: readonly Term[], at: Hyperparameters): Covariance {
  return {
    terms, variances: terms.map((term) => exp(at.logVariance[term.name]!)),
    inverseLengths: terms.map((term) => term.numbers.map(([, length]) => exp(-at.logLength[length]!))),
    logNoise: at.logNoise, sourceNoise: at.sourceNoise,
  };
}

/** Noise variance of each row: how well its source measures. Shape [n]. */
export function noiseOf(covariance: Covariance, rows: readonly Features[]): Float64Array {
  return Float64Array.from(rows, ({ labels }) => exp(covariance.logNoise + (covariance.sourceNoise[labels.protocol ?? ""] ?? 0)));
}

/** Covariance of two rows, noise left out. */
export function covarianceOf(covariance: Covariance, a: EncodedRows, i: number, b: EncodedRows, j: number): number {
  let sum = 0;
  for (let t = 0; t < covariance.terms.length; t++) {
    sum += covariance.variances[t]! * termValue(covariance.terms[t]!, covariance.inverseLengths[t]!, a, i, b, j);
  }
  return sum;
}

/** Names of the lengths that terms use, each once. */
export function lengthNames(terms: readonly Term[]): readonly string[] {
  return [...new Set(terms.flatMap((term) => term.numbers.map(([, length]) => length)))].sort();
}

function codeOf(label: string | undefined, codes: Map<string, number>): number {
  if (label === undefined) return -1;
  const known = codes.get(label);
  if (known !== undefined) return known;
  codes.set(label, codes.size);
  return codes.size - 1;
}
