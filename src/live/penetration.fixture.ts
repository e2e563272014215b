/** The parts that an attacker meets, in one process: ledger, an expert on a real model, gateway, relay, and clients that reach them by any relay. */
import { generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Strength } from "../protocol/ohttp/choose-config.js";
import { digestOf } from "../protocol/tokens/token-mint.js";
import { AREA_NAMES, type AreaName } from "../world/knowledge/knowledge-area.js";
import { serveGateway } from "./gateway/serve-gateway.js";
import { learnedModel } from "./learned-family.fixture.js";
import { LedgerClient, type Payee } from "./ledger/call-ledger.js";
import { serveLedger } from "./ledger/serve-ledger.js";
import type { LogEntry } from "./log-event.js";
import { loadModelHost } from "./model-server/load-model-host.js";
import { ModelBackend } from "./model-server/model-backend.js";
import { serveOpenAi } from "./openai/serve-openai.js";
import { Consults } from "./personal/consult-expert.js";
import { Purse } from "./personal/purse.js";
import { originOf } from "./processes/plan-processes.js";
import { serveRelay } from "./relay/serve-relay.js";
import type { SeenExchange } from "./capture/observations.js";
import type { ChatBackend, ChatEnd } from "./openai/chat-backend.js";
import type { ChatRequest } from "./openai/chat-request.js";
import { ProtocolClient } from "./transport/call-protocol.js";

/** Parts under attack. */
export interface AttackedParts {
  readonly identity: KeyObject;
  readonly gatewayPort: number;
  readonly relayPort: number;
  readonly ledgerPort: number;
  /** What the relay saw. */
  readonly seen: readonly SeenExchange[];
  /** What the expert was given, with the instant of its coming in microseconds since 1970. */
  readonly asked: readonly { readonly request: ChatRequest; readonly atUs: number }[];
  readonly log: readonly LogEntry[];
  /** A client by way of some relay. */
  clientOf(options?: ClientOptions): TestedClient;
  close(): Promise<void>;
}

/** How a client of a test is set up. */
export interface ClientOptions { readonly clientId?: number; readonly relayPort?: number; readonly identity?: KeyObject; readonly leastStrength?: Strength; readonly profile?: readonly string[] }

/** A client. */
export interface TestedClient { readonly purse: Purse; readonly consults: Consults; ask(area: AreaName, question: string): Promise<string> }

/** Longest wait on a machine that does other things too. */
export const PATIENCE_MS = 60_000;
/** Bounds that attacks run into. */
export const BOUNDS = { largestRequestBytes: 8192, bodyWithinMs: 3000 } as const;

/** Starts the parts. */
export async function startAttacked(strength: Strength = "hybrid", releaseMs = 0): Promise<AttackedParts> {
  const folder = mkdtempSync(join(tmpdir(), "plmm-attacked-")), log: LogEntry[] = [], seen: SeenExchange[] = [], asked: { request: ChatRequest; atUs: number }[] = [];
  const note = (process: string) => (event: LogEntry["event"], fields: object = {}): void => { log.push({ atMs: Date.now(), process, event, ...fields }); };
  const payees = Object.fromEntries(AREA_NAMES.map((name): [string, Payee] => [name, { name, secret: randomBytes(32) }])) as Record<AreaName, Payee>;
  const { privateKey, publicKey } = generateKeyPairSync("ed25519"), host = await loadModelHost({ path: await learnedModel(), sequences: 4, contextTokens: 256, threads: 1 });
  const expert = await serveOpenAi(watched(new ModelBackend(AREA_NAMES.map((name) => ({ name, host, template: undefined }))), asked), { port: 0, bodyWithinMs: PATIENCE_MS, log: note("expert") });
  const ledger = await serveLedger({ folder, port: 0, startTokens: 1000, bodyWithinMs: BOUNDS.bodyWithinMs, payees: Object.fromEntries(AREA_NAMES.map((name) => [name, digestOf(payees[name].secret)])) }, note("ledger"));
  const endpoints = Object.fromEntries(AREA_NAMES.map((name) => [name, { url: `${originOf(expert.port)}/v1`, model: name, isOurs: true }])) as never;
  const gateway = await serveGateway({ port: 0, identity: privateKey, endpoints, ledgerOrigin: originOf(ledger.port), payees, strength, releaseMs, answerChunks: 1, chunkBytes: 64, endBytes: 768, answerTokens: 48, answerWithinMs: PATIENCE_MS, ...BOUNDS }, note("gateway"));
  const relay = await serveRelay({ port: 0, gatewayOrigin: originOf(gateway.port), answerWithinMs: PATIENCE_MS, ...BOUNDS }, { write: (exchange) => { seen.push(exchange); }, close: () => undefined }, note("relay"));
  const clients: LedgerClient[] = [];
  return {
    identity: publicKey, gatewayPort: gateway.port, relayPort: relay.port, ledgerPort: ledger.port, seen, asked, log,
    clientOf: ({ clientId = 0, relayPort = relay.port, identity = publicKey, leastStrength = strength, profile = [] } = {}) => {
      const ledgerClient = new LedgerClient(originOf(ledger.port)), kept = new Map<string, string>();
      clients.push(ledgerClient);
      const purse = new Purse(ledgerClient, { load: () => kept.get("purse"), save: (text) => { kept.set("purse", text); } }, 4);
      const consults = new Consults({ relay: new ProtocolClient(originOf(relayPort)), clientId, gatewayIdentity: identity, requestBytes: 1024, leastStrength, profile, answerTokens: 48 }, purse);
      return { purse, consults, ask: (area, question) => textOf(consults.consult(area, question, AbortSignal.timeout(PATIENCE_MS))) };
    },
    close: async () => {
      for (const client of clients) client.close();
      for (const part of [relay, gateway, ledger, expert]) await part.close();
      await host.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** All text of a stream. */
export async function textOf(source: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of source) text += piece;
  return text;
}

/** Notes what an expert is given. */
function watched(backend: ChatBackend, asked: { request: ChatRequest; atUs: number }[]): ChatBackend {
  return {
    models: backend.models,
    chat: (request, signal): AsyncGenerator<string, ChatEnd> => {
      asked.push({ request, atUs: Date.now() * 1000 });
      return backend.chat(request, signal);
    },
  };
}
