/**
 * Visits of a calibration in progress, one line each, appended as they end: a calibration that was stopped or killed goes on behind
 * the last whole line. The first line says what they are visits of.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigError } from "../../core/errors.js";
import { hostStepSchema } from "../../devices/host/host-step.js";
import { writeText } from "../publish-results.js";

const effort = { wallS: z.number().positive(), cpuS: z.number().positive() };

const visitSchema = z.strictObject({
  /** Index of the case in the plan. */
  case: z.int().min(0),
  round: z.int().min(0),
  steps: z.array(z.strictObject({ step: hostStepSchema, ...effort })),
});

/** One visit to a case. */
export type Visit = Readonly<z.output<typeof visitSchema>>;

/**
 * Opens the log of a calibration, or begins it.
 *
 * @param heading What the visits are of: a text that differs between plans, machines and versions.
 * @returns The visits that are there.
 * @throws {ConfigError} when the log is of something else.
 */
export function openVisitLog(path: string, heading: string): Visit[] {
  if (!existsSync(path)) {
    writeText(path, `${JSON.stringify({ heading })}\n`);
    return [];
  }
  const [first, ...lines] = readFileSync(path, "utf8").split("\n");
  const found = parseLine(first!, z.strictObject({ heading: z.string() }));
  if (found?.heading !== heading) {
    throw new ConfigError({ subject: path, rule: "hold visits of this calibration", got: found?.heading ?? "something else", hint: `Remove the file to start anew. Wanted: ${heading}` });
  }
  const visits = lines.map((line) => parseLine(line, visitSchema)).filter((visit) => visit !== undefined);
  // Written again without a line that was cut when the process was killed, so that the next one starts on a line of its own.
  writeText(path, [{ heading }, ...visits].map((line) => `${JSON.stringify(line)}\n`).join(""));
  return visits;
}

/** Adds a visit. */
export function appendVisit(path: string, visit: Visit): void { appendFileSync(path, `${JSON.stringify(visit)}\n`); }

function parseLine<Line>(text: string, schema: z.ZodType<Line>): Line | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
