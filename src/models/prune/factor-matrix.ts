/** Low rank: a matrix as the product of two narrow ones, the best that there is in the sum of squares. */
import { invariant } from "../../core/errors.js";
import type { FactoredMatrix } from "../quantize/packed-matrix.js";

/** Vectors of a symmetric matrix, by falling value. */
export interface Eigenvectors { readonly values: Float64Array; /** Shape [size, size], one vector per row. */ readonly vectors: Float64Array }

const MOST_SWEEPS = 30;
/** Off-diagonal entries below this share of the diagonal are taken for zero: weights have 24 bits. */
const NEGLIGIBLE = 1e-8;

/**
 * The factors of a rank: W is nearly (W Vᵀ) V, with V the first right singular vectors of W as rows, or the like from the left
 * where that side is shorter. For the largest rank the product is W again.
 *
 * @param matrix Row-major. Shape [rows, columns].
 * @param rank From 1 to the shorter side.
 * @source Eckart and Young 1936, Psychometrika 1, 211-218.
 */
export function factorMatrix(matrix: Float32Array, columns: number, rank: number): FactoredMatrix {
  const rows = matrix.length / columns, short = Math.min(rows, columns);
  invariant(Number.isInteger(rank) && rank >= 1 && rank <= short, `have a rank from 1 to ${short}`, rank);
  const { vectors } = findEigenvectors(gram(matrix, rows, columns), short), basis = Float32Array.from(vectors.subarray(0, rank * short));
  const isTall = columns <= rows;
  return {
    kind: "factors", rank,
    left: isTall ? product(matrix, columns, basis, rank) : transposed(basis, short),
    right: isTall ? basis : transposed(product(transposed(matrix, columns), rows, basis, rank), rank),
  };
}

/** Wᵀ W or W Wᵀ, whichever is smaller. */
function gram(matrix: Float32Array, rows: number, columns: number): Float64Array {
  const vectors = columns <= rows ? transposed(matrix, columns) : matrix, size = Math.min(rows, columns), length = Math.max(rows, columns), sums = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < length; k++) sum += vectors[i * length + k]! * vectors[j * length + k]!;
      sums[i * size + j] = sums[j * size + i] = sum;
    }
  }
  return sums;
}

/**
 * Eigenvectors of a symmetric matrix by Jacobi's rotations: slow for large matrices, and exact.
 *
 * @param symmetric Shape [size, size]. Is changed.
 * @source Golub and Van Loan, Matrix computations, 4th edition, section 8.5 (cyclic Jacobi).
 */
export function findEigenvectors(symmetric: Float64Array, size: number): Eigenvectors {
  const vectors = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0)), whole = symmetric.reduce((sum, x) => sum + x * x, 0);
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(symmetric, size) > (NEGLIGIBLE ** 2) * whole; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotatePair(symmetric, vectors, size, p, q);
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((a, b) => symmetric[b * size + b]! - symmetric[a * size + a]! || a - b);
  return { values: Float64Array.from(order, (i) => symmetric[i * size + i]!), vectors: Float64Array.from({ length: size * size }, (_, i) => vectors[order[Math.floor(i / size)]! * size + i % size]!) };
}

function offDiagonal(symmetric: Float64Array, size: number): number {
  return symmetric.reduce((sum, x, i) => (i % (size + 1) === 0 ? sum : sum + x * x), 0);
}

/** Turns two rows and columns so that their common entry becomes zero; entries too small to matter are left. */
function rotatePair(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const entry = a[p * size + q]!, first = a[p * size + p]!, second = a[q * size + q]!;
  if (entry * entry <= NEGLIGIBLE ** 2 * Math.abs(first * second)) return;
  const tau = (second - first) / (2 * entry), t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau)), c = 1 / Math.sqrt(1 + t * t), s = t * c;
  turnRows(a, p * size, q * size, size, c, s);
  for (let k = 0; k < size; k++) {
    a[k * size + p] = a[p * size + k]!;
    a[k * size + q] = a[q * size + k]!;
  }
  [a[p * size + p], a[q * size + q], a[p * size + q], a[q * size + p]] = [first - t * entry, second + t * entry, 0, 0];
  turnRows(vectors, p * size, q * size, size, c, s);
}

/** (x, y) becomes (c x - s y, s x + c y) for the pairs of two rows. */
function turnRows(numbers: Float64Array, x: number, y: number, count: number, c: number, s: number): void {
  for (let k = 0; k < count; k++) {
    const left = numbers[x + k]!, right = numbers[y + k]!;
    numbers[x + k] = c * left - s * right;
    numbers[y + k] = s * left + c * right;
  }
}

/** matrix [rows, columns] times basisᵀ, with basis [rank, columns]. Shape [rows, rank]. */
function product(matrix: Float32Array, columns: number, basis: Float32Array, rank: number): Float32Array {
  return Float32Array.from({ length: matrix.length / columns * rank }, (_, i) => {
    const row = Math.floor(i / rank) * columns, vector = i % rank * columns;
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += matrix[row + k]! * basis[vector + k]!;
    return sum;
  });
}

function transposed(matrix: Float32Array, columns: number): Float32Array {
  const rows = matrix.length / columns;
  return Float32Array.from({ length: matrix.length }, (_, i) => matrix[i % rows * columns + Math.floor(i / rows)]!);
}
