import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../core/errors.js";
import { floatsOf, openSession, tensorOver } from "../models/onnx/open-session.js";
import { type LlamaShape, parameterCount, weightSpecs } from "../models/llama/llama-shape.js";
import { USUAL_ADAMW } from "./adamw-graph.js";
import { learningRateAt } from "./learning-rate.js";
import { randomBatch, TOY_SHAPE } from "./toy-batches.test-data.js";
import { train, type TrainingPlan, type TrainingSurroundings } from "./train.js";
import { batchOfRows, type TrainingBatch } from "./training-batch.js";
import { evaluationModel } from "./training-graph.js";
import { decodeCheckpoint, encodeCheckpoint, startTraining, type TrainingState, weightsOf } from "./training-state.js";
import { batchTensors } from "./trainer.js";
import { loadCheckpoint, writeCheckpoint } from "./write-checkpoint.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-train-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

function planOf(changes: Partial<TrainingPlan> = {}): TrainingPlan {
  return {
    size: { batch: 3, length: 6 }, optimizer: USUAL_ADAMW, schedule: { peak: 0.01, warmupSteps: 3, totalSteps: 12, finalShare: 0.1 },
    batchAt: (step) => randomBatch(7, step, TOY_SHAPE), curveSteps: 5, threads: 1, ...changes,
  };
}

/** Surroundings with a clock that goes on by a second each time it is looked at. */
function surroundingsOf(kept: Uint8Array[], changes: Partial<TrainingSurroundings> = {}): TrainingSurroundings {
  let timeS = 0;
  return { nowS: () => timeS++, secondsPerCheckpoint: Infinity, keep: (state) => { kept.push(encodeCheckpoint(state)); }, ...changes };
}

async function trainToEnd(start: TrainingState, changes: Partial<TrainingPlan> = {}): Promise<Uint8Array> {
  const kept: Uint8Array[] = [], { isFinished } = await train(start, planOf(changes), surroundingsOf(kept));
  expect(isFinished).toBe(true);
  return kept.at(-1)!;
}

describe("a training", () => {
  test("gives the same bytes twice, and others for another seed", async () => {
    const first = await trainToEnd(startTraining(TOY_SHAPE, 1));
    expect(await trainToEnd(startTraining(TOY_SHAPE, 1))).toEqual(first);
    expect(await trainToEnd(startTraining(TOY_SHAPE, 2))).not.toEqual(first);
  });

  // A larger model, so that the runtime has reason to share its products and sums among threads.
  test("gives the same bytes twice on two threads, and the loss of one thread to 1e-5", async () => {
    const shape: LlamaShape = { ...TOY_SHAPE, vocabulary: 256, width: 64, feedForward: 128, context: 32 }, size = { batch: 8, length: 32 };
    const trained = (threads: number): Promise<Uint8Array> =>
      trainToEnd(startTraining(shape, 1), { threads, size, schedule: { peak: 0.01, warmupSteps: 1, totalSteps: 4, finalShare: 1 }, curveSteps: 2, batchAt: (step) => randomBatch(3, step, shape, size.batch, size.length) });
    const [two, again, one] = [await trained(2), await trained(2), await trained(1)];
    expect(again).toEqual(two);
    const lossesOf = (bytes: Uint8Array): number[] => decodeCheckpoint(bytes, "c").curve.rows.map(({ loss }) => loss);
    lossesOf(one).forEach((loss, i) => { expect(loss).toBeCloseTo(lossesOf(two)[i]!, 5); });
    expect(lossesOf(one)).toHaveLength(2);
  });

  test("stopped after any step and resumed from its file goes on as if it had not been", async () => {
    const whole = await trainToEnd(startTraining(TOY_SHAPE, 1)), path = join(folder, "resumed.safetensors");
    for (const lastStep of [1, 5, 7]) {
      const stop = new AbortController();
      const batchAt = (step: number): TrainingBatch => {
        if (step === lastStep) stop.abort();
        return randomBatch(7, step, TOY_SHAPE);
      };
      const found = await train(startTraining(TOY_SHAPE, 1), planOf({ batchAt }), surroundingsOf([], { signal: stop.signal, keep: (state) => { writeCheckpoint(path, state); } }));
      expect(found).toMatchObject({ isFinished: false, state: { step: lastStep } });
      expect(await trainToEnd(loadCheckpoint(path)), `after step ${lastStep}`).toEqual(whole);
    }
  });

  test("keeps a state by the clock and at the end, and reports progress with the time that remains", async () => {
    const kept: Uint8Array[] = [], steps: number[] = [];
    await train(startTraining(TOY_SHAPE, 1), planOf(), surroundingsOf(kept, {
      secondsPerCheckpoint: 8,
      report: ({ row, totalSteps, tokensPerS, remainingS }) => {
        steps.push(row.step);
        expect(row.tokens).toBe(row.step * 18);
        expect(remainingS * tokensPerS).toBeCloseTo((totalSteps - row.step) * 18, 6);
      },
    }));
    expect(steps).toEqual([5, 10]);
    expect(kept.length).toBeGreaterThan(1);
    const last = decodeCheckpoint(kept.at(-1)!, "last");
    expect(last.step).toBe(12);
    expect(last.curve.rows.map(({ step }) => step)).toEqual([5, 10]);
    expect(last.curve.pending.steps).toBe(2);
  });

  test("stops with the step when the loss is no number, and keeps what was before", async () => {
    const kept: Uint8Array[] = [], state = startTraining(TOY_SHAPE, 1);
    const batchAt = (step: number): TrainingBatch => {
      if (step === 4) state.arrays.get("blk.0.ffn_up.weight")!.weight.fill(NaN);
      return randomBatch(7, step, TOY_SHAPE);
    };
    const failing = train(state, planOf({ batchAt }), surroundingsOf(kept, { secondsPerCheckpoint: 0 }));
    await expect(failing).rejects.toThrow(DataError);
    await expect(failing).rejects.toThrow(/stay finite numbers; got "NaN and NaN".*\(step 4\)[^]*state kept is that of step 3/);
    const last = decodeCheckpoint(kept.at(-1)!, "last");
    expect(last.step).toBe(3);
    for (const { weight } of last.arrays.values()) expect(weight.every(Number.isFinite)).toBe(true);
  });
});

describe("the learning rate", () => {
  test("rises along a line, falls along half a cosine and ends at its share", () => {
    const schedule = { peak: 2, warmupSteps: 4, totalSteps: 104, finalShare: 0.1 };
    expect([1, 2, 4, 54, 104, 200].map((step) => learningRateAt(step, schedule))).toEqual([0.5, 1, 2, expect.closeTo(1.1, 12), expect.closeTo(0.2, 12), expect.closeTo(0.2, 12)]);
    expect(() => learningRateAt(0, schedule)).toThrow("count steps from 1");
  });
});

describe("a checkpoint", () => {
  const state = startTraining(TOY_SHAPE, 3, "a note"), bytes = encodeCheckpoint(state);

  test("comes back as it was written", () => { expect(decodeCheckpoint(bytes, "c")).toEqual(state); });

  test("is refused by name when cut short, changed or foreign", () => {
    for (const length of [0, 7, 8, 300, bytes.length - 1]) expect(() => decodeCheckpoint(bytes.subarray(0, length), "c.safetensors"), `${length} bytes`).toThrow(DataError);
    const changed = bytes.slice();
    changed[changed.length - 3]! ^= 1;
    expect(() => decodeCheckpoint(changed, "c.safetensors")).toThrow(/c\.safetensors must hold the numbers it was written with/);
    writeFileSync(join(folder, "foreign"), "GGUF, or so it says, and some more");
    expect(() => loadCheckpoint(join(folder, "foreign"))).toThrow(DataError);
    expect(() => loadCheckpoint(join(folder, "absent"))).toThrow(/be readable/);
  });

  test("that cannot be written leaves the one before as it was, and nothing unfinished", () => {
    const path = join(folder, "kept.safetensors");
    writeCheckpoint(path, state);
    const before = readFileSync(path), taken = join(folder, "taken");
    mkdirSync(join(taken, "by a folder"), { recursive: true });
    expect(() => { writeCheckpoint(taken, state); }, "the last step, renaming, fails").toThrow(DataError);
    expect(() => { writeCheckpoint(join(path, "below-a-file"), state); }).toThrow(DataError);
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.endsWith(".unfinished"))).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });
});

// A sequence of 6 letters, a mark, and the same 6 letters again: only attention to 7 places before can tell the second half.
const COPIED = 6, MARK = 12;
const COPIER: LlamaShape = { vocabulary: 13, width: 32, layers: 2, heads: 4, kvHeads: 2, feedForward: 64, context: 13, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };

function copyBatch(seed: number, step: number): TrainingBatch {
  const letters = randomBatch(seed, step, { ...COPIER, vocabulary: MARK }, 32, COPIED - 1).tokens;
  const rows = Array.from({ length: 32 }, (_, row) => Array.from(letters.subarray(row * (COPIED - 1), (row + 1) * (COPIED - 1)), Number)).map((part) => [...part, MARK, ...part]);
  return batchOfRows(rows, { isLearned: (_, place) => place >= COPIED });
}

describe("a model of 20 thousand weights", () => {
  test("learns to copy what it read, on sequences it never saw", async () => {
    expect(parameterCount(COPIER)).toBeLessThan(30_000);
    const { batch, length } = copyBatch(1, 1), state = startTraining(COPIER, 1);
    const chance = await accuracyOf(state);
    await train(state, planOf({ size: { batch, length }, schedule: { peak: 0.01, warmupSteps: 20, totalSteps: 400, finalShare: 0.05 }, batchAt: (step) => copyBatch(1, step), curveSteps: 50 }), surroundingsOf([]));
    expect(chance).toBeLessThan(0.3);
    expect(await accuracyOf(state)).toBeGreaterThan(0.95);
  }, 120_000);
});

/** Share of copied letters that are most likely to the model, on a batch of another seed. */
async function accuracyOf(state: TrainingState): Promise<number> {
  const { shape } = state, trained = weightsOf(state), batch = copyBatch(2, 1), session = await openSession(evaluationModel(shape, batch), { threads: 1 });
  const weights = Object.fromEntries(weightSpecs(shape).map(({ name, shape: sizes }) => [name, tensorOver(trained.get(name)!, sizes)]));
  const logits = floatsOf(await session.run({ ...weights, ...batchTensors(batch) }), "logits"), asked = [...batch.tokenWeights.keys()].filter((i) => batch.tokenWeights[i] === 1);
  await session.release();
  const isRight = (i: number): boolean => {
    const row = logits.subarray(i * shape.vocabulary, (i + 1) * shape.vocabulary);
    return row.indexOf(Math.max(...row)) === Number(batch.targets[i]);
  };
  return asked.filter(isRight).length / asked.length;
}
