/** Errors on their way between threads: class and fields do not survive it, so they go over as plain data and are made whole. */
import type { Piscina } from "piscina";
import { BugError, ConfigError, DataError, type ErrorParts, formatValue, LimitError, PlmmError, ShapeError } from "../core/errors.js";

/** Plain form of an error that plmm raises on purpose. */
export interface PlainError { readonly name: string; readonly parts: ErrorParts; readonly stack: string | undefined }

/** What a thread hands back: a value, or why there is none. */
export type Outcome<Value> = { readonly value: Value } | { readonly failed: PlainError };

const CLASSES: Readonly<Record<string, new (parts: ErrorParts) => PlmmError>> = { ConfigError, DataError, ShapeError, LimitError, BugError };

/** Runs a job. An error that plmm raises on purpose becomes plain; any other is thrown on. */
export function captureErrors<Value>(job: () => Value): Outcome<Value> {
  try {
    return { value: job() };
  } catch (error) {
    if (error instanceof PlmmError && error.name in CLASSES) return { failed: plainError(error) };
    throw error;
  }
}

/**
 * The value of an outcome.
 *
 * @throws {PlmmError} of the class that was raised in the thread, with the same parts, message and stack.
 */
export function openOutcome<Value>(outcome: Outcome<Value>): Value {
  if ("value" in outcome) return outcome.value;
  const { name, parts, stack } = outcome.failed, error = new CLASSES[name]!(parts);
  if (stack !== undefined) error.stack = stack;
  throw error;
}

/**
 * Gives a job to a thread of the pool.
 *
 * @param job A `WorkerJob` of `worker-cell.ts`, whose kind fixes what comes back.
 * @throws {PlmmError} of the class and with the parts that the thread raised.
 */
export async function runJob<Value>(pool: Piscina, job: { readonly kind: string; readonly task: unknown }): Promise<Value> {
  return openOutcome(await pool.run(job) as Outcome<Value>);
}

function plainError({ name, subject, rule, got, where, hint, cause, stack }: PlmmError): PlainError {
  const parts = { subject, rule, got: cloneable(got), hint, ...(where === undefined ? {} : { where }), ...(cause === undefined ? {} : { cause: plainCause(cause) }) };
  return { name, parts, stack };
}

/** What is underneath keeps its words. */
function plainCause(cause: unknown): unknown {
  return cause instanceof Error ? new Error(cause.message) : cloneable(cause);
}

function cloneable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return formatValue(value);
  }
}
