/**
 * Importer for real encrypted streaming answers: record sizes and times of chat responses, with the prompts that caused
 * them. The question to an attack: was the prompt about the watched topic (whether money laundering is legal)?
 *
 * Source of the traces: MatthewELucio/whisper_leak_data_privacy on GitHub (MIT licence), file of GPT-4o, recorded with the
 * method of McDonald and Bar Or 2025, Whisper Leak: a side-channel attack on Large Language Models, arXiv:2511.03675.
 * The file itself is not part of this project.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { log2 } from "../core/elementary.js";
import { DataError } from "../core/errors.js";
import type { FeatureTable, LabelledTraces } from "./attacks/attack.js";

/** The topic as it is worded in the recorded prompts. */
const WATCHED_TOPIC = /launder|clean dirty money|illegal funds/i;

const traceSchema = z.array(z.object({
  prompt: z.string(),
  data_lengths: z.array(z.number().min(0)).min(1),
  time_diffs: z.array(z.number()).min(1),
})).min(1);

/** One recorded answer. */
export interface RecordedAnswer {
  readonly prompt: string;
  /** Whether the prompt is about the watched topic. */
  readonly isWatched: boolean;
  /** Bytes of each TLS record down, in order. */
  readonly recordBytes: readonly number[];
  /** Seconds from the record before (the request, for the first) to each record. In the published files a few are below 0. */
  readonly gapsS: readonly number[];
}

/**
 * Reads recorded answers.
 *
 * @param path JSON file of the recordings.
 * @throws {DataError} when the file is missing, is not JSON or has another form.
 */
export function loadWhisperLeak(path: string): RecordedAnswer[] {
  return parseWhisperLeak(readText(path), path);
}

/** Parses the text of a recordings file. `path` is for messages. @throws {DataError} when it is not JSON or has another form. */
export function parseWhisperLeak(text: string, path: string): RecordedAnswer[] {
  const parsed = traceSchema.safeParse(parseJson(text, path));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new DataError({
      subject: `recordings ${path}`, rule: "be a list of answers with prompt, data_lengths and time_diffs", got: issue?.message ?? "",
      where: issue?.path.join(".") ?? "", hint: "Use a traces file of MatthewELucio/whisper_leak_data_privacy as it is published.",
    });
  }
  return parsed.data.map((answer) => ({
    prompt: answer.prompt, isWatched: WATCHED_TOPIC.test(answer.prompt), recordBytes: answer.data_lengths, gapsS: answer.time_diffs,
  }));
}

/**
 * Recorded answers as labelled traces: class 1 is the watched topic. All answers to one prompt count as one person, so that
 * an attack is never judged on a prompt it learned from.
 *
 * @returns Eight features of counts and sizes alone: times are left out.
 */
export function toLabelledTraces(answers: readonly RecordedAnswer[]): LabelledTraces {
  const personOf = new Map<string, number>();
  for (const { prompt } of answers) if (!personOf.has(prompt)) personOf.set(prompt, personOf.size);
  return {
    features: sizeFeatures(answers),
    labels: Int32Array.from(answers, (answer) => (answer.isWatched ? 1 : 0)),
    people: Int32Array.from(answers, (answer) => personOf.get(answer.prompt)!),
    classCount: 2,
  };
}

/** log2 of records, of bytes, of bytes per record, their log-scale quartiles, and the spread of sizes. */
function sizeFeatures(answers: readonly RecordedAnswer[]): FeatureTable {
  const rows = answers.map(({ recordBytes }) => {
    const sorted = Float64Array.from(recordBytes).sort(), count = sorted.length;
    const total = sorted.reduce((sum, bytes) => sum + bytes, 0), mean = total / count;
    const variance = sorted.reduce((sum, bytes) => sum + (bytes - mean) ** 2, 0) / count;
    const quartiles = [1, 2, 3].map((quarter) => log2(1 + sorted[Math.floor((quarter * (count - 1)) / 4)]!));
    return [log2(1 + count), log2(1 + total), log2(1 + mean), log2(1 + Math.sqrt(variance)), ...quartiles, log2(1 + sorted[count - 1]!)];
  });
  return { rowCount: rows.length, columnCount: rows[0]?.length ?? 0, values: Float64Array.from(rows.flat()) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new DataError({
      subject: `recordings ${path}`, rule: "be a readable file", got: "none", cause,
      hint: "Download a traces file of MatthewELucio/whisper_leak_data_privacy and give its path.",
    });
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError({ subject: `recordings ${path}`, rule: "be JSON", got: text.slice(0, 40), cause, hint: "Download the file again: it may be cut off." });
  }
}
