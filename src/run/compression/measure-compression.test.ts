import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../core/errors.js";
import { findMember, listFamily } from "../../models/load-family.js";
import { type LlamaShape, parameterCount } from "../../models/llama/llama-shape.js";
import { writeLlamaGguf } from "../../models/quantize/write-llama-gguf.js";
import { randomModel, SMALL_SHAPE } from "../../models/runtimes/random-model.fixture.js";
import { ggufTokenizer } from "../../models/tokenizer/gguf-tokenizer.js";
import { learnTokenizer } from "../../models/tokenizer/learn-tokenizer.js";
import { renderSvg } from "../../report/render-figure.js";
import { PRUNED_FORMS, QUANTIZED_FORMS } from "./compressed-forms.js";
import { type CompressionTask, measureCompression } from "./measure-compression.js";
import { DECLARED_POWER, startEnergy } from "./measure-energy.js";
import { compareBits, estimateBits } from "./measure-quality.js";
import { makeCompressionFigures, renderCompression, renderTwins } from "./render-compression.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-compression-test-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

/** A member with random weights, as `plmm train` would leave it. */
function writeMember(name: string, seed: number): void {
  const shape: LlamaShape = { ...SMALL_SHAPE, width: 128, heads: 4, kvHeads: 4, feedForward: 128, layers: 1, context: 256 }, { weights } = randomModel(shape, seed), at = (file: string): string => join(folder, name, file);
  const tokenizer = learnTokenizer(["the other one, the other one in there"], { size: shape.vocabulary, specials: ["<end>"] });
  mkdirSync(join(folder, name));
  writeLlamaGguf(at("model-f16.gguf"), { name, shape, weights, tokenizer: ggufTokenizer(tokenizer, "<end>") }, "F16");
  const sha256 = { "model-f16.gguf": createHash("sha256").update(readFileSync(at("model-f16.gguf"))).digest("hex") };
  writeFileSync(at("model.json"), JSON.stringify({ name, parameters: parameterCount(shape), plan: { model: { role: "personal" }, world: {} }, curves: [], scores: [], sha256 }));
}
writeMember("p-one", 1);
writeMember("p-two", 2);

/** copy, unknown, combine, consult, chat, routing. */
const PERSONAL_TASKS = 6;

const named = (names: readonly string[]): CompressionTask["forms"] => [...QUANTIZED_FORMS, ...PRUNED_FORMS].filter(({ name }) => names.includes(name));
const task: CompressionTask = {
  members: [{ name: "p-one" }, { name: "p-two", scratchTwin: "p-one" }], forms: named(["F16", "float32", "Q4_0", "Q4_K", "int8", "1/2 of channels", "rank 1/4"]), folder,
  quality: { questions: 2, texts: 2 }, speed: { promptTokens: 16, answerTokens: 8, rounds: 3, threads: 1 }, say: () => undefined,
};

describe("a family in many forms", () => {
  const found = measureCompression(task);

  test("has a row for each member and form that there can be, and says which cannot", async () => {
    const { rows, impossible } = await found;
    expect(rows.map(({ name, form }) => `${name} ${form}`)).toEqual(["p-one", "p-two"].flatMap((name) => ["F16", "float32", "Q4_0", "int8", "1/2 of channels", "rank 1/4"].map((form) => `${name} ${form}`)));
    expect(impossible).toEqual(["p-one", "p-two"].map((name) => expect.stringMatching(new RegExp(`^${name} in Q4_K: row length of tensor .* must be a multiple of 256 for Q4_K; got 128\\.$`)) as string));
  }, 60_000);

  test("finds the same for the same weights in both formats, and sizes in their order", async () => {
    const { rows } = await found, [half, float, small, int8] = rows;
    expect(half!.change).toMatchObject({ mean: 0, halfWidth95: 0 });
    expect(half!.extraBits.mean).toBe(0);
    expect(Math.abs(float!.extraBits.mean)).toBeLessThan(0.05);
    expect(float!.bitsPerToken.mean - half!.bitsPerToken.mean).toBeCloseTo(float!.extraBits.mean, 9);
    expect(float!.accuracy).toBe(half!.accuracy);
    expect(small!.bytes).toBeLessThan(int8!.bytes);
    expect(int8!.bytes).toBeLessThan(0.5 * float!.bytes);
    for (const { interval, accuracy, questions } of rows) {
      expect(questions).toBe(PERSONAL_TASKS * task.quality.questions);
      expect(interval.low <= accuracy && accuracy <= interval.high).toBe(true);
    }
  });

  test("is timed, with energy and its origin", async () => {
    for (const { promptTokensPerS, answerTokensPerS, joulesPerToken, joulesOrigin } of (await found).rows) {
      expect(Math.min(promptTokensPerS!, answerTokensPerS!, joulesPerToken!)).toBeGreaterThan(0);
      expect(joulesOrigin).toMatch(/measured|assumed/);
    }
  });

  test("is shown as tables and figures, distilled members beside their twins", async () => {
    const { rows } = await found;
    expect(renderCompression(rows).split("\n")).toHaveLength(rows.length + 3);
    expect(renderTwins(rows)!.split("\n").slice(2, -1).map((line) => line.split(" | ").slice(0, 4).join(" "))).toEqual(rows.filter(({ name }) => name === "p-one").map(({ format, form }) => `| p-two p-one ${format} ${form}`));
    expect(renderTwins(rows.filter(({ name }) => name === "p-one"))).toBeUndefined();
    const figures = makeCompressionFigures(rows);
    expect(figures.map(({ name }) => name)).toEqual(["quality-bytes", "quality-speed", "quality-energy", "quantization-loss"]);
    for (const figure of figures) expect(await renderSvg(figure)).toMatch(/^<svg/);
  });

  test("goes on where it was stopped: files that were asked are not asked again, and what was kept in part is", async () => {
    const keep = join(folder, "kept"), said: string[] = [], still: CompressionTask = { members: [{ name: "p-one" }], forms: named(["F16", "Q4_0"]), folder, quality: task.quality, keep, lanes: 2, say: (line: string) => { said.push(line); } };
    const { rows } = await measureCompression(still), files = readdirSync(keep), asked = said.filter((line) => line.includes("questions to"));
    expect([files.length, asked.length]).toEqual([2, 2]);
    writeFileSync(join(keep, files[0]!), "{");
    said.length = 0;
    expect((await measureCompression(still)).rows).toEqual(rows);
    expect(said.filter((line) => line.includes("questions to"))).toHaveLength(1);
    await measureCompression({ ...still, quality: { ...task.quality, questions: 3 } });
    expect(said.filter((line) => line.includes("questions to"))).toHaveLength(3);
  }, 60_000);

  test("must have the members asked for", async () => {
    expect(listFamily(folder)).toEqual(["p-one", "p-two"]);
    expect(() => findMember("p-three", folder)).toThrow(/member p-three of the family must be finished; got "members p-one, p-two"/);
    expect(() => findMember("p-one", join(folder, "nowhere"))).toThrow(/got "no finished member"/);
    await expect(measureCompression({ ...task, members: [{ name: "p-three" }] })).rejects.toThrow(DataError);
  });
});

describe("bits per token", () => {
  test("weigh texts by their tokens, and have no spread where every text has the same", () => {
    expect(estimateBits([{ bits: 10, tokens: 5 }, { bits: 30, tokens: 15 }])).toEqual({ mean: 2, halfWidth95: 0, n: 2 });
    // Residuals of -5 and 5 around a ratio of 3: spread √50, so 1.96 √50 √2 / 10 = 1.96.
    expect(estimateBits([{ bits: 10, tokens: 5 }, { bits: 20, tokens: 5 }]).halfWidth95).toBeCloseTo(1.96, 9);
    expect(compareBits([{ bits: 12, tokens: 5 }, { bits: 22, tokens: 5 }], [{ bits: 10, tokens: 5 }, { bits: 20, tokens: 5 }])).toMatchObject({ mean: 0.4, halfWidth95: 0 });
  });
});

describe("energy", () => {
  test("is the meter's where there is one, also past its end, and else declared power times time and threads", () => {
    const meter = join(folder, "meter");
    expect(startEnergy(meter)(10, 2)).toEqual({ joules: 20 * DECLARED_POWER.coreW, origin: "assumed" });
    mkdirSync(meter);
    writeFileSync(join(meter, "max_energy_range_uj"), "5000000\n");
    writeFileSync(join(meter, "energy_uj"), "1000000\n");
    const stop = startEnergy(meter);
    writeFileSync(join(meter, "energy_uj"), "3500000\n");
    expect(stop(1, 1)).toEqual({ joules: 2.5, origin: "measured" });
    writeFileSync(join(meter, "energy_uj"), "500000\n");
    expect(stop(1, 1)).toEqual({ joules: 4.5, origin: "measured" });
  });
});
