/**
 * P-clients behind the chat API: each person's assistant is a model of its own name. All share the weights of one P-model, whose
 * sequences batch their questions; stores, purses and keys are apart. A client's store is opened with its first question.
 */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import type { KeyObject } from "node:crypto";
import type { Vault } from "../../protocol/storage/write-vault.js";
import type { Profile } from "../../protocol/redaction/find-spans.js";
import type { Strength } from "../../protocol/ohttp/choose-config.js";
import { ATTRIBUTE_IDS, isSecret } from "../../world/people/attributes.js";
import { NONE, samplePerson } from "../../world/people/person.js";
import type { World } from "../../world/world.js";
import { LedgerClient } from "../ledger/call-ledger.js";
import type { ModelHost } from "../model-server/model-host.js";
import type { ChatBackend, ChatEnd } from "../openai/chat-backend.js";
import { lastQuestion, type ChatRequest } from "../openai/chat-request.js";
import { ProtocolClient, type Connecting } from "../transport/call-protocol.js";
import { loopbackAddress } from "../transport/loopback-address.js";
import { answerQuestion, type AnswerReport, type AssistantParts } from "./assistant.js";
import { Consults } from "./consult-expert.js";
import { hasMention } from "./has-mention.js";
import { loadVault, textOf } from "./load-vault.js";
import { Purse } from "./purse.js";
import { makeRetriever, type PersonalValues } from "./retrieve-context.js";

/** What all clients of a process have in common. */
export interface PersonalSetting {
  readonly world: World;
  readonly host: ModelHost;
  /** Folder of the stores. */
  readonly folder: string;
  /** Opens the stores. */
  readonly secret: string;
  readonly stretchLogRounds: number;
  readonly clients: number;
  readonly firstPerson: number;
  readonly relayOrigin: string;
  readonly relayCertificate: string;
  readonly ledgerOrigin: string;
  readonly gatewayIdentity: KeyObject;
  readonly tokens: number;
  readonly requestBytes: number;
  /** Chance that a question which P answers alone sends a cover exchange. */
  readonly coverFraction: number;
  readonly leastStrength: Strength;
  readonly consultTokens: number;
  readonly maxTokens: number;
  readonly consultWithinMs: number;
  readonly answerWithinMs: number;
}

/** Hears how each answer came about. */
export type OnAnswer = (report: AnswerReport) => void;

/** Numbers that decide about cover are drawn from so many. */
const COVER_DRAWS = 2 ** 32;

/** Name of the first client's assistant; the others have a number behind it. */
export const PERSONAL_MODEL = "personal";

/** Name of a client's assistant. */
export function personalModel(client: number): string { return client === 0 ? PERSONAL_MODEL : `${PERSONAL_MODEL}-${client}`; }

/** What is open of one client. */
interface OpenClient { readonly parts: AssistantParts; readonly consults: Consults; readonly purse: Purse }

/** Implements `ChatBackend`. */
export class PersonalBackend implements ChatBackend {
  readonly models: readonly string[];
  private readonly open = new Map<number, OpenClient>();
  private readonly relays: ProtocolClient[] = [];
  private readonly ledger: LedgerClient;
  private readonly retrieve: ReturnType<typeof makeRetriever>;

  constructor(private readonly setting: PersonalSetting, private readonly onAnswer: OnAnswer) {
    this.models = Array.from({ length: setting.clients }, (_, client) => personalModel(client));
    this.ledger = new LedgerClient(setting.ledgerOrigin);
    this.retrieve = makeRetriever(setting.world);
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<string, ChatEnd> {
    const { parts, purse, consults } = this.clientOf(this.models.indexOf(request.model));
    const maxTokens = Math.min(request.maxTokens ?? Infinity, parts.maxTokens);
    const report = yield* answerQuestion({ ...parts, maxTokens }, lastQuestion(request), signal);
    this.onAnswer(report);
    if (report.area === undefined && randomInt(COVER_DRAWS) < this.setting.coverFraction * COVER_DRAWS) void consults.cover(AbortSignal.timeout(this.setting.consultWithinMs)).catch(() => undefined);
    if (purse.counts.open > 0) void consults.recover(AbortSignal.timeout(this.setting.consultWithinMs));
    return { reason: report.answerTokens >= maxTokens ? "length" : "stop", promptTokens: report.promptTokens, answerTokens: report.answerTokens, report };
  }

  /** Gets back what failed consults of all clients have cost. */
  async recover(signal: AbortSignal): Promise<void> {
    for (const { purse, consults } of this.open.values()) if (purse.counts.open > 0) await consults.recover(signal);
  }

  close(): void {
    for (const relay of this.relays) relay.close();
    this.ledger.close();
  }

  private clientOf(client: number): OpenClient {
    const known = this.open.get(client) ?? this.openClient(client);
    this.open.set(client, known);
    return known;
  }

  /** A connection of the client's own, as a phone has one. */
  private connectionOf(client: number): ProtocolClient {
    const relay = new ProtocolClient(this.setting.relayOrigin, { ca: this.setting.relayCertificate, ...addressOf(client) });
    this.relays.push(relay);
    return relay;
  }

  private openClient(client: number): OpenClient {
    const { world, folder, secret, stretchLogRounds, firstPerson, gatewayIdentity, requestBytes, leastStrength, consultTokens, tokens, host, maxTokens, consultWithinMs, answerWithinMs } = this.setting;
    const vault = loadVault(join(folder, String(client)), secret, stretchLogRounds), values = loadValues(vault, world, firstPerson + client);
    const purse = new Purse(this.ledger, { load: () => textOf(vault, "purse"), save: (text) => { vault.put("purse", Buffer.from(text)); } }, tokens);
    const relay = this.connectionOf(client), consults = new Consults({ relay, clientId: client, profile: profileOf(values), gatewayIdentity, requestBytes, leastStrength, answerTokens: consultTokens }, purse);
    const parts: AssistantParts = {
      countSecrets: secretCounter(values), host, maxTokens, consultWithinMs, answerWithinMs, retrieve: (question) => this.retrieve(values, question),
      consult: (area, question, signal) => consults.consult(area, question, signal),
    };
    return { parts, consults, purse };
  }
}

/** Address of a P-client on the loopback interface, which on Linux has 127.0.0.0/8; elsewhere all P-clients have one address in common. */
function addressOf(client: number): Pick<Connecting, "localAddress"> {
  return process.platform === "linux" ? { localAddress: loopbackAddress(client) } : {};
}

/** Counts sensitive values of a person in a text. */
export function secretCounter(values: PersonalValues): (text: string) => number {
  const secrets = ATTRIBUTE_IDS.filter(isSecret).map((id) => values[id]).filter((value) => value !== NONE);
  return (text) => secrets.filter((value) => hasMention(value, text)).length;
}

/** Who somebody is and what opens their door. Values of one letter or none are no names. */
export function profileOf({ name, partner, doctor, doorCode }: PersonalValues): Profile {
  return [name, ...name.split(" "), partner, doctor, doorCode].filter((value) => value.length > 1 && value !== NONE);
}

/** The person as the store has them; a new store gets the world's person. */
function loadValues(vault: Vault, world: World, person: number): PersonalValues {
  const text = textOf(vault, "person");
  if (text !== undefined) return JSON.parse(text) as PersonalValues;
  const { values } = samplePerson(world, person);
  vault.put("person", Buffer.from(JSON.stringify(values)));
  return values;
}
