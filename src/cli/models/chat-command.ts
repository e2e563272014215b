/** plmm models chat: a conversation in the terminal. Ctrl-C ends an answer, and at the prompt the program. */
import { createInterface } from "node:readline";
import type { Argv, CommandModule } from "yargs";
import { LimitError } from "../../core/errors.js";
import { type Answer, Conversation, makePrompts } from "../../models/chat/conversation.js";
import type { GgufHeader } from "../../models/gguf/gguf-file.js";
import { loadGgufHeader } from "../../models/gguf/load-gguf.js";
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

/** The subcommand. */
export const chatCommand: CommandModule<object, ChatArguments> = {
  command: "chat <file>",
  describe: "Talk to a model; Ctrl-C ends an answer, Ctrl-D the conversation",
  builder: (argv: Argv) => addModelFlags(argv, 4096)
    .option("system", { type: "string", requiresArg: true, describe: "What the model is told first" })
    .option("temperature", { type: "number", requiresArg: true, default: 0, describe: "0: always the likeliest token" })
    .option("seed", { type: "number", requiresArg: true, default: 0, describe: "Of the draws above temperature 0" })
    .option("max-tokens", { type: "number", requiresArg: true, default: 512, describe: "Longest answer" })
    .option("plain", { type: "boolean", default: false, describe: "Continue the text instead of using the model's chat template" })
    .option("timings", { type: "boolean", default: false, describe: "Tokens and speed after each answer" }) as unknown as Argv<ChatArguments>,
  handler: (flags) => withModel(flags, (model) => chat(model, flags)),
};

async function chat(model: LoadedModel, flags: ChatArguments): Promise<void> {
  const sequence = model.openSequence(), header = loadGgufHeader(flags.file);
  const render = makePrompts(flags.plain ? undefined : textSetting(header, "tokenizer.chat_template"), { start: specialToken(header, "bos"), end: specialToken(header, "eos") });
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
    const found = await conversation.ask(line, { temperature, seed, maxTokens, signal }, (text) => { process.stdout.write(text); });
    process.stdout.write(`${found.reason === "end" || found.reason === "length" ? "" : ` [${found.reason}]`}\n`);
    if (timings) process.stderr.write(`${renderTimings(found)}\n`);
  } catch (error) {
    // A question too long for the context ends itself, not the conversation.
    if (!(error instanceof LimitError)) throw error;
    process.stderr.write(`${error.name}: ${error.message}\n`);
  }
}

function renderTimings({ newTokens, keptTokens, answerTokens, prefillS, decodeS }: Answer): string {
  return `${newTokens} tokens in (${keptTokens} kept) in ${prefillS.toFixed(2)} s; ${answerTokens} out at ${(answerTokens / decodeS).toFixed(1)} tokens/s`;
}

function textSetting({ metadata }: GgufHeader, key: string): string | undefined {
  const found = metadata.get(key);
  return found?.type === "string" ? found.value : undefined;
}

function specialToken({ metadata }: GgufHeader, name: "bos" | "eos"): string {
  const tokens = metadata.get("tokenizer.ggml.tokens"), id = metadata.get(`tokenizer.ggml.${name}_token_id`);
  return tokens?.type === "array" && tokens.itemType === "string" && id?.type === "uint32" ? tokens.items[id.value] ?? "" : "";
}
