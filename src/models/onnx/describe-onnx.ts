/** What any ONNX file says and holds. */
import { ONNX_TYPES, type OnnxModel, type OnnxTensor, type OnnxValueInfo } from "./onnx-model.js";

/** A tensor of a file. */
export interface DescribedTensor { readonly name: string; readonly type: string; readonly shape: readonly number[]; readonly count: number; readonly bytes: number }

/** An input or output. Names stand for sizes known late. */
export interface DescribedValue { readonly name: string; readonly type: string; readonly shape: readonly (number | string)[] }

/** A file. */
export interface OnnxDescription {
  readonly irVersion: number;
  readonly producer: string;
  readonly operatorSets: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly inputs: readonly DescribedValue[];
  readonly outputs: readonly DescribedValue[];
  /** Nodes by operator, most frequent first. */
  readonly operators: Readonly<Record<string, number>>;
  readonly tensors: readonly DescribedTensor[];
}

const TYPE_NAMES = new Map<number, string>(Object.entries(ONNX_TYPES).map(([name, code]) => [code, name]));
const TYPE_BYTES: Readonly<Record<string, number>> = { float32: 4, uint8: 1, int8: 1, uint16: 2, int16: 2, int32: 4, int64: 8, bool: 1, float16: 2, float64: 8, uint32: 4, uint64: 8 };

/** Describes a model. */
export function describeOnnx({ irVersion = 0, producer = "", operatorSets = [], properties = [], graph }: OnnxModel): OnnxDescription {
  const counts = new Map<string, number>();
  for (const { operator = "" } of graph?.nodes ?? []) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  return {
    irVersion, producer, operatorSets: operatorSets.map(({ domain = "", version = 0 }) => `${domain === "" ? "ai.onnx" : domain} ${version}`),
    properties: Object.fromEntries(properties.map(({ key = "", value = "" }) => [key, value])),
    inputs: (graph?.inputs ?? []).map(describeValue), outputs: (graph?.outputs ?? []).map(describeValue),
    operators: Object.fromEntries([...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))), tensors: (graph?.initializers ?? []).map(describeTensor),
  };
}

function describeTensor({ name = "", dims = [], dataType = 0, rawData }: OnnxTensor): DescribedTensor {
  const type = typeName(dataType), count = dims.reduce((product, size) => product * size, 1);
  return { name, type, shape: dims, count, bytes: rawData?.length ?? count * (TYPE_BYTES[type] ?? 0) };
}

function describeValue({ name = "", type }: OnnxValueInfo): DescribedValue {
  return { name, type: typeName(type?.tensor?.elementType ?? 0), shape: (type?.tensor?.shape?.dims ?? []).map(({ size, symbol }) => size ?? symbol ?? "?") };
}

function typeName(code: number): string { return TYPE_NAMES.get(code) ?? `type ${code}`; }
