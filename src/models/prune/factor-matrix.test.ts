import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../../core/errors.js";
import { unpackWeight } from "../quantize/packed-matrix.js";
import { factorMatrix, findEigenvectors } from "./factor-matrix.js";

const matrices = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), fc.nat(1000)).map(([rows, columns, seed]) => (
  { rows, columns, matrix: Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(seed + 1.7 * i * i)) }));

function squaredError(matrix: Float32Array, columns: number, rank: number): number {
  const back = unpackWeight(factorMatrix(matrix, columns, rank));
  return matrix.reduce((sum, number, i) => sum + (number - back[i]!) ** 2, 0);
}

describe("a matrix as two factors", () => {
  test("of full rank is the matrix again", () => {
    fc.assert(fc.property(matrices, ({ rows, columns, matrix }) => { expect(squaredError(matrix, columns, Math.min(rows, columns))).toBeLessThan(1e-9); }), { seed: 5, numRuns: 200 });
  });

  test("of a lower rank misses the sum of the squared singular values that are left out, and no product can miss less", () => {
    fc.assert(fc.property(matrices, ({ rows, columns, matrix }) => {
      const gram = Float64Array.from({ length: columns * columns }, (_, i) => Array.from({ length: rows }, (_row, row) => matrix[row * columns + Math.floor(i / columns)]! * matrix[row * columns + i % columns]!).reduce((a, b) => a + b, 0));
      const { values } = findEigenvectors(gram, columns);
      for (let rank = 1; rank <= Math.min(rows, columns); rank++) {
        expect(squaredError(matrix, columns, rank)).toBeCloseTo(values.subarray(rank).reduce((sum, value) => sum + Math.max(0, value), 0), 5);
      }
    }), { seed: 6, numRuns: 100 });
  });

  test("has the shapes of its rank", () => {
    const { left, right } = factorMatrix(Float32Array.from({ length: 24 }, (_, i) => Math.cos(i * i)), 8, 2);
    expect([(left as Float32Array).length, (right as Float32Array).length]).toEqual([3 * 2, 2 * 8]);
    expect(() => factorMatrix(new Float32Array(24), 8, 4)).toThrow(BugError);
  });

  test("finds the eigenvectors of a matrix whose are known", () => {
    const { values, vectors } = findEigenvectors(Float64Array.of(2, 1, 1, 2), 2);
    [3, 1].forEach((value, i) => { expect(values[i]).toBeCloseTo(value, 12); });
    expect(vectors[0]! * vectors[1]!).toBeCloseTo(0.5, 12);
    expect(vectors[2]! * vectors[3]!).toBeCloseTo(-0.5, 12);
  });
});
