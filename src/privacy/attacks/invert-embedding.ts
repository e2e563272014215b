/**
 * Inversion of text embeddings: which words were in the text? Ridge regression from the embedding to the presence of each
 * word, learnt from texts whose embeddings the attacker made himself with the same model; and the nearest of these texts.
 *
 * Source: the task as in Song and Raghunathan 2020, Information leakage in embedding models, CCS; ridge regression by Hoerl
 * and Kennard 1970, Technometrics 12(1).
 */
import { invariant } from "../../core/errors.js";

/** Embeddings of texts. Row-major, shape [rowCount, width]. */
export interface Embeddings {
  readonly rowCount: number;
  readonly width: number;
  readonly values: Float64Array;
}

/** A learnt inversion. */
export interface Inversion {
  /** Score of every word for every text. Shape [rowCount, words]: near 1 for words of the text, near 0 for others. */
  scoreWords(embeddings: Embeddings): Float64Array;
  /** Of each text the known one with the highest cosine. */
  findNearest(embeddings: Embeddings): Int32Array;
}

/**
 * Learns an inversion.
 *
 * @param known Embeddings of the attacker's own texts.
 * @param presence 1 where a text has a word. Shape [known.rowCount, words].
 * @param ridge Penalty on squared coefficients, in units of the mean squared feature. Above 0.
 */
export function learnInversion(known: Embeddings, presence: Float64Array, ridge: number): Inversion {
  const { rowCount, width } = known, words = presence.length / rowCount, centre = columnMeans(known.values, rowCount, width), base = columnMeans(presence, rowCount, words);
  const features = centreRows(known, centre), targets = presence.map((value, at) => value - base[at % words]!);
  const coefficients = solveRidge(features, targets, rowCount, width, words, ridge);
  return {
    scoreWords: (embeddings) => multiply(centreRows(embeddings, centre), coefficients, embeddings.rowCount, width, words).map((score, at) => score + base[at % words]!),
    findNearest: (embeddings) => nearestRows(centreRows(embeddings, centre), features, width),
  };
}

/** (X'X + ridge s I)^-1 X'Y with s the mean of the diagonal of X'X. Shape [width, words]. */
function solveRidge(x: Float64Array, y: Float64Array, rows: number, width: number, words: number, ridge: number): Float64Array {
  const gram = new Float64Array(width * width), right = new Float64Array(width * words);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      const value = x[row * width + i]!;
      for (let j = 0; j <= i; j++) gram[i * width + j]! += value * x[row * width + j]!;
      for (let k = 0; k < words; k++) right[i * words + k]! += value * y[row * words + k]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < width; i++) trace += gram[i * width + i]!;
  for (let i = 0; i < width; i++) gram[i * width + i]! += (ridge * trace) / width + Number.MIN_VALUE;
  factorCholesky(gram, width);
  solveLower(gram, right, width, words);
  return right;
}

/** Lower factor in place of a positive definite matrix, of which the lower half is read. */
function factorCholesky(matrix: Float64Array, size: number): void {
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      invariant(i !== j || sum > 0, "factor a positive definite matrix", sum);
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * size + j]!;
    }
  }
}

/** Solves L L' B = R in place of R. Shape of R [size, columns]. */
function solveLower(lower: Float64Array, right: Float64Array, size: number, columns: number): void {
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < size; i++) {
      let sum = right[i * columns + c]!;
      for (let k = 0; k < i; k++) sum -= lower[i * size + k]! * right[k * columns + c]!;
      right[i * columns + c] = sum / lower[i * size + i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = right[i * columns + c]!;
      for (let k = i + 1; k < size; k++) sum -= lower[k * size + i]! * right[k * columns + c]!;
      right[i * columns + c] = sum / lower[i * size + i]!;
    }
  }
}

function multiply(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const product = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < inner; i++) {
      const value = a[row * inner + i]!;
      for (let c = 0; c < columns; c++) product[row * columns + c]! += value * b[i * columns + c]!;
    }
  }
  return product;
}

function nearestRows(targets: Float64Array, known: Float64Array, width: number): Int32Array {
  const lengths = Float64Array.from({ length: known.length / width }, (_, row) => Math.sqrt(dot(known, row * width, known, row * width, width)));
  return Int32Array.from({ length: targets.length / width }, (_, row) => {
    let best = 0, highest = -Infinity;
    lengths.forEach((length, other) => {
      const cosine = length > 0 ? dot(targets, row * width, known, other * width, width) / length : 0;
      if (cosine > highest) { highest = cosine; best = other; }
    });
    return best;
  });
}

function dot(a: Float64Array, fromA: number, b: Float64Array, fromB: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[fromA + i]! * b[fromB + i]!;
  return sum;
}

function columnMeans(values: Float64Array, rows: number, columns: number): Float64Array {
  const means = new Float64Array(columns);
  values.forEach((value, at) => { means[at % columns]! += value / rows; });
  return means;
}

function centreRows({ values, width }: Embeddings, centre: Float64Array): Float64Array { return values.map((value, at) => value - centre[at % width]!); }
