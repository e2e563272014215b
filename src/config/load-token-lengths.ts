/** The shipped default of prompt and answer lengths: fitted on the conversation part of the Azure LLM inference trace 2023. */
import { DataError } from "../core/errors.js";
import { ruleOfIssue } from "./config-faults.js";
import { loadDataset } from "./load-dataset.js";
import type { TokenLengthDefaults } from "./vary-scenario.js";
import { tokenLengths } from "./sections/population-section.js";
import { z } from "zod";

const PATH = "azure-llm-2023/token-lengths.json";
const fileSchema = z.object({ conversation: z.object({ promptTokens: tokenLengths, answerTokens: tokenLengths }) });
let loaded: TokenLengthDefaults | undefined;

/**
 * Token lengths of conversation in the data set; read once.
 *
 * @throws {DataError} when the file is missing or has another shape.
 */
export function loadTokenLengths(): TokenLengthDefaults {
  loaded ??= parseTokenLengths(loadDataset(PATH));
  return loaded;
}

/** The two fits of conversation. @throws {DataError} when the value has another shape. */
export function parseTokenLengths(value: unknown): TokenLengthDefaults {
  const parsed = fileSchema.safeParse(value, { error: ruleOfIssue });
  if (parsed.success) return parsed.data.conversation;
  const issue = parsed.error.issues[0]!;
  throw new DataError({
    subject: `datasets/${PATH}, ${issue.path.join(".")}`, rule: issue.message, got: issue.code === "unrecognized_keys" ? issue.keys : undefined,
    hint: "Restore it from the repository: git checkout -- datasets",
  });
}
