/** Answer quality as measured on the shipped family: the default of section `quality`, where it was measured. */
import { z } from "zod";
import { DataError } from "../core/errors.js";
import type { ConfigFault } from "./config-faults.js";
import { withDefaultsUnder } from "./fill-defaults.js";
import type { ConfigPath } from "./located-tree.js";
import { isPlainMap, type PlainMap } from "./plain-tree.js";
import { accuracy, DECLARED, qualitySection } from "./sections/outcome-section.js";

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
  /** P whose accuracies a scenario has that names none. */
  member: z.string(),
  /** Curves of each P. */
  members: qualitySection.shape.members.unwrap(),
  expert: accuracy,
  general: accuracy,
  consultGain: share,
  rows: z.array(rowSchema),
}).refine(({ member, members }) => Object.hasOwn(members, member), { path: ["member"], error: "a name that members has not" });

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
 * the section assumed; one that has curves of its own for P has them in place of a measured P's.
 */
export function layMeasuredQuality(plain: PlainMap, measured: MeasuredQuality | undefined): PlainMap {
  const given = plain["quality"] ?? {};
  if (measured === undefined || !isPlainMap(given)) return plain;
  const { member, members, expert, general, consultGain } = measured, { personal, combined } = members[member]!;
  const curves = { personal, expert, combined, general }, hasOwnP = OF_DECLARED_P.some((key) => key in given);
  const defaults = { ...curves, consultGain, members, member: hasOwnP ? DECLARED : member, origin: "measured", source: sourceOf(measured) };
  const merged = { ...withDefaultsUnder(defaults, given) as PlainMap };
  for (const name of ANSWERERS) merged[name] = withDefaultsUnder(curves[name], given[name] ?? {});
  return { ...plain, quality: merged };
}

/** Keys of section `quality` that count only for a declared P. */
const OF_DECLARED_P = ["personal", "combined", "quantShift"];

/**
 * Faults of changes to curves that would not count, as P has those of a measured member.
 *
 * @param changed Paths below section `quality` with their new values.
 */
export function uncountedCurves(changed: readonly (readonly [path: ConfigPath, value: unknown])[], member: string): readonly ConfigFault[] {
  return member === DECLARED ? [] : changed.filter(([[, key]]) => OF_DECLARED_P.includes(String(key))).map(([path, got]) => ({
    path, subject: path.join("."), rule: `be left out while quality.member is ${member}, whose measured accuracies count`, got, hint: `Say quality.member: ${DECLARED} beside it.`,
  }));
}

/** What a section `quality` sets, as `uncountedCurves` wants it. */
export function changesOf(quality: unknown): readonly (readonly [path: ConfigPath, value: unknown])[] {
  return isPlainMap(quality) ? Object.entries(quality).map(([key, value]) => [["quality", key], value]) : [];
}

function sourceOf({ runId }: MeasuredQuality): string {
  return `measured: plmm models measure, run ${runId.slice(0, 12)}; accuracy of the shipped family in the synthetic world (P: quality.member), whatever models the scenario declares for speed; confidenceNoise and difficultySlope stay assumed`;
}
