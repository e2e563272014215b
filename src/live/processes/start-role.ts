/** Starts what a process is for. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { makeWorld } from "../../world/world.js";
import type { AreaName } from "../../world/knowledge/knowledge-area.js";
import { captureFiles } from "../capture/observations.js";
import { serveTap } from "../capture/serve-tap.js";
import { openLines } from "../capture/write-lines.js";
import { serveGateway } from "../gateway/serve-gateway.js";
import type { Payee } from "../ledger/call-ledger.js";
import { serveLedger } from "../ledger/serve-ledger.js";
import type { Log } from "../log-event.js";
import { loadChatTemplate, loadModelHost } from "../model-server/load-model-host.js";
import { ModelBackend, type NamedModel } from "../model-server/model-backend.js";
import { serveOpenAi } from "../openai/serve-openai.js";
import { PersonalBackend } from "../personal/personal-backend.js";
import { serveRelay } from "../relay/serve-relay.js";
import type { LiveServer } from "../transport/serve-protocol.js";
import type { GatewayProcessTask, ModelsTask, PersonalProcessTask, ProcessTask } from "./process-task.js";

/** How often P looks for money that failed consults have cost. */
const RECOVER_MS = 5000;
/** A gateway answers a little longer than P waits, so that it is P who gives up. */
const GRACE_MS = 1000;

/** Starts a role. The server's port is known when it is ready to answer. */
export function startRole(task: ProcessTask, log: Log): Promise<LiveServer> {
  const { config: { deadlines, protocol, prices, capture }, port } = task, bodyWithinMs = deadlines.bodyS * 1000, answerWithinMs = deadlines.consultS * 1000 + GRACE_MS;
  switch (task.role) {
    case "models": return startModels(task, log);
    case "ledger": return serveLedger({ port, folder: task.folder, payees: task.payees, startTokens: prices.startTokens, bodyWithinMs, ...(capture === undefined ? {} : { seen: openLines(captureFiles.ledger(capture)) }) }, log);
    case "gateway": return startGateway(task, answerWithinMs, log);
    case "relay": {
      const { certificate, gatewayOrigin, gatewayCertificate, seen } = task;
      return serveRelay({ port, certificate, gatewayOrigin, gatewayCertificate, largestRequestBytes: protocol.largestRequestBytes, bodyWithinMs, answerWithinMs }, openLines(...seen), log);
    }
    case "tap": return serveTap(port, task.upstreamPort, openLines(task.file));
    case "personal": return startPersonal(task, log);
    default: return task satisfies never;
  }
}

async function startModels({ models, port, config }: ModelsTask, log: Log): Promise<LiveServer> {
  const named: NamedModel[] = [];
  for (const { name, ...file } of models) named.push({ name, host: await loadModelHost(file), template: loadChatTemplate(file.path) });
  const server = await serveOpenAi(new ModelBackend(named), { port, bodyWithinMs: config.deadlines.bodyS * 1000, log });
  return { port: server.port, close: async () => { await server.close(); for (const { host } of named) await host.dispose(); } };
}

function startGateway({ port, certificate, identity, endpoints, ledgerOrigin, payeeSecrets, config: { protocol, deadlines, capture, experts } }: GatewayProcessTask, answerWithinMs: number, log: Log): Promise<LiveServer> {
  const payees = Object.fromEntries(Object.entries(payeeSecrets).map(([name, secret]): [string, Payee] => [name, { name, secret: Buffer.from(secret, "base64url") }]));
  return serveGateway({
    port, certificate, ...(capture === undefined ? {} : { seen: openLines(captureFiles.expert(capture)) }), strength: protocol.keyExchange, releaseMs: protocol.releaseS * 1000, answerChunks: protocol.answerChunks, endBytes: protocol.endBytes, identity: createPrivateKey(identity), endpoints, ledgerOrigin, payees: payees as Readonly<Record<AreaName, Payee>>, answerWithinMs,
    largestRequestBytes: protocol.largestRequestBytes, chunkBytes: protocol.chunkBytes, answerTokens: protocol.answerTokens, bodyWithinMs: deadlines.bodyS * 1000, asksBack: experts.asksBack,
  }, log);
}

async function startPersonal({ model, folder, secret, apiKey, relayOrigin, relayCertificate, ledgerOrigin, gatewayIdentity, port, config: { world, personal, protocol, deadlines } }: PersonalProcessTask, log: Log): Promise<LiveServer> {
  const host = await loadModelHost(model), backend = new PersonalBackend({
    world: makeWorld(world), host, folder, secret, stretchLogRounds: personal.stretchLogRounds, clients: personal.clients, firstPerson: personal.firstPerson, relayOrigin, relayCertificate, ledgerOrigin,
    gatewayIdentity: createPublicKey(gatewayIdentity), tokens: personal.tokens, requestBytes: protocol.requestBytes, coverFraction: protocol.coverFraction, leastStrength: protocol.keyExchange, consultTokens: protocol.answerTokens, maxTokens: personal.maxTokens,
    consultWithinMs: deadlines.consultS * 1000, answerWithinMs: deadlines.answerS * 1000,
  }, ({ reason, answerTokens }) => { log("answered", { tokens: answerTokens, ...(reason === undefined ? {} : { reason }) }); });
  const server = await serveOpenAi(backend, { port, key: apiKey, bodyWithinMs: deadlines.bodyS * 1000, log });
  const timer = setInterval(() => { void backend.recover(AbortSignal.timeout(RECOVER_MS)); }, RECOVER_MS);
  return { port: server.port, close: async () => { clearInterval(timer); await server.close(); backend.close(); await host.dispose(); } };
}
