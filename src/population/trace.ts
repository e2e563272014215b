/**
 * Requests recorded at a real service, in the format of the Azure LLM inference trace: TIMESTAMP,ContextTokens,GeneratedTokens.
 * Source of the format: Azure/AzurePublicDataset (CC-BY-4.0); Patel et al. 2024, Splitwise, ISCA. Each row is one request; rows carry no person.
 */
import { DataError } from "../core/errors.js";

/** Requests in order of time. All arrays have shape [requests]. */
export interface RequestTrace {
  /** Microseconds since the first request, whole. Non-decreasing, starts with 0. */
  readonly atUs: Float64Array;
  /** Tokens that the service read: question and all context before it. At least 1. */
  readonly promptTokens: Int32Array;
  /** Tokens that the service wrote. At least 1. */
  readonly answerTokens: Int32Array;
}

const HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";
const STAMP = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)?$/;
const MOST_TOKENS = 10_000_000;

/**
 * Parses a trace.
 *
 * @param text With the header line. Line ends LF or CRLF.
 * @param file Named in errors.
 * @throws {DataError} with file and line for another header, a row without three fields, a time that is none or lies before
 *   its predecessor, token counts that are not whole numbers from 1, or no rows.
 */
export function parseTrace(text: string, file: string): RequestTrace {
  const lines = text.split("\n");
  const header = (lines[0] ?? "").replace(/^\ufeff/, "").trimEnd();
  if (header !== HEADER) throw wrongLine(file, 1, `start with the header ${HEADER}`, header, "Keep the three columns of the Azure LLM inference trace of 2023.");
  const atUs: number[] = [], promptTokens: number[] = [], answerTokens: number[] = [];
  let firstUs = 0, lastUs = -Infinity;
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index]!.trimEnd();
    if (line === "") continue;
    const fields = line.split(","), place = index + 1;
    if (fields.length !== 3) throw wrongLine(file, place, "have three fields", line, `Columns are ${HEADER}.`);
    const stampUs = parseStampUs(fields[0]!, file, place);
    if (!(stampUs >= lastUs)) throw wrongLine(file, place, "not lie before the line above in time", fields[0]!,
      `Sort the rows by time: (head -1 ${file}; tail -n +2 ${file} | sort) > sorted.csv`);
    if (atUs.length === 0) firstUs = stampUs;
    lastUs = stampUs;
    atUs.push(stampUs - firstUs);
    promptTokens.push(parseTokens(fields[1]!, file, place));
    answerTokens.push(parseTokens(fields[2]!, file, place));
  }
  if (atUs.length === 0) throw wrongLine(file, 2, "hold at least one request", "", "Check that the download is complete.");
  return { atUs: Float64Array.from(atUs), promptTokens: Int32Array.from(promptTokens), answerTokens: Int32Array.from(answerTokens) };
}

/** Microseconds since 1970 of a UTC time stamp; digits below a microsecond are cut. */
function parseStampUs(stamp: string, file: string, line: number): number {
  const parts = STAMP.exec(stamp), wall = parts === null ? "" : `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}`;
  const milliseconds = Date.parse(`${wall}Z`);
  // Date.parse takes the 31st of a short month for the 1st of the next: the day has to come back as written.
  const isInstant = parts !== null && !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().slice(0, 19) === wall;
  if (!isInstant) throw wrongLine(file, line, "have a time such as 2023-11-16 18:15:46.6805900", stamp, "Times are UTC, to 0.1 microseconds.");
  return milliseconds * 1000 + Number((parts[7] ?? "").padEnd(6, "0").slice(0, 6));
}

function parseTokens(text: string, file: string, line: number): number {
  const tokens = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(tokens >= 1 && tokens <= MOST_TOKENS)) throw wrongLine(file, line, `have whole token counts from 1 to ${MOST_TOKENS}`, text, "Remove the row, or correct its count.");
  return tokens;
}

function wrongLine(file: string, line: number, rule: string, got: string, hint: string): DataError {
  return new DataError({ subject: "a row of the trace", rule, got, where: `${file}:${line}`, hint });
}
