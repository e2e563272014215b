import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { DataError, LimitError, PlmmError } from "../../core/errors.js";
import { llamaOnnx, parseLlamaOnnx } from "../onnx/llama-onnx.js";
import { encodeOnnx, type OnnxModel } from "../onnx/onnx-model.js";
import { openSession } from "../onnx/open-session.js";
import { writeLlamaOnnx } from "../onnx/write-llama-onnx.js";
import { writeQuantizedOnnx } from "../onnx/write-quantized-onnx.js";
import { writePruned } from "../prune/write-pruned.js";
import { PACKED_KINDS } from "../quantize/packed-matrix.js";
import { storeWeights } from "../quantize/store-weights.js";
import { writeLlamaGguf } from "../quantize/write-llama-gguf.js";
import { testOnFullDisk } from "../full-disk.contract.js";
import { learnTokenizer } from "../tokenizer/learn-tokenizer.js";
import { loadModelFile, loadModelFormat } from "./load-model-file.js";
import { loadOnnxRuntime } from "./load-onnx-runtime.js";
import { randomModel, SMALL_SHAPE } from "./random-model.fixture.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-refused-")), pathOf = (name: string): string => join(folder, name);
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const shape = { ...SMALL_SHAPE, width: 64, heads: 4, kvHeads: 2, feedForward: 96, layers: 1 }, { weights } = randomModel(shape);
const tokenizer = learnTokenizer(["the other one, the other one in there"], { size: shape.vocabulary, specials: ["<end>"] }), parts = { shape, tokenizer, endName: "<end>" };

describe.each(["float32", ...PACKED_KINDS] as const)("our reader of ONNX files, given one in %s", (kind) => {
  const bytes = encodeOnnx(llamaOnnx(parts, kind === "float32" ? weights : storeWeights(shape, weights, kind)));
  const read = (changed: Uint8Array): unknown => {
    try { return parseLlamaOnnx(changed, "m.onnx"); } catch (error) { return error; }
  };

  test("refuses what is cut short, wherever", () => {
    // What follows the graph are our properties, without which a file is refused as well.
    fc.assert(fc.property(fc.nat(bytes.length - 1), (length) => { expect(read(bytes.subarray(0, length))).toBeInstanceOf(DataError); }), { seed: 1, numRuns: 150 });
  });

  test("refuses, or reads, what has a wrong byte, and fails in no other way", () => {
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const changed = bytes.slice();
      changed[place]! ^= change;
      const found = read(changed);
      if (found instanceof Error) expect(found).toBeInstanceOf(PlmmError);
    }), { seed: 2, numRuns: 200 });
  });

  test("refuses scales or weights that are no numbers, naming the tensor", () => {
    const model = parseLlamaOnnx(bytes, "m").model, name = kind === "float32" ? "blk.0.ffn_up.weight" : "blk.0.ffn_up.weight.scales";
    const initializers = model.graph!.initializers!.map((tensor) => {
      if (tensor.name !== name) return tensor;
      const rawData = new Uint8Array(tensor.rawData!);
      new DataView(rawData.buffer).setFloat32(8, NaN, true);
      return { ...tensor, rawData };
    });
    const found = read(encodeOnnx({ ...model, graph: { ...model.graph, initializers } }));
    expect(found).toBeInstanceOf(DataError);
    expect((found as Error).message).toContain(`tensor ${name} must hold finite weights; got NaN (m.onnx, weight 2)`);
  });
});

describe("ONNX files of others", () => {
  const node = { inputs: ["x"], outputs: ["y"], operator: "NoSuchOperator", domain: "" }, float = { type: { tensor: { elementType: 1, shape: { dims: [{ size: 1 }] } } } };
  const foreign: OnnxModel = { irVersion: 9, producer: "other", operatorSets: [{ domain: "", version: 18 }], graph: { name: "g", nodes: [node], inputs: [{ name: "x", ...float }], outputs: [{ name: "y", ...float }] } };

  test("are refused with what they lack", async () => {
    writeFileSync(pathOf("foreign.onnx"), encodeOnnx(foreign));
    await expect(loadOnnxRuntime().load(pathOf("foreign.onnx"), { contextTokens: 16 })).rejects.toThrow(/foreign\.onnx must carry plmm\.shape/);
  });

  test("with operators that ONNX Runtime does not know are refused by name", async () => {
    await expect(openSession(foreign, { threads: 1 }, "foreign.onnx")).rejects.toThrow(DataError);
    await expect(openSession(foreign, { threads: 1 }, "foreign.onnx")).rejects.toThrow(/NoSuchOperator/);
  });
});

describe("the format of a file", () => {
  test("is seen in how it begins, whatever its name", () => {
    writeLlamaOnnx(pathOf("a"), parts, weights);
    writeLlamaGguf(pathOf("b"), randomModel(), "F16");
    expect([loadModelFormat(pathOf("a")), loadModelFormat(pathOf("b"))]).toEqual(["onnx", "gguf"]);
    expect(loadModelFile(pathOf("a"))).toEqual({ format: "onnx", contextTokens: 512, chatTemplate: undefined, specials: { start: "", end: "<end>" } });
    expect(loadModelFile(pathOf("b"))).toMatchObject({ format: "gguf", contextTokens: 512, specials: { end: "<|end|>" } });
  });

  test("is refused when it is none that we read", () => {
    writeFileSync(pathOf("text"), "hello");
    writeFileSync(pathOf("nothing"), "");
    for (const name of ["text", "nothing"]) expect(() => loadModelFormat(pathOf(name))).toThrow(/must begin with "GGUF", or be an ONNX model/);
    expect(() => loadModelFormat(pathOf("absent"))).toThrow(/must be a readable file; got "ENOENT"/);
    expect(() => loadModelFormat(folder)).toThrow(/must be a readable file; got "EISDIR"/);
  });
});

testOnFullDisk(pathOf("full"), 64, (small) => {
  writeLlamaOnnx(pathOf("m.onnx"), parts, weights);
  writeLlamaGguf(pathOf("m.gguf"), randomModel(), "F16");
  const writers: readonly (readonly [string, (to: string) => unknown])[] = [
    ["an ONNX file", (to) => writeLlamaOnnx(to, parts, weights)], ["a quantized ONNX file", (to) => writeQuantizedOnnx(pathOf("m.onnx"), to, "int8")],
    ["a pruned ONNX file", (to) => writePruned("onnx", pathOf("m.onnx"), to, { smallest: 0.5 })], ["a pruned GGUF file", (to) => writePruned("gguf", pathOf("m.gguf"), to, { smallest: 0.5 })],
  ];

  test.skipIf(small === undefined).each(writers)("(left out where tmpfs cannot be mounted) %s is not left in parts, and one that was there stays", (_, write) => {
    const path = join(small!, "m");
    writeFileSync(path, "before");
    expect(() => write(path)).toThrow(LimitError);
    expect(() => write(path)).toThrow(/have room for \d+ bytes; got "ENOSPC"/);
    expect(readdirSync(small!)).toEqual(["m"]);
    expect(readFileSync(path, "utf8")).toBe("before");
  });
});
