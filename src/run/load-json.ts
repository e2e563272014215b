/** A JSON file of results, checked. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { DataError } from "../core/errors.js";

/**
 * Reads and checks a JSON file.
 *
 * @param hint The next step when it is damaged.
 * @throws {DataError} when the file is missing, is no JSON or has another form.
 */
export function loadJson<T>(path: string, schema: z.ZodType<T>, hint: string = "Restore it from the repository, or make the results again."): T {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const got = cause instanceof z.ZodError ? `${cause.issues[0]?.path.join(".") ?? ""}: ${cause.issues[0]?.message ?? ""}`
      : cause instanceof Error ? cause.message : String(cause);
    throw new DataError({ subject: "a result file", rule: "be whole and of this version", got, where: path, hint, cause });
  }
}
