import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseMeasuredQuality } from "../../config/measured-quality.js";
import { ConfigError, DataError } from "../../core/errors.js";
import { measureAnswer } from "./measure-answer.js";
import { measureQuality, type QualityWish } from "./measure-quality.js";
import { findPersonal } from "./open-family.js";
import { parseFamilyPlan } from "./parse-family-plan.js";
import { trainFamily } from "./train-family.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-quality-")), said: string[] = [];
afterAll(() => { rmSync(folder, { recursive: true }); });

const MODEL = "width: 32, layers: 1, heads: 2, kvHeads: 1, feedForward: 32, stages: [{ steps: 25, batch: 8, length: 64, textsPerRow: 3, peak: 0.01 }]";
const PLAN = `
tokenizer: { size: 400, texts: 60 }
threads: 1
questions: 1
models:
  t: { role: general, ${MODEL} }
${["finance", "it", "medicine", "education"].map((domain) => `  e-${domain}: { role: ${domain}, ${MODEL} }`).join("\n")}
  p-tiny: { role: personal, ${MODEL} }
`;
const wish: QualityWish = { folder, personal: "p-tiny", quants: ["Q8_0", "Q4_K"], questions: 3, threads: 1, say: (line) => { said.push(line); } };

describe("a family trained for a moment", () => {
  beforeAll(async () => { await trainFamily(parseFamilyPlan(PLAN, "t.yaml"), { folder, say: () => undefined }); }, 240_000);

  test("is measured by answerer, kind and quantization, twice to the same bytes, in the form that the simulator reads", async () => {
    const measured = await measureQuality(wish);
    expect(parseMeasuredQuality(JSON.parse(JSON.stringify(measured)))).toEqual(measured);
    expect(measured.rows.map(({ answerer, model, quant }) => `${answerer} ${model} ${quant}`).filter((row, i, all) => all.indexOf(row) === i)).toEqual([
      "expert experts F16", "general t F16", "personal p-tiny F16", "combined p-tiny F16", "personal p-tiny Q8_0", "combined p-tiny Q8_0",
    ]);
    expect(measured.rows).toHaveLength(30);
    expect(said.some((line) => /p-tiny cannot be had in Q4_K: .*256/.test(line))).toBe(true);
    expect(Object.keys(measured.members["p-tiny"]!.quantShift)).toEqual(["Q8_0"]);
    for (const { right, questions, interval } of measured.rows) expect(interval.low <= right / questions && right / questions <= interval.high).toBe(true);
    expect(await measureQuality(wish)).toEqual(measured);
    expect((await measureQuality({ ...wish, quants: [] })).runId).not.toBe(measured.runId);
  }, 240_000);

  test("answers one question on both engines, with the same tokens of the prompt and times of its own", async () => {
    const { prompt, expected, answers } = await measureAnswer(findPersonal(folder, "p-tiny"), 0, 1);
    expect(prompt).toMatch(/^context: .*\nquestion: .*\nanswer:$/);
    expect(prompt).toContain(expected);
    expect(answers.map(({ engine }) => engine)).toEqual(["llama.cpp", "ONNX Runtime"]);
    expect(new Set(answers.map(({ promptTokens }) => promptTokens)).size).toBe(1);
    for (const { ttftS, answerTokens, isRight, answer } of answers) {
      expect(ttftS > 0 && answerTokens > 0 && answerTokens <= 48).toBe(true);
      if (answer === expected) expect(isRight).toBe(true);
    }
    expect(() => findPersonal(folder, "p-huge")).toThrow(/member p-huge of the family must be finished/);
    expect(() => findPersonal(folder, "e-it")).toThrow(/name a P; got "e-it, whose role is it"/);
  }, 120_000);

  test("is refused for a P that it has not, and when weights are not those of the record", async () => {
    await expect(measureQuality({ ...wish, personal: "p-huge" })).rejects.toThrow(ConfigError);
    writeFileSync(join(folder, "e-it", "model-f16.gguf"), "changed");
    await expect(measureQuality(wish)).rejects.toThrow(DataError);
    rmSync(join(folder, "e-it", "model.json"));
    await expect(measureQuality(wish)).rejects.toThrow(/hold a trained model for role it/);
  }, 120_000);
});
