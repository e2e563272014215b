import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { DataError, LimitError, ShapeError } from "../../core/errors.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { loadGguf } from "../gguf/load-gguf.js";
import { kindOfName, packedBytes, TENSOR_KINDS } from "../gguf/tensor-kinds.js";
import { randomModel, SMALL_SHAPE } from "../runtimes/random-model.fixture.js";
import { testOnFullDisk } from "../full-disk.contract.js";
import { dequantize } from "./dequantize.js";
import { bfloatToNumber, halfToNumber, numberToBfloat, numberToHalf } from "./half-floats.js";
import { findBrokenWeight } from "./load-broken-weight.js";
import { loadGgml, QUANTIZED_KINDS, quantizeRows, requireKind } from "./load-ggml.js";
import { findRecipe, planQuantization } from "./quantize-plan.js";
import { writeLlamaGguf } from "./write-llama-gguf.js";
import { writeQuantizedGguf } from "./write-quantized-gguf.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-quantize-"));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

function normals(count: number, spread = 1): Float32Array {
  const stream = new RandomStream(7, 0, Purpose.test);
  return Float32Array.from({ length: count }, () => spread * stream.nextNormal());
}

describe("tensor kinds", () => {
  test("have the block sizes of llama.cpp's library", () => {
    const ggml = loadGgml();
    for (const { code, blockLength, blockBytes } of TENSOR_KINDS) {
      expect([ggml.blockLength(code), ggml.rowBytes(code, blockLength)]).toEqual([blockLength, blockBytes]);
    }
  });
});

describe("half floats", () => {
  test("are read and written as the library does, for every bit pattern and near each rounding edge", () => {
    const f16 = kindOfName("F16")!;
    for (let bits = 0; bits < 65536; bits++) {
      const value = halfToNumber(bits);
      if (!Number.isNaN(value)) expect(numberToHalf(value)).toBe(bits);
      expect(numberToBfloat(bfloatToNumber(bits)) === bits || Number.isNaN(bfloatToNumber(bits))).toBe(true);
    }
    fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(new Uint16Array(quantizeRows(f16, Float32Array.of(value), 1, "one").buffer)[0]).toBe(numberToHalf(value));
    }), { seed: 3, numRuns: 2000 });
  });
});

/** Worst and mean-square error against the spread of the numbers. Origin: measured here with seed 7, rounded up by a quarter. */
const ERROR_BOUNDS: Readonly<Record<string, readonly [worst: number, rootMeanSquare: number]>> = {
  F16: [0.0012, 0.00026], BF16: [0.015, 0.0021], Q8_0: [0.02, 0.0066], Q6_K: [0.074, 0.022], Q5_K: [0.15, 0.045], Q4_K: [0.28, 0.088], Q4_0: [0.44, 0.11],
  Q3_K: [0.62, 0.19], Q2_K: [1.3, 0.37], IQ4_NL: [0.31, 0.095],
};
const LIBRARY_NAMES: Readonly<Record<string, string>> = {
  Q8_0: "q8_0", Q6_K: "q6_K", Q5_K: "q5_K", Q4_K: "q4_K", Q4_0: "q4_0", Q3_K: "q3_K", Q2_K: "q2_K", IQ4_NL: "iq4_nl",
};

describe.each(QUANTIZED_KINDS)("%s", (name) => {
  const kind = kindOfName(name)!, numbers = normals(64 * 256), packed = quantizeRows(kind, numbers, 256, "test"), back = dequantize(kind, packed);

  test("takes the bytes it should", () => { expect(packed.length).toBe(packedBytes(kind, numbers.length)); });

  test("comes back within its error", () => {
    let worst = 0, squares = 0;
    numbers.forEach((number, i) => {
      const error = Math.abs(number - back[i]!);
      worst = Math.max(worst, error);
      squares += error * error;
    });
    const [worstBound, meanBound] = ERROR_BOUNDS[name]!, mean = Math.sqrt(squares / numbers.length);
    expect(worst).toBeLessThan(worstBound);
    expect(mean).toBeLessThan(meanBound);
    // Not better than such a kind can be: a dequantizer that returned its input would fail.
    expect(mean).toBeGreaterThan(meanBound / 1.6);
  });

  const libraryName = LIBRARY_NAMES[name];
  // F16 and BF16 have no such function; their test is above.
  if (libraryName !== undefined) test("is unpacked as llama.cpp's library unpacks it, also from arbitrary bytes", () => {
    const theirs = new Float32Array(numbers.length);
    loadGgml().dequantize(`dequantize_row_${libraryName}`, packed, theirs);
    expect(back).toEqual(theirs);
    const noise = packed.map((_, i) => (i * 73 + (i >> 8) * 31) % 121), noisy = new Float32Array(numbers.length);
    loadGgml().dequantize(`dequantize_row_${libraryName}`, noise, noisy);
    const ours = dequantize(kind, noise);
    for (let i = 0; i < ours.length; i++) expect(Math.abs(ours[i]! - noisy[i]!)).toBeLessThanOrEqual(1e-6 * Math.abs(noisy[i]!) + 1e-30);
  });
});

describe("quantizing", () => {
  test("refuses rows of broken blocks and says what fits", () => {
    expect(() => quantizeRows(kindOfName("Q4_K")!, normals(96), 96, "w")).toThrow(ShapeError);
    expect(() => quantizeRows(kindOfName("Q4_K")!, normals(96), 96, "w")).toThrow(/Q4_0 or Q8_0/);
    expect(() => quantizeRows(kindOfName("Q4_0")!, normals(40), 40, "w")).toThrow(/F16/);
  });

  test("refuses weights that are no numbers, naming the place", () => {
    const numbers = normals(512);
    numbers[300] = NaN;
    expect(() => quantizeRows(kindOfName("Q2_K")!, numbers, 256, "blk.0.attn_q.weight")).toThrow(/weight 300/);
    numbers[300] = Infinity;
    expect(() => quantizeRows(kindOfName("F16")!, numbers, 256, "w")).toThrow(DataError);
  });

  test("refuses kinds that need statistics of activations", () => { expect(() => requireKind("IQ2_XXS")).toThrow(/be one of F16/); });
});

describe("a quantized file", () => {
  const source = join(folder, "f16.gguf"), model = randomModel();
  writeLlamaGguf(source, model, "F16");

  test.each(QUANTIZED_KINDS)("in %s holds each matrix as the plan says, near the original", (name) => {
    const path = join(folder, `${name}.gguf`), { bytesAfter, kinds } = writeQuantizedGguf(source, path, name), file = loadGguf(path), before = loadGguf(source);
    expect(file.byteLength).toBe(bytesAfter);
    expect([...kinds.values()].reduce((a, b) => a + b)).toBe(file.tensors.length);
    const plan = planQuantization(before.tensors, findRecipe(name));
    file.tensors.forEach((tensor, i) => {
      expect(tensor.kind).toBe(plan[i]);
      const numbers = dequantize(tensor.kind, file.readBytes(tensor)), original = model.weights.get(tensor.name)!;
      const error = Math.sqrt(numbers.reduce((sum, number, j) => sum + (number - original[j]!) ** 2, 0) / original.reduce((sum, number) => sum + number * number, 0));
      expect(error).toBeLessThan(1.1 * ERROR_BOUNDS[name]![1] + 1e-9);
    });
    file.close();
    before.close();
  });

  test("keeps gains and gives the output matrix at least Q6_K", () => {
    const path = join(folder, "rule.gguf");
    writeQuantizedGguf(source, path, "Q4_K");
    const file = loadGguf(path), kindOf = (name: string): string => file.tensors.find((tensor) => tensor.name === name)!.kind.name;
    expect([kindOf("token_embd.weight"), kindOf("blk.0.attn_q.weight"), kindOf("blk.0.attn_norm.weight")]).toEqual(["Q6_K", "Q4_K", "F32"]);
    file.close();
  });

  test("in a mixed recipe has more bits where it matters", () => {
    const tensors = loadGguf(source), names = planQuantization(tensors.tensors, findRecipe("Q4_K_M")).map(({ name }) => name);
    tensors.close();
    expect(new Set(names)).toEqual(new Set(["F32", "Q4_K", "Q6_K"]));
  });

  test("is not quantized again", () => {
    expect(() => writeQuantizedGguf(join(folder, "Q8_0.gguf"), join(folder, "again.gguf"), "Q4_0")).toThrow(/before it is quantized/);
    expect(() => findRecipe("Q4K")).toThrow(/Did you mean Q4_K/);
  });

  test("is refused before anything is written when its rows do not divide", () => {
    const narrow = join(folder, "narrow.gguf");
    writeLlamaGguf(narrow, randomModel({ ...SMALL_SHAPE, width: 96, heads: 4, kvHeads: 2, feedForward: 192 }), "F32");
    expect(() => writeQuantizedGguf(narrow, join(folder, "narrow-q.gguf"), "Q4_K")).toThrow(ShapeError);
    expect(readdirSync(folder)).not.toContain("narrow-q.gguf");
    writeQuantizedGguf(narrow, join(folder, "narrow-q.gguf"), "Q4_0");
  });

  test("names a weight that is no number", () => {
    const weights = new Map(model.weights), broken = weights.get("blk.1.ffn_up.weight")!.slice();
    broken[5] = NaN;
    weights.set("blk.1.ffn_up.weight", broken);
    const path = join(folder, "nan.gguf");
    writeLlamaGguf(path, { ...model, weights }, "F32");
    expect(findBrokenWeight(path)?.message).toMatch(/blk\.1\.ffn_up\.weight must hold finite weights; got NaN.*weight 5/s);
    expect(findBrokenWeight(source)).toBeUndefined();
    expect(() => writeQuantizedGguf(path, join(folder, "nan-q.gguf"), "Q8_0")).toThrow(/finite/);
    expect(readdirSync(folder).filter((name) => name.includes("nan-q"))).toEqual([]);
  });
});

testOnFullDisk(join(folder, "full"), 1024, (small) => {

  test.skipIf(small === undefined)("(left out where tmpfs cannot be mounted) nothing is left and the error says what is needed", () => {
    writeLlamaGguf(join(folder, "big.gguf"), randomModel(), "F16");
    let fault: unknown;
    try { writeQuantizedGguf(join(folder, "big.gguf"), join(small!, "q.gguf"), "Q8_0"); } catch (error) { fault = error; }
    expect(fault).toBeInstanceOf(LimitError);
    expect((fault as LimitError).message).toMatch(/have room for \d+ bytes; got "ENOSPC"/);
    expect(readdirSync(small!)).toEqual([]);
  });
});
