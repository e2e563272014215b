/** Whole live systems for tests: real processes on ephemeral ports, in a folder for temporary files, with the model that knows its questions by heart. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { invariant } from "../core/errors.js";
import { askPersonal, type PersonalAnswer } from "./ask-personal.js";
import { type LiveConfig, parseLiveConfig } from "./config/live-config.js";
import { LIVE_PERSON, learnedModel } from "./learned-family.fixture.js";
import { ProtocolClient } from "./transport/call-protocol.js";
import { personalModel } from "./personal/personal-backend.js";
import { type LiveSystem, startLiveSystem } from "./processes/live-system.js";
import { originOf } from "./processes/plan-processes.js";

/** A system under test. */
export interface TestedSystem extends LiveSystem {
  readonly folder: string;
  /** Asks P. */
  ask(question: string, client?: number): Promise<PersonalAnswer>;
  /** Process number and port by name. */
  pidOf(name: string): number;
  portOf(name: string): number;
  /** Sums of the ledger's book, and earnings by payee. Micro-USD. */
  totals(): Promise<LedgerTotals>;
  /** Kills a process as the system's memory watchdog would, and waits until another is ready in its place. */
  killAndAwait(name: string): Promise<void>;
  /** Stops it and removes its folder. */
  end(): Promise<void>;
}

/** What the ledger tells. Micro-USD. */
export interface LedgerTotals { readonly deposits: number; readonly balances: number; readonly out: number; readonly held: number; readonly settled: number; readonly earnings: Readonly<Record<string, number>> }

/** Longest wait of a test on a machine that does other things too. */
export const PATIENCE_MS = 90_000;

/** Config of small systems. @param changes YAML that is put behind it, by section. */
export async function testedConfig(folder: string, changes: { readonly personal?: string; readonly tiers?: string; readonly more?: string } = {}): Promise<LiveConfig> {
  const model = await learnedModel(), tiers = ["finance", "it", "medicine", "education"].map((area) => `  ${area}: { kind: model, model: ${model}, server: experts, sequences: 8 }`).join("\n");
  return parseLiveConfig(`
state: ${folder}
personal: { model: ${model}, firstPerson: ${LIVE_PERSON}, stretchLogRounds: 4, ${changes.personal ?? ""} }
tiers:
${changes.tiers ?? `${tiers}\n  general: { kind: model, model: ${model} }`}
deadlines: { answerS: 60, consultS: 30, bodyS: 20 }
${changes.more ?? ""}
`, "test.yaml");
}

/** Starts a system. */
export async function startTested(changes: Parameters<typeof testedConfig>[1] & { readonly deadlines?: Partial<LiveConfig["deadlines"]> } = {}): Promise<TestedSystem> {
  const folder = mkdtempSync(join(tmpdir(), "plmm-live-")), config = await testedConfig(folder, changes);
  const system = await startLiveSystem({ ...config, deadlines: { ...config.deadlines, ...changes.deadlines } });
  const processOf = (name: string): ReturnType<LiveSystem["state"]>["processes"][number] => system.state().processes.find((process) => process.name === name)!;
  return {
    ...system, folder,
    ask: (question, client = 0) => askPersonal({ api: system.api, apiKey: system.apiKey, model: personalModel(client) }, question, AbortSignal.timeout(PATIENCE_MS), () => undefined),
    pidOf: (name) => processOf(name).pid!, portOf: (name) => processOf(name).port, totals: () => fetchTotals(originOf(processOf("ledger").port)),
    killAndAwait: async (name) => {
      const pid = processOf(name).pid!;
      process.kill(pid, "SIGKILL");
      await until(() => processOf(name).isReady && processOf(name).pid !== pid);
    },
    end: async () => {
      await system.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function fetchTotals(origin: string): Promise<LedgerTotals> {
  const client = new ProtocolClient(origin);
  try {
    return JSON.parse((await client.fetch({ path: "/totals", method: "GET", signal: AbortSignal.timeout(PATIENCE_MS) })).bytes.toString("utf8")) as LedgerTotals;
  } finally {
    client.close();
  }
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endAt = performance.now() + PATIENCE_MS;
  while (!await holds()) {
    invariant(performance.now() < endAt, "come to hold in time", holds.toString());
    await sleep(50);
  }
}

/** Every file below a folder, as bytes. */
export function filesBelow(folder: string): { readonly path: string; readonly bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).map((path) => ({ path, bytes: readFileSync(path) }));
}
