/** Reverse-mode differentiation: from a value back along the tape to the values it was made of. */
import { invariant } from "../../core/errors.js";
import { add } from "./arithmetic.js";
import type { Graph, TapeEntry, Value } from "./graph.js";
import { sizeOf } from "./shape.js";

/**
 * Gradients of a scalar with respect to some values, as values of the same graph.
 *
 * @param loss A float of one element.
 * @returns One per member of `values`, with its shape.
 * @throws {BugError} when `loss` does not depend on one of them by way of differentiable operations.
 */
export function gradientsOf(loss: Value, values: readonly Value[]): Value[] {
  invariant(sizeOf(loss.shape) === 1, "differentiate a value of one element", loss.shape);
  const { graph } = loss, needed = dependents(graph, values);
  const gradients = new Map([[loss, graph.constant(Float32Array.of(1), loss.shape, "one")]]);
  graph.withoutTape(() => {
    for (const entry of [...graph.tape].reverse()) {
      const outputGradient = gradients.get(entry.output);
      if (outputGradient !== undefined && needed.has(entry.output)) passBack(entry, outputGradient, needed, gradients);
    }
  });
  return values.map((value) => {
    const gradient = gradients.get(value);
    invariant(gradient !== undefined, "reach each value whose gradient is asked for", value.name);
    return gradient;
  });
}

/** The values and everything made of them. */
function dependents(graph: Graph, values: readonly Value[]): Set<Value | undefined> {
  const found = new Set<Value | undefined>(values);
  for (const { inputs, output } of graph.tape) if (inputs.some((input) => input !== undefined && found.has(input))) found.add(output);
  return found;
}

function passBack(entry: TapeEntry, outputGradient: Value, needed: ReadonlySet<Value | undefined>, gradients: Map<Value, Value>): void {
  const found = entry.gradient(outputGradient, entry.output);
  entry.inputs.forEach((input, i) => {
    const gradient = found[i];
    if (input === undefined || gradient === undefined || !needed.has(input)) return;
    const before = gradients.get(input);
    gradients.set(input, before === undefined ? gradient : add(before, gradient));
  });
}
