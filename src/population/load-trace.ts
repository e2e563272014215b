/** Reads a recorded trace of requests from disk. */
import { readFileSync } from "node:fs";
import { DataError } from "../core/errors.js";
import { parseTrace } from "./trace.js";
import type { RequestTrace } from "./trace.js";

/**
 * Loads a trace in the format of the Azure LLM inference trace.
 *
 * @param path Of the CSV file.
 * @throws {DataError} when the file cannot be read or a row is wrong; file and line are named.
 */
export function loadTrace(path: string): RequestTrace {
  return parseTrace(readTrace(path), path);
}

function readTrace(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new DataError({
      subject: "the trace", rule: "be a readable file", got: path, where: (cause as NodeJS.ErrnoException).code ?? "unreadable",
      hint: "Get it with: plmm data fetch, or from github.com/Azure/AzurePublicDataset.", cause,
    });
  }
}
