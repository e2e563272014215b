/**
 * Lines of a stack on a chip for the simulator, drawn through predictions of the fitted models: decode time against bytes, prefill time
 * against operations. The simulator then needs four numbers per device and no regression.
 */
import { askRow } from "./facts/asked-row.js";
import type { Measurement } from "./facts/measurement.js";
import { MOST_ETA, predictRows } from "./fit/rate-model.js";
import type { RateModel } from "./fit/rate-model.js";

/** Fitted models by what they predict. */
export interface SpeedModels {
  readonly decode: RateModel;
  readonly prefill: RateModel;
  readonly energy: RateModel;
}

/** A chip in a device. */
export interface SpeedPlace {
  readonly chip: string;
  readonly deviceClass: string;
  readonly bandwidthBytesPerS: number;
}

/** Software on an accelerator; the build where one is meant. */
export interface Stack {
  readonly family: string;
  readonly accelerator: string;
  readonly backend: string | undefined;
}

/** The two lines. */
export interface SpeedLines {
  readonly eta: number;
  readonly decodeOverheadS: number;
  readonly prefillOpsPerS: number;
  readonly prefillOverheadS: number;
}

/** Streamed bytes and prompts that the lines are drawn through: a 4-bit model of 0.9e9 and of 3.5e9 weights, 64 and 1,024 tokens. */
const BYTES = [5e8, 2e9] as const;
const PROMPTS = [64, 1024] as const;
const BITS = 4.6;
const PREFILL_PARAMETERS = 1.24e9;

/** Draws the lines of one stack on one accelerator. */
export function drawLines(models: SpeedModels, place: SpeedPlace, stack: Stack): SpeedLines {
  const [small, large] = predictRows(models.decode, BYTES.map((bytes) => rowAt(place, stack, bytes, 1)));
  const [short, long] = predictRows(models.prefill, PROMPTS.map((prompt) => rowAt(place, stack, (PREFILL_PARAMETERS * BITS) / 8, prompt)));
  const decode = lineThrough(BYTES[0], 1 / small!.value, BYTES[1], 1 / large!.value);
  const eta = Math.min(MOST_ETA, 1 / (decode.slope * place.bandwidthBytesPerS));
  const ops = PROMPTS.map((prompt) => 2 * PREFILL_PARAMETERS * prompt);
  const prefill = lineThrough(ops[0]!, PROMPTS[0] / short!.value, ops[1]!, PROMPTS[1] / long!.value);
  return { eta, decodeOverheadS: decode.intercept, prefillOpsPerS: 1 / prefill.slope, prefillOverheadS: prefill.intercept };
}

/** Power while decoding a 4-bit model of 1.24e9 weights: predicted energy of a token times predicted rate. W. */
export function predictPowerW(models: SpeedModels, place: SpeedPlace, stack: Stack): number {
  const row = rowAt(place, stack, (PREFILL_PARAMETERS * BITS) / 8, 1);
  return predictRows(models.energy, [row])[0]!.value * predictRows(models.decode, [row])[0]!.value;
}

function rowAt(place: SpeedPlace, stack: Stack, bytes: number, promptTokens: number): Measurement {
  return askRow({
    ...place, ...stack, streamedBytes: bytes, modelBytes: bytes, parameters: (bytes * 8) / BITS, isMixture: false, kvBytesPerToken: 0, promptTokens, bits: BITS,
  });
}

/** Line through two points; through the origin and the second point where the intercept would be negative. */
function lineThrough(x1: number, y1: number, x2: number, y2: number): { readonly slope: number; readonly intercept: number } {
  const slope = (y2 - y1) / (x2 - x1), intercept = y1 - slope * x1;
  return slope > 0 && intercept >= 0 ? { slope, intercept } : { slope: y2 / x2, intercept: 0 };
}
