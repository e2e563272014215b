/** From a config to the tasks of its processes. Later ones need the addresses of earlier ones. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../core/errors.js";
import { digestOf } from "../../protocol/tokens/token-mint.js";
import { AREA_NAMES, type AreaName } from "../../world/knowledge/knowledge-area.js";
import type { LiveConfig, ModelTierPlan } from "../config/live-config.js";
import { findModelFile } from "../config/load-live-config.js";
import type { OpenAiEndpoint } from "../openai/ask-openai.js";
import { captureFiles } from "../capture/observations.js";
import { makeCertificate, type ServerCertificate } from "../transport/make-certificate.js";
import { loadOrMakeSecret, writeSecretFile } from "../write-secret-file.js";
import { livePaths } from "./live-state.js";
import type { GatewayProcessTask, LedgerProcessTask, ModelsTask, PersonalProcessTask, RelayProcessTask, TapProcessTask } from "./process-task.js";

/** Secrets of one system, kept in its state folder; certificates are those of one start. */
export interface LiveSecrets {
  readonly certificates: { readonly relay: ServerCertificate; readonly gateway: ServerCertificate };
  readonly payees: Readonly<Record<AreaName, Buffer>>; readonly identity: string; readonly gatewayIdentity: string; readonly store: Buffer; readonly apiKey: string;
}

/** Loads the secrets; makes them at the first start. */
export function loadSecrets(folder: string): LiveSecrets {
  const keys = livePaths.keys(folder), identityFile = join(keys, "gateway-identity.pem");
  if (!existsSync(identityFile)) writeSecretFile(identityFile, generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string);
  const identity = readFileSync(identityFile, "utf8");
  return {
    identity, certificates: { relay: makeCertificate(Date.now()), gateway: makeCertificate(Date.now()) }, gatewayIdentity: createPublicKey(identity).export({ format: "pem", type: "spki" }) as string, store: loadOrMakeSecret(join(keys, "store-secret")),
    apiKey: loadOrMakeSecret(livePaths.apiKey(folder)).toString("base64url"),
    payees: Object.fromEntries(AREA_NAMES.map((area) => [area, loadOrMakeSecret(join(keys, `payee-${area}`))])) as Record<AreaName, Buffer>,
  };
}

/** The ledger's task. */
export function ledgerTask(config: LiveConfig, { payees }: LiveSecrets): LedgerProcessTask {
  return { role: "ledger", name: "ledger", port: 0, config, folder: livePaths.ledger(config.state), payees: Object.fromEntries(AREA_NAMES.map((area) => [area, digestOf(payees[area])])) };
}

/** One task for each model server that the config names. @throws {ConfigError} for a model file that is not there. */
export function modelTasks(config: LiveConfig): ModelsTask[] {
  const servers = new Map<string, [AreaName, ModelTierPlan][]>();
  for (const area of AREA_NAMES) {
    const plan = config.tiers[area];
    if (plan.kind === "model") servers.set(plan.server ?? area, [...servers.get(plan.server ?? area) ?? [], [area, plan]]);
  }
  return [...servers].map(([name, plans]) => ({
    role: "models", name, port: 0, config,
    models: plans.map(([area, { model, sequences, contextTokens, threads }]) => ({ name: area, path: findModelFile(model, `tiers.${area}.model`), sequences, contextTokens, threads })),
  }));
}

/** The gateway's task. @param portOf Port of a model server by its name. @throws {ConfigError} when the environment lacks an endpoint's key. */
export function gatewayTask(config: LiveConfig, { identity, payees, certificates }: LiveSecrets, ledgerPort: number, portOf: (server: string) => number): GatewayProcessTask {
  const endpoints = Object.fromEntries(AREA_NAMES.map((area) => [area, endpointOf(config, area, portOf)])) as Record<AreaName, OpenAiEndpoint>;
  const payeeSecrets = Object.fromEntries(AREA_NAMES.map((area) => [area, payees[area].toString("base64url")])) as Record<AreaName, string>;
  return { role: "gateway", name: "gateway", port: 0, config, identity, certificate: certificates.gateway, endpoints, ledgerOrigin: originOf(ledgerPort), payeeSecrets };
}

function endpointOf(config: LiveConfig, area: AreaName, portOf: (server: string) => number): OpenAiEndpoint {
  const plan = config.tiers[area];
  if (plan.kind === "model") return { url: `${originOf(portOf(plan.server ?? area))}/v1`, model: area, isOurs: true };
  const key = plan.keyEnv === undefined ? undefined : process.env[plan.keyEnv];
  if (plan.keyEnv !== undefined && key === undefined) {
    throw new ConfigError({ subject: `tiers.${area}.keyEnv`, rule: "name a variable of the environment", got: plan.keyEnv, hint: `Start with: ${plan.keyEnv}=... plmm live up` });
  }
  return { url: plan.url, model: plan.model, isOurs: false, ...(key === undefined ? {} : { key }) };
}

/** The relay's task. */
export function relayTask(config: LiveConfig, { certificates: { relay, gateway } }: LiveSecrets, gatewayPort: number): RelayProcessTask {
  const seen = [livePaths.capture(config.state), ...(config.capture === undefined ? [] : [captureFiles.relay(config.capture)])];
  return { role: "relay", name: "relay", port: 0, config, certificate: relay, gatewayOrigin: secureOriginOf(gatewayPort), gatewayCertificate: gateway.cert, seen };
}

/** The task of a tap in front of a server. */
export function tapTask(config: LiveConfig, name: string, upstreamPort: number, file: string): TapProcessTask {
  return { role: "tap", name, port: 0, config, upstreamPort, file };
}

/** The task of P-clients. @throws {ConfigError} for a model file that is not there. */
export function personalTask(config: LiveConfig, { store, apiKey, gatewayIdentity, certificates }: LiveSecrets, ports: { readonly relay: number; readonly ledger: number }): PersonalProcessTask {
  const { model, sequences, contextTokens, threads, port } = config.personal;
  return {
    role: "personal", name: "personal", port, config, model: { path: findModelFile(model, "personal.model"), sequences, contextTokens, threads }, folder: livePaths.people(config.state),
    secret: store.toString("base64url"), apiKey, gatewayIdentity, relayOrigin: secureOriginOf(ports.relay), relayCertificate: certificates.relay.cert, ledgerOrigin: originOf(ports.ledger),
  };
}

/** Address of a port on this machine. */
export function originOf(port: number): string { return `http://127.0.0.1:${port}`; }

/** The same under TLS. */
export function secureOriginOf(port: number): string { return `https://127.0.0.1:${port}`; }
