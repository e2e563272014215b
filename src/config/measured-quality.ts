/** Answer quality as measured on the shipped family: the default of section `quality`, where it was measured. */
import { z } from "zod";
import { DataError } from "../core/errors.js";
import { withDefaultsUnder } from "./fill-defaults.js";
import { isPlainMap, type PlainMap } from "./plain-tree.js";
import { accuracy, quantShift } from "./sections/outcome-section.js";

/** Path below datasets/. */
export const QUALITY_FILE = "family/quality.json";

/** Who answers: P alone, E alone, P with what E said, T. */
export const ANSWERERS = ["personal", "expert", "combined", "general"] as const;
/** One of them. */
export type AnswererName = (typeof ANSWERERS)[number];

const count = z.int().nonnegative(), share = z.number().min(0).max(1);
const rowSchema = z.strictObject({
  answerer: z.enum(ANSWERERS),
  /** P where P takes part; the members asked otherwise. */
  model: z.string(), quant: z.string(), kind: accuracy.keyof(),
  right: count, questions: count, interval: z.strictObject({ low: share, high: share }),
});

const fileSchema = z.strictObject({
  about: z.string(),
  /** sha256 over the weights, the questions and the quantizations. */
  runId: z.string().regex(/^[0-9a-f]{64}$/),
  split: z.string(),
  /** P whose accuracies stand in the curves. */
  personal: z.string(),
  curves: z.strictObject({ personal: accuracy, expert: accuracy, combined: accuracy, general: accuracy }),
  consultGain: share,
  quantShift,
  rows: z.array(rowSchema),
});

/** Contents of the file. */
export type MeasuredQuality = z.output<typeof fileSchema>;
/** Right answers of one answerer, model, quantization and kind of question. */
export type QualityRow = z.output<typeof rowSchema>;

/** Contents of the file. @throws {DataError} when they have another shape. */
export function parseMeasuredQuality(value: unknown): MeasuredQuality {
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DataError({ subject: `datasets/${QUALITY_FILE}, ${issue.path.join(".")}`, rule: "be as measured", got: issue.message, hint: "Measure again: plmm models measure." });
}

/**
 * A config with what was measured below its section `quality`. A config that changes curves without saying where they come from makes
 * the section assumed; one that has curves of its own for P gets no loss by quantization on top of them.
 */
export function layMeasuredQuality(plain: PlainMap, measured: MeasuredQuality | undefined): PlainMap {
  const given = plain["quality"] ?? {};
  if (measured === undefined || !isPlainMap(given)) return plain;
  const { curves, consultGain, quantShift: shift } = measured, isOwnP = "personal" in given || "combined" in given;
  const defaults = { ...curves, consultGain, ...(isOwnP ? {} : { quantShift: shift }), origin: "measured", source: sourceOf(measured) };
  const merged = { ...withDefaultsUnder(defaults, given) as PlainMap };
  for (const name of ANSWERERS) merged[name] = withDefaultsUnder(curves[name], given[name] ?? {});
  return { ...plain, quality: merged };
}

function sourceOf({ runId, personal }: MeasuredQuality): string {
  return `measured: plmm models measure, run ${runId.slice(0, 12)}; accuracy of the shipped family in the synthetic world, ${personal} for P, whatever models the scenario declares for speed; confidenceNoise and difficultySlope stay assumed`;
}
