/**
 * What operators of tiers read: the words of each request. A simulated question has no words of its own; it is given those
 * of a question of its kind and domain that its person would ask in the synthetic world, the same in every run.
 */
import type { Scenario } from "../../config/scenario-schema.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { QUERY_KINDS, QueryKind } from "../../records/truth-record.js";
import { UNKNOWN_SENDER, type PromptRecord } from "../../records/prompt-record.js";
import type { RunRecords } from "../../records/run-records.js";
import { DOMAIN_NAMES, type DomainName } from "../../world/knowledge/knowledge-area.js";
import { samplePerson } from "../../world/people/person.js";
import type { Query } from "../../world/queries/query.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { renderContext } from "../../world/text/render-prompt.js";
import type { World } from "../../world/world.js";
import { joinQuestions } from "../join-truth.js";
import { redactSecrets, type SecretSpan } from "./redact-secrets.js";

/** A request with the truth about it: the record is the operator's, the rest the scorer's. */
export interface ObservedPrompt {
  readonly record: PromptRecord;
  readonly clientId: number;
  readonly queryIndex: number;
  /** Before redaction. */
  readonly original: string;
  readonly secrets: readonly SecretSpan[];
  /** Whether no secret that the question itself names was hidden: what the tier needs is there. */
  readonly isAnswerable: boolean;
  /** What the tier answers, in words. */
  readonly answer: string;
}

/** How prompts are read off a run. */
export interface PromptOptions {
  readonly protocol: Scenario["protocol"];
  /** Names of the scenario's domains. */
  readonly domains: readonly string[];
  readonly seed: number;
  /** Only people for whom this holds. */
  readonly isWanted: (clientId: number) => boolean;
}

/** Bits of a query's number taken by its place at its client. */
const QUESTIONS_PER_CLIENT = 2 ** 11;

/** Requests that tiers were sent in a run; questions of domains that the world does not have are left out. */
export function observePrompts(records: RunRecords, world: World, options: PromptOptions): ObservedPrompt[] {
  const { truth, request, wire } = records, rows = askedRows(truth, options.isWanted);
  const requestRows = joinQuestions(truth, request, rows), wireRows = joinQuestions(truth, wire, rows);
  const arrivedAtUs = request.column("arrivedAtUs"), requestBytes = wire.column("requestBytes");
  const column = (name: string): ArrayLike<number> => truth.column(name);
  const clients = column("clientId"), queries = column("queryIndex"), kinds = column("kind"), domains = column("domainIndex"), isExpert = column("isExpertConsulted");
  return [...rows].flatMap((row, i) => {
    const tier = isExpert[row] === 1 ? domains[row]! : options.domains.length, domain = options.domains[domains[row]!];
    const spoken = speak(world, { clientId: clients[row]!, queryIndex: queries[row]!, kind: kinds[row]!, domain, isExpert: isExpert[row] === 1 }, options);
    if (spoken === undefined || Number.isNaN(arrivedAtUs[requestRows[i]!]!)) return [];
    const record = { sender: options.protocol.relay ? UNKNOWN_SENDER : clients[row]!, receivedAtUs: arrivedAtUs[requestRows[i]!]!, tier, text: spoken.text, requestBytes: requestBytes[wireRows[i]!]! };
    const { original, secrets, isAnswerable, answer } = spoken;
    return [{ record, clientId: clients[row]!, queryIndex: queries[row]!, original, secrets, isAnswerable, answer }];
  });
}

/** Rows of questions that P sent to a tier. E's own questions to T are not among them: they say nothing that E was not sent. */
function askedRows(truth: RunRecords["truth"], isWanted: (clientId: number) => boolean): Int32Array {
  const clients = truth.column("clientId"), isExpert = truth.column("isExpertConsulted"), isGeneral = truth.column("isGeneralConsulted");
  return Int32Array.from({ length: truth.rowCount }, (_, row) => row).filter((row) => (isExpert[row] === 1 || isGeneral[row] === 1) && isWanted(clients[row]!));
}

interface SpokenQuestion { readonly clientId: number; readonly queryIndex: number; readonly kind: number; readonly domain: string | undefined; readonly isExpert: boolean }

/** Words as sent, with what the scorer knows of them. */
interface SpokenText extends Omit<ObservedPrompt, "record" | "clientId" | "queryIndex"> { readonly text: string }

/** The words of a question as sent, and before redaction. */
function speak(world: World, { clientId, queryIndex, kind, domain, isExpert }: SpokenQuestion, { protocol, seed }: PromptOptions): SpokenText | undefined {
  const isOfDomain = kind === QueryKind.domain || kind === QueryKind.mixed;
  if (isOfDomain && !isWorldDomain(domain)) return undefined;
  const query = sampleQuery(world, "train", QUERY_KINDS[kind]!, (clientId * QUESTIONS_PER_CLIENT + queryIndex) % 2 ** 32, { person: clientId, ...(isOfDomain ? { domain: domain as DomainName } : {}) });
  const { question, context } = wordsOf(query, protocol.sends, isExpert), person = samplePerson(world, clientId);
  const draws = new RandomStream(seed, 0, Purpose.attack).seek(REDACTION_DRAWS + clientId, queryIndex);
  const { text, secrets } = redactSecrets(context + question, person, protocol.redactFraction, draws);
  const isAnswerable = secrets.every(({ value, isHidden }) => !isHidden || !question.includes(value));
  return { text, secrets, original: context + question, isAnswerable, answer: query.consult?.note ?? query.answer };
}

/** Entities of redaction's draws begin here, apart from those of bootstraps. */
const REDACTION_DRAWS = 2 ** 32;

function wordsOf(query: Query, sends: Scenario["protocol"]["sends"], isExpert: boolean): { question: string; context: string } {
  switch (sends) {
    case "context": return { question: query.question, context: `${renderContext(query.context)}; ` };
    case "question": return { question: query.question, context: "" };
    case "least": return { question: isExpert ? query.consult?.question ?? query.core : query.core, context: "" };
    default: return sends satisfies never;
  }
}

function isWorldDomain(name: string | undefined): name is DomainName { return DOMAIN_NAMES.some((domain) => domain === name); }
