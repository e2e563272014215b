/** An expert answers; when it says that it does not know, T is asked. */
import type { AreaName } from "../../world/knowledge/knowledge-area.js";
import { UNKNOWN_ANSWER } from "../../world/queries/query.js";
import type { ConsultEnd } from "../consult/consult-message.js";
import { nowUs } from "../clock.js";
import { askOpenAi, type EndpointEnd, type EndpointQuestion, type OpenAiEndpoint } from "../openai/ask-openai.js";
import { holdStart } from "../hold-start.js";

/** Where each area is answered. */
export type TierEndpoints = Readonly<Record<AreaName, OpenAiEndpoint>>;

/** How a tier came to its answer. */
export interface TierEnd { readonly timings: Omit<ConsultEnd["timings"], "arrivedAtUs">; readonly tokens: ConsultEnd["tokens"] }

/** Yields the answer's text as it comes. @throws {LiveError} as `askOpenAi`. */
export async function* askTiers(endpoints: TierEndpoints, area: AreaName, question: EndpointQuestion): AsyncGenerator<string, TierEnd> {
  const first = holdStart(askOpenAi(endpoints[area], question), (text) => UNKNOWN_ANSWER.startsWith(text.trim().toLowerCase()));
  let step = await first.next();
  const isUnknown = step.done !== true && area !== "general" && step.value.trim().toLowerCase().startsWith(UNKNOWN_ANSWER);
  for (; step.done !== true; step = await first.next()) if (!isUnknown) yield step.value;
  if (!isUnknown) return area === "general" ? endOf(undefined, step.value) : endOf(step.value, undefined);
  const consultedAtUs = nowUs(), general = yield* askOpenAi(endpoints.general, question);
  return { ...endOf(step.value, general, { consultedAtUs, consultAnsweredAtUs: nowUs() }) };
}

function endOf(expert: EndpointEnd | undefined, general: EndpointEnd | undefined, consulted: Pick<TierEnd["timings"], "consultedAtUs" | "consultAnsweredAtUs"> = {}): TierEnd {
  const first = expert ?? general!, last = general ?? expert!;
  return {
    timings: { admittedAtUs: first.admittedAtUs, firstTokenAtUs: last.firstTokenAtUs, lastTokenAtUs: last.lastTokenAtUs, ...consulted },
    tokens: { expertPrompt: expert?.promptTokens ?? 0, expertAnswer: expert?.answerTokens ?? 0, generalPrompt: general?.promptTokens ?? 0, generalAnswer: general?.answerTokens ?? 0 },
  };
}
