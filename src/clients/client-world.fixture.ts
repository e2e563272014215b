/**
 * P-clients in a world of their own for tests: each client is lived through alone, against a tier that does what it is
 * told. No windows, no mail, no threads: the slow and obvious way to run the same clients as the fleet.
 */
import { sampleStudy } from "../config/sample-study.test-data.js";
import type { Scenario } from "../config/scenario-schema.js";
import { invariant } from "../core/errors.js";
import { compileDeviceTable, type DeviceTable } from "../devices/device-table.js";
import { loadDeviceCatalogue } from "../devices/load-device-catalogue.js";
import { findModelCard } from "../devices/load-model-cards.js";
import { compileLinkTable, LINK_STATES } from "../network/link-table.js";
import { type Question, QuestionSampler, type TraceLengths } from "../population/question.js";
import { compileWireShape } from "../protocol/message-sizes.js";
import { RequestField as R, ResponseField as A, RESPONSE_STRIDE, ResponseStatus } from "../tiers/tier-messages.js";
import { AnswerQuality } from "./answer-quality.js";
import { allocateClients, CLIENT_STRIDE, ClientField as F, Stage } from "./client-state.js";
import type { EndedQuestion } from "./ended-question.js";
import { NextQuestion, type TraceInstants } from "./next-question.js";
import { Phone } from "./phone.js";
import { QuestionLife } from "./question-life.js";
import { QuestionLog } from "./question-log.js";
import type { QuestionWorld, TokenPrices } from "./question-world.js";
import { allocateBandits, type BanditMemory } from "./routing/bandit.js";
import { makeRouter } from "./routing/make-router.js";

/** One microsecond in seconds, and back. */
export const US = 1e6;

/** Round prices. Dollars per token. */
export const ROUND_PRICES: TokenPrices = { expertInUsd: 1e-6, expertOutUsd: 2e-6, generalInUsd: 3e-6, generalOutUsd: 4e-6 };

/** A scenario from the YAML lines of its sections; everything else at its default. */
export function scenarioOf(...lines: string[]): Scenario { return sampleStudy(["name: t", ...lines].join("\n")); }

/**
 * A fleet of one kind of phone with numbers that are exact in binary: 1/16 s per token, prefill of 1/8 s and 1/1024 s per
 * token, no context cost, no throttling, 4 W, 40 kJ.
 */
export function roundDevices(changes: Partial<Record<Exclude<keyof DeviceTable, "names">, number>> = {}): DeviceTable {
  const numbers = {
    decodeBaseS: 1 / 16, decodePerContextTokenS: 0, prefillPerTokenS: 1 / 1024, prefillOverheadS: 1 / 8, sustainedFraction: 1, heatTauS: 100, coolTauS: 300,
    coldComputeW: 4, idleW: 0.5, batteryJ: 40_000, memoryBytes: 8e9, osReservedBytes: 2e9, weightBytes: 1e9, workingSetBytes: 1.5e9, reloadS: 0.5,
    cliffFactor: 10, cumulativeShare: 1, ...changes,
  };
  const columns = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Float64Array.of(value)]));
  return { names: ["round"], ...columns } as unknown as DeviceTable;
}

/** The shipped phones, compiled for the scenario's model. */
export function realDevices({ devices, personalModel }: Scenario): DeviceTable {
  return compileDeviceTable(loadDeviceCatalogue(), devices.mix, findModelCard(personalModel.model), personalModel.quant, personalModel.contextLimitTokens);
}

/** What a tier makes of one request. Durations from the arrival there. */
export type TierVerdict =
  | { readonly kind: "serve"; readonly admitUs: number; readonly firstUs: number; readonly lastUs: number; readonly consultUs?: readonly [number, number];
      readonly knowledgeAgeUs?: number; readonly cachedTokens?: number; readonly preemptions?: number }
  | { readonly kind: "fail"; readonly afterUs: number }
  /** The deadline passes; by then so many tokens were made. */
  | { readonly kind: "time-out"; readonly madeTokens?: number };

/** Decides about a request. `nth` counts the requests of this world from 0. */
export type TierScript = (request: Float64Array, nth: number) => TierVerdict;

/** Admits after 0.2 s, makes its first token after 1 s and the last after 3 s. */
export const SERVE: TierVerdict = { kind: "serve", admitUs: 0.2 * US, firstUs: US, lastUs: 3 * US };

/** The response row of a verdict, as a tier sends it. */
export function responseOf(request: Float64Array, verdict: TierVerdict): Float64Array {
  const row = new Float64Array(RESPONSE_STRIDE).fill(NaN), arriveUs = request[R.arriveAtUs]!;
  row[A.clientId] = request[R.clientId]!;
  row[A.attemptKey] = request[R.attemptKey]!;
  row[A.status] = verdict.kind === "serve" ? ResponseStatus.served : verdict.kind === "fail" ? ResponseStatus.failed : ResponseStatus.timedOut;
  row[A.cachedTokens] = row[A.generatedTokens] = row[A.preemptions] = row[A.knowledgeAgeUs] = row[A.replica] = 0;
  row[A.decidedAtUs] = verdict.kind === "serve" ? arriveUs + verdict.lastUs : verdict.kind === "fail" ? arriveUs + verdict.afterUs : request[R.deadlineAtUs]!;
  if (verdict.kind === "time-out") row[A.generatedTokens] = verdict.madeTokens ?? 0;
  if (verdict.kind !== "serve") return row;
  row[A.admittedAtUs] = arriveUs + verdict.admitUs;
  row[A.firstTokenAtUs] = arriveUs + verdict.firstUs;
  row[A.lastTokenAtUs] = arriveUs + verdict.lastUs;
  row[A.generatedTokens] = request[R.answerTokens]!;
  row[A.knowledgeAgeUs] = verdict.knowledgeAgeUs ?? 0;
  row[A.cachedTokens] = verdict.cachedTokens ?? 0;
  row[A.preemptions] = verdict.preemptions ?? 0;
  if (verdict.consultUs === undefined) return row;
  row[A.consultedAtUs] = arriveUs + verdict.consultUs[0];
  row[A.consultAnsweredAtUs] = arriveUs + verdict.consultUs[1];
  return row;
}

/** The end of a question with its client's row as it was at that instant. */
export interface EndSnapshot extends Readonly<Omit<EndedQuestion, "clear">> {
  readonly question: Readonly<Question>;
  /** Shape [CLIENT_STRIDE]. */
  readonly row: Float64Array;
}

/** Questions with some of their attributes fixed. */
class FixedQuestions extends QuestionSampler {
  private readonly fixed: Partial<Question>;

  constructor(scenario: Scenario, seed: number, replication: number, trace: TraceLengths | undefined, fixed: Partial<Question>) {
    super(scenario, seed, replication, trace);
    this.fixed = fixed;
  }

  override sample(client: number, queryIndex: number, isFollowUp: boolean): Question {
    return Object.assign(super.sample(client, queryIndex, isFollowUp), this.fixed);
  }
}

/** What a client world may be made of. */
export interface WorldOptions {
  readonly devices?: DeviceTable;
  readonly script?: TierScript;
  readonly seed?: number;
  readonly replication?: number;
  readonly trace?: TraceInstants & TraceLengths;
  /** Attributes that all questions have. */
  readonly question?: Partial<Question>;
  readonly prices?: TokenPrices;
}

const MOST_STEPS = 100_000;

/** All parts of P-clients, and a tier by script. */
export class ClientWorld {
  readonly state: Float64Array;
  readonly bandits: BanditMemory;
  readonly world: QuestionWorld;
  readonly log: QuestionLog;
  readonly next: NextQuestion;
  readonly life: QuestionLife;
  /** Requests in order of sending. */
  readonly sent: Float64Array[] = [];
  readonly ended: EndSnapshot[] = [];
  private readonly script: TierScript;

  constructor(scenario: Scenario, options: WorldOptions = {}) {
    const { devices = roundDevices(), script = (): TierVerdict => SERVE, seed = 1, replication = 0, trace, prices = ROUND_PRICES } = options;
    const links = compileLinkTable(scenario.network), state = allocateClients(scenario.population.clients);
    const phone = new Phone(scenario, seed, replication, state, devices, links);
    this.state = state;
    this.bandits = allocateBandits(scenario.simulation.shards);
    this.script = script;
    this.log = new QuestionLog(scenario, state, devices);
    this.next = new NextQuestion(scenario, seed, replication, state, devices, phone, trace);
    this.world = {
      scenario, state, phone, links, seed, replication, prices,
      sampler: new FixedQuestions(scenario, seed, replication, trace, options.question ?? {}),
      quality: new AnswerQuality(scenario), router: makeRouter(scenario.routing, this.bandits), shape: compileWireShape(scenario.protocol),
      send: (row) => { this.sent.push(row.slice()); },
      end: (ended, question) => { this.noteEnd(ended, question); },
    };
    this.life = new QuestionLife(this.world);
  }

  private noteEnd(ended: EndedQuestion, question: Question): void {
    const { at, client } = ended;
    this.ended.push({ ...ended, question: { ...question }, row: this.state.slice(at, at + CLIENT_STRIDE) });
    this.log.write(ended, question);
    this.next.schedule(at, client);
  }

  /** Value of a client's field. */
  get(field: number, client = 0): number { return this.state[client * CLIENT_STRIDE + field]!; }

  /** Sets fields of a client. */
  set(fields: readonly (readonly [number, number])[], client = 0): void {
    for (const [field, value] of fields) this.state[client * CLIENT_STRIDE + field] = value;
  }

  /** A person with a cold, full phone on a link that lasts, whose model is in memory; plugged in daily 12 h after the start. */
  beginCalm(link: (typeof LINK_STATES)[number] = "wifi", client = 0): void {
    const { state, world } = this, at = client * CLIENT_STRIDE;
    this.next.begin(client);
    const batteryJ = world.phone.chargeFraction(at) === 0 ? 0 : state[at + F.chargeJ]! / world.phone.chargeFraction(at);
    this.set([[F.chargeJ, batteryJ], [F.linkState, LINK_STATES.indexOf(link)], [F.linkUntilUs, Infinity], [F.memoryFit, 0], [F.isReloaded, 0],
      [F.plugAtUs, 12 * 3600 * US], [F.isFollowUp, 0], [F.turnsLeft, 0]], client);
  }

  /** The user asks at `askedUs`, P takes it up at `startedUs`; the question is followed to its end. */
  live(askedUs: number, startedUs: number = askedUs, client = 0): EndSnapshot {
    this.set([[F.askedAtUs, askedUs]], client);
    const before = this.ended.length;
    this.life.ask(client * CLIENT_STRIDE, client, 0, startedUs);
    for (let step = 0; this.ended.length === before; step++) {
      invariant(step < MOST_STEPS, "end a question", step);
      this.continueQuestion(client);
    }
    return this.ended.at(-1)!;
  }

  /** Draws a client and lives through all its questions. */
  liveThrough(client: number): void {
    this.next.begin(client);
    for (let step = 0; this.get(F.stage, client) !== Stage.idle || this.get(F.wakeAtUs, client) < Infinity; step++) {
      invariant(step < MOST_STEPS, "end a client's life", step);
      if (this.get(F.stage, client) === Stage.idle) this.life.ask(client * CLIENT_STRIDE, client, 0, this.get(F.wakeAtUs, client));
      else this.continueQuestion(client);
    }
  }

  private continueQuestion(client: number): void {
    const at = client * CLIENT_STRIDE, stage = this.get(F.stage, client);
    if (stage === Stage.backoff) { this.life.retry(at, client, 0, this.get(F.wakeAtUs, client)); return; }
    invariant(stage === Stage.waiting, "wait for a tier", stage);
    const request = this.sent.at(-1)!;
    this.life.receive(at, client, 0, responseOf(request, this.script(request, this.sent.length - 1)), 0);
  }
}
