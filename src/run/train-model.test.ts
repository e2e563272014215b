import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { packageRoot } from "../config/load-dataset.js";
import { ConfigError } from "../core/errors.js";
import { USUAL_ADAMW } from "../learning/adamw-graph.js";
import { randomBatch, TOY_SHAPE } from "../learning/toy-batches.test-data.js";
import { startTraining } from "../learning/training-state.js";
import { loadCheckpoint } from "../learning/write-checkpoint.js";
import { trainModel } from "./train-model.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-train-model-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

function trainUntilSignal(path: string, steps: number): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(packageRoot(), "dist", "src", "run", "long-training.test-data.js"), path, String(steps)], { encoding: "utf8", timeout: 60_000 });
}

describe("a training stopped by SIGINT", () => {
  test("ends after its step with exit code 0 and a checkpoint, and goes on from there", () => {
    const path = join(folder, "stopped.safetensors"), first = trainUntilSignal(path, 25);
    expect(first.status, first.stderr).toBe(0);
    const stoppedAt = loadCheckpoint(path).step;
    expect(JSON.parse(first.stdout)).toEqual({ isFinished: false, step: stoppedAt });
    expect(stoppedAt).toBeGreaterThanOrEqual(25);
    const second = trainUntilSignal(path, stoppedAt + 20);
    expect(second.stderr).toContain(`goes on from step ${stoppedAt}`);
    expect(second.stderr).toMatch(/step \d+ of 1000000 {2}loss \d\.\d{4} .* tokens\/s {2}\d+ min left/);
    expect(loadCheckpoint(path).step).toBeGreaterThanOrEqual(stoppedAt + 20);
  }, 120_000);

  test("refuses a checkpoint of another training", async () => {
    const path = join(folder, "other.safetensors");
    const plan = { size: { batch: 3, length: 6 }, optimizer: USUAL_ADAMW, schedule: { peak: 0.01, warmupSteps: 1, totalSteps: 2, finalShare: 0.1 }, batchAt: (step: number) => randomBatch(7, step, TOY_SHAPE), curveSteps: 1, threads: 1 };
    const keeping = { path, secondsPerCheckpoint: 3600, say: () => undefined };
    expect(await trainModel(() => startTraining(TOY_SHAPE, 1, "one"), plan, keeping)).toMatchObject({ isFinished: true });
    await expect(trainModel(() => startTraining(TOY_SHAPE, 1, "other"), plan, keeping)).rejects.toThrow(ConfigError);
  });
});
