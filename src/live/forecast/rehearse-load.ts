/**
 * A load rehearsed: each question is asked of the models in this process, one at a time, to learn what it makes them do. Answers are
 * those of the live system, for its models decode greedily; times are not looked at.
 */
import { ConfigError } from "../../core/errors.js";
import type { QuestionWork } from "../../hosted/host-costs.js";
import { PseudonymTable } from "../../protocol/redaction/pseudonyms.js";
import { RestoreStream } from "../../protocol/redaction/restore-stream.js";
import { AREA_NAMES, type AreaName } from "../../world/knowledge/knowledge-area.js";
import { samplePerson } from "../../world/people/person.js";
import { makeWorld } from "../../world/world.js";
import { nowUs } from "../clock.js";
import type { LiveConfig, ModelTierPlan } from "../config/live-config.js";
import { findModelFile } from "../config/load-live-config.js";
import { askTiers, type TierEndpoints } from "../gateway/ask-tiers.js";
import type { PlannedQuestion } from "../load/plan-load.js";
import { loadModelHost } from "../model-server/load-model-host.js";
import { ModelBackend } from "../model-server/model-backend.js";
import { serveOpenAi } from "../openai/serve-openai.js";
import { answerQuestion, type AnswerReport, type AssistantParts } from "../personal/assistant.js";
import { leastQuestion, type ConsultOutcome } from "../personal/consult-expert.js";
import { profileOf, secretCounter } from "../personal/personal-backend.js";
import { makeRetriever, type PersonalValues } from "../personal/retrieve-context.js";
import { originOf } from "../processes/plan-processes.js";
import { countCalls, type GrowingCall } from "./count-calls.js";

/** A question and what it will make the models do. The report's instants are those of the rehearsal. */
export interface RehearsedQuestion { readonly planned: PlannedQuestion; readonly work: QuestionWork; readonly text: string; readonly report: AnswerReport }

/** Models in memory to rehearse with. */
export interface Rehearsal {
  rehearse(planned: PlannedQuestion): Promise<RehearsedQuestion>;
  close(): Promise<void>;
}

const LONG_MS = 120_000;

/** A tier's plan. @throws {ConfigError} for an endpoint: whoever serves it has a machine of his own. */
export function modelTier({ tiers }: LiveConfig, area: AreaName): ModelTierPlan {
  const plan = tiers[area];
  if (plan.kind === "model") return plan;
  throw new ConfigError({ subject: `tiers.${area}.kind`, rule: "be model where a load is forecast", got: plan.kind, hint: "Give the tier a model file: what an endpoint does is not seen from here." });
}

/** Loads the models of a config. @throws {ConfigError} for missing files; as the engines. */
export async function openRehearsal(config: LiveConfig): Promise<Rehearsal> {
  const calls = new Map<string, GrowingCall[]>(), world = makeWorld(config.world), retrieve = makeRetriever(world);
  const watch = (name: string) => (model: Parameters<typeof countCalls>[0]): typeof model => countCalls(model, (call) => { calls.set(name, [...calls.get(name) ?? [], call]); });
  const open = (name: string, model: string, key: string, contextTokens: number): ReturnType<typeof loadModelHost> => loadModelHost({ path: findModelFile(model, key), sequences: 1, contextTokens, threads: 1 }, watch(name));
  const named: ConstructorParameters<typeof ModelBackend>[0][number][] = [];
  for (const area of AREA_NAMES) {
    const { model, contextTokens } = modelTier(config, area);
    named.push({ name: area, host: await open(area, model, `tiers.${area}.model`, contextTokens), template: undefined });
  }
  const personal = await open("personal", config.personal.model, "personal.model", config.personal.contextTokens);
  const server = await serveOpenAi(new ModelBackend(named), { port: 0, bodyWithinMs: LONG_MS, log: () => undefined });
  const endpoints = Object.fromEntries(AREA_NAMES.map((area) => [area, { url: `${originOf(server.port)}/v1`, model: area, isOurs: true }])) as Record<AreaName, TierEndpoints[AreaName]>;
  return {
    rehearse: async (planned) => {
      calls.clear();
      const { values } = samplePerson(world, planned.query.person), parts: AssistantParts = {
        host: personal, maxTokens: config.personal.maxTokens, consultWithinMs: LONG_MS, answerWithinMs: LONG_MS, countSecrets: secretCounter(values),
        retrieve: (question) => retrieve(values, question), consult: (area, question, signal) => consult(endpoints, area, leastOf(question, values), config.protocol.answerTokens, signal),
      };
      return rehearseOne(planned, parts, calls);
    },
    close: async () => {
      await server.close();
      for (const { host } of [...named, { host: personal }]) await host.dispose();
    },
  };
}

interface LeastQuestion { readonly text: string; readonly table: PseudonymTable }

function leastOf(question: string, values: PersonalValues): LeastQuestion {
  const table = new PseudonymTable();
  return { table, text: leastQuestion(question, profileOf(values), table) };
}

/** A consult without sealing, relay and payment. */
async function* consult(endpoints: TierEndpoints, area: AreaName, { text, table }: LeastQuestion, maxTokens: number, signal: AbortSignal): AsyncGenerator<string, ConsultOutcome> {
  const arrivedAtUs = nowUs(), restore = new RestoreStream(table), source = askTiers(endpoints, area, { messages: [{ role: "user", content: text }], maxTokens, signal });
  let step = await source.next();
  for (; step.done !== true; step = await source.next()) {
    const restored = restore.push(step.value);
    if (restored !== "") yield restored;
  }
  const rest = restore.finish();
  if (rest !== "") yield rest;
  return { receipt: "", timings: { arrivedAtUs, ...step.value.timings }, tokens: step.value.tokens, sealedAtUs: arrivedAtUs, openedAtUs: nowUs(), requestBytes: 0, responseBytes: 0, account: "" };
}

async function rehearseOne(planned: PlannedQuestion, parts: AssistantParts, calls: ReadonlyMap<string, readonly GrowingCall[]>): Promise<RehearsedQuestion> {
  const source = answerQuestion(parts, planned.query.question, AbortSignal.timeout(LONG_MS));
  let text = "", pieces = 0, step = await source.next();
  for (; step.done !== true; step = await source.next()) {
    text += step.value;
    pieces++;
  }
  return { planned, text, report: step.value, work: workOf(step.value, pieces, calls) };
}

/** All steps of the call that is shown give a piece, but for the first ones, if they are held back, and the last one, which ends it. */
function workOf({ area, consult }: AnswerReport, pieces: number, calls: ReadonlyMap<string, readonly GrowingCall[]>): QuestionWork {
  const [draft, combine] = calls.get("personal")!, general = calls.get("general")?.[0], expert = area === undefined || area === "general" ? undefined : calls.get(area)?.[0];
  const asked = consult === undefined || area === undefined ? undefined : { area, ...(expert === undefined ? {} : { expert: { ...expert } }), ...(general === undefined ? {} : { general: { ...general } }) };
  const shown = combine ?? asked?.general ?? asked?.expert ?? draft!;
  return {
    draft: { ...draft! }, ...(asked === undefined ? {} : { consult: asked }), ...(combine === undefined ? {} : { combine: { ...combine } }),
    firstShownStep: Math.max(1, shown.steps - pieces), pieces,
  };
}
