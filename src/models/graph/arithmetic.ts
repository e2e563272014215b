/** Elementwise operations, with broadcasting. Where an operand may be a number, it is a scalar constant. */
import { type GradientRule, type Value } from "./graph.js";
import { reduceSum } from "./reduction.js";
import { reshape } from "./rearrangement.js";
import { broadcastShape, isSameShape, type Shape } from "./shape.js";

/** a + b. */
export function add(a: Value, b: Value | number): Value {
  return elementwise("Add", a, b, (dy) => [dy, dy]);
}

/** a - b. */
export function subtract(a: Value, b: Value | number): Value {
  return elementwise("Sub", a, b, (dy) => [dy, negate(dy)]);
}

/** a b. */
export function multiply(a: Value, b: Value | number): Value {
  return elementwise("Mul", a, b, (dy, _, [left, right]) => [multiply(dy, right), multiply(dy, left)]);
}

/** a / b. */
export function divide(a: Value, b: Value | number): Value {
  return elementwise("Div", a, b, (dy, y, [, right]) => {
    const share = divide(dy, right);
    return [share, negate(multiply(share, y))];
  });
}

/** The larger of a value and a number; no gradient where the number is larger. */
export function atLeast(x: Value, bound: number): Value {
  const { graph, elementType, shape } = x;
  return graph.apply({ operator: "Max", inputs: [x, graph.scalar(bound)], type: { elementType, shape }, gradient: (dy) => [
    multiply(dy, graph.apply({ operator: "Cast", inputs: [isGreater(x, bound)], type: { elementType, shape }, attributes: { to: 1 } })), undefined,
  ] });
}

/** x to a fixed power. */
export function power(x: Value, exponent: number): Value {
  return x.graph.apply({ operator: "Pow", inputs: [x, x.graph.scalar(exponent)], type: x, gradient: (dy) => [multiply(dy, multiply(power(x, exponent - 1), exponent)), undefined] });
}

/** -x. */
export function negate(x: Value): Value { return unary("Neg", x, (dy) => [negate(dy)]); }

/** e^x. */
export function exponential(x: Value): Value { return unary("Exp", x, (dy, y) => [multiply(dy, y)]); }

/** Natural logarithm. */
export function logarithm(x: Value): Value { return unary("Log", x, (dy) => [divide(dy, x)]); }

/** Square root. */
export function squareRoot(x: Value): Value { return unary("Sqrt", x, (dy, y) => [divide(multiply(dy, 0.5), y)]); }

/** 1 / x. */
export function reciprocal(x: Value): Value { return unary("Reciprocal", x, (dy, y) => [negate(multiply(dy, multiply(y, y)))]); }

/** 1 / (1 + e^-x). */
export function sigmoid(x: Value): Value { return unary("Sigmoid", x, (dy, y) => [multiply(multiply(dy, y), subtract(x.graph.scalar(1), y))]); }

/** Hyperbolic tangent. */
export function tanh(x: Value): Value { return unary("Tanh", x, (dy, y) => [multiply(dy, subtract(x.graph.scalar(1), multiply(y, y)))]); }

/**
 * x sigmoid(x), with y' = s + y - y s.
 *
 * @source Elfwing, Uchibe and Doya 2018, Sigmoid-weighted linear units, Neural Networks 107.
 */
export function silu(x: Value): Value {
  return x.graph.apply({
    operator: "QuickGelu", domain: "com.microsoft", inputs: [x], type: x, attributes: { alpha: { float: 1 } },
    gradient: (dy, y) => {
      const s = sigmoid(x);
      return [multiply(dy, subtract(add(s, y), multiply(y, s)))];
    },
  });
}

function isGreater(x: Value, bound: number): Value {
  return x.graph.apply({ operator: "Greater", inputs: [x, x.graph.scalar(bound)], type: { elementType: "bool", shape: x.shape } });
}

function unary(operator: string, x: Value, gradient: GradientRule): Value {
  return x.graph.apply({ operator, inputs: [x], type: x, gradient });
}

/** A gradient rule that does not yet care for broadcasting. */
type PlainRule = (dy: Value, y: Value, operands: readonly [Value, Value]) => readonly [Value, Value];

function elementwise(operator: string, a: Value, other: Value | number, gradient: PlainRule): Value {
  const b = typeof other === "number" ? a.graph.scalar(other) : other;
  return a.graph.apply({
    operator, inputs: [a, b], type: { elementType: a.elementType, shape: broadcastShape(a.shape, b.shape) },
    gradient: (dy, y) => {
      const [da, db] = gradient(dy, y, [a, b]);
      return [sumTo(da, a.shape), a.graph.constants.has(b) ? undefined : sumTo(db, b.shape)];
    },
  });
}

/** The gradient of an operand that was broadcast: the sum over its copies. */
function sumTo(gradient: Value, shape: Shape): Value {
  if (isSameShape(gradient.shape, shape)) return gradient;
  const front = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, i) => (i < front || (shape[i - front] === 1 && size !== 1) ? [i] : []));
  return reshape(axes.length === 0 ? gradient : reduceSum(gradient, axes), shape);
}
