/** Folders of trained families: a folder for each member, with its files and a record of how they came about and what they can do. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { packageRoot } from "../config/load-dataset.js";
import { DataError } from "../core/errors.js";
import { writeOnnxOfGguf } from "./onnx/convert-gguf.js";

/** Files of a member. The record is written last: where it is, all is. */
export const MEMBER_FILES = { record: "model.json", gguf: "model-f16.gguf", onnx: "model.onnx" } as const;

/** Digits of a sha256 in the name of a derived file. */
const NAMED_DIGITS = 12;

const number = z.number(), interval = z.object({ low: number, high: number });
const curveRow = z.object({ step: number, tokens: number, loss: number, gradientNorm: number, learningRate: number });
const score = z.object({
  task: z.string(),
  /** What the questions have that training texts have not. */
  split: z.string(), questions: number, accuracy: number,
  /** 95%. */
  interval,
  /** Expected accuracy of naming one of the values shown at random. */
  copyChance: number,
  /** Of the confidence: see `Calibration`. */
  auroc: number.optional(), brier: number, calibrationError: number,
  /** Parts of being right, such as naming the right area. */
  parts: z.record(z.string(), z.object({ accuracy: number, interval })).optional(),
});
/** Findings on one task and split. */
export type TaskScore = z.output<typeof score>;

const recordSchema = z.object({
  name: z.string(), parameters: z.int().positive(),
  /** All that the weights depend on. */
  plan: z.unknown(),
  /** Of each stage. */
  curves: z.array(z.array(curveRow)),
  scores: z.array(score),
  /** Of each file, by its name. */
  sha256: z.record(z.string(), z.string()),
});

/** Contents of model.json. */
export type MemberRecord = z.output<typeof recordSchema>;

/** A member on disk. */
export interface FamilyMember { readonly folder: string; readonly record: MemberRecord }

/** Where the family lies that ships with the package. */
export function shippedFamilyFolder(): string { return join(packageRoot(), "datasets", "family"); }

/** Names of the finished members in a folder, sorted; none when there is no folder. */
export function listFamily(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().filter((name) => existsSync(join(folder, name, MEMBER_FILES.record)));
}

/** The finished members in a folder, by name. @throws as `loadMember`. */
export function loadFamily(folder: string): FamilyMember[] {
  return listFamily(folder).map((name) => loadMember(join(folder, name)));
}

/**
 * The member of a name.
 *
 * @throws {DataError} when the family lacks it; as `loadMember`.
 */
export function findMember(name: string, folder: string): FamilyMember {
  const names = listFamily(folder);
  if (names.includes(name)) return loadMember(join(folder, name));
  throw new DataError({
    subject: `member ${name} of the family`, rule: "be finished", got: names.length === 0 ? "no finished member" : `members ${names.join(", ")}`, where: folder,
    hint: `Train it: plmm train configs/family.yaml --only ${name} --out ${folder}`,
  });
}

/**
 * A finished member.
 *
 * @throws {DataError} when its record is absent or odd.
 */
export function loadMember(folder: string): FamilyMember {
  const path = join(folder, MEMBER_FILES.record), fault = (got: unknown, cause?: unknown): DataError =>
    new DataError({ subject: path, rule: "be the record of a trained model", got, cause, hint: "Train it: plmm train configs/family.yaml." });
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw fault((cause as Error).message, cause);
  }
  const parsed = recordSchema.safeParse(content);
  if (!parsed.success) throw fault(`${parsed.error.issues[0]!.path.join(".")}: ${parsed.error.issues[0]!.message}`);
  return { folder, record: parsed.data };
}

/**
 * Path of a file of a member, once its bytes are those of the record. An ONNX file that is not in the folder, as in the family that
 * ships, is written from the GGUF file to `out/family` first.
 *
 * @throws {DataError} when they are not.
 */
export function requireMemberFile(member: FamilyMember, file: string): string {
  const { folder, record } = member, own = join(folder, file), path = file === MEMBER_FILES.onnx && !existsSync(own) ? deriveOnnx(member) : own;
  const expected = record.sha256[file], found = existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : undefined;
  if (expected !== undefined && found === expected) return path;
  throw new DataError({ subject: path, rule: `have sha256 ${expected ?? "as its record says"}`, got: found, where: MEMBER_FILES.record, hint: "Restore the file, or remove the record and train again." });
}

function deriveOnnx(member: FamilyMember): string {
  const { name, sha256 } = member.record, folder = join(packageRoot(), "out", "family"), path = join(folder, `${name}-${sha256[MEMBER_FILES.onnx]?.slice(0, NAMED_DIGITS) ?? ""}.onnx`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeOnnxOfGguf(requireMemberFile(member, MEMBER_FILES.gguf), path);
  return path;
}
