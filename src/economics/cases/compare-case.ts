/**
 * Compares what was computed with what a reference case expects.
 *
 * Tolerance 0 is exact: fractions as fractions, other values as they are. Otherwise numbers agree when
 * |got - expected| <= tolerance max(1, |expected|). Lists agree item by item; the list `equilibria` as a set; each item of `contains`
 * must be among the computed equilibria. Computed fields that the case does not expect are not looked at.
 */
import { Rational, readRational } from "../rational.js";
import type { Json } from "./reference-case.js";

/** A computed value: JSON in which numbers may be exact, or may not exist (undefined). */
export type CaseValue = undefined | null | boolean | number | string | Rational | readonly CaseValue[] | { readonly [key: string]: CaseValue };
/** All computed fields of a case. */
export type CaseResult = { readonly [key: string]: CaseValue };

/** Names of the expected fields that do not agree; empty when all do. */
export function findDisagreements(got: CaseResult, expected: { readonly [key: string]: Json }, tolerance: number): readonly string[] {
  return Object.keys(expected).filter((name) => {
    const wanted = expected[name]!;
    if (name === "equilibria") return !sameSet(got["equilibria"], wanted, tolerance);
    if (name === "contains") return !containsAll(got["equilibria"], wanted, tolerance);
    return !agrees(got[name], wanted, tolerance);
  });
}

/** One line of JSON; fractions as text. */
export function formatResult(value: CaseValue): string {
  return JSON.stringify(value, (_key, part: unknown) => (part instanceof Rational ? part.toString()
    : typeof part === "number" && !Number.isFinite(part) ? String(part) : part)) ?? "nothing";
}

function agrees(got: CaseValue, expected: Json, tolerance: number): boolean {
  if (got === undefined) return false;
  const gotNumber = asRational(got, expected), wantedNumber = asRational(expected, got);
  if (gotNumber !== undefined && wantedNumber !== undefined) return sameNumber(gotNumber, wantedNumber, tolerance);
  if (Array.isArray(expected)) {
    return Array.isArray(got) && got.length === expected.length && expected.every((item, i) => agrees((got as readonly CaseValue[])[i], item as Json, tolerance));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof got !== "object" || got === null || Array.isArray(got) || got instanceof Rational) return false;
    return Object.entries(expected).every(([key, item]) => agrees((got as CaseResult)[key], item, tolerance));
  }
  return got === expected;
}

/** Numbers, fractions, and text that is one: text counts as a number only against a number, or exactly written on both sides. */
function asRational(value: CaseValue, other: CaseValue): Rational | number | undefined {
  if (value instanceof Rational || typeof value === "number") return value;
  if (typeof value === "string" && (other instanceof Rational || typeof other === "number" || typeof other === "string")) return readRational(value);
  return undefined;
}

function sameNumber(got: Rational | number, expected: Rational | number, tolerance: number): boolean {
  if (tolerance === 0) {
    const left = got instanceof Rational ? got : readRational(got), right = expected instanceof Rational ? expected : readRational(expected);
    return left !== undefined && right !== undefined && left.equals(right);
  }
  const left = got instanceof Rational ? got.toNumber() : got, right = expected instanceof Rational ? expected.toNumber() : expected;
  return Math.abs(left - right) <= tolerance * Math.max(1, Math.abs(right));
}

/** Equal as sets: each of one is among the other. Repeated items count once. */
function sameSet(got: CaseValue, expected: Json, tolerance: number): boolean {
  if (!Array.isArray(got) || !Array.isArray(expected)) return false;
  const left = got as readonly CaseValue[], right = expected as readonly Json[];
  return right.every((item) => left.some((value) => agrees(value, item, tolerance)))
    && left.every((value) => right.some((item) => agrees(value, item, tolerance)));
}

function containsAll(got: CaseValue, expected: Json, tolerance: number): boolean {
  if (!Array.isArray(got) || !Array.isArray(expected)) return false;
  return (expected as readonly Json[]).every((item) => (got as readonly CaseValue[]).some((value) => agrees(value, item, tolerance)));
}
