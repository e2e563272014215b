import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ShapeError } from "../../core/errors.js";
import { parseLlamaShape } from "../gguf/llama-gguf.js";
import { loadGgufHeader } from "../gguf/load-gguf.js";
import { loadLlamaRuntime } from "../runtimes/load-llama-runtime.js";
import { randomModel, SMALL_SHAPE } from "../runtimes/random-model.fixture.js";
import { ggufHostModel } from "../runtimes/host-model.js";
import { bytesOf, weightsOf } from "../../devices/host/host-step.js";
import { writeLlamaGguf } from "./write-llama-gguf.js";
import { patternedWeights, writePatternedGguf } from "./write-patterned-gguf.js";
import { writeQuantizedGguf } from "./write-quantized-gguf.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-patterned-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

describe("a file for measuring speed", () => {
  it("holds the tensors of a real one, kind by kind and byte by byte, and the cost model counts the same", () => {
    const real = join(folder, "real.gguf"), quantized = join(folder, "q4.gguf"), patterned = join(folder, "patterned.gguf");
    writeLlamaGguf(real, randomModel(), "F16");
    writeQuantizedGguf(real, quantized, "Q4_K_M");
    writePatternedGguf(patterned, SMALL_SHAPE, "Q4_K_M");
    const { tensors } = loadGgufHeader(patterned), sizes = (list: typeof tensors): unknown[] => list.map(({ name, kind, byteLength }) => [name, kind.name, byteLength]);
    expect(sizes(tensors)).toEqual(sizes(loadGgufHeader(quantized).tensors));
    expect(parseLlamaShape(loadGgufHeader(patterned), patterned)).toEqual(parseLlamaShape(loadGgufHeader(real), real));
    const matrices = tensors.filter(({ shape }) => shape.length === 2), model = ggufHostModel(SMALL_SHAPE, "Q4_K_M");
    expect(bytesOf(model)).toBe(matrices.reduce((sum, { byteLength }) => sum + byteLength, 0));
    expect(weightsOf(model)).toBe(matrices.reduce((sum, { shape }) => sum + shape[0]! * shape[1]!, 0));
  });

  it("decodes as many tokens as are asked for", async () => {
    const path = join(folder, "long.gguf");
    writePatternedGguf(path, SMALL_SHAPE, "Q8_0");
    const model = await loadLlamaRuntime().load(path, { contextTokens: 256, threads: 1 }), sequence = model.openSequence();
    await sequence.prefill([1, 2, 3]);
    let count = 0;
    for await (const { token } of sequence.decode({ maxTokens: 50 })) count += Number(token < SMALL_SHAPE.vocabulary);
    await model.dispose();
    expect(count).toBe(50);
  });

  it("is not written for rows that are no whole blocks, and repeats its block in float32 too", () => {
    expect(() => writePatternedGguf(join(folder, "odd.gguf"), { ...SMALL_SHAPE, width: 128 }, "Q4_K")).toThrow(ShapeError);
    const numbers = patternedWeights(SMALL_SHAPE).get("blk.0.attn_q.weight")!;
    expect(numbers[0]).not.toBe(numbers[1]);
    expect(numbers.slice(0, 32 * 256)).toEqual(numbers.slice(32 * 256, 64 * 256));
  });
});
