/** Matrix products. Two dimensions become Gemm, which the emitter can join with an addition; more become batches of products. */
import type { Value } from "./graph.js";
import { transpose } from "./rearrangement.js";
import { broadcastShape, formatShape, isSameShape, type Shape, shapeError } from "./shape.js";

/** How the operands of a product are read. */
export interface ProductOptions {
  /** Exchange the last two axes of the left operand first. */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Factor of the whole product. */
  readonly scale?: number;
}

/**
 * scale A B, over the last two axes; axes before them are batches and must be equal.
 *
 * @throws {ShapeError} when sizes do not fit.
 */
export function multiplyMatrices(a: Value, b: Value, options: ProductOptions = {}): Value {
  const { transposeA = false, transposeB = false, scale = 1 } = options;
  const shape = productShape(a.shape, b.shape, transposeA, transposeB), flags = { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: scale } };
  const isPlain = !transposeA && !transposeB && scale === 1;
  return a.graph.apply({
    ...(shape.length === 2 ? { operator: "Gemm", attributes: flags } : isPlain ? { operator: "MatMul" } : { operator: "FusedMatMul", domain: "com.microsoft", attributes: flags }),
    inputs: [a, b], type: { elementType: a.elementType, shape },
    gradient: (dy) => [
      transposeA ? multiplyMatrices(b, dy, { transposeA: transposeB, transposeB: true, scale }) : multiplyMatrices(dy, b, { transposeB: !transposeB, scale }),
      transposeB ? multiplyMatrices(dy, a, { transposeA: true, transposeB: transposeA, scale }) : multiplyMatrices(a, dy, { transposeA: !transposeA, scale }),
    ],
  });
}

/** x W^T for rows x of shape [rows, in] and weights of shape [out, in], the layout of model files. Shape [rows, out]. */
export function project(x: Value, weights: Value): Value { return multiplyMatrices(x, weights, { transposeB: true }); }

/** The same for x of any number of dimensions, shape [..., in], as needed where batch and length are known late. No gradient. */
export function projectEach(x: Value, weights: Value): Value {
  const matrix = transpose(weights, [1, 0]), shape = [...x.shape.slice(0, -1), weights.shape[0]!];
  return x.graph.apply({ operator: "MatMul", inputs: [x, matrix], type: { elementType: x.elementType, shape } });
}

function productShape(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): Shape {
  const [aRows, aColumns] = lastTwo(a, transposeA), [bRows, bColumns] = lastTwo(b, transposeB);
  const isFitting = a.length === b.length && a.length >= 2 && aColumns === bRows && isSameShape(a.slice(0, -2), b.slice(0, -2));
  if (!isFitting) throw shapeError("factors of a matrix product", "have equal inner sizes and equal batches", `${formatShape(a)}${transposeA ? "ᵀ" : ""} and ${formatShape(b)}${transposeB ? "ᵀ" : ""}`);
  return [...broadcastShape(a.slice(0, -2), b.slice(0, -2)), aRows!, bColumns!];
}

function lastTwo(shape: Shape, isTransposed: boolean): Shape {
  const pair = shape.slice(-2);
  return isTransposed ? pair.reverse() : pair;
}
