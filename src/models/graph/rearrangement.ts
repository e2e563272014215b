/** Operations that move or copy numbers and compute nothing. */
import { ONNX_TYPES } from "../onnx/onnx-model.js";
import type { ElementType, Value } from "./graph.js";
import { axisFromFront, broadcastShape, formatShape, isSameShape, type Dimension, type Shape, shapeError, sizeOf } from "./shape.js";

/**
 * The same numbers in the same order under another shape. A named size must stay in its place, except one, which is inferred.
 *
 * @throws {ShapeError} when the counts differ.
 */
export function reshape(x: Value, shape: Shape): Value {
  if (isSameShape(x.shape, shape)) return x;
  const { graph } = x;
  return graph.apply({
    operator: "Reshape", inputs: [x, graph.integers(reshapeTarget(x.shape, shape))], type: { elementType: x.elementType, shape },
    gradient: (dy) => [reshape(dy, x.shape), undefined],
  });
}

/** In ONNX 0 stands for "as in the input" and -1 for "what remains". */
function reshapeTarget(from: Shape, to: Shape): number[] {
  const isKnown = (shape: Shape): boolean => shape.every((size) => typeof size === "number");
  if (isKnown(from) && isKnown(to) && sizeOf(from) !== sizeOf(to)) throw shapeError("a new shape", `hold the ${sizeOf(from)} numbers of ${formatShape(from)}`, formatShape(to));
  const target = to.map((size, i) => (typeof size === "number" ? size : size === from[i] ? 0 : -1));
  if (target.filter((size) => size === -1).length > 1) throw shapeError("a new shape", `keep named sizes of ${formatShape(from)} in place, all but one`, formatShape(to));
  return target;
}

/**
 * Axes in another order: axis i of the result is axis `order[i]` of x.
 *
 * @throws {ShapeError} when `order` does not name each axis once.
 */
export function transpose(x: Value, order: readonly number[]): Value {
  const inverse = x.shape.map((_, i) => order.indexOf(i));
  if (order.length !== x.shape.length || inverse.includes(-1)) throw shapeError("an order of axes", `name each axis of ${formatShape(x.shape)} once`, formatShape(order));
  return x.graph.apply({
    operator: "Transpose", inputs: [x], type: { elementType: x.elementType, shape: order.map((axis) => x.shape[axis]!) }, attributes: { perm: order },
    gradient: (dy) => [transpose(dy, inverse)],
  });
}

/** Copies along axes of size 1 until the shape is `shape`. Has no gradient: it is part of others. */
export function broadcastTo(x: Value, shape: Shape): Value {
  if (isSameShape(x.shape, shape)) return x;
  if (!isSameShape(broadcastShape(x.shape, shape), shape)) throw shapeError("a shape to broadcast to", `fit ${formatShape(x.shape)}`, formatShape(shape));
  return x.graph.apply({ operator: "Expand", inputs: [x, x.graph.integers(shape.map((size) => sizeOf([size])))], type: { elementType: x.elementType, shape } });
}

/**
 * Values one after another along an axis.
 *
 * @throws {ShapeError} when their other sizes differ.
 */
export function concatenate(parts: readonly Value[], axis: number): Value {
  const [first] = parts as [Value], front = axisFromFront(axis, first.shape);
  const lengths = parts.map(({ shape }) => sizeOf([shape[front]!]));
  const shape = withSize(first.shape, front, lengths.reduce((sum, length) => sum + length, 0));
  const odd = parts.find((part) => !isSameShape(withSize(part.shape, front, 0), withSize(first.shape, front, 0)));
  if (odd !== undefined) throw shapeError("parts to concatenate", `have the sizes of ${formatShape(first.shape)} but for axis ${front}`, formatShape(odd.shape));
  return first.graph.apply({
    operator: "Concat", inputs: parts, type: { elementType: first.elementType, shape }, attributes: { axis: front },
    gradient: (dy) => split(dy, front, lengths),
  });
}

/** Parts of given lengths along an axis. */
export function split(x: Value, axis: number, lengths: readonly number[]): Value[] {
  let start = 0;
  return lengths.map((length) => slice(x, axis, start, start += length));
}

/**
 * Positions from `start` up to and without `end` along an axis.
 *
 * @throws {ShapeError} when they are not within the axis.
 */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const front = axisFromFront(axis, x.shape), size = sizeOf([x.shape[front]!]), { graph, elementType } = x;
  if (!(start >= 0 && start < end && end <= size)) throw shapeError("a slice", `lie within axis ${front} of ${formatShape(x.shape)}`, `${start} to ${end}`);
  const ends = [start, end, front].map((number) => graph.integers([number]));
  return graph.apply({
    operator: "Slice", inputs: [x, ...ends], type: { elementType, shape: withSize(x.shape, front, end - start) },
    gradient: (dy) => [padWithZeros(dy, front, start, size - end)],
  });
}

function padWithZeros(x: Value, axis: number, before: number, after: number): Value {
  const rank = x.shape.length, pads = Array.from({ length: 2 * rank }, (_, i) => (i === axis ? before : i === rank + axis ? after : 0));
  const shape = withSize(x.shape, axis, before + sizeOf([x.shape[axis]!]) + after);
  return x.graph.apply({ operator: "Pad", inputs: [x, x.graph.integers(pads)], type: { elementType: x.elementType, shape } });
}

/** The same numbers as another kind. The gradient goes back as float32, so both ends must be floats for there to be one. */
export function cast(x: Value, elementType: ElementType): Value {
  const isFloat = x.elementType === "float32" && elementType === "float32";
  return x.graph.apply({
    operator: "Cast", inputs: [x], type: { elementType, shape: x.shape }, attributes: { to: ONNX_TYPES[elementType] },
    ...(isFloat ? { gradient: (dy: Value) => [dy] } : {}),
  });
}

function withSize(shape: Shape, axis: number, size: Dimension): Shape { return shape.map((old, i) => (i === axis ? size : old)); }
