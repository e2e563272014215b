/**
 * From captured files to the records that attacks read. The truth comes from the harness that asked: which question an opened request
 * belongs to (by the instant of its arrival, which the gateway tells P inside the sealing) and whose an account is.
 */
import { ColumnTable } from "../../records/column-table.js";
import { LEDGER_PAYEE, UNKNOWN_ACCOUNT } from "../../records/payment-record.js";
import { UNKNOWN_SENDER } from "../../records/prompt-record.js";
import { RELAY_SCHEMA } from "../../records/relay-record.js";
import type { CapturedPrompt, CapturedView } from "../../privacy/observers/captured-view.js";
import type { ObservedPayment } from "../../privacy/observers/ledger-observer.js";
import { ASKED_BACK, tellingOf } from "../../privacy/observers/malicious-expert.js";
import type { ObservedPrompt } from "../../privacy/observers/prompt-observer.js";
import type { SecretSpan } from "../../privacy/observers/redact-secrets.js";
import { ATTRIBUTE_IDS, isSecret } from "../../world/people/attributes.js";
import { NONE, samplePerson } from "../../world/people/person.js";
import type { World } from "../../world/world.js";
import type { AskedQuestion } from "../load/run-load.js";
import { exchangesOfQuestions } from "../load/tabulate-load.js";
import { hasMention } from "../personal/has-mention.js";
import type { Booking, ConsultedQuestion, SeenExchange } from "./observations.js";
import type { LinkExchange } from "./link-exchanges.js";
import type { TlsRecord } from "./tls-records.js";

/** What was captured, and what was asked. */
export interface CapturedLoad {
  readonly world: World;
  readonly startedAtUs: number;
  readonly asked: readonly AskedQuestion[];
  /** Names of the scenario's domains. */
  readonly domains: readonly string[];
  readonly relayed: readonly SeenExchange[];
  readonly linked: readonly LinkExchange[];
  readonly consulted: readonly ConsultedQuestion[];
  readonly booked: readonly Booking[];
  readonly recordsOf: ReadonlyMap<AskedQuestion, readonly TlsRecord[]>;
  /** Whether experts asked back. Default: no. */
  readonly asksBack?: boolean;
}

/** The only gateway. */
const SHARED_GATEWAY = 1;

/** Views of relay, experts, T and ledger. Observations of nothing that was asked are left out. */
export function captureView(load: CapturedLoad): CapturedView {
  const questions = matchConsults(load);
  const prompts = ofWorkload(questions).map((consult) => describePrompt(load, consult)), sentOf = new Map(questions.map(({ seen, question }) => [question, seen.question]));
  const askedBack = load.asksBack === true ? { askedBack: ofWorkload(questions).map((consult) => describeToldPrompt(load, consult, sentOf)) } : {};
  return { relay: tabulateExchanges(load, load.relayed), gatewayLink: tabulateExchanges(load, claimed(load)), prompts, ...askedBack, payments: describePayments(load, questions) };
}

/** A consult as the gateway had it, and the question behind it. */
interface MatchedConsult { readonly seen: ConsultedQuestion; readonly question: AskedQuestion }

function matchConsults({ asked, consulted }: CapturedLoad): MatchedConsult[] {
  const byArrival = new Map(asked.map((question) => [question.answer?.report.consult?.timings.arrivedAtUs, question]));
  return consulted.flatMap((seen) => {
    const question = byArrival.get(seen.arrivedAtUs);
    return question === undefined ? [] : [{ seen, question }];
  });
}

/** A relay carries a request on within this time. Microseconds. */
const LONGEST_CARRY_US = 1e6;

/** Exchanges on the link, each as the client's that the relay carried on just then: the first not yet claimed that had come shortly before. */
function claimed({ relayed, linked }: CapturedLoad): readonly SeenExchange[] {
  const waiting = [...relayed].sort((a, b) => a.requestAtUs - b.requestAtUs);
  return linked.flatMap((exchange) => {
    while ((waiting[0]?.requestAtUs ?? Infinity) < exchange.requestAtUs - LONGEST_CARRY_US) waiting.shift();
    const carried = (waiting[0]?.requestAtUs ?? Infinity) <= exchange.requestAtUs ? waiting.shift() : undefined;
    return carried === undefined ? [] : [{ ...exchange, clientId: carried.clientId }];
  });
}

/** One row for each question that had exchanges. */
function tabulateExchanges({ asked, startedAtUs }: CapturedLoad, seen: readonly SeenExchange[]): ColumnTable {
  const table = new ColumnTable(RELAY_SCHEMA);
  for (const [{ planned: { clientId, queryIndex }, repliesTo }, exchanges] of exchangesOfQuestions(asked, seen)) {
    if (repliesTo !== undefined) continue;
    const chunks = exchanges.flatMap((exchange) => exchange.chunks), at = (instant: number | undefined): number => instant === undefined ? NaN : instant - startedAtUs;
    const upBytes = exchanges.reduce((sum, { requestBytes }) => sum + requestBytes, 0), downBytes = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
    table.appendRow([clientId, queryIndex, SHARED_GATEWAY, at(exchanges[0]?.requestAtUs), upBytes, downBytes, chunks.length, at(chunks[0]?.atUs), at(chunks.at(-1)?.atUs)]);
  }
  table.sortRows();
  return table;
}

/** Consults of the workload: replies to experts that asked back are none. */
function ofWorkload(matched: readonly MatchedConsult[]): readonly MatchedConsult[] { return matched.filter(({ question }) => question.repliesTo === undefined); }

function describePrompt({ world, domains, startedAtUs, recordsOf }: CapturedLoad, { seen: { arrivedAtUs, area, question: text, requestBytes, answer }, question }: MatchedConsult): CapturedPrompt {
  const { clientId, queryIndex, query } = question.planned, original = query.consult?.question ?? query.core, secrets = secretsIn(world, clientId, original, text);
  const record = { sender: UNKNOWN_SENDER, receivedAtUs: arrivedAtUs - startedAtUs, tier: placeOf(domains, area), text, requestBytes };
  const chunkBytes = (recordsOf.get(question) ?? []).filter(({ direction }) => direction === "down").map(({ bytes }) => bytes);
  return { record, clientId, queryIndex, original, secrets, isAnswerable: secrets.every(({ isHidden }) => !isHidden), answer, chunkBytes };
}

/** A request with what the expert was told when it asked back, as far as P sent it on: in the reply, which says the question again. */
function describeToldPrompt(load: CapturedLoad, consult: MatchedConsult, sentOf: ReadonlyMap<AskedQuestion, string>): ObservedPrompt {
  const prompt = describePrompt(load, consult), reply = load.asked.find(({ repliesTo }) => repliesTo === consult.question), attribute = ASKED_BACK[consult.seen.area];
  if (reply === undefined || attribute === undefined) return prompt;
  const text = `${prompt.record.text} ${sentOf.get(reply) ?? ""}`, original = `${prompt.original} ${tellingOf(attribute, samplePerson(load.world, prompt.clientId))}`;
  return { ...prompt, original, secrets: secretsIn(load.world, prompt.clientId, original, text), record: { ...prompt.record, text } };
}

/** Secrets of the person in what has to be asked, hidden where the tier was not sent them. */
function secretsIn(world: World, person: number, original: string, sent: string): SecretSpan[] {
  const { values } = samplePerson(world, person), secret = ATTRIBUTE_IDS.filter((attribute) => isSecret(attribute) && values[attribute] !== NONE);
  return secret.filter((attribute) => hasMention(values[attribute], original)).map((attribute) => ({ attribute, value: values[attribute], isHidden: !hasMention(values[attribute], sent) }));
}

function describePayments({ asked, booked, startedAtUs, domains }: CapturedLoad, matched: readonly MatchedConsult[]): ObservedPayment[] {
  const clientOf = new Map(asked.map(({ planned, answer }) => [answer?.report.consult?.account, planned.clientId])), spenderOf = new Map(matched.map(({ seen, question }) => [seen.serial, question.planned.clientId])), purchases = new Map<number, number>();
  return booked.flatMap((booking): ObservedPayment[] => {
    const clientId = booking.kind === "bought" ? clientOf.get(booking.account) : spenderOf.get(booking.serial), bookedAtUs = booking.atUs - startedAtUs;
    if (clientId === undefined || booking.kind === "refunded") return [];
    // A wallet buys when it is empty: what is spent between two purchases comes from the first of them.
    if (booking.kind === "spent") return [{ record: { bookedAtUs, account: UNKNOWN_ACCOUNT, payee: placeOf(domains, booking.payee), amount: 1 }, clientId, purchase: purchases.get(clientId) ?? -1 }];
    const purchase = (purchases.get(clientId) ?? -1) + 1;
    purchases.set(clientId, purchase);
    return [{ record: { bookedAtUs, account: clientId, payee: LEDGER_PAYEE, amount: booking.tokens }, clientId, purchase }];
  });
}

/** Place of a domain; T comes behind them. */
function placeOf(domains: readonly string[], area: string): number { return area === "general" ? domains.length : domains.indexOf(area); }
