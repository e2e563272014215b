import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, ShapeError } from "../../core/errors.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { BLOCK_LENGTH, PACKED_KINDS, packMatrix, type PackedKind, storedBytes, unpackWeight } from "./packed-matrix.js";

function normals(count: number): Float32Array {
  const stream = new RandomStream(7, 0, Purpose.test);
  return Float32Array.from({ length: count }, () => stream.nextNormal());
}

const COLUMNS = 256;
/** Bits of a weight of 256 columns, scales included. */
const BITS: Readonly<Record<PackedKind, number>> = { "int8": 8 + 32 / COLUMNS, "int8-block": 8 + 32 / BLOCK_LENGTH, "int4-block": 4 + 32 / BLOCK_LENGTH };
/** Root mean square error against the spread. Measured here with seed 7, rounded up by a quarter. */
const ERRORS: Readonly<Record<PackedKind, number>> = { "int8": 0.0085, "int8-block": 0.0064, "int4-block": 0.11 };

describe.each(PACKED_KINDS)("%s", (kind) => {
  const numbers = normals(64 * COLUMNS), packed = packMatrix(kind, numbers, COLUMNS, "test"), back = unpackWeight(packed);

  test("takes the bytes it should", () => { expect(8 * storedBytes(packed) / numbers.length).toBe(BITS[kind]); });

  test("comes back within its error, and not better than it can be", () => {
    const error = Math.sqrt(numbers.reduce((sum, number, i) => sum + (number - back[i]!) ** 2, 0) / numbers.length);
    expect(error).toBeLessThan(ERRORS[kind]);
    expect(error).toBeGreaterThan(ERRORS[kind] / 1.6);
  });

  test("is off by at most a scale, for any numbers", () => {
    fc.assert(fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }), { minLength: 64, maxLength: 64 }), (values) => {
      const some = Float32Array.from(values), found = packMatrix(kind, some, 64, "some"), again = unpackWeight(found), perScale = some.length / found.scales.length;
      some.forEach((value, i) => { expect(Math.abs(value - again[i]!)).toBeLessThanOrEqual(Math.abs(found.scales[Math.floor(i / perScale)]!) * (1 + 1e-5)); });
    }), { seed: 3, numRuns: 200 });
  });

  test("keeps zeros", () => { expect(unpackWeight(packMatrix(kind, new Float32Array(64), 64, "zeros")).every((number) => number === 0)).toBe(true); });

  test("refuses what is no number, naming the place", () => {
    const broken = numbers.slice();
    broken[300] = NaN;
    expect(() => packMatrix(kind, broken, COLUMNS, "blk.0.attn_q.weight")).toThrow(/blk\.0\.attn_q\.weight must hold finite weights; got NaN \(weight 300\)/);
    expect(() => packMatrix(kind, broken.fill(Infinity, 0, 1), COLUMNS, "w")).toThrow(DataError);
  });
});

test("blocks need whole blocks", () => {
  expect(() => packMatrix("int4-block", normals(96), 48, "w")).toThrow(ShapeError);
  expect(packMatrix("int8", normals(96), 48, "w").scales.length).toBe(2);
});

test("two codes share a byte, the even one in the low half", () => {
  const numbers = new Float32Array(32);
  [numbers[0], numbers[1], numbers[2]] = [-8, 7, 3];
  expect([...packMatrix("int4-block", numbers, 32, "w").codes.slice(0, 2)]).toEqual([0 | 15 << 4, 11 | 8 << 4]);
});

test("factors come back as their product", () => {
  expect([...unpackWeight({ kind: "factors", rank: 2, left: Float32Array.of(1, 2, 3, 4, 5, 6), right: Float32Array.of(1, 0, 2, 0, 1, 3) })]).toEqual([1, 2, 8, 3, 4, 18, 5, 6, 28]);
});
