/**
 * Real models on this host: speed and memory by size, quantization, engine and threads. Each row comes from a process of its own, so
 * that its peak memory can be read. Weights are random: speed and memory depend on shapes and formats alone.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../config/load-dataset.js";
import { BugError } from "../core/errors.js";
import { type LlamaShape, parameterCount } from "../models/llama/llama-shape.js";
import type { CalibrationCase } from "./calibrate/calibration-plan.js";
import { writeCaseFile } from "./calibrate/write-case-file.js";

/** A model in some formats. */
export interface RealModelPlan {
  readonly name: string;
  readonly shape: LlamaShape;
  /** For llama.cpp; ONNX Runtime has float32. */
  readonly quants: readonly string[];
}

/** What one process measures. */
export interface ModelTask {
  readonly path: string;
  readonly runtime: CalibrationCase["runtime"];
  readonly threads: number;
  readonly contextTokens: number;
  readonly promptTokens: number;
}

/** What it finds. Bytes are of memory beyond what the process had before the engine started. */
export interface ModelMeasurement {
  readonly loadS: number;
  readonly prefillTokensPerS: number;
  readonly decodeTokensPerS: number;
  readonly predictedBytes: number;
  readonly peakBytes: number;
}

/** A model on this host. */
export interface RealModelRow extends ModelMeasurement {
  readonly name: string;
  readonly parameters: number;
  readonly runtime: string;
  readonly quant: string;
  readonly threads: number;
  readonly fileBytes: number;
}

/** Tokens of the prompt: what a question with retrieved facts has. */
const PROMPT_TOKENS = 128;

/** Measures every plan on each number of threads. `say` hears which is next. */
export function measureRealModels(plans: readonly RealModelPlan[], threads: readonly number[], say: (line: string) => void): RealModelRow[] {
  const folder = mkdtempSync(join(tmpdir(), "plmm-models-"));
  try {
    return plans.flatMap(({ name, shape, quants }) => {
      const files = [...quants.map((quant) => ({ runtime: "llama.cpp" as const, quant })), { runtime: "ONNX Runtime" as const, quant: "F32" }];
      return files.flatMap((file) => {
        say(`${name} ${file.quant} on ${file.runtime}`);
        const path = join(folder, "model"), fileBytes = writeCaseFile(path, { ...file, shape });
        return threads.map((count): RealModelRow => {
          const found = measureInProcess({ path, runtime: file.runtime, threads: count, contextTokens: shape.context, promptTokens: PROMPT_TOKENS });
          return { name, parameters: parameterCount(shape), ...file, threads: count, fileBytes, ...found };
        });
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measureInProcess(task: ModelTask): ModelMeasurement {
  const program = join(packageRoot(), "dist", "src", "run", "measure-model-process.js");
  const child = spawnSync(process.execPath, [program, JSON.stringify(task)], { encoding: "utf8" });
  if (child.status !== 0) throw new BugError({ subject: "a measurement of a model", rule: "end with exit code 0", got: child.status ?? child.signal, hint: child.stderr });
  return JSON.parse(child.stdout) as ModelMeasurement;
}
