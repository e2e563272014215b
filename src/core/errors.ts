/**
 * Errors a person can act on. Every message has one form: subject must rule; got value (where).
 * The second line is one next step. Parts are fields, so tests compare parts and not prose.
 */

/** The parts of an error message. */
export interface ErrorParts {
  /** What is wrong, in the user's words: a config path, a flag, a file, a tensor. */
  readonly subject: string;
  /** The complete, positive rule, starting after "must". */
  readonly rule: string;
  /** The offending value as found. Strings are quoted, long values shortened. */
  readonly got: unknown;
  /** File and line for input; simulated time and entity for a run. */
  readonly where?: string;
  /** One next step: an action or a command. */
  readonly hint: string;
  /** The error underneath, when there is one. */
  readonly cause?: unknown;
}

const LONGEST_SHOWN_VALUE = 120;

/** Formats a value for an error message: strings quoted, arrays and objects shortened. */
export function formatValue(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value)
    : typeof value === "number" || typeof value === "bigint" || value === undefined || value === null ? String(value)
    : typeof value === "object" ? JSON.stringify(value) ?? "object"
    : typeof value === "boolean" ? String(value)
    : typeof value;
  return text.length > LONGEST_SHOWN_VALUE ? `${text.slice(0, LONGEST_SHOWN_VALUE)}…` : text;
}

/** Base of all errors that plmm raises on purpose. */
export abstract class PlmmError extends Error {
  readonly subject: string;
  readonly rule: string;
  readonly got: unknown;
  readonly where: string | undefined;
  readonly hint: string;
  /** Process exit code when the error ends a command. */
  abstract readonly exitCode: number;

  constructor(parts: ErrorParts) {
    const place = parts.where === undefined ? "" : ` (${parts.where})`;
    super(`${parts.subject} must ${parts.rule}; got ${formatValue(parts.got)}${place}.\n${parts.hint}`,
      parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = new.target.name;
    this.subject = parts.subject;
    this.rule = parts.rule;
    this.got = parts.got;
    this.where = parts.where;
    this.hint = parts.hint;
  }
}

/** A scenario, flag or command is wrong. */
export class ConfigError extends PlmmError { override readonly exitCode: number = 2; }

/** A dataset, trace, weight or result file is wrong. */
export class DataError extends PlmmError { override readonly exitCode: number = 3; }

/** Array sizes do not fit together. */
export class ShapeError extends DataError {}

/** A stated limit was reached: memory, events, wall time, waiting requests. */
export class LimitError extends PlmmError { override readonly exitCode: number = 4; }

/** An invariant failed: a fault of this program, not of its input. */
export class BugError extends PlmmError { override readonly exitCode: number = 70; }

/**
 * Asserts what must hold if the program is right.
 *
 * @throws {BugError} when `condition` is false.
 */
export function invariant(condition: boolean, rule: string, got: unknown, where?: string): asserts condition {
  if (condition) return;
  throw new BugError({
    subject: "an invariant of plmm-lab", rule, got, ...(where === undefined ? {} : { where }),
    hint: "This is a bug in src/, not in your scenario. Report the command line and the config that led here.",
  });
}
