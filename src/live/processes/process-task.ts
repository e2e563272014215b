/** What a process of a live system is started with, and what it says back. Plain values: they travel between processes. */
import type { LiveConfig } from "../config/live-config.js";
import type { ServerCertificate } from "../transport/make-certificate.js";
import type { LogEntry } from "../log-event.js";
import type { HostedFile } from "../model-server/load-model-host.js";
import type { OpenAiEndpoint } from "../openai/ask-openai.js";
import type { AreaName } from "../../world/knowledge/knowledge-area.js";

/** Parts that all tasks have. */
interface TaskBase { readonly name: string; readonly port: number; readonly config: LiveConfig }

/** A model server: E and T. */
export interface ModelsTask extends TaskBase { readonly role: "models"; readonly models: readonly (HostedFile & { readonly name: string })[] }
/** The ledger. */
export interface LedgerProcessTask extends TaskBase { readonly role: "ledger"; readonly folder: string; readonly payees: Readonly<Record<string, string>> }
/** The gateway. Keys in PEM, secrets in base64url. */
export interface GatewayProcessTask extends TaskBase {
  readonly role: "gateway"; readonly certificate: ServerCertificate; readonly identity: string; readonly endpoints: Readonly<Record<AreaName, OpenAiEndpoint>>;
  readonly ledgerOrigin: string; readonly payeeSecrets: Readonly<Record<AreaName, string>>;
}
/** The relay. `seen`: files for what it sees. */
export interface RelayProcessTask extends TaskBase {
  readonly role: "relay"; readonly certificate: ServerCertificate; readonly gatewayOrigin: string; readonly gatewayCertificate: string; readonly seen: readonly string[];
}
/** A tap in front of a server, and its file. */
export interface TapProcessTask extends TaskBase { readonly role: "tap"; readonly upstreamPort: number; readonly file: string }
/** P-clients. */
export interface PersonalProcessTask extends TaskBase {
  readonly role: "personal"; readonly model: HostedFile; readonly folder: string; readonly secret: string; readonly apiKey: string;
  readonly relayOrigin: string; readonly relayCertificate: string; readonly ledgerOrigin: string; readonly gatewayIdentity: string;
}

/** What one process does. */
export type ProcessTask = ModelsTask | LedgerProcessTask | GatewayProcessTask | RelayProcessTask | TapProcessTask | PersonalProcessTask;
/** To a process. */
export type ToProcess = { readonly kind: "start"; readonly task: ProcessTask } | { readonly kind: "stop" };
/** From a process. */
export type FromProcess = { readonly kind: "ready"; readonly port: number } | { readonly kind: "failed"; readonly message: string } | { readonly kind: "log"; readonly entry: LogEntry };
