/** Reads captures back, and sees that a new one begins in an empty place. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { z } from "zod";
import { ConfigError, DataError } from "../../core/errors.js";

/** @throws {ConfigError} for a folder that holds something: two captures in one would be told apart by nobody; and where P-clients have no addresses of their own. */
export function requireCapturable(folder: string): void {
  if (process.platform !== "linux") {
    throw new ConfigError({ subject: "--capture", rule: "be used on Linux", got: process.platform, hint: "Only there P-clients have addresses of their own on the loopback interface, by which an observer tells them apart." });
  }
  const [found] = existsSync(folder) ? readdirSync(folder) : [];
  if (found !== undefined) throw new ConfigError({ subject: "--capture", rule: "name an empty folder, or none yet", got: `${folder}, which holds ${found}`, hint: "Give another folder." });
}

/**
 * Rows of a file; none when there is no file. A last line that is still being written is left out.
 *
 * @throws {DataError} for a line of another form.
 */
export function loadLines<Form extends z.ZodType>(path: string, form: Form): readonly z.output<Form>[] {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  return lines.map((line, i) => {
    try {
      return form.parse(JSON.parse(line));
    } catch (cause) {
      throw new DataError({ subject: "a line of a capture", rule: "be an observation of this version", got: `${line.length} letters`, where: `${path}:${i + 1}`, hint: "Capture again with this version.", cause });
    }
  });
}
