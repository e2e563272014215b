/**
 * What a calibration measures: a grid to fit on, and cases kept out of the fit to judge it by. Nothing of a kept-out case is in the
 * grid: neither its shape nor its lengths; some lie between the sizes of the grid and some beyond.
 */
import { canPredictSeveral } from "../../devices/host/host-step.js";
import type { LlamaShape } from "../../models/llama/llama-shape.js";

/** A model file on some threads, and the lengths it is measured at. */
export interface CalibrationCase {
  readonly runtime: "llama.cpp" | "ONNX Runtime";
  readonly shape: LlamaShape;
  readonly quant: string;
  readonly threads: number;
  /** Prompts laid one behind the other, with tokens decoded after each. */
  readonly prompts: readonly number[];
  /** Sequences decoded together behind a short prompt; empty: one by one only. */
  readonly batches: readonly number[];
  readonly isHeldOut: boolean;
}

/** How much is measured. Each shape has every second format on one number of threads, and the others on the next: the model joins them. The wider shapes of the grid, in which a format shows best, have every one on one thread. */
export interface CalibrationPlan {
  readonly name: string;
  readonly cases: readonly CalibrationCase[];
  /** Visits to each case, spread over the run: at least, and at most while its times are not known well. */
  readonly rounds: { readonly least: number; readonly most: number };
}

/** Quantizations of the full grid. */
export const CALIBRATED_QUANTS = ["F16", "Q8_0", "Q6_K", "Q5_K", "Q4_K", "Q4_0", "Q3_K", "Q2_K", "IQ4_NL"] as const;
const SHORT_QUANTS: readonly string[] = ["F16", "Q8_0", "Q4_K"];
/** Rows of these hold blocks of 32, so that widths need be no multiples of 256. */
const NARROW_QUANTS: readonly string[] = ["F16", "Q8_0", "Q4_0", "IQ4_NL"];

const BASE = { context: 4096, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };

function shapeOf(width: number, layers: number, heads: number, kvHeads: number, feedForward: number, vocabulary: number): LlamaShape {
  return { ...BASE, width, layers, heads, kvHeads, feedForward, vocabulary };
}

/** 0.4 to 97 million weights, heads of 32 to 128 numbers. */
const GRID_SHAPES: readonly LlamaShape[] = [
  shapeOf(128, 3, 4, 4, 256, 768), shapeOf(256, 2, 8, 2, 512, 1024), shapeOf(256, 6, 4, 4, 768, 4096), shapeOf(512, 4, 8, 4, 1536, 2048),
  shapeOf(512, 3, 16, 16, 1024, 1536), shapeOf(512, 12, 4, 2, 1536, 4096), shapeOf(768, 8, 6, 6, 2048, 8192), shapeOf(1024, 8, 16, 8, 2816, 8192),
];
/** 1.9 to 121 million weights. */
const HELD_OUT_SHAPES: readonly LlamaShape[] = [
  shapeOf(256, 4, 8, 8, 512, 768), shapeOf(512, 8, 16, 4, 1024, 1024), shapeOf(768, 5, 6, 6, 1536, 4096), shapeOf(1024, 10, 16, 4, 2560, 16_384),
];

const GRID_PROMPTS: readonly (readonly number[])[] = [[9, 160, 640], [48, 360, 200]], HELD_OUT_PROMPTS: readonly (readonly number[])[] = [[24, 240, 560], [100, 700]];
/** From this width on multiplying takes most of a step. */
const TELLING = 768;
/** For shapes whose prompts take seconds. */
const WIDE = 1024, WIDE_GRID_PROMPTS: typeof GRID_PROMPTS = [[9, 160], [48, 300]], WIDE_HELD_OUT_PROMPTS: typeof GRID_PROMPTS = [[24, 240], [100, 220]];
const GRID_BATCHES = [2, 4, 8], HELD_OUT_BATCHES = [3, 6];

/** The grid of `plmm calibrate` on a machine of so many processors. `threads` counts from 1 to them. */
export function fullPlan(threads: readonly number[], processors: number): CalibrationPlan {
  const cases = [...casesOf(GRID_SHAPES, CALIBRATED_QUANTS, threads, false, [1]), ...casesOf(HELD_OUT_SHAPES, CALIBRATED_QUANTS, threads, true)];
  return { name: "full", cases: cases.map((each) => ({ ...each, batches: canPredictSeveral(each.threads, processors) ? each.batches : [] })), rounds: { least: 2, most: 3 } };
}

/** Three models to fit on and two to predict, in two formats, on one thread of llama.cpp: less cannot be called a calibration. */
export function tinyPlan(): CalibrationPlan {
  const tiny = (shapes: readonly LlamaShape[], isHeldOut: boolean): CalibrationCase[] => casesOf(shapes, ["F16", "Q8_0"], [1], isHeldOut).filter(({ runtime }) => runtime === "llama.cpp");
  return { name: "tiny", cases: [...tiny(GRID_SHAPES.slice(0, 3), false), ...tiny(HELD_OUT_SHAPES.slice(0, 2), true)], rounds: { least: 1, most: 1 } };
}

/** A few small models on one thread, in seconds: shows that it works. */
export function quickPlan(): CalibrationPlan {
  const quick = (shapes: readonly LlamaShape[], isHeldOut: boolean): CalibrationCase[] => casesOf(shapes, SHORT_QUANTS, [1], isHeldOut);
  return { name: "quick", cases: [...quick(GRID_SHAPES.slice(0, 5), false), ...quick(HELD_OUT_SHAPES.slice(0, 2), true)], rounds: { least: 1, most: 1 } };
}

/** `wholeOn`: numbers of threads on which the wider shapes have every format. */
function casesOf(shapes: readonly LlamaShape[], quants: readonly string[], threads: readonly number[], isHeldOut: boolean, wholeOn: readonly number[] = []): CalibrationCase[] {
  const batches = isHeldOut ? HELD_OUT_BATCHES : GRID_BATCHES;
  return shapes.flatMap((shape, s) => threads.flatMap((threadCount) => {
    const prompts = promptsOf(shape, isHeldOut);
    return [
      ...quants.filter((quant, q) => ((wholeOn.includes(threadCount) && shape.width >= TELLING) || (s + q + threadCount) % 2 === 0) && (shape.width % 256 === 0 || NARROW_QUANTS.includes(quant))).map((quant): CalibrationCase =>
        ({ runtime: "llama.cpp", shape, quant, threads: threadCount, prompts: prompts[Math.floor((s + threadCount) / 2) % 2]!, batches: Math.floor((s + 1) / 2) % 2 === 0 ? batches : [], isHeldOut })),
      { runtime: "ONNX Runtime" as const, shape, quant: "F32", threads: threadCount, prompts: prompts[s % 2]!, batches: [], isHeldOut },
    ];
  }));
}

function promptsOf({ width }: LlamaShape, isHeldOut: boolean): readonly (readonly number[])[] {
  if (width >= WIDE) return isHeldOut ? WIDE_HELD_OUT_PROMPTS : WIDE_GRID_PROMPTS;
  return isHeldOut ? HELD_OUT_PROMPTS : GRID_PROMPTS;
}
