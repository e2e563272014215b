/** Asks P's own API and gives the answer with how it came about. */
import { nowUs } from "./clock.js";
import { z } from "zod";
import { ROUTES } from "../records/request-record.js";
import { REPORT_HEADER } from "./openai/serve-openai.js";
import type { AnswerReport } from "./personal/assistant.js";
import { LiveError } from "./transport/live-error.js";

/** Whom to ask. */
export interface PersonalTarget { readonly api: string; readonly apiKey: string; readonly model: string }

/** An answer. */
export interface PersonalAnswer { readonly text: string; readonly report: AnswerReport; readonly askedAtUs: number; readonly shownAtUs: number; readonly endedAtUs: number }

const event = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().optional() }) })).optional(),
  plmm: z.looseObject({ route: z.enum(ROUTES) }).optional(), error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** Asks. @param write Hears text as it comes. @throws {LiveError} for what P refuses or cannot finish. */
export async function askPersonal({ api, apiKey, model }: PersonalTarget, question: string, signal: AbortSignal, write: (text: string) => void): Promise<PersonalAnswer> {
  const askedAtUs = nowUs();
  const response = await fetch(`${api}/chat/completions`, {
    method: "POST", signal, headers: { "content-type": "application/json", "authorization": `Bearer ${apiKey}`, [REPORT_HEADER]: "1" },
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: question }] }),
  }).catch(() => { throw broken("no connection"); });
  if (response.status !== 200) throw broken(((await response.json().catch(() => ({}))) as { error?: { message?: string } }).error?.message ?? `status ${response.status}`);
  let text = "", rest = "", shownAtUs = NaN, report: AnswerReport | undefined;
  try {
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop()!;
      for (const line of lines.filter((each) => each.startsWith("data: {"))) {
        const { choices, plmm, error } = event.parse(JSON.parse(line.slice("data: ".length)));
        if (error !== undefined) throw broken(error.message);
        const said = choices?.[0]?.delta.content ?? "";
        if (said !== "" && Number.isNaN(shownAtUs)) shownAtUs = nowUs();
        text += said;
        if (said !== "") write(said);
        report = (plmm as AnswerReport | undefined) ?? report;
      }
    }
  } catch (cause) {
    throw cause instanceof LiveError ? cause : broken("an answer that broke off");
  }
  if (report === undefined) throw broken("an answer that broke off");
  return { text, report, askedAtUs, shownAtUs, endedAtUs: nowUs() };
}

function broken(got: string): LiveError { return new LiveError("unreachable", "P", "answer to the end", got, "See: plmm live status"); }
