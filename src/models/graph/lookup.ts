/** Rows by number, and the numbers as vectors. */
import type { Value } from "./graph.js";
import { broadcastTo, reshape } from "./rearrangement.js";

/**
 * Rows of a table by their numbers.
 *
 * The gradient adds the rows up in the order of `rows`. It goes through ScatterElements, which works in one thread. ScatterND with
 * addition is faster, but hands rows to threads without a lock, so that two may add to the same row at once.
 *
 * @source ONNX Runtime, core/providers/cpu/tensor/scatter_nd.cc, for the threads of ScatterND.
 * @param table Shape [count, width].
 * @param rows int64, shape [n], from 0 to count - 1.
 * @returns Shape [n, width].
 */
export function lookUp(table: Value, rows: Value): Value {
  const width = table.shape[1]!, shape = [...rows.shape, width];
  return table.graph.apply({
    operator: "Gather", inputs: [table, rows], type: { elementType: table.elementType, shape }, attributes: { axis: 0 },
    gradient: (dy) => {
      const places = broadcastTo(reshape(rows, [...rows.shape, 1]), shape);
      return [scatterAdd(zerosLike(table), places, dy, 0), undefined];
    },
  });
}

/**
 * Rows of a matrix by their numbers, none twice: a part of the rows to compute on.
 *
 * @param x Shape [count, width].
 * @param rows int64, shape [n], distinct, from 0 to count - 1. n may be known at run time only.
 * @returns Shape [n, width].
 */
export function takeRows(x: Value, rows: Value): Value {
  return x.graph.apply({
    operator: "Gather", inputs: [x, rows], type: { elementType: x.elementType, shape: [...rows.shape, x.shape[1]!] }, attributes: { axis: 0 },
    gradient: (dy) => [placeRows(dy, rows, x.shape[0] as number), undefined],
  });
}

/**
 * The way back from `takeRows`: a matrix of `count` rows that holds x at the rows named and zeros elsewhere.
 *
 * @param x Shape [n, width].
 * @param rows int64, shape [n], distinct: two threads never write to one row.
 * @returns Shape [count, width].
 */
export function placeRows(x: Value, rows: Value, count: number): Value {
  const { graph, elementType } = x, shape = [count, x.shape[1]!];
  return graph.apply({
    operator: "ScatterND", inputs: [zerosLike({ graph, shape }), reshape(rows, [...rows.shape, 1]), x], type: { elementType, shape },
    gradient: (dy) => [undefined, undefined, takeRows(dy, rows)],
  });
}

/** `target` with each update added at the place that `places` names on an axis; `places` and `updates` have one shape. No gradient. */
export function scatterAdd(target: Value, places: Value, updates: Value, axis: number): Value {
  return target.graph.apply({ operator: "ScatterElements", inputs: [target, places, updates], type: target, attributes: { axis, reduction: "add" } });
}

/**
 * One number of each row, by its column.
 *
 * @param x Shape [n, columns].
 * @param columns int64, shape [n, 1].
 * @returns Shape [n, 1].
 */
export function pick(x: Value, columns: Value): Value {
  return x.graph.apply({
    operator: "GatherElements", inputs: [x, columns], type: { elementType: x.elementType, shape: columns.shape }, attributes: { axis: 1 },
    gradient: (dy) => [scatterAdd(zerosLike(x), columns, dy, 1), undefined],
  });
}

/** Vectors of `count` numbers, 1 at the place that `indices` names and 0 elsewhere. Shape [..., count]. */
export function oneHot(indices: Value, count: number): Value {
  const { graph } = indices, ends = graph.constant(Float32Array.of(0, 1), [2], "off_on");
  return graph.apply({
    operator: "OneHot", inputs: [indices, graph.integers([count]), ends], type: { elementType: "float32", shape: [...indices.shape, count] }, attributes: { axis: -1 },
  });
}

/** ConstantOfShape gives float zeros unless told otherwise. */
function zerosLike({ graph, shape }: Pick<Value, "graph" | "shape">): Value {
  return graph.apply({ operator: "ConstantOfShape", inputs: [graph.integers(shape.map(Number))], type: { elementType: "float32", shape } });
}
