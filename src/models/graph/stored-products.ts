/** Products with weights in whole numbers or in two factors, for use and not for training: no gradients. */
import { BLOCK_LENGTH, blockBytes, type FactoredMatrix, type PackedMatrix, type StoredWeight } from "../quantize/packed-matrix.js";
import { add, multiply } from "./arithmetic.js";
import type { Graph, Value } from "./graph.js";
import { lookUp } from "./lookup.js";
import { projectEach } from "./products.js";
import { cast, reshape, transpose } from "./rearrangement.js";

/** A matrix of a model, whatever its form. Shape [rows, columns]. */
export interface ModelMatrix {
  /** x Wᵀ. From shape [..., columns] to [..., rows]. */
  readonly project: (x: Value) => Value;
  /** Rows by their numbers. From shape [...] to [..., columns]. @throws {ShapeError} for forms that have no rows to look up. */
  readonly lookUp: (rows: Value) => Value;
}

/** ONNX Runtime may quantize activations to 8 bits, block by block. */
const INTEGER_ACTIVATIONS = 4;
const MIDDLE_BYTE = 128;

/** Puts a weight into a graph, its parts named after it. */
export function openMatrix(graph: Graph, name: string, weight: StoredWeight, [rows, columns]: readonly [rows: number, columns: number]): ModelMatrix {
  if (weight instanceof Float32Array) {
    const matrix = graph.constant(weight, [rows, columns], name);
    return { project: (x) => projectEach(x, matrix), lookUp: (numbers) => lookUp(matrix, numbers) };
  }
  if (weight.kind === "factors") return openFactors(graph, name, weight, rows, columns);
  return weight.kind === "int8" ? openRows(graph, name, weight) : openBlocks(graph, name, weight);
}

/** x Rᵀ Lᵀ for W = L R. */
function openFactors(graph: Graph, name: string, { left, right, rank }: FactoredMatrix, rows: number, columns: number): ModelMatrix {
  const first = openMatrix(graph, `${name}.right`, right, [rank, columns]), second = openMatrix(graph, `${name}.left`, left, [rows, rank]);
  return { project: (x) => second.project(first.project(x)), lookUp: (numbers) => second.lookUp(numbers) };
}

/** The operators of ONNX itself: 8-bit activations with one scale and zero for the whole of x, sums in 32 bits. */
function openRows(graph: Graph, name: string, { rows, columns, codes, scales }: PackedMatrix): ModelMatrix {
  const matrix = graph.constant(codes, [rows, columns], `${name}.codes`), scale = graph.constant(scales, [rows], `${name}.scales`);
  return {
    project: (x) => {
      const shape = [...x.shape.slice(0, -1), rows], whole = { elementType: "int32", shape } as const;
      const [quantized, step, zero] = graph.addNode("DynamicQuantizeLinear", "", [x], [{ elementType: "uint8", shape: x.shape }, { elementType: "float32", shape: [] }, { elementType: "uint8", shape: [] }]) as [Value, Value, Value];
      const [sums] = graph.addNode("MatMulInteger", "", [quantized, transpose(matrix, [1, 0]), zero], [whole]) as [Value];
      return multiply(cast(sums, "float32"), multiply(step, scale));
    },
    lookUp: (numbers) => multiply(cast(rowsOf(matrix, numbers), "float32"), reshape(rowsOf(scale, numbers), [...numbers.shape, 1])),
  };
}

function openBlocks(graph: Graph, name: string, { kind, rows, columns, codes, scales }: PackedMatrix): ModelMatrix {
  const isByte = kind === "int8-block", blocks = columns / BLOCK_LENGTH;
  const matrix = graph.constant(codes, [rows, blocks, blockBytes(isByte ? kind : "int4-block")], `${name}.codes`), scale = graph.constant(scales, [rows, blocks], `${name}.scales`);
  return {
    project: (x) => graph.apply({
      operator: "MatMulNBits", domain: "com.microsoft", inputs: [x, matrix, scale], type: { elementType: "float32", shape: [...x.shape.slice(0, -1), rows] },
      attributes: { K: columns, N: rows, bits: isByte ? 8 : 4, block_size: BLOCK_LENGTH, accuracy_level: INTEGER_ACTIVATIONS },
    }),
    lookUp: (numbers) => {
      const centred = add(cast(rowsOf(matrix, numbers), "float32"), -MIDDLE_BYTE), scaled = multiply(centred, reshape(rowsOf(scale, numbers), [...numbers.shape, blocks, 1]));
      return reshape(scaled, [...numbers.shape, columns]);
    },
  };
}

/** Entries of a table along its first axis by their numbers. */
function rowsOf(table: Value, numbers: Value): Value {
  return table.graph.apply({ operator: "Gather", inputs: [table, numbers], type: { elementType: table.elementType, shape: [...numbers.shape, ...table.shape.slice(1)] }, attributes: { axis: 0 } });
}
