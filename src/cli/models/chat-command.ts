/** plmm models chat: a conversation in the terminal. Ctrl-C ends an answer, and at the prompt the program. */
import { createInterface } from "node:readline";
import type { Argv, CommandModule } from "yargs";
import { ConfigError, DataError, LimitError } from "../../core/errors.js";
import { type Answer, Conversation, makePrompts } from "../../models/chat/conversation.js";
import type { ModelFile } from "../../models/runtimes/load-model-file.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import { addModelFlags, type ModelFlags, withModel } from "./model-flags.js";

interface ChatArguments extends ModelFlags {
  readonly system: string | undefined;
  readonly temperature: number;
  readonly seed: number;
  readonly maxTokens: number;
  readonly plain: boolean;
  readonly timings: boolean;
}

const USUAL_CONTEXT = 4096;
const HOTTEST = 100;
/** What a terminal makes of bytes that are no UTF-8. */
const BROKEN_LETTER = "\uFFFD";

/** The subcommand. */
export const chatCommand: CommandModule<object, ChatArguments> = {
  command: "chat <file>",
  describe: "Talk to a model; Ctrl-C ends an answer, Ctrl-D the conversation",
  builder: (argv: Argv) => addModelFlags(argv, USUAL_CONTEXT)
    .option("system", { type: "string", requiresArg: true, describe: "What the model is told first" })
    .option("temperature", { type: "number", requiresArg: true, default: 0, describe: "0: always the likeliest token" })
    .option("seed", { type: "number", requiresArg: true, default: 0, describe: "Of the draws above temperature 0" })
    .option("max-tokens", { type: "number", requiresArg: true, default: 512, describe: "Longest answer" })
    .option("plain", { type: "boolean", default: false, describe: "Continue the text instead of using the model's chat template" })
    .option("timings", { type: "boolean", default: false, describe: "Tokens and speed after each answer" }) as unknown as Argv<ChatArguments>,
  handler: async (flags) => {
    requireDrawable(flags);
    await withModel(flags, USUAL_CONTEXT, (model, file) => chat(model, file, flags));
  },
};

function requireDrawable({ temperature, seed, maxTokens }: ChatArguments): void {
  const refuse = (flag: string, rule: string, got: number): ConfigError => new ConfigError({ subject: flag, rule, got, hint: "See: plmm models chat --help" });
  if (!(temperature >= 0 && temperature <= HOTTEST)) throw refuse("--temperature", `be a number from 0 to ${HOTTEST}`, temperature);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) throw refuse("--seed", "be a whole number from 0 to 4294967295", seed);
  if (!(Number.isInteger(maxTokens) && maxTokens >= 1)) throw refuse("--max-tokens", "be a whole number above 0", maxTokens);
}

async function chat(model: LoadedModel, { chatTemplate, specials }: ModelFile, flags: ChatArguments): Promise<void> {
  const sequence = model.openSequence(), render = makePrompts(flags.plain ? undefined : chatTemplate, specials);
  const conversation = new Conversation(model, sequence, render, flags.system);
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: process.stdin.isTTY ? "> " : "" });
  let answering: AbortController | undefined;
  const interrupt = (): void => { if (answering === undefined) lines.close(); else answering.abort(); };
  lines.on("SIGINT", interrupt);
  process.on("SIGINT", interrupt);
  try {
    lines.prompt();
    for await (const line of lines) {
      if (line.trim() !== "") {
        answering = new AbortController();
        await answer(conversation, line, flags, answering.signal);
        answering = undefined;
      }
      lines.prompt();
    }
  } finally {
    process.off("SIGINT", interrupt);
    lines.close();
    await sequence.dispose();
  }
}

async function answer(conversation: Conversation, line: string, { temperature, seed, maxTokens, timings }: ChatArguments, signal: AbortSignal): Promise<void> {
  try {
    if (line.includes(BROKEN_LETTER)) throw new DataError({ subject: "the question", rule: "be UTF-8", got: line, hint: "Type it again, or set the terminal to UTF-8." });
    const found = await conversation.ask(line, { temperature, seed, maxTokens, signal }, (text) => { process.stdout.write(text); });
    process.stdout.write(`${found.reason === "end" || found.reason === "length" ? "" : ` [${found.reason}]`}\n`);
    if (timings) process.stderr.write(`${renderTimings(found)}\n`);
  } catch (error) {
    // A question that is too long for the context, or no text, ends itself and not the conversation.
    if (!(error instanceof LimitError || error instanceof DataError)) throw error;
    process.stderr.write(`${error.name}: ${error.message}\n`);
  }
}

function renderTimings({ newTokens, keptTokens, answerTokens, prefillS, decodeS }: Answer): string {
  return `${newTokens} tokens in (${keptTokens} kept) in ${prefillS.toFixed(2)} s; ${answerTokens} out at ${(answerTokens / decodeS).toFixed(1)} tokens/s`;
}
