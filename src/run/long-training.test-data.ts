/** A process that trains a toy model until it is stopped or done: `node long-training.test-data.js CHECKPOINT`. */
import { USUAL_ADAMW } from "../learning/adamw-graph.js";
import { randomBatch, TOY_SHAPE } from "../learning/toy-batches.test-data.js";
import { startTraining } from "../learning/training-state.js";
import { trainModel } from "./train-model.js";

const STEPS = Number(process.argv[3]);
const { isFinished, state } = await trainModel(() => startTraining(TOY_SHAPE, 1), {
  size: { batch: 3, length: 6 }, optimizer: USUAL_ADAMW, schedule: { peak: 0.01, warmupSteps: 3, totalSteps: 1_000_000, finalShare: 0.1 },
  batchAt: (step) => {
    if (step === STEPS) process.kill(process.pid, "SIGINT");
    return randomBatch(7, step, TOY_SHAPE);
  }, curveSteps: 10, threads: 1,
}, { path: process.argv[2]!, secondsPerCheckpoint: 3600, say: (line) => { process.stderr.write(`${line}\n`); } });
process.stdout.write(JSON.stringify({ isFinished, step: state.step }));
