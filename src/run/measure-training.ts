/**
 * Speed and memory of training beside the same model in TensorFlow.js on its WASM backend, and beside plain matrix products. Every row is
 * a process of its own; ours on one thread runs before and after the others, and the faster of both counts, so that a change of the
 * machine's load shows as a smaller gain and not as a larger one.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../config/load-dataset.js";
import { BugError } from "../core/errors.js";
import { type LlamaShape, parameterCount, trainingFlopsPerToken } from "../models/llama/llama-shape.js";
import { PRODUCT_FLOPS, type TrainingTask, type TrainingTrial } from "./training-task.js";

/** One line of the training benchmark. */
export interface TrainingRow {
  readonly variant: TrainingTask["variant"];
  /** Weights of the model; 0 for products. */
  readonly parameters: number;
  readonly threads: number;
  /** Fastest step on the clock. 0 for products. */
  readonly tokensPerS: number;
  /** By processor time, which other programs disturb less. */
  readonly tokensPerCpuS: number;
  /** Of matrix products, on the clock and by processor time. */
  readonly gflopPerS: number;
  readonly gflopPerCpuS: number;
  readonly peakRssBytes: number;
  /** Before the first step: that of all rows of a size must agree. 0 for products. */
  readonly firstLoss: number;
}

/** Sizes of the models and batches measured. */
export interface TrainingSizes {
  readonly shapes: readonly LlamaShape[];
  readonly batch: number;
  readonly length: number;
  readonly steps: number;
  readonly tfjsSteps: number;
}

const SMALL: LlamaShape = { vocabulary: 1024, width: 128, layers: 4, heads: 4, kvHeads: 4, feedForward: 352, context: 128, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };
const LARGE: LlamaShape = { ...SMALL, width: 256, layers: 6, heads: 8, kvHeads: 8, feedForward: 672 };
/** 0.94 and 4.9 million weights on batches of 16 times 128 tokens. */
export const FULL_TRAINING: TrainingSizes = { shapes: [SMALL, LARGE], batch: 16, length: 128, steps: 12, tfjsSteps: 2 };
/** A model of 16 thousand weights: shows that it works, not how fast it is. */
export const QUICK_TRAINING: TrainingSizes = { shapes: [{ ...SMALL, vocabulary: 64, width: 32, layers: 1, feedForward: 64 }], batch: 4, length: 32, steps: 2, tfjsSteps: 2 };

/** Measures training at each size. `say` hears what comes next. */
export function measureTraining(sizes: TrainingSizes, threadCounts: readonly number[], say: (line: string) => void): TrainingRow[] {
  const trainings = sizes.shapes.flatMap((shape) => measureShape(shape, sizes, threadCounts, say));
  say("plain matrix products");
  return [...trainings, ...threadCounts.map((threads) => measure({ ...taskOf(sizes.shapes[0]!, sizes), variant: "product", threads, steps: 20 }))];
}

function measureShape(shape: LlamaShape, sizes: TrainingSizes, threadCounts: readonly number[], say: (line: string) => void): TrainingRow[] {
  say(`training a model of ${parameterCount(shape)} weights, here and in TensorFlow.js`);
  const task = taskOf(shape, sizes), before = measure(task), reference = measure({ ...task, variant: "tfjs-wasm", steps: sizes.tfjsSteps }), after = measure(task);
  const faster = (a: TrainingRow, b: TrainingRow): TrainingRow => ({
    ...a, tokensPerS: Math.max(a.tokensPerS, b.tokensPerS), tokensPerCpuS: Math.max(a.tokensPerCpuS, b.tokensPerCpuS),
    gflopPerS: Math.max(a.gflopPerS, b.gflopPerS), gflopPerCpuS: Math.max(a.gflopPerCpuS, b.gflopPerCpuS),
  });
  return [faster(before, after), ...threadCounts.filter((threads) => threads > 1).map((threads) => measure({ ...task, threads })), reference];
}

function taskOf(shape: LlamaShape, { batch, length, steps }: TrainingSizes): TrainingTask {
  return { variant: "onnx", shape, batch, length, threads: 1, steps };
}

function measure(task: TrainingTask): TrainingRow {
  const { wallS, cpuS, maxRssBytes, firstLoss } = runTask(task), { variant, shape, batch, length, threads } = task, isProduct = variant === "product";
  const tokens = isProduct ? 0 : batch * length, gflop = (isProduct ? PRODUCT_FLOPS : tokens * trainingFlopsPerToken(shape, length)) / 1e9;
  return {
    variant, parameters: isProduct ? 0 : parameterCount(shape), threads, tokensPerS: tokens / wallS, tokensPerCpuS: tokens / cpuS,
    gflopPerS: gflop / wallS, gflopPerCpuS: gflop / cpuS, peakRssBytes: maxRssBytes, firstLoss,
  };
}

function runTask(task: TrainingTask): TrainingTrial {
  const child = spawnSync(process.execPath, [join(packageRoot(), "dist", "src", "run", "worker-training.js"), JSON.stringify(task)], { encoding: "utf8" });
  if (child.status !== 0) throw new BugError({ subject: "a training benchmark", rule: "end with exit code 0", got: child.status ?? child.signal, hint: child.stderr });
  return JSON.parse(child.stdout.trim().split("\n").at(-1)!) as TrainingTrial;
}
