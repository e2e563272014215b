/**
 * The Sobol sequence in up to eight dimensions, unscrambled, first point at the origin, in Gray-code order.
 *
 * @source Joe and Kuo 2008, Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30:2635;
 *   direction numbers: file new-joe-kuo-6.21201, https://web.maths.unsw.edu.au/~fkuo/sobol/
 */

/** Per dimension from the second: coefficients of the primitive polynomial as bits, and the initial direction numbers. */
const DIRECTIONS: readonly { readonly polynomial: number; readonly initial: readonly number[] }[] = [
  { polynomial: 0, initial: [1] },
  { polynomial: 1, initial: [1, 3] },
  { polynomial: 1, initial: [1, 3, 1] },
  { polynomial: 2, initial: [1, 1, 1] },
  { polynomial: 1, initial: [1, 1, 3, 3] },
  { polynomial: 4, initial: [1, 3, 5, 13] },
  { polynomial: 2, initial: [1, 1, 5, 5, 17] },
];
const BITS = 32;

/** Most dimensions that sobolPoints knows. */
export const MOST_SOBOL_DIMENSIONS: number = DIRECTIONS.length + 1;

/**
 * The first `pointCount` points.
 *
 * @param pointCount Powers of two fill the cube most evenly.
 * @param dimensions From 1 to MOST_SOBOL_DIMENSIONS.
 * @returns Shape [pointCount, dimensions], each in [0, 1).
 */
export function sobolPoints(pointCount: number, dimensions: number): number[][] {
  const directions = Array.from({ length: dimensions }, (_, dimension) => directionNumbers(dimension));
  const state = new Uint32Array(dimensions);
  const points: number[][] = [];
  for (let i = 0; i < pointCount; i++) {
    points.push(Array.from(state, (bits) => bits / 2 ** BITS));
    const bit = trailingOnes(i);
    for (let dimension = 0; dimension < dimensions; dimension++) state[dimension]! ^= directions[dimension]![bit]!;
  }
  return points;
}

function directionNumbers(dimension: number): Uint32Array {
  const numbers = new Uint32Array(BITS);
  const direction = dimension === 0 ? undefined : DIRECTIONS[dimension - 1]!;
  const degree = direction?.initial.length ?? BITS;
  for (let i = 0; i < BITS; i++) {
    if (direction === undefined || i < degree) {
      numbers[i] = (direction?.initial[i] ?? 1) * 2 ** (BITS - 1 - i);
      continue;
    }
    let bits = numbers[i - degree]! ^ (numbers[i - degree]! >>> degree);
    for (let k = 1; k < degree; k++) {
      if ((direction.polynomial >>> (degree - 1 - k)) & 1) bits ^= numbers[i - k]!;
    }
    numbers[i] = bits >>> 0;
  }
  return numbers;
}

function trailingOnes(index: number): number {
  let count = 0;
  for (let rest = index; rest & 1; rest >>>= 1) count++;
  return count;
}
