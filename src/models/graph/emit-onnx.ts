/** From a graph to an ONNX model: what the outputs need, additions joined with the products before them. */
import { ATTRIBUTE_TYPES, ONNX_TYPES, type OnnxAttribute, type OnnxModel, type OnnxNode, type OnnxTensor, type OnnxValueInfo } from "../onnx/onnx-model.js";
import type { AttributeValue, ConstantData, Graph, GraphNode, Value } from "./graph.js";
import { isSameShape } from "./shape.js";

/** Versions that onnxruntime 1.17 and later read. */
const IR_VERSION = 9, OPERATOR_SET = 18;

/** Outputs of a model by the names they get in the file. */
export type NamedOutputs = Readonly<Record<string, Value>>;

/** A model with the given outputs. Nodes and constants that no output needs are left out; inputs all stay. */
export function emitOnnx(graph: Graph, outputs: NamedOutputs, properties: Readonly<Record<string, string>> = {}): OnnxModel {
  const names = new Map<Value, string>(), copies: OnnxNode[] = [];
  for (const [name, value] of Object.entries(outputs)) {
    const isMade = !graph.inputs.includes(value) && !graph.constants.has(value);
    if (isMade && !names.has(value)) names.set(value, name);
    else copies.push({ inputs: [names.get(value) ?? value.name], outputs: [name], operator: "Identity", name, domain: "" });
  }
  const nodes = joinAdditions(neededNodes(graph.nodes, Object.values(outputs)), names), used = new Set([...nodes.flatMap(({ inputs }) => inputs), ...Object.values(outputs)]);
  const nameOf = (value: Value | undefined): string => (value === undefined ? "" : names.get(value) ?? value.name);
  return {
    irVersion: IR_VERSION, producer: "plmm-lab",
    operatorSets: [{ domain: "", version: OPERATOR_SET }, { domain: "com.microsoft", version: 1 }],
    properties: Object.entries(properties).map(([key, value]) => ({ key, value })),
    graph: {
      name: "plmm", nodes: [...nodes.map((node) => emitNode(node, nameOf)), ...copies],
      initializers: [...graph.constants].filter(([value]) => used.has(value)).map(([value, data]) => emitTensor(value, data)),
      inputs: graph.inputs.map((value) => emitValueInfo(value, value.name)),
      outputs: Object.entries(outputs).map(([name, value]) => emitValueInfo(value, name)),
    },
  };
}

function neededNodes(nodes: readonly GraphNode[], outputs: readonly Value[]): GraphNode[] {
  const needed = new Set<Value | undefined>(outputs);
  const found = [...nodes].reverse().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  return found.reverse();
}

/**
 * Makes one Gemm of a two-dimensional product and the addition that alone reads it. The product moves to the place of the
 * addition, where both operands exist. It saves a pass over memory for every residual and every sum of gradients.
 */
function joinAdditions(nodes: readonly GraphNode[], outputs: ReadonlyMap<Value, string>): GraphNode[] {
  const readers = new Map<Value | undefined, number>(), makers = new Map<Value, GraphNode>(), joined = new Set<GraphNode>();
  for (const node of nodes) for (const input of node.inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const canJoin = (value: Value, sum: Value): boolean => {
    const maker = makers.get(value);
    return maker?.operator === "Gemm" && maker.inputs.length === 2 && readers.get(value) === 1 && !outputs.has(value) && isSameShape(value.shape, sum.shape);
  };
  const rewritten = nodes.map((node) => {
    const [a, b] = node.inputs, [sum] = node.outputs;
    let result = node;
    if (node.operator === "Add" && a !== undefined && b !== undefined && sum !== undefined && isSameShape(a.shape, b.shape)) {
      const product = canJoin(b, sum) ? b : canJoin(a, sum) ? a : undefined;
      if (product !== undefined) {
        const maker = makers.get(product)!;
        joined.add(maker);
        result = { ...maker, inputs: [...maker.inputs, product === a ? b : a], outputs: node.outputs };
      }
    }
    for (const output of result.outputs) makers.set(output, result);
    return result;
  });
  return rewritten.filter((node) => !joined.has(node));
}

function emitNode({ operator, domain, inputs, outputs, attributes }: GraphNode, nameOf: (value: Value | undefined) => string): OnnxNode {
  return {
    inputs: inputs.map(nameOf), outputs: outputs.map(nameOf), operator, name: nameOf(outputs[0]),
    attributes: Object.entries(attributes).map(([name, value]) => emitAttribute(name, value)), domain,
  };
}

function emitAttribute(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === "number") return { name, int: value, type: ATTRIBUTE_TYPES.int };
  if (typeof value === "string") return { name, string: new TextEncoder().encode(value), type: ATTRIBUTE_TYPES.string };
  if ("float" in value) return { name, float: value.float, type: ATTRIBUTE_TYPES.float };
  return { name, ints: value, type: ATTRIBUTE_TYPES.ints };
}

function emitTensor({ name, elementType, shape }: Value, data: ConstantData): OnnxTensor {
  return { dims: shape.map(Number), dataType: ONNX_TYPES[elementType], name, rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function emitValueInfo({ elementType, shape }: Value, name: string): OnnxValueInfo {
  const dims = shape.map((size) => (typeof size === "number" ? { size } : { symbol: size }));
  return { name, type: { tensor: { elementType: ONNX_TYPES[elementType], shape: { dims } } } };
}
