/**
 * The critical path on the device: read the question with personal context, answer, or ask an expert the least that is needed and
 * combine what it says with personal context. Whatever fails on the way, P answers by itself before the deadline.
 */
import { UNKNOWN_ANSWER, type ContextLine } from "../../world/queries/query.js";
import { normalizeAnswer } from "../../world/queries/score-answer.js";
import { parseRequest, renderPrompt } from "../../world/text/render-prompt.js";
import { AREA_NAMES, type AreaName } from "../../world/knowledge/knowledge-area.js";
import { nowUs } from "../clock.js";
import { holdStart } from "../hold-start.js";
import type { LogReason } from "../log-event.js";
import { trimStart } from "../model-server/model-backend.js";
import type { ModelHost, TextEnd } from "../model-server/model-host.js";
import { LiveError, reasonOf } from "../transport/live-error.js";
import type { ConsultOutcome } from "./consult-expert.js";
import { noteOf } from "./note-of.js";

/** What P asks of the rest of itself. */
export interface AssistantParts {
  readonly host: ModelHost;
  readonly maxTokens: number;
  /** Personal lines for a question. */
  readonly retrieve: (question: string) => readonly ContextLine[];
  /** Sensitive values of the person in a text. */
  readonly countSecrets: (text: string) => number;
  /** Asks a tier, sealed and paid. Yields text as it comes. */
  readonly consult: (area: AreaName, question: string, signal: AbortSignal) => AsyncGenerator<string, ConsultOutcome>;
  readonly consultWithinMs: number;
  readonly answerWithinMs: number;
}

/** Which models made the answer; as in the request record. */
export type AnswerRoute = "personal" | "expert" | "general" | "expert-general" | "personal-fallback";

/** How an answer came about: instants and counts, no text. Instants are microseconds since 1970. */
export interface AnswerReport {
  readonly route: AnswerRoute;
  readonly area?: AreaName;
  /** Why no tier answered, when one was asked. */
  readonly reason?: LogReason;
  readonly startedAtUs: number;
  readonly prefilledAtUs: number;
  readonly decidedAtUs: number;
  readonly combinedAtUs?: number;
  readonly firstTokenAtUs: number;
  readonly lastTokenAtUs: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly consult?: ConsultOutcome;
  /** Sensitive values of the person in what was sent to a tier. */
  readonly secretsSent?: number;
}

/** A request of P for another model begins so. */
const ASKING = "ask ";

/** Answers a question. Yields text as it comes. @throws {LiveError} deadline, busy, or upstream when an answer broke off after part of it was shown. */
export async function* answerQuestion(parts: AssistantParts, question: string, caller: AbortSignal): AsyncGenerator<string, AnswerReport> {
  const startedAtUs = nowUs(), signal = AbortSignal.any([caller, AbortSignal.timeout(parts.answerWithinMs)]), context = parts.retrieve(question);
  const draft = holdStart(say(parts, renderPrompt({ context, question }), signal), (text) => couldBeRequest(text));
  let text = "", firstTokenAtUs = NaN, step = await draft.next();
  for (; step.done !== true; step = await draft.next()) {
    text += step.value;
    if (text.startsWith(ASKING)) continue;
    if (Number.isNaN(firstTokenAtUs)) firstTokenAtUs = nowUs();
    yield step.value;
  }
  const end = step.value, decidedAtUs = nowUs(), begun = { startedAtUs, prefilledAtUs: end.prefilledAtUs, decidedAtUs, promptTokens: end.promptTokens };
  const request = text.startsWith(ASKING) ? parseRequest(text) : undefined;
  if (request === undefined) {
    if (text.startsWith(ASKING)) yield text;
    return { route: "personal", ...begun, firstTokenAtUs: Number.isNaN(firstTokenAtUs) ? decidedAtUs : firstTokenAtUs, lastTokenAtUs: decidedAtUs, answerTokens: end.answerTokens };
  }
  return { ...begun, ...yield* askAndCombine(parts, { context, question, request, signal }) };
}

/** A question on its way to a tier. */
interface Asking { readonly context: readonly ContextLine[]; readonly question: string; readonly request: { readonly area: string; readonly question: string }; readonly signal: AbortSignal }

type LaterReport = Pick<AnswerReport, "route" | "area" | "reason" | "combinedAtUs" | "firstTokenAtUs" | "lastTokenAtUs" | "answerTokens" | "consult" | "secretsSent">;

async function* askAndCombine(parts: AssistantParts, asking: Asking): AsyncGenerator<string, LaterReport> {
  const { request, question, signal } = asking, area = AREA_NAMES.find((name) => name === request.area);
  if (area === undefined) return yield* answerAlone(parts, asking, "not-found");
  // A question that P hands on as it stands needs nothing personal: the tier's answer is the answer.
  const isHandedOn = normalizeAnswer(question).includes(normalizeAnswer(request.question));
  const source = parts.consult(area, request.question, AbortSignal.any([signal, AbortSignal.timeout(parts.consultWithinMs)]));
  const secretsSent = parts.countSecrets(request.question);
  let note = "", firstTokenAtUs = NaN, consult: ConsultOutcome;
  try {
    let step = await source.next();
    for (; step.done !== true; step = await source.next()) {
      note += step.value;
      if (!isHandedOn) continue;
      if (Number.isNaN(firstTokenAtUs)) firstTokenAtUs = nowUs();
      yield step.value;
    }
    consult = step.value;
  } catch (error) {
    if (isHandedOn && note !== "") throw new LiveError("upstream", "the expert's answer", "come to its end", "one that broke off", "Ask again.");
    return { area, secretsSent, ...yield* answerAlone(parts, asking, reasonOf(error)) };
  }
  const answered = { route: routeOf(area, consult), area, consult, secretsSent };
  if (isHandedOn) return { ...answered, firstTokenAtUs, lastTokenAtUs: nowUs(), answerTokens: consult.tokens.expertAnswer + consult.tokens.generalAnswer };
  return { ...answered, ...yield* combine(parts, asking, noteOf(request.question, note.trim())) };
}

/** P says what it can when no tier does: an expert that does not know stands for one that was not heard. */
async function* answerAlone(parts: AssistantParts, asking: Asking, reason: LogReason): AsyncGenerator<string, LaterReport> {
  return { route: "personal-fallback", reason, ...yield* combine(parts, asking, `${UNKNOWN_ANSWER}.`) };
}

async function* combine(parts: AssistantParts, { context, question, signal }: Asking, note: string): AsyncGenerator<string, Pick<AnswerReport, "combinedAtUs" | "firstTokenAtUs" | "lastTokenAtUs" | "answerTokens">> {
  const { prefilledAtUs: combinedAtUs, firstTokenAtUs, lastTokenAtUs, answerTokens } = yield* say(parts, renderPrompt({ context, note, question }), signal);
  return { combinedAtUs, firstTokenAtUs, lastTokenAtUs, answerTokens };
}

function say({ host, maxTokens }: AssistantParts, prompt: string, signal: AbortSignal): AsyncGenerator<string, TextEnd> {
  return trimStart(host.complete(prompt, { maxTokens, signal, stopAt: "\n" }));
}

function couldBeRequest(text: string): boolean { return ASKING.startsWith(text) && text.length < ASKING.length; }

function routeOf(area: AreaName, { tokens }: ConsultOutcome): AnswerRoute {
  if (area === "general") return "general";
  return tokens.generalAnswer > 0 ? "expert-general" : "expert";
}
