/** Sums over axes, kept as axes of size 1 so that results broadcast back. */
import type { Value } from "./graph.js";
import { broadcastTo } from "./rearrangement.js";
import { axisFromFront, type Shape, sizeOf } from "./shape.js";

/** Sum over `axes`, which stay with size 1. */
export function reduceSum(x: Value, axes: readonly number[]): Value {
  return reduce("ReduceSum", x, axes, (dy) => broadcastTo(dy, x.shape));
}

/** Mean over `axes`, which stay with size 1. Their sizes must be known. */
export function reduceMean(x: Value, axes: readonly number[]): Value {
  const count = sizeOf(axes.map((axis) => x.shape[axisFromFront(axis, x.shape)]!));
  const share = (dy: Value): Value => x.graph.apply({ operator: "Div", inputs: [dy, x.graph.scalar(count)], type: dy });
  return reduce("ReduceMean", x, axes, (dy) => broadcastTo(share(dy), x.shape));
}

/** Sum of all squares, as a scalar. Without a gradient: it measures gradients. */
export function sumOfSquares(x: Value): Value {
  return x.graph.apply({ operator: "ReduceSumSquare", inputs: [x], type: { elementType: x.elementType, shape: [] }, attributes: { keepdims: 0 } });
}

function reduce(operator: string, x: Value, axes: readonly number[], gradient: (dy: Value) => Value): Value {
  const kept = new Set(axes.map((axis) => axisFromFront(axis, x.shape)));
  const shape: Shape = x.shape.map((size, i) => (kept.has(i) ? 1 : size));
  return x.graph.apply({
    operator, inputs: [x, x.graph.integers([...kept])], type: { elementType: x.elementType, shape }, attributes: { keepdims: 1 },
    gradient: (dy) => [gradient(dy), undefined],
  });
}
