import { describe, expect, it } from "vitest";
import { BugError } from "../core/errors.js";
import { coinName, coinNames, nameCount } from "./coin-name.js";
import type { NameKind } from "./coin-name.js";

const KINDS: readonly NameKind[] = ["given", "family", "teacher", "city", "employer", "bank", "drug", "drugClass", "maker", "app", "phone", "course", "river", "region"];
/** Common given and family names of several languages. */
const REAL_NAMES = ["james", "mary", "robert", "linda", "david", "anna", "maria", "karim", "selim", "malik", "john", "karl", "greta", "ivan", "olga", "lars", "nina",
  "smith", "brown", "garcia", "miller", "davis", "martin", "kumar", "silva", "rossi", "mueller", "schmidt", "ivanov", "tanaka", "nguyen", "kim", "lee", "wang", "singh"];
/** Drugs that people take: no fictional one may be mistaken for them. */
const REAL_DRUGS = ["aspirin", "ibuprofen", "lipitor", "zoloft", "xanax", "valium", "nexium", "plavix", "celebrex", "vioxx", "lasix", "librium", "ativan", "tramadol", "insulin"];

describe("coined names", () => {
  it("are never equal, within a kind and between kinds", () => {
    const names = KINDS.flatMap((kind) => coinNames(3, kind, nameCount(kind)).map((name) => name.toLowerCase()));
    expect(names.length).toBeGreaterThan(30_000);
    expect(new Set(names).size).toBe(names.length);
  });

  it("name no person and no drug of lists of real ones", () => {
    const names = new Set(KINDS.flatMap((kind) => coinNames(1, kind, nameCount(kind)).map((name) => name.toLowerCase())));
    expect([...REAL_NAMES, ...REAL_DRUGS].filter((name) => names.has(name))).toEqual([]);
  });

  it("depend on the seed and keep their order", () => {
    expect(coinNames(1, "bank", 50)).toEqual(coinNames(1, "bank", 80).slice(0, 50));
    expect(coinNames(1, "bank", 5)).not.toEqual(coinNames(2, "bank", 5));
  });

  it.each([-1, 1.5, NaN, nameCount("bank")])("refuse index %s", (index) => {
    expect(() => coinName(1, "bank", index)).toThrow(BugError);
  });
});
