import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../config/load-dataset.js";
import { ConfigError } from "../../core/errors.js";
import { loadLlamaRuntime } from "../../models/runtimes/load-llama-runtime.js";
import { parseFamilyPlan } from "./family-plan.js";
import type { ModelRecord } from "./train-family.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-family-")), planPath = join(folder, "tiny.yaml");
afterAll(() => { rmSync(folder, { recursive: true }); });

const PLAN = `
tokenizer: { size: 400, texts: 100 }
threads: 1
checkpointSeconds: 0
questions: 8
models:
  e-it: { role: it, width: 32, layers: 1, heads: 2, kvHeads: 1, feedForward: 64, stages: [{ steps: 40, batch: 8, length: 48, textsPerRow: 2 }] }
  p-tiny: { role: personal, width: 32, layers: 1, heads: 2, kvHeads: 2, feedForward: 64, stages: [{ level: 0, steps: 40, batch: 8, length: 64 }, { level: 3, steps: 40, batch: 8, length: 96, learned: everything }] }
`;
writeFileSync(planPath, PLAN);

const commandTo = (out: string): string[] => [join(packageRoot(), "dist", "src", "cli", "main.js"), "train", planPath, "--out", join(folder, out), "--json"];

function trainTo(out: string): { readonly records: ModelRecord[]; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, commandTo(out), { encoding: "utf8", timeout: 100_000 });
  expect(status, stderr).toBe(0);
  return { records: JSON.parse(stdout) as ModelRecord[], stderr };
}

describe("a family in training", () => {
  test("ends in the same bytes after kill -9 as without, with files, curves and scores of every member", async () => {
    const killed = spawn(process.execPath, commandTo("killed"), { stdio: "ignore" }), ended = new Promise<NodeJS.Signals | null>((resolve) => { killed.on("exit", (_, signal) => { resolve(signal); }); });
    const second = join(folder, "killed", "p-tiny", "stage-1.safetensors");
    for (let waits = 0; waits < 20_000 && !existsSync(second) && killed.exitCode === null; waits++) await sleep(3);
    killed.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    const resumed = trainTo("killed"), whole = trainTo("whole");
    expect(resumed.stderr).toMatch(/e-it: is finished/);
    expect(resumed.stderr).toMatch(/p-tiny: goes on from step \d+/);
    expect(resumed.records).toEqual(whole.records);
    expect(whole.records.map(({ name }) => name)).toEqual(["e-it", "p-tiny"]);
    for (const { name, curves, sha256 } of whole.records) {
      expect(readdirSync(join(folder, "whole", name)).sort()).toEqual(["model-f16.gguf", "model.json", "model.onnx"]);
      for (const rows of curves) expect(rows.at(-1)!.loss).toBeLessThan(0.9 * rows[0]!.loss);
      expect(Object.keys(sha256)).toEqual(["model-f16.gguf", "model.onnx"]);
      expect(readFileSync(join(folder, "whole", name, "model-f16.gguf"))).toEqual(readFileSync(join(folder, "killed", name, "model-f16.gguf")));
    }
    expect(trainTo("whole").records).toEqual(whole.records);
  }, 240_000);

  test("is asked what each role is for, with intervals and the chance of copying", () => {
    const { records: [expert, personal] } = trainTo("whole");
    expect(expert!.scores.map(({ task, split }) => `${task} ${split}`)).toEqual(["domain train", "domain facts", "domain phrasings"]);
    expect(new Set(personal!.scores.map(({ task }) => task))).toEqual(new Set(["copy", "unknown", "combine"]));
    for (const { task, accuracy, interval, copyChance } of [...expert!.scores, ...personal!.scores]) {
      expect(interval.low <= accuracy && accuracy <= interval.high).toBe(true);
      expect(copyChance > 0).toBe(task === "copy");
    }
  }, 120_000);

  test("gives a GGUF file that llama.cpp answers with", async () => {
    trainTo("whole");
    const model = await loadLlamaRuntime().load(join(folder, "whole", "p-tiny", "model-f16.gguf"), { contextTokens: 256, threads: 1 }), sequence = model.openSequence();
    await sequence.prefill(model.encode("context: drink = tea\nquestion: what is my drink?\nanswer:"));
    const logs = await sequence.nextLogProbabilities();
    expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 3);
    await model.dispose();
  }, 120_000);
});

describe("a plan", () => {
  test.each([["sizes that do not fit", PLAN.replace("heads: 2, kvHeads: 1", "heads: 3, kvHeads: 1")], ["unknown keys", `${PLAN}\nsteps: 3`], ["no stage", PLAN.replace(/stages: \[\{ steps: 40[^\]]*\]/, "stages: []")]])("with %s is refused", (_, text) => {
    expect(() => parseFamilyPlan(text, "tiny.yaml")).toThrow(ConfigError);
  });

  test("that ships is one", () => {
    const file = join(packageRoot(), "configs", "family.yaml"), { models } = parseFamilyPlan(readFileSync(file, "utf8"), file);
    expect(Object.values(models).map(({ role }) => role)).toEqual(["general", "finance", "it", "medicine", "education", "personal", "personal", "personal"]);
  });
});
