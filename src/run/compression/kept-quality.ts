/** Answers of files that were asked before: a measurement that was stopped goes on with the next file. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { digestAsking } from "../cell-key.js";
import { writeText } from "../publish-results.js";
import type { Quality } from "./measure-quality.js";

const keptSchema = z.strictObject({ isRight: z.array(z.boolean()), texts: z.array(z.strictObject({ bits: z.number(), tokens: z.int().positive() })) });

/**
 * What a file was found to answer, or what `ask` finds, which is then kept.
 *
 * @param folder Where answers are kept; nothing is when left out.
 * @param model Path of the file. Its bytes count, not its name.
 * @param asked What it is asked. Code counts beside it.
 */
export async function keepQuality(folder: string | undefined, model: string, asked: object, ask: () => Promise<Quality>): Promise<Quality> {
  if (folder === undefined) return ask();
  const key = createHash("sha256").update(readFileSync(model)).update(JSON.stringify(asked)).update(digestAsking()).digest("hex"), path = join(folder, `${key}.json`);
  const kept = readKept(path);
  if (kept !== undefined) return kept;
  const quality = await ask();
  mkdirSync(folder, { recursive: true });
  writeText(path, JSON.stringify(quality));
  return quality;
}

/** Undefined for a file that is not there, or is not whole. */
function readKept(path: string): Quality | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return keptSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
