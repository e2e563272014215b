/**
 * A whole live system: ledger and model servers, then the gateway, the relay, P-clients, each a process under supervision. Addresses stay
 * the same when a process is started again, so the others need not hear of it.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { ConfigError, DataError, PlmmError } from "../../core/errors.js";
import { captureFiles } from "../capture/observations.js";
import { requireCapturable } from "../capture/load-capture.js";
import type { LiveConfig } from "../config/live-config.js";
import type { LogEntry } from "../log-event.js";
import { ProtocolClient } from "../transport/call-protocol.js";
import { writeSecretFile } from "../write-secret-file.js";
import { livePaths, loadLiveState, type LiveState } from "./live-state.js";
import { gatewayTask, ledgerTask, loadSecrets, modelTasks, originOf, personalTask, relayTask, secureOriginOf, tapTask } from "./plan-processes.js";
import type { ProcessTask } from "./process-task.js";
import { SupervisedProcess, type Supervision } from "./supervised-process.js";

/** A system that runs. */
export interface LiveSystem {
  /** Base URL of P's API. */
  readonly api: string;
  readonly apiKey: string;
  state(): LiveState;
  /** Ends all processes, those that take requests from outside first. */
  stop(): Promise<void>;
}

const HEALTH_WITHIN_MS = 5000;

function makeState(folder: string): ReturnType<typeof loadSecrets> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return loadSecrets(folder);
  } catch (cause) {
    if (cause instanceof PlmmError) throw cause;
    throw new DataError({ subject: folder, rule: "be a folder that can be written and has room", got: (cause as NodeJS.ErrnoException).code ?? String(cause), hint: "Give another with --state.", cause });
  }
}

/** Starts a system and waits until all of it is ready. @throws {ConfigError} when one runs on the same folder; {DataError} when the folder cannot be written; {LimitError} when a process does not start. */
export async function startLiveSystem(config: LiveConfig, onLog: (entry: LogEntry) => void = () => undefined): Promise<LiveSystem> {
  requireFree(config.state);
  if (config.capture !== undefined) requireCapturable(config.capture);
  const secrets = makeState(config.state), running = new RunningSystem(config.state, onLog);
  try {
    const [ledger, ...servers] = await Promise.all([ledgerTask(config, secrets), ...modelTasks(config)].map((task) => running.start(task)));
    const portOf = (name: string): number => servers.find((server) => server.name === name)!.port;
    const tapped = async ({ port }: SupervisedProcess, name: string, fileOf: (folder: string) => string): Promise<number> =>
      config.capture === undefined ? port : (await running.start(tapTask(config, name, port, fileOf(config.capture)))).port;
    const gateway = await running.start(gatewayTask(config, secrets, ledger!.port, portOf));
    const relay = await running.start(relayTask(config, secrets, await tapped(gateway, "gateway-tap", captureFiles.gatewayLink)));
    const personal = await running.start(personalTask(config, secrets, { relay: await tapped(relay, "path-tap", captureFiles.path), ledger: ledger!.port }));
    running.announce(`${originOf(personal.port)}/v1`);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { api: running.api, apiKey: secrets.apiKey, state: () => running.state(), stop: () => running.stop() };
}

function requireFree(folder: string): void {
  const state = loadLiveState(folder);
  if (state === undefined) return;
  throw new ConfigError({ subject: `the state folder ${folder}`, rule: "serve one live system at a time", got: `process ${state.pid}`, hint: "Stop that one, or give another folder with --state." });
}

class RunningSystem {
  api = "";
  private readonly processes: { readonly process: SupervisedProcess; readonly task: ProcessTask }[] = [];
  private readonly startedAt = new Date().toISOString();
  private readonly file: number;

  constructor(private readonly folder: string, private readonly onLog: (entry: LogEntry) => void) { this.file = openSync(livePaths.log(folder), "a", 0o600); }

  async start(task: ProcessTask): Promise<SupervisedProcess> {
    const process = new SupervisedProcess(task, this.supervisionOf(task));
    this.processes.push({ process, task });
    await process.start();
    return process;
  }

  announce(api: string): void {
    this.api = api;
    this.writeState();
  }

  state(): LiveState {
    const processes = this.processes.map(({ process, task: { role } }) => ({ name: process.name, role, port: process.port, isReady: process.isReady, ...(process.pid === undefined ? {} : { pid: process.pid }) }));
    return { pid: process.pid, api: this.api, startedAt: this.startedAt, processes };
  }

  async stop(): Promise<void> {
    for (const { process } of [...this.processes].reverse()) await process.stop();
    rmSync(livePaths.state(this.folder), { force: true });
    closeSync(this.file);
  }

  private supervisionOf(task: ProcessTask): Supervision {
    const write = (entry: LogEntry): void => {
      writeSync(this.file, `${JSON.stringify(entry)}\n`);
      this.onLog(entry);
    };
    return { isHealthy, onLog: write, log: (event, fields = {}) => { write({ atMs: Date.now(), process: task.name, event, ...fields }); }, onChange: () => { if (this.api !== "") this.writeState(); } };
  }

  private writeState(): void { writeSecretFile(livePaths.state(this.folder), `${JSON.stringify(this.state(), undefined, 2)}\n`); }
}

async function isHealthy(task: ProcessTask, port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(HEALTH_WITHIN_MS), { role } = task;
  if (role === "models" || role === "personal") return (await fetch(`${originOf(port)}/health`, { signal })).ok;
  // A tap carries and answers nothing: it is well while its process lives.
  if (role === "tap") return true;
  const client = role === "ledger" ? new ProtocolClient(originOf(port)) : new ProtocolClient(secureOriginOf(port), { ca: task.certificate.cert });
  try {
    return (await client.fetch({ path: "/health", method: "GET", signal })).status === 200;
  } finally {
    client.close();
  }
}
