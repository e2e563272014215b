import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../config/load-dataset.js";
import { ConfigError } from "../../core/errors.js";
import { loadLlamaRuntime } from "../../models/runtimes/load-llama-runtime.js";
import { shapeOfPlan } from "./family-plan.js";
import { parseFamilyPlan } from "./parse-family-plan.js";
import type { MemberRecord } from "../../models/load-family.js";

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

function trainTo(out: string): { readonly records: MemberRecord[]; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, commandTo(out), { encoding: "utf8", timeout: 100_000 });
  expect(status, stderr).toBe(0);
  return { records: JSON.parse(stdout) as MemberRecord[], stderr };
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
    const again = spawnSync(process.execPath, [...commandTo("whole"), "--score"], { encoding: "utf8", timeout: 100_000 });
    expect(again.stderr).toMatch(/p-tiny: answers 8 questions per task and split again/);
    expect(JSON.parse(again.stdout)).toEqual(whole.records);
  }, 240_000);

  test("is asked what each role is for, with intervals and the chance of copying", () => {
    const { records: [expert, personal] } = trainTo("whole");
    expect(expert!.scores.map(({ task, split }) => `${task} ${split}`)).toEqual(["domain train", "domain facts", "domain phrasings"]);
    expect(new Set(personal!.scores.map(({ task }) => task))).toEqual(new Set(["copy", "unknown", "combine", "consult", "chat", "routing"]));
    for (const { task, accuracy, interval, copyChance } of [...expert!.scores, ...personal!.scores]) {
      expect(interval.low <= accuracy && accuracy <= interval.high).toBe(true);
      expect(copyChance > 0).toBe(task === "copy" || task === "routing");
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

const FAMILY = `
tokenizer: { size: 400, texts: 100 }
threads: 1
checkpointSeconds: 0
questions: 4
models:
  t: { role: general, width: 32, layers: 3, heads: 2, kvHeads: 1, feedForward: 64, stages: [{ steps: 60, batch: 16, length: 48, textsPerRow: 2 }] }
  e-it:
    role: it
    width: 32
    layers: 2
    heads: 2
    kvHeads: 1
    feedForward: 48
    from: { model: t, layers: [0, 2] }
    stages:
      - { steps: 20, batch: 8, length: 48, textsPerRow: 2, teacher: t, loss: { kind: distill, temperature: 2, share: 0.7 } }
      - { steps: 20, batch: 8, length: 96, teacher: t, texts: generated, learned: everything }
`;

describe("members that start from others and learn from them", () => {
  const plan = join(folder, "needy.yaml"), command = (out: string, ...words: string[]): string[] => [commandTo(out)[0]!, "train", plan, "--out", join(folder, out), "--json", ...words];
  const run = (out: string, ...words: string[]): ReturnType<typeof spawnSync> & { readonly stderr: string } => spawnSync(process.execPath, command(out, ...words), { encoding: "utf8", timeout: 100_000 });
  writeFileSync(plan, FAMILY);

  test("end in the same bytes after kill -9 as without, and name the weights that they came from", async () => {
    const killed = spawn(process.execPath, command("killed-needy"), { stdio: "ignore" }), ended = new Promise((resolve) => { killed.on("exit", resolve); });
    const checkpoint = join(folder, "killed-needy", "e-it", "stage-1.safetensors");
    for (let waits = 0; waits < 20_000 && !existsSync(checkpoint) && killed.exitCode === null; waits++) await sleep(3);
    killed.kill("SIGKILL");
    await ended;
    expect(run("killed-needy").stderr).toMatch(/e-it: goes on from step \d+/);
    const whole = run("needy"), [t, expert] = JSON.parse(String(whole.stdout)) as [MemberRecord, MemberRecord];
    expect((expert.plan as { needed: unknown }).needed).toEqual({ t: t.sha256["model-f16.gguf"] });
    expect(t.plan).not.toHaveProperty("needed");
    expect(readFileSync(join(folder, "killed-needy", "e-it", "model.onnx"))).toEqual(readFileSync(join(folder, "needy", "e-it", "model.onnx")));
  }, 240_000);

  test("are refused while what they need is not there or has changed", () => {
    const alone = run("alone", "--only", "e-it");
    expect(alone.status).toBe(2);
    expect(alone.stderr).toMatch(/t, which e-it needs, must be trained by this plan first; got "nothing".*\n.*--only t/);
    writeFileSync(plan, FAMILY.replace("steps: 60", "steps: 61"));
    expect(run("needy", "--only", "e-it").stderr).toMatch(/got "a member of another plan"/);
    writeFileSync(plan, FAMILY);
    rmSync(join(folder, "needy", "e-it"), { recursive: true });
    writeFileSync(join(folder, "needy", "t", "model-f16.gguf"), "changed");
    const changed = run("needy", "--only", "e-it");
    expect(changed.status).toBe(3);
    expect(changed.stderr).toMatch(/model-f16\.gguf must have sha256/);
  }, 120_000);

  test.each([
    ["a member that stands behind", FAMILY.replace("from: { model: t,", "from: { model: e-it,"), /models\.e-it must start from or learn from members that stand before it: t; got "e-it"/],
    ["a teacher without a task", FAMILY.replace(", loss: { kind: distill, temperature: 2, share: 0.7 }", ""), /stages\.0 must say what its teacher is for/],
    ["a lesson without a teacher", FAMILY.replace("teacher: t, texts", "texts"), /stages\.1 must name a teacher for texts: generated/],
    ["layers that its parent has not", FAMILY.replace("[0, 2]", "[0, 3]"), /models\.e-it\.from must take layers 0 to 2 of its parent; got 3/],
  ])("are refused with %s", (_, text, message) => {
    expect(() => parseFamilyPlan(text, "f.yaml")).toThrow(ConfigError);
    expect(() => parseFamilyPlan(text, "f.yaml")).toThrow(message);
  });
});

describe("a plan", () => {
  test.each([["sizes that do not fit", PLAN.replace("heads: 2, kvHeads: 1", "heads: 3, kvHeads: 1")], ["unknown keys", `${PLAN}\nsteps: 3`], ["no stage", PLAN.replace(/stages: \[\{ steps: 40[^\]]*\]/, "stages: []")]])("with %s is refused", (_, text) => {
    expect(() => parseFamilyPlan(text, "tiny.yaml")).toThrow(ConfigError);
  });

  test("that puts ways to learn side by side gives its small models one shape and one number of tokens", () => {
    const file = join(packageRoot(), "configs", "distill.yaml"), family = parseFamilyPlan(readFileSync(file, "utf8"), file), small = Object.entries(family.models).filter(([name]) => name.startsWith("p-"));
    expect(small.map(([name]) => name)).toEqual(["p-scratch", "p-logits", "p-text", "p-layers"]);
    expect(new Set(small.map(([name, model]) => JSON.stringify(shapeOfPlan(model, family, name)))).size).toBe(1);
    expect(new Set(small.map(([, { stages }]) => JSON.stringify(stages.map(({ steps, batch, length }) => [steps, batch, length])))).size).toBe(1);
  });

  test("that ships is one", () => {
    const file = join(packageRoot(), "configs", "family.yaml"), { models } = parseFamilyPlan(readFileSync(file, "utf8"), file);
    expect(Object.values(models).map(({ role }) => role)).toEqual(["general", "finance", "it", "medicine", "education", "personal", "personal", "personal"]);
  });
});
