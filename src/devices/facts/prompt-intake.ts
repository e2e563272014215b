/** How software takes in a prompt: any length at once, or in pieces of a fixed length of which the last is filled up. */

/**
 * Tokens of a piece by the name of the build, first match wins. Qualcomm's cards: a prompt of up to 128 tokens is one iteration of the prompt
 * processor. CoreML-LLM: in its rows the first token comes after as many decode steps as the prompt has tokens.
 * @source https://huggingface.co/qualcomm/Falcon3-7B-Instruct/commit/8fef352da7718e9bb8ae6c44e9ae730ca4eb75aa
 */
const PIECES: readonly (readonly [build: RegExp, tokens: number])[] = [[/coreml-llm/i, 1], [/qnn|genie/i, 128]];

/** Tokens of a piece; undefined for software that takes in any length at once. */
export function pieceTokens(build: string): number | undefined {
  return PIECES.find(([pattern]) => pattern.test(build))?.[1];
}

/**
 * Whether a decode step follows the prompt before the first token is there. Elsewhere the prompt's last position gives the first token.
 * @source LiteRT-LM, runtime/engine/io_types.cc, BenchmarkInfo::GetTimeToFirstToken
 */
export function beginsWithDecodeStep(family: string): boolean {
  return family === "litert";
}

/** Prompts that a collector names instead of printing their length; its other rows print 11 to 25, 16 to 25 and 124 to 135 tokens. */
const NAMED_PROMPTS: readonly (readonly [flag: RegExp, tokens: number])[] = [
  [/task=short-chat|short prompt/, 20], [/task=sustained-generation/, 23], [/task=quality/, 128],
];

/** Length of the prompt that flags name; undefined where they name none. */
export function namedPromptTokens(flags: string): number | undefined {
  return NAMED_PROMPTS.find(([pattern]) => pattern.test(flags))?.[1];
}
