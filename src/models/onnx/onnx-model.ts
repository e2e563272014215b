/**
 * ONNX model files: the messages we use, and bytes to model and back. Fields that are not listed (subgraphs, sparse tensors,
 * training information) are dropped when a file is read.
 *
 * @source onnx.proto of ONNX 1.17, github.com/onnx/onnx; field numbers and type codes are facts of the format.
 */
import { DataError } from "../../core/errors.js";
import { decodeMessage, encodeMessage, type Message } from "./protobuf.js";

/** Codes of TensorProto.DataType. */
export const ONNX_TYPES = {
  float32: 1, uint8: 2, int8: 3, uint16: 4, int16: 5, int32: 6, int64: 7, string: 8, bool: 9, float16: 10, float64: 11, uint32: 12, uint64: 13,
} as const;

/** Codes of AttributeProto.AttributeType. */
export const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

const TENSOR = {
  dims: { number: 1, kind: "int", repeated: true },
  dataType: { number: 2, kind: "int" },
  floatData: { number: 4, kind: "float", repeated: true },
  int32Data: { number: 5, kind: "int", repeated: true },
  int64Data: { number: 7, kind: "int", repeated: true },
  name: { number: 8, kind: "string" },
  rawData: { number: 9, kind: "bytes" },
  dataLocation: { number: 14, kind: "int" },
} as const;

const ATTRIBUTE = {
  name: { number: 1, kind: "string" },
  float: { number: 2, kind: "float" },
  int: { number: 3, kind: "int" },
  string: { number: 4, kind: "bytes" },
  tensor: { number: 5, kind: TENSOR },
  floats: { number: 7, kind: "float", repeated: true },
  ints: { number: 8, kind: "int", repeated: true },
  strings: { number: 9, kind: "bytes", repeated: true },
  type: { number: 20, kind: "int" },
} as const;

const NODE = {
  inputs: { number: 1, kind: "string", repeated: true },
  outputs: { number: 2, kind: "string", repeated: true },
  name: { number: 3, kind: "string" },
  operator: { number: 4, kind: "string" },
  attributes: { number: 5, kind: ATTRIBUTE, repeated: true },
  domain: { number: 7, kind: "string" },
} as const;

const DIMENSION = { size: { number: 1, kind: "int" }, symbol: { number: 2, kind: "string" } } as const;
const TENSOR_SHAPE = { dims: { number: 1, kind: DIMENSION, repeated: true } } as const;
const TENSOR_TYPE = { elementType: { number: 1, kind: "int" }, shape: { number: 2, kind: TENSOR_SHAPE } } as const;
const VALUE_TYPE = { tensor: { number: 1, kind: TENSOR_TYPE } } as const;
const VALUE_INFO = { name: { number: 1, kind: "string" }, type: { number: 2, kind: VALUE_TYPE } } as const;

const GRAPH = {
  nodes: { number: 1, kind: NODE, repeated: true },
  name: { number: 2, kind: "string" },
  initializers: { number: 5, kind: TENSOR, repeated: true },
  inputs: { number: 11, kind: VALUE_INFO, repeated: true },
  outputs: { number: 12, kind: VALUE_INFO, repeated: true },
} as const;

const OPERATOR_SET = { domain: { number: 1, kind: "string" }, version: { number: 2, kind: "int" } } as const;
const PROPERTY = { key: { number: 1, kind: "string" }, value: { number: 2, kind: "string" } } as const;

const MODEL = {
  irVersion: { number: 1, kind: "int" },
  producer: { number: 2, kind: "string" },
  graph: { number: 7, kind: GRAPH },
  operatorSets: { number: 8, kind: OPERATOR_SET, repeated: true },
  properties: { number: 14, kind: PROPERTY, repeated: true },
} as const;

/** A weight or constant in a model. Little-endian `rawData`, or one of the typed lists in files of others. */
export type OnnxTensor = Message<typeof TENSOR>;
/** A named setting of a node. */
export type OnnxAttribute = Message<typeof ATTRIBUTE>;
/** One operation. */
export type OnnxNode = Message<typeof NODE>;
/** Name and type of an input or output. */
export type OnnxValueInfo = Message<typeof VALUE_INFO>;
/** Nodes in an order in which they can run, with weights, inputs and outputs. */
export type OnnxGraph = Message<typeof GRAPH>;
/** A model file. */
export type OnnxModel = Message<typeof MODEL>;

/** Bytes of a model file. */
export function encodeOnnx(model: OnnxModel): Uint8Array { return encodeMessage(MODEL, model); }

/**
 * The model in the bytes of a file.
 *
 * @param subject Names the file in errors.
 * @throws {DataError} for bytes that are no ONNX model.
 */
export function decodeOnnx(bytes: Uint8Array, subject: string): OnnxModel {
  const model = decodeMessage(MODEL, bytes, subject);
  if (model.graph?.nodes !== undefined && model.irVersion !== undefined) return model;
  throw new DataError({ subject, rule: "be an ONNX model with a version and nodes", got: `${bytes.length} bytes without them`, hint: "Give a file that ends in .onnx." });
}
