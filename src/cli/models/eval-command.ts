/** plmm models eval: perplexity of a model on a text file. */
import { readFileSync } from "node:fs";
import type { Argv, CommandModule } from "yargs";
import { DataError } from "../../core/errors.js";
import { estimatePerplexity } from "../../models/runtimes/perplexity.js";
import { addModelFlags, type ModelFlags, withModel } from "./model-flags.js";

interface EvalArguments extends ModelFlags { readonly text: string; readonly json: boolean }

const USUAL_CONTEXT = 512;

/** The subcommand. */
export const evalCommand: CommandModule<object, EvalArguments> = {
  command: "eval <file> <text>",
  describe: "Perplexity of a model on a text file",
  builder: (argv: Argv) => addModelFlags(argv, USUAL_CONTEXT)
    .positional("text", { type: "string", demandOption: true, describe: "A text file in UTF-8" })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" })
    .epilogue("Windows of --context tokens overlap by half; each token but the first is scored once."),
  handler: async (flags) => {
    const text = loadText(flags.text);
    await withModel(flags, USUAL_CONTEXT, async (model, file) => {
      const tokens = model.encode(text), windowTokens = Math.min(flags.context ?? Math.min(USUAL_CONTEXT, file.contextTokens), model.contextTokens);
      if (tokens.length < 2) throw new DataError({ subject: flags.text, rule: "hold at least two tokens", got: tokens.length, hint: "Give a longer text." });
      const found = await estimatePerplexity(model, tokens, windowTokens, (scored) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${scored}/${tokens.length} tokens${scored === tokens.length ? "\r\u001b[K" : ""}`);
      });
      const low = found.perplexity * Math.exp(-1.96 * found.logStandardError), high = found.perplexity * Math.exp(1.96 * found.logStandardError);
      console.log(flags.json ? JSON.stringify({ file: flags.file, text: flags.text, windowTokens, ...found }, undefined, 2)
        : `perplexity ${found.perplexity.toFixed(4)} (95%: ${low.toFixed(4)} to ${high.toFixed(4)}, tokens taken for independent)\n${found.bitsPerByte.toFixed(4)} bits per byte, ${found.scoredTokens} tokens in windows of ${windowTokens}`);
    });
  },
};

function loadText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new DataError({ subject: path, rule: "be a readable file", got: (cause as NodeJS.ErrnoException).code ?? "unreadable", hint: "Give the path of a text file.", cause });
  }
  const text = new TextDecoder("utf-8").decode(bytes), back = new TextEncoder().encode(text), isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const whole = isMarked ? bytes.subarray(3) : bytes, fault = whole.findIndex((byte, i) => byte !== back[i]);
  if (fault < 0 && back.length === whole.length) return text;
  const byte = fault < 0 ? whole.length : fault;
  throw new DataError({ subject: path, rule: "be UTF-8", got: `0x${(whole[byte] ?? 0).toString(16)}`, where: `byte ${byte + (isMarked ? 3 : 0)}`, hint: "Convert it: iconv -t utf-8 FILE" });
}
