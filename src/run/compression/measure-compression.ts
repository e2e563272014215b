/** Members of a family in many forms: bytes, quality, speed and energy of each. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Origin } from "../../config/origin.js";
import { ShapeError } from "../../core/errors.js";
import { type Interval, type MeanEstimate, pairedDifference, type PairedDifference, wilsonInterval } from "../../core/statistics.js";
import { writeOnnxOfGguf } from "../../models/onnx/convert-gguf.js";
import { loadRuntimeFor, type ModelFormat } from "../../models/runtimes/load-model-file.js";
import type { TextRole } from "../../world/text/text-role.js";
import { type AskedMember, loadAskedMember } from "../family/load-asked-member.js";
import type { CompressedForm, CompressionWay } from "./compressed-forms.js";
import { keepQuality } from "./kept-quality.js";
import { compareBits, estimateBits, measureQuality, type Quality, type QualityTask } from "./measure-quality.js";
import { measureSpeed, type Speed, type SpeedTask } from "./measure-speed.js";
import { writeForm } from "./write-form.js";

/** A member to measure. */
export interface CompressionMember {
  readonly name: string;
  /** The member of the same size that was trained from scratch on as many tokens, for one that was distilled. */
  readonly scratchTwin?: string;
}

/** What to measure. */
export interface CompressionTask {
  readonly members: readonly CompressionMember[];
  readonly forms: readonly CompressedForm[];
  /** Of the family; the shipped one when left out. */
  readonly folder?: string;
  readonly quality: QualityTask;
  /** Nothing is timed when left out. */
  readonly speed?: SpeedTask;
  /** Folder that keeps answers, so that a measurement that was stopped goes on. */
  readonly keep?: string;
  /** Files that are asked at once, on a thread each. Default 1. */
  readonly lanes?: number;
  /** Hears what comes next. */
  readonly say: (line: string) => void;
}

/** One member in one form. */
export interface CompressionRow extends CompressionMember, Partial<Speed> {
  readonly role: TextRole;
  readonly parameters: number;
  readonly format: ModelFormat;
  readonly form: string;
  readonly way: CompressionWay;
  readonly bytes: number;
  readonly questions: number;
  readonly accuracy: number;
  readonly interval: Interval;
  /** Accuracy less that of the member's first form, on the same questions. */
  readonly change: PairedDifference;
  /** Of texts that training has not read. */
  readonly bitsPerToken: MeanEstimate;
  /** Those beyond the member's first form, on the same texts. */
  readonly extraBits: MeanEstimate;
  readonly joulesOrigin?: Origin;
}

/** Rows, and what could not be. */
export interface CompressionFindings {
  readonly rows: readonly CompressionRow[];
  /** Sentences: a form that the rows of a member cannot be packed in. */
  readonly impossible: readonly string[];
}

/** A file of one form. */
interface FormFile { readonly form: CompressedForm; readonly path: string; readonly bytes: number }

/** Measures every member in every form. @throws {DataError} when the family lacks a member, before anything is measured. */
export async function measureCompression(task: CompressionTask): Promise<CompressionFindings> {
  const members = task.members.map((each) => ({ ...each, loaded: loadAskedMember(each.name, task.folder) })), rows: CompressionRow[] = [], impossible: string[] = [];
  for (const { loaded, ...member } of members) {
    const folder = mkdtempSync(join(tmpdir(), "plmm-compression-"));
    try {
      const files = writeForms(loaded, task.forms, folder, impossible);
      rows.push(...await measureMember(member, loaded, files, task));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { rows, impossible };
}

function writeForms(member: AskedMember, forms: readonly CompressedForm[], folder: string, impossible: string[]): FormFile[] {
  const originals = { gguf: member.gguf, onnx: join(folder, "original.onnx") };
  writeOnnxOfGguf(originals.gguf, originals.onnx);
  return forms.flatMap((form, i) => {
    const path = join(folder, `${i}.${form.format}`);
    try {
      return [{ form, path, bytes: writeForm(originals, form, path) }];
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      impossible.push(`${member.name} in ${form.name}: ${error.subject} must ${error.rule}; got ${String(error.got)}.`);
      return [];
    }
  });
}

async function measureMember(member: CompressionMember, loaded: AskedMember, files: readonly FormFile[], task: CompressionTask): Promise<CompressionRow[]> {
  const qualities = await askFiles(loaded, files, task);
  task.say(`${member.name}: speed of ${files.length} files in turns`);
  const speeds = task.speed === undefined ? [] : await measureSpeed(files.map(({ path }) => path), task.speed);
  return files.map((file, i) => ({ ...member, ...describe(loaded, file), ...judge(qualities[i]!, qualities[0]!), ...speeds[i] }));
}

/** In the order of the files. */
async function askFiles(loaded: AskedMember, files: readonly FormFile[], task: CompressionTask): Promise<Quality[]> {
  const qualities: Quality[] = [], waiting = [...files.entries()];
  await Promise.all(Array.from({ length: task.lanes ?? 1 }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, { form, path }] = next, { role, world } = loaded;
      qualities[place] = await keepQuality(task.keep, path, { role, seed: world.seed, world: world.config, quality: task.quality }, async () => {
        task.say(`${loaded.name}: questions to ${form.name} (${form.format})`);
        return askFile(form.format, path, loaded, task.quality);
      });
    }
  }));
  return qualities;
}

async function askFile(format: ModelFormat, path: string, { world, role }: AskedMember, quality: QualityTask): Promise<Quality> {
  const model = await loadRuntimeFor(format).load(path, { contextTokens: CONTEXT, threads: 1 });
  try {
    return await measureQuality(model, world, role, quality);
  } finally {
    await model.dispose();
  }
}

/** Tokens. All prompts of the world fit. */
const CONTEXT = 256;

function describe({ role, parameters }: AskedMember, { form: { format, name, way }, bytes }: FormFile): Pick<CompressionRow, "role" | "parameters" | "format" | "form" | "way" | "bytes"> {
  return { role, parameters, format, form: name, way, bytes };
}

function judge({ isRight, texts }: Quality, original: Quality): Pick<CompressionRow, "questions" | "accuracy" | "interval" | "change" | "bitsPerToken" | "extraBits"> {
  const right = isRight.filter(Boolean).length, questions = isRight.length;
  return {
    questions, accuracy: right / questions, interval: wilsonInterval(right, questions), change: pairedDifference(isRight.map(Number), original.isRight.map(Number)),
    bitsPerToken: estimateBits(texts), extraBits: compareBits(texts, original.texts),
  };
}
