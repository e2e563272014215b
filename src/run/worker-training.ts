/**
 * A process that takes some training steps, or some matrix products, and prints what they took as one line of JSON. A process of its
 * own for each, so that peak memory belongs to it. Its only argument is a `TrainingTask` as JSON.
 */
import { Graph } from "../models/graph/graph.js";
import { emitOnnx } from "../models/graph/emit-onnx.js";
import { multiplyMatrices } from "../models/graph/products.js";
import { sampleWeights } from "../models/llama/initial-weights.js";
import type { LlamaShape } from "../models/llama/llama-shape.js";
import { openSession, tensorOver } from "../models/onnx/open-session.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { USUAL_ADAMW } from "../learning/adamw-graph.js";
import { batchOfRows, type TrainingBatch } from "../learning/training-batch.js";
import { Trainer } from "../learning/trainer.js";
import { startTraining } from "../learning/training-state.js";
import { measureWork } from "./measure-work.js";
import { PRODUCT_SIZE, type TrainingTask, type TrainingTrial } from "./training-task.js";

const LEARNING_RATE = 1e-3;

/** Takes a step and gives the loss before it; 0 for products. */
type Step = () => Promise<number>;
/** Something warmed up. A step that warmed it tells its loss. */
interface Prepared { readonly step: Step; readonly firstLoss?: number }

async function run(task: TrainingTask): Promise<TrainingTrial> {
  const { step, firstLoss } = await prepare(task);
  let wallS = Infinity, cpuS = Infinity, loss = firstLoss;
  for (let done = 0; done < task.steps; done++) {
    const { result, effort } = await measureWork(step);
    loss ??= result;
    wallS = Math.min(wallS, effort.wallS);
    cpuS = Math.min(cpuS, effort.cpuS);
  }
  return { wallS, cpuS, maxRssBytes: process.resourceUsage().maxRSS * 1024, firstLoss: loss ?? 0 };
}

function prepare(task: TrainingTask): Promise<Prepared> {
  switch (task.variant) {
    case "onnx": return prepareOnnx(task);
    case "tfjs-wasm": return prepareTfjs(task);
    case "product": return prepareProduct(task);
    default: return task.variant satisfies never;
  }
}

async function prepareOnnx({ shape, batch, length, threads }: TrainingTask): Promise<Prepared> {
  const trainer = await Trainer.open(startTraining(shape, 1), { batch, length }, USUAL_ADAMW, { threads }), examples = exampleBatch(shape, batch, length);
  const step: Step = async () => (await trainer.takeStep(examples, LEARNING_RATE)).loss;
  return { step, firstLoss: await step() };
}

/** Warms up on one short row: that compiles the backend without taking a whole step, which can last half a minute. */
async function prepareTfjs({ shape, batch, length }: TrainingTask): Promise<Prepared> {
  const { startTfjs, TfjsLlama } = await import("../learning/tfjs-llama.js");
  await startTfjs();
  const warm = new TfjsLlama(shape, sampleWeights(shape, 2));
  warm.step(exampleBatch(shape, 1, 16), LEARNING_RATE, USUAL_ADAMW);
  warm.dispose();
  const model = new TfjsLlama(shape, sampleWeights(shape, 1)), examples = exampleBatch(shape, batch, length);
  return { step: () => Promise.resolve(model.step(examples, LEARNING_RATE, USUAL_ADAMW).loss) };
}

async function prepareProduct({ threads }: TrainingTask): Promise<Prepared> {
  const graph = new Graph(), sizes = [PRODUCT_SIZE, PRODUCT_SIZE], numbers = (): Float32Array => new Float32Array(PRODUCT_SIZE ** 2).fill(0.5);
  const product = multiplyMatrices(graph.input("a", "float32", sizes), graph.input("b", "float32", sizes));
  const session = await openSession(emitOnnx(graph, { product }), { threads }), [a, b, out] = [numbers(), numbers(), numbers()].map((data) => tensorOver(data, sizes));
  const step: Step = async () => {
    await session.run({ a: a!, b: b! }, { product: out! });
    return 0;
  };
  await step();
  return { step };
}

function exampleBatch({ vocabulary }: LlamaShape, batch: number, length: number): TrainingBatch {
  const stream = new RandomStream(1, 0, Purpose.bench).seek(0, 0);
  return batchOfRows(Array.from({ length: batch }, () => Array.from({ length: length + 1 }, () => stream.nextInt(vocabulary))));
}

process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2]!) as TrainingTask))}\n`);
