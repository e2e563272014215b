import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PlmmError } from "../../core/errors.js";
import { add, atLeast, divide, exponential, logarithm, multiply, negate, power, reciprocal, sigmoid, silu, squareRoot, subtract, tanh } from "./arithmetic.js";
import { expectGradients, type TrialInput } from "./gradient.contract.js";
import { Graph, type Value } from "./graph.js";
import { attend, rmsNorm, rotaryTable, rotate } from "./llama-operations.js";
import { lookUp, oneHot, pick, placeRows, takeRows } from "./lookup.js";
import { multiplyMatrices, project } from "./products.js";
import { broadcastTo, cast, concatenate, reshape, slice, split, transpose } from "./rearrangement.js";
import { reduceMean, reduceSum, sumOfSquares } from "./reduction.js";
import { crossEntropy, logSoftmax, softCrossEntropy, softmax } from "./softmax.js";

const RUNS = { seed: 1, numRuns: 6 };
const sizes = fc.integer({ min: 1, max: 4 });
const shapes = fc.array(sizes, { minLength: 1, maxLength: 3 });
const POSITIVE = { low: 0.4, high: 2 };

function all(seed: number, ...inputs: TrialInput[]): { inputs: TrialInput[]; seed: number } { return { inputs, seed }; }

const UNARY: readonly [string, (x: Value) => Value, (x: number) => number, Partial<TrialInput>][] = [
  ["negate", negate, (x) => -x, {}], ["exponential", exponential, Math.exp, {}], ["logarithm", logarithm, Math.log, POSITIVE],
  ["squareRoot", squareRoot, Math.sqrt, POSITIVE], ["reciprocal", reciprocal, (x) => 1 / x, POSITIVE],
  ["sigmoid", sigmoid, (x) => 1 / (1 + Math.exp(-x)), {}], ["tanh", tanh, Math.tanh, {}], ["silu", silu, (x) => x / (1 + Math.exp(-x)), {}],
  ["power", (x) => power(x, 3), (x) => x ** 3, {}], ["power to a fraction", (x) => power(x, -0.5), (x) => x ** -0.5, POSITIVE],
  ["atLeast above", (x) => atLeast(x, 0.2), (x) => Math.max(x, 0.2), { low: 0.3, high: 1 }], ["atLeast below", (x) => atLeast(x, 0.2), () => 0.2, { low: -1, high: 0.1 }],
];

describe("elementwise operations of one operand", () => {
  test.each(UNARY)("%s has the value and gradient of its formula", async (_, build, formula, range) => {
    await fc.assert(fc.asyncProperty(shapes, fc.nat(99), async (shape, seed) => {
      await expectGradients({ inputs: [{ shape, ...range }], build: ([x]) => build(x!), formula: ([x]) => x!.map(formula) }, seed);
    }), RUNS);
  });
});

const BINARY: readonly [string, (a: Value, b: Value) => Value, (a: number, b: number) => number][] = [
  ["add", add, (a, b) => a + b], ["subtract", subtract, (a, b) => a - b], ["multiply", multiply, (a, b) => a * b], ["divide", divide, (a, b) => a / b],
];

describe("elementwise operations of two operands", () => {
  test.each(BINARY)("%s has the value and gradient of its formula", async (_, build, formula) => {
    await fc.assert(fc.asyncProperty(shapes, fc.nat(99), async (shape, seed) => {
      await expectGradients({ inputs: [{ shape }, { shape, ...POSITIVE }], build: ([a, b]) => build(a!, b!), formula: ([a, b]) => a!.map((x, i) => formula(x, b![i]!)) }, seed);
    }), RUNS);
  });

  test.each(BINARY)("%s sums the gradient over the copies of a broadcast operand", async (_, build) => {
    await fc.assert(fc.asyncProperty(shapes, fc.nat(7), fc.nat(2), fc.nat(99), async (shape, ones, cut, seed) => {
      const smaller = shape.map((size, i) => ((ones >> i) % 2 === 1 ? 1 : size)).slice(Math.min(cut, shape.length));
      await expectGradients({ inputs: [{ shape }, { shape: smaller, ...POSITIVE }], build: ([a, b]) => build(a!, b!) }, seed);
      await expectGradients({ inputs: [{ shape: smaller }, { shape, ...POSITIVE }], build: ([a, b]) => build(a!, b!) }, seed);
    }), { seed: 2, numRuns: 4 });
  });
});

describe("matrix products", () => {
  const flags = fc.boolean();
  test("have the gradient of their sum, transposed or not, scaled, in two dimensions and in batches", async () => {
    await fc.assert(fc.asyncProperty(fc.array(sizes, { maxLength: 2 }), sizes, sizes, sizes, flags, flags, fc.constantFrom(1, 0.5), fc.nat(99), async (batch, m, n, k, transposeA, transposeB, scale, seed) => {
      const a = [...batch, ...(transposeA ? [k, m] : [m, k])], b = [...batch, ...(transposeB ? [n, k] : [k, n])];
      await expectGradients({ inputs: [{ shape: a }, { shape: b }], build: ([x, y]) => multiplyMatrices(x!, y!, { transposeA, transposeB, scale }) }, seed);
    }), { seed: 3, numRuns: 24 });
  });

  test("joined with an addition give the same sum", async () => {
    await expectGradients({
      ...all(1, { shape: [3, 2] }, { shape: [4, 2] }, { shape: [3, 4] }, { shape: [3, 5] }, { shape: [4, 5] }),
      build: ([x, w, c, y, v]) => add(add(project(x!, w!), c!), project(y!, v!)),
      formula: ([x, w, c, y, v]) => c!.map((sum, i) => {
        const row = Math.floor(i / 4), column = i % 4;
        return sum + dot(x!, w!, row, column, 2) + dot(y!, v!, row, column, 5);
      }),
    });
  });
});

function dot(x: Float32Array, w: Float32Array, row: number, column: number, inner: number): number {
  return Array.from({ length: inner }, (_, k) => x[row * inner + k]! * w[column * inner + k]!).reduce((sum, product) => sum + product, 0);
}

describe("rearrangements, sums and softmax", () => {
  const cases: readonly [string, TrialInput[], (inputs: readonly Value[]) => Value][] = [
    ["reshape", [{ shape: [2, 6] }], ([x]) => reshape(x!, [3, 4])],
    ["transpose", [{ shape: [2, 3, 4] }], ([x]) => transpose(x!, [2, 0, 1])],
    ["concatenate", [{ shape: [2, 2] }, { shape: [2, 3] }], (parts) => concatenate(parts, -1)],
    ["slice", [{ shape: [2, 5] }], ([x]) => slice(x!, 1, 1, 4)],
    ["split", [{ shape: [4, 3] }], ([x]) => multiply(...split(x!, 0, [2, 2]) as [Value, Value])],
    ["cast", [{ shape: [2, 3] }], ([x]) => cast(x!, "float32")],
    ["reduceSum", [{ shape: [2, 3, 4] }], ([x]) => reduceSum(x!, [0, -1])],
    ["reduceMean", [{ shape: [2, 3, 4] }], ([x]) => reduceMean(x!, [1])],
    ["softmax", [{ shape: [3, 5] }], ([x]) => softmax(x!)],
    ["logSoftmax", [{ shape: [3, 5] }], ([x]) => logSoftmax(x!)],
    ["lookUp with a row twice", [{ shape: [4, 3] }], ([table]) => lookUp(table!, table!.graph.constant(BigInt64Array.of(2n, 0n, 2n), [3]))],
    ["pick", [{ shape: [2, 4] }], ([x]) => pick(x!, x!.graph.constant(BigInt64Array.of(3n, 1n), [2, 1]))],
    ["crossEntropy", [{ shape: [3, 4] }], ([x]) => crossEntropy(x!, x!.graph.constant(BigInt64Array.of(3n, 1n, 0n), [3, 1]))],
    ["softCrossEntropy", [{ shape: [2, 3] }], ([x]) => softCrossEntropy(x!, x!.graph.constant(Float32Array.of(0.2, 0.5, 0.3, 1, 0, 0), [2, 3]))],
    ["a value used three times", [{ shape: [2, 2] }], ([x]) => add(multiply(x!, x!), x!)],
  ];
  test.each(cases)("%s has the gradient of its differences", async (_, inputs, build) => { await expectGradients({ inputs, build }); });

  test("of rows taken, and put back among zeros, goes the other way", async () => {
    const rows = (x: Value): Value => x.graph.constant(BigInt64Array.of(3n, 1n), [2]);
    await expectGradients({ inputs: [{ shape: [4, 3] }], build: ([x]) => takeRows(x!, rows(x!)), formula: ([x]) => [...x!.subarray(9, 12), ...x!.subarray(3, 6)] });
    await expectGradients({ inputs: [{ shape: [2, 2] }], build: ([x]) => placeRows(x!, rows(x!), 4), formula: ([x]) => [0, 0, ...x!.subarray(2, 4), 0, 0, ...x!.subarray(0, 2)] });
  });

  test("of a product of softmax and one-hot is the probability of the class", async () => {
    await expectGradients({
      inputs: [{ shape: [2, 3] }], build: ([x]) => multiply(softmax(x!), oneHot(x!.graph.constant(BigInt64Array.of(2n, 0n), [2]), 3)),
      formula: ([x]) => Array.from({ length: 6 }, (__, i) => (i === 2 || i === 3 ? softmaxAt(x!, Math.floor(i / 3) * 3, i) : 0)),
    });
  });
});

function softmaxAt(x: Float32Array, start: number, i: number): number {
  return Math.exp(x[i]!) / [0, 1, 2].reduce((sum, k) => sum + Math.exp(x[start + k]!), 0);
}

describe("parts of a Llama layer", () => {
  test("rmsNorm has the value and gradient of its formula", async () => {
    await fc.assert(fc.asyncProperty(sizes, fc.integer({ min: 2, max: 6 }), fc.nat(99), async (rows, width, seed) => {
      await expectGradients({
        inputs: [{ shape: [rows, width], ...POSITIVE }, { shape: [width] }], build: ([x, gain]) => rmsNorm(x!, gain!, 1e-5),
        formula: ([x, gain]) => x!.map((number, i) => {
          const row = x!.subarray(Math.floor(i / width) * width, (Math.floor(i / width) + 1) * width);
          return number * gain![i % width]! / Math.sqrt(row.reduce((sum, y) => sum + y * y, 0) / width + 1e-5);
        }),
      }, seed);
    }), RUNS);
  });

  test("rotate turns the pair (2i, 2i + 1) by position / base^(2i / size), and its gradient back", async () => {
    const [length, size, base] = [3, 4, 100];
    await expectGradients({
      inputs: [{ shape: [2, 2, length, size] }], build: ([x]) => rotate(x!, rotaryTable(x!.graph, length, size, base)),
      formula: ([x]) => x!.map((number, i) => {
        const pair = Math.floor(i % size / 2), angle = Math.floor(i / size) % length * base ** (-2 * pair / size);
        return i % 2 === 0 ? number * Math.cos(angle) - x![i + 1]! * Math.sin(angle) : x![i - 1]! * Math.sin(angle) + number * Math.cos(angle);
      }),
    });
  });

  test("attend has the gradient of its differences, with a mask", async () => {
    await fc.assert(fc.asyncProperty(sizes, sizes, fc.integer({ min: 1, max: 3 }), fc.nat(99), async (heads, queries, keys, seed) => {
      await expectGradients({
        inputs: [{ shape: [1, heads, queries, 4] }, { shape: [1, heads, keys, 4] }, { shape: [1, heads, keys, 4] }],
        build: ([q, k, v]) => attend(q!, k!, v!, q!.graph.constant(Float32Array.from({ length: queries * keys }, (_, i) => (i % keys > Math.floor(i / keys) ? -1e9 : 0)), [queries, keys])),
      }, seed);
    }), RUNS);
  });
});

describe("shapes that do not fit", () => {
  const graph = new Graph(), x = graph.input("x", "float32", [2, 3]), y = graph.input("y", "float32", ["batch", 4]);
  const faults: readonly [string, () => unknown][] = [
    ["elementwise", () => add(x, y)], ["product", () => multiplyMatrices(x, x)], ["reshape", () => reshape(x, [5])], ["transpose", () => transpose(x, [0, 0])],
    ["slice", () => slice(x, 1, 2, 4)], ["concatenate", () => concatenate([x, graph.input("z", "float32", [3, 3])], 1)], ["sum", () => reduceSum(x, [2])],
    ["broadcast", () => broadcastTo(x, [2, 4])], ["unknown size", () => reshape(y, ["other", "more"])], ["constant", () => graph.constant(new Float32Array(3), [2])],
  ];
  test.each(faults)("are refused: %s", (_, build) => { expect(build).toThrow(PlmmError); });

  test("a norm is the sum of squares", async () => {
    await expect(expectGradients({ inputs: [{ shape: [2, 2] }], build: ([a]) => reshape(sumOfSquares(a!), [1]) })).rejects.toThrow("reach each value");
  });
});
