/** Weights of one of our ONNX files, in the form in which the file holds them. */
import { DataError } from "../../core/errors.js";
import type { WeightSpec } from "../llama/llama-shape.js";
import { BLOCK_LENGTH, blockBytes, type FactoredMatrix, type PackedKind, type PackedMatrix, type StoredWeight, storedBytes } from "../quantize/packed-matrix.js";
import { ONNX_TYPES, type OnnxModel, type OnnxTensor } from "./onnx-model.js";

/** Where weights are looked for. */
export interface WeightSource {
  /** By name. */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  /** Names the file in errors. */
  readonly subject: string;
}

/** Weights and constants of a file. */
export function weightSource({ graph }: OnnxModel, subject: string): WeightSource {
  return { subject, tensors: new Map(graph?.initializers?.map((tensor) => [tensor.name ?? "", tensor])) };
}

/**
 * A weight: dense under its name, or in parts named after it.
 *
 * @throws {DataError} when it is missing, misshapen or holds what is no number.
 */
export function readWeight(source: WeightSource, { name, shape }: WeightSpec): StoredWeight {
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined || source.tensors.has(name)) return readFloats(source, name, shape);
  if (source.tensors.has(`${name}.right`) || source.tensors.has(`${name}.right.codes`)) return readFactors(source, name, rows, columns);
  return source.tensors.has(`${name}.codes`) ? readPacked(source, name, rows, columns) : readFloats(source, name, shape);
}

/** Bytes of some weights. @throws as `readWeight`. */
export function checkWeights(source: WeightSource, specs: readonly WeightSpec[]): number {
  return specs.reduce((sum, spec) => sum + storedBytes(readWeight(source, spec)), 0);
}

function readFactors(source: WeightSource, name: string, rows: number, columns: number): FactoredMatrix {
  const right = source.tensors.get(`${name}.right`) ?? source.tensors.get(`${name}.right.codes`), rank = right?.dims?.[0] ?? 0;
  const factor = (part: string, shape: readonly number[]): Float32Array | PackedMatrix => readWeight(source, { name: `${name}.${part}`, shape }) as Float32Array | PackedMatrix;
  return { kind: "factors", rank, left: factor("left", [rows, rank]), right: factor("right", [rank, columns]) };
}

/** The shape and type of the codes tell how they are packed. */
function readPacked(source: WeightSource, name: string, rows: number, columns: number): PackedMatrix {
  const codes = source.tensors.get(`${name}.codes`)!, blocks = columns / BLOCK_LENGTH, kind: PackedKind = codes.dataType === ONNX_TYPES.int8 ? "int8" : codes.dims?.at(-1) === BLOCK_LENGTH ? "int8-block" : "int4-block";
  const [codeShape, scaleShape] = kind === "int8" ? [[rows, columns], [rows]] : [[rows, blocks, blockBytes(kind)], [rows, blocks]];
  const bytes = readBytes(source, `${name}.codes`, codeShape, kind === "int8" ? "int8" : "uint8", 1);
  return { kind, rows, columns, codes: kind === "int8" ? new Int8Array(bytes.buffer) : bytes, scales: readFloats(source, `${name}.scales`, scaleShape) };
}

function readFloats(source: WeightSource, name: string, shape: readonly number[]): Float32Array {
  const numbers = new Float32Array(readBytes(source, name, shape, "float32", 4).buffer), broken = numbers.findIndex((number) => !Number.isFinite(number));
  if (broken >= 0) throw fault(name, "hold finite weights", numbers[broken], `${source.subject}, weight ${broken}`);
  return numbers;
}

/** A copy, so that numbers of several bytes are aligned. */
function readBytes({ tensors, subject }: WeightSource, name: string, shape: readonly number[], type: keyof typeof ONNX_TYPES, bytesEach: number): Uint8Array<ArrayBuffer> {
  const found = tensors.get(name), count = shape.reduce((product, size) => product * size, 1);
  if (found?.dims?.join() !== shape.join() || found.dataType !== ONNX_TYPES[type] || found.rawData?.length !== bytesEach * count) throw fault(name, `have shape [${shape.join(", ")}] of ${type}`, found?.dims, subject);
  return new Uint8Array(found.rawData);
}

function fault(name: string, rule: string, got: unknown, where: string): DataError {
  return new DataError({ subject: `tensor ${name}`, rule, got, where, hint: "The training diverged or the file is damaged; take an earlier checkpoint or make the file again." });
}
