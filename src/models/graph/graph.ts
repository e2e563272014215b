/**
 * A graph of tensor operations that becomes an ONNX model. Operations are functions on values (`add(a, b)`); each states its
 * ONNX operator, the shape of its result and its gradient. The tape lists them in order, for the way back.
 */
import { invariant } from "../../core/errors.js";
import { formatShape, type Shape, sizeOf } from "./shape.js";

/** Kinds of numbers that graphs use. */
export type ElementType = "float32" | "int64" | "int32" | "int8" | "uint8" | "bool";

/** Settings of a node. Integers and floats are told apart by their ONNX definition, so floats are wrapped. */
export type AttributeValue = number | readonly number[] | string | { readonly float: number };

/** A tensor that a graph takes or makes. Shape as known when the graph is built. */
export interface Value {
  readonly graph: Graph;
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: Shape;
}

/** Kind and shape of a value. */
export type ValueType = Pick<Value, "elementType" | "shape">;

/** One ONNX node. An input is undefined where an optional one is left out. */
export interface GraphNode {
  readonly operator: string;
  /** Empty for the operators of ONNX itself. */
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** From the gradient of an output to those of the inputs; undefined for inputs without one. */
export type GradientRule = (outputGradient: Value, output: Value) => readonly (Value | undefined)[];

/** An operation with one result. */
export interface Operation {
  readonly operator: string;
  readonly domain?: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly type: ValueType;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly gradient?: GradientRule;
}

/** One line of the tape. */
export interface TapeEntry {
  readonly inputs: readonly (Value | undefined)[];
  readonly output: Value;
  readonly gradient: GradientRule;
}

/** Values of constants. */
export type ConstantData = Float32Array | BigInt64Array | Int32Array | Int8Array | Uint8Array;

/** Operations added one after another. */
export class Graph {
  readonly inputs: Value[] = [];
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<Value, ConstantData>();
  readonly tape: TapeEntry[] = [];
  private readonly scalars = new Map<number, Value>();
  private readonly names = new Set<string>();
  private isTapeOff = false;

  /** A tensor given at each run. */
  input(name: string, elementType: ElementType, shape: Shape): Value {
    const value = this.value(name, { elementType, shape });
    this.inputs.push(value);
    return value;
  }

  /** A tensor that is part of the model. The data is kept, not copied. */
  constant(data: ConstantData, shape: Shape, name = "constant"): Value {
    invariant(data.length === sizeOf(shape), `have as many numbers as its shape ${formatShape(shape)}`, data.length, name);
    const value = this.value(name, { elementType: elementTypeOf(data), shape });
    this.constants.set(value, data);
    return value;
  }

  /** A float constant without dimensions; the same one for the same number. */
  scalar(number: number): Value {
    const known = this.scalars.get(number) ?? this.constant(Float32Array.of(number), [], "scalar");
    this.scalars.set(number, known);
    return known;
  }

  /** A list of integers as a tensor, as ONNX wants shapes and axes. */
  integers(numbers: readonly number[]): Value { return this.constant(BigInt64Array.from(numbers, BigInt), [numbers.length], "integers"); }

  /** Adds an operation and, unless the tape is off, its gradient rule. */
  apply({ operator, domain = "", inputs, type, attributes = {}, gradient }: Operation): Value {
    const [output] = this.addNode(operator, domain, inputs, [type], attributes) as [Value];
    if (gradient !== undefined) this.record({ inputs, output, gradient });
    return output;
  }

  /** Adds a node with any number of results and no gradient. */
  addNode(
    operator: string, domain: string, inputs: GraphNode["inputs"], types: readonly ValueType[], attributes: GraphNode["attributes"] = {},
  ): Value[] {
    const outputs = types.map((type) => this.value(operator, type));
    this.nodes.push({ operator, domain, inputs, outputs, attributes });
    return outputs;
  }

  /** Notes how the gradient of a value goes back to the values it was made of. */
  record(entry: TapeEntry): void { if (!this.isTapeOff) this.tape.push(entry); }

  /** Builds without writing to the tape: gradients themselves, and operations that bring a rule of their own. */
  withoutTape<Result>(build: () => Result): Result {
    const before = this.isTapeOff;
    this.isTapeOff = true;
    try {
      return build();
    } finally {
      this.isTapeOff = before;
    }
  }

  private value(wish: string, type: ValueType): Value {
    let name = wish;
    for (let number = this.names.size; this.names.has(name); number++) name = `${wish}.${number}`;
    this.names.add(name);
    return { graph: this, name, elementType: type.elementType, shape: type.shape };
  }
}

function elementTypeOf(data: ConstantData): ElementType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof BigInt64Array) return "int64";
  if (data instanceof Int32Array) return "int32";
  return data instanceof Int8Array ? "int8" : "uint8";
}

/** A value made of several operations, with one gradient rule for the whole in place of theirs. */
export function compose(inputs: readonly Value[], build: () => Value, gradient: GradientRule): Value {
  const { graph } = inputs[0]!;
  const output = graph.withoutTape(build);
  graph.record({ inputs, output, gradient });
  return output;
}
