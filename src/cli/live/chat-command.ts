/** plmm live chat: a conversation with P in the terminal. Ctrl-C ends an answer, and at the prompt the program. */
import { createInterface } from "node:readline";
import type { Argv, CommandModule } from "yargs";
import { askPersonal, type PersonalAnswer } from "../../live/ask-personal.js";
import { personalModel } from "../../live/personal/personal-backend.js";
import { requireLive } from "../../live/processes/live-state.js";
import { LiveError } from "../../live/transport/live-error.js";
import { addStateFlag, type StateFlag } from "./status-command.js";

interface ChatArguments extends StateFlag { readonly client: number; readonly route: boolean }

/** The subcommand. */
export const chatCommand: CommandModule<object, ChatArguments> = {
  command: "chat",
  describe: "Talk to a personal assistant; Ctrl-C ends an answer, Ctrl-D the conversation",
  builder: (argv: Argv) => addStateFlag(argv)
    .option("client", { type: "number", requiresArg: true, default: 0, describe: "Whose assistant" })
    .option("route", { type: "boolean", default: true, describe: "Say who made each answer" }),
  handler: async ({ state: folder, client, route }) => {
    const { state, apiKey } = requireLive(folder);
    const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: process.stdin.isTTY ? "> " : "" });
    let answering: AbortController | undefined;
    const interrupt = (): void => { if (answering === undefined) lines.close(); else answering.abort(); };
    lines.on("SIGINT", interrupt);
    process.on("SIGINT", interrupt);
    lines.prompt();
    for await (const line of lines) {
      if (line.trim() !== "") {
        answering = new AbortController();
        await answer({ api: state.api, apiKey, model: personalModel(client) }, line, route, answering.signal);
        answering = undefined;
      }
      lines.prompt();
    }
    process.off("SIGINT", interrupt);
  },
};

async function answer(target: Parameters<typeof askPersonal>[0], question: string, isRouteShown: boolean, signal: AbortSignal): Promise<void> {
  try {
    const found = await askPersonal(target, question, signal, (text) => { process.stdout.write(text); });
    process.stdout.write(isRouteShown ? `  [${describe(found)}]\n` : "\n");
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    process.stdout.write(signal.aborted ? " [stopped]\n" : "\n");
    if (!signal.aborted) process.stderr.write(`${error.message}\n`);
  }
}

function describe({ report }: PersonalAnswer): string {
  const { route, area, reason, startedAtUs, firstTokenAtUs } = report, seconds = ((firstTokenAtUs - startedAtUs) / 1e6).toFixed(2);
  if (route === "personal-fallback") return `P by itself, ${area ?? "the expert"} did not answer: ${reason ?? "unknown"}; first word after ${seconds} s`;
  return `${route === "personal" ? "P" : route === "general" ? "T" : `expert of ${area ?? "a domain"}${route === "expert-general" ? " with T" : ""}`}; first word after ${seconds} s`;
}
