/** JSON of others to values of a known form, or an error that names the place. */
import type { z } from "zod";
import { DataError } from "../../core/errors.js";

/** Parses and checks. @param form Words for what is expected. @throws {DataError} when the text is not JSON or has another form. */
export function parseJsonText<Value>(text: string, file: string, schema: z.ZodType<Value>, form: string): Value {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError({ subject: file, rule: "be JSON", got: text.slice(0, 40), hint: "Fetch the file again: it may be cut off.", cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DataError({ subject: file, rule: `be ${form}`, got: issue.message, where: issue.path.join("."), hint: "Use the file as it is published." });
}
