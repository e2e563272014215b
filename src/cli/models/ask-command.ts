/** plmm models ask: one question to a trained P, answered by both inference engines. */
import type { Argv, CommandModule } from "yargs";
import { ConfigError } from "../../core/errors.js";
import { shippedFamilyFolder } from "../../models/load-family.js";
import { renderRows } from "../../report/render-rows.js";
import { type MeasuredAnswer, measureAnswer } from "../../run/family/measure-answer.js";
import { findPersonal } from "../../run/family/open-family.js";
import { checkThreads } from "../run-flags.js";

interface AskArguments { readonly folder: string | undefined; readonly model: string; readonly question: number; readonly threads: number }

/** The subcommand. */
export const askCommand: CommandModule<object, AskArguments> = {
  command: "ask [folder]",
  describe: "A question on a person's own facts to a trained P, on llama.cpp and on ONNX Runtime: answer, TTFT, tokens/s",
  builder: (argv: Argv): Argv<AskArguments> => argv
    .positional("folder", { type: "string", describe: "Default: the family that ships with the package" })
    .option("model", { type: "string", requiresArg: true, default: "p-small", describe: "Name of a P of the family" })
    .option("question", { type: "number", requiresArg: true, default: 0, describe: "Number of the question, from a person and in words of no training text" })
    .option("threads", { type: "number", requiresArg: true, default: 1 }),
  handler: async ({ folder = shippedFamilyFolder(), model, question, threads }) => {
    if (!(Number.isSafeInteger(question) && question >= 0)) throw new ConfigError({ subject: "--question", rule: "be a whole number from 0 on", got: question, hint: "Leave it out for the first." });
    const member = findPersonal(folder, model);
    process.stdout.write(renderAnswer(model, member.record.parameters, await measureAnswer(member, question, checkThreads(threads))));
  },
};

function renderAnswer(model: string, parameters: number, { prompt, expected, answers }: MeasuredAnswer): string {
  const rows = answers.map(({ engine, version, answer, isRight, promptTokens, answerTokens, ttftS, tokensPerS }) => [`${engine} (${version})`, answer, isRight ? "yes" : "no", promptTokens, answerTokens, (1000 * ttftS).toFixed(1), Math.round(tokensPerS)]);
  return `A real ${model}, ${parameters} weights, is asked:\n\n${prompt.replaceAll(/^/gm, "  ")}\n\nThe right answer: ${expected}\n\n${renderRows(["engine", "answer", "right", "prompt tokens", "answer tokens", "TTFT (ms)", "tokens/s"], rows, "text")}`;
}
