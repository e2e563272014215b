/** Claims in order of score, laid out for repeated weighted scoring: sorted once, walked once per bootstrap replicate. */

/** Claims sorted by stratum, then by falling score. All arrays have one entry per claim. */
export interface Ranking {
  /** 1 where the claim is true. */
  readonly isTrue: Uint8Array;
  /** Person behind the claim: index into the weights. */
  readonly person: Int32Array;
  /** 0 inside a group of equal scores, 1 at its last claim, 2 at the last claim of a stratum. */
  readonly border: Uint8Array;
}

/**
 * Sorts claims.
 *
 * @param scores Higher means more likely. Finite.
 * @param isTrue 1 where the claim is true.
 * @param people Index of the person behind each claim.
 * @param strata Claims are compared within a stratum only. Leave out to compare all with all.
 */
export function rankClaims(scores: Float64Array, isTrue: Uint8Array, people: Int32Array, strata?: Int32Array): Ranking {
  const count = scores.length;
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  order.sort((a, b) => (strata === undefined ? 0 : strata[a]! - strata[b]!) || scores[b]! - scores[a]!);
  const border = new Uint8Array(count);
  for (let rank = 0; rank < count; rank++) {
    const row = order[rank]!, next = order[rank + 1];
    if (next === undefined || (strata !== undefined && strata[next] !== strata[row])) border[rank] = 2;
    else if (scores[next] !== scores[row]) border[rank] = 1;
  }
  return { isTrue: Uint8Array.from(order, (row) => isTrue[row]!), person: Int32Array.from(order, (row) => people[row]!), border };
}

/** Scores of one class out of a row-major table. */
export function columnOf(table: Float64Array, columnCount: number, column: number): Float64Array {
  return Float64Array.from({ length: table.length / columnCount }, (_, row) => table[row * columnCount + column]!);
}
