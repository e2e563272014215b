/** Bounds as people write them in rules: "1%", "0.05", "-2 %". */

/** Regular expression of a bound, with the groups number and percent sign. */
export const BOUND_PATTERN = String.raw`([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%?)`;

/** A bound from the two groups of BOUND_PATTERN. */
export function parseBound(digits: string, percent: string): number {
  return percent === "%" ? Number(digits) / 100 : Number(digits);
}
