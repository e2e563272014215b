/** Studies for tests, without files: made-up token lengths stand in for the data set. */
import { ConfigError } from "../core/errors.js";
import { parseStudy, type StudyContext } from "./parse-study.js";
import { parseYaml } from "./parse-yaml.js";
import type { Study } from "./scenario-schema.js";
import type { TokenLengthDefaults } from "./vary-scenario.js";

/** Round numbers, not a fit. */
export const SAMPLE_TOKEN_LENGTHS: TokenLengthDefaults = {
  promptTokens: { logMean: 6, logSd: 1, maxTokens: 8000, origin: "measured", source: "a fit" },
  answerTokens: { logMean: 5, logSd: 0.8, maxTokens: 1000, origin: "measured", source: "a fit" },
};

/** A study from the text of its file; places are in t.yaml. @throws {ConfigError} */
export function sampleStudy(text = "name: t", context: Partial<StudyContext> = {}): Study {
  return parseStudy(parseYaml(text, "t.yaml"), { tokenLengths: SAMPLE_TOKEN_LENGTHS, ...context });
}

/** Every fault that the text is refused for. */
export function faultsOfStudy(text: string, context: Partial<StudyContext> = {}): readonly ConfigError[] {
  return faultsOf(() => sampleStudy(text, context));
}

/** The ConfigErrors of a call that must fail; other errors pass through. */
export function faultsOf(call: () => unknown): readonly ConfigError[] {
  try {
    call();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.cause instanceof AggregateError ? error.cause.errors as ConfigError[] : [error];
  }
  return [];
}
