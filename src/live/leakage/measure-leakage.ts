/**
 * The same questions on a live system under one setting after another, captured; each run attacked as every observer, on what observers
 * really had and on the simulator's records of the same run. Each setting is a file that is written when it is done, so what was stopped
 * goes on behind its last finished setting.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadStudy } from "../../config/load-study.js";
import { OBSERVERS } from "../../config/sections/outcome-section.js";
import { invariant, LimitError } from "../../core/errors.js";
import { LEDGER_PAYEE } from "../../records/payment-record.js";
import { attackRun, type AttackedCell } from "../../run/attack-run.js";
import { loadCaptured } from "../../run/captured-store.js";
import { writeJson } from "../../run/publish-results.js";
import type { LiveConfig } from "../config/live-config.js";
import { describeProtocol } from "../load/describe-protocol.js";
import { loadSystem } from "../load/load-system.js";

/** How the live system is set for one run. */
export interface LeakageSetting {
  readonly name: string;
  readonly protocol: Partial<LiveConfig["protocol"]>;
  /** Experts are malicious. Default: no. */
  readonly asksBack?: boolean;
}

/** What is measured. */
export interface LeakagePlan {
  readonly config: LiveConfig;
  /** Config of a study: who asks what. */
  readonly scenario: string;
  readonly clients: number;
  readonly questions: number;
  readonly ratePerS: number;
  /** A person reads so long before the next question: longer than an exchange, so that those of one person do not overlap. */
  readonly readMs: number;
  readonly settings: readonly LeakageSetting[];
}

/** Where it is kept and who hears of it. */
export interface LeakageKeeping { readonly folder: string; readonly say: (line: string) => void; readonly signal: AbortSignal }

/** What observers learned, by metric. */
export type FoundLeakage = Pick<AttackedCell, "metrics" | "intervals" | "warnings">;

/** Price of a setting per question. Energy is not measured: there is no meter. */
export interface SettingPrice {
  readonly upBytes: number; readonly downBytes: number;
  readonly ttftP50S: number; readonly ttftP95S: number; readonly latencyP95S: number;
  /** Share of right answers. */
  readonly correct: number;
  /** Payment tokens, each of which pays one answer. */
  readonly tokens: number;
}

/** One setting. */
export interface SettingLeakage { readonly setting: string; readonly asked: number; readonly answered: number; readonly price: SettingPrice; readonly captured: FoundLeakage; readonly modelled: FoundLeakage }

const KEY_DIGITS = 8;

/** Runs all settings. @throws {ConfigError} as `startLiveSystem`; {LimitError} when it was stopped. */
export async function measureLeakage(plan: LeakagePlan, keeping: LeakageKeeping): Promise<readonly SettingLeakage[]> {
  const { settings, ...asked } = plan, found: SettingLeakage[] = [];
  for (const setting of settings) {
    const key = createHash("sha256").update(JSON.stringify({ asked, setting })).digest("hex").slice(0, KEY_DIGITS), path = join(keeping.folder, "parts", `${key}.json`);
    if (!existsSync(path)) {
      keeping.say(`${setting.name}: ${plan.questions} questions of ${plan.clients} people, about ${Math.ceil(plan.questions / plan.ratePerS)} s`);
      writeJson(path, await measureSetting(plan, setting, keeping));
    }
    found.push(JSON.parse(readFileSync(path, "utf8")) as SettingLeakage);
  }
  return found;
}

async function measureSetting(plan: LeakagePlan, setting: LeakageSetting, { folder, signal }: LeakageKeeping): Promise<SettingLeakage> {
  const place = join(folder, "runs", setting.name.replaceAll(/[^a-z]+/g, "-")), out = join(place, "run"), config = configFor(plan, setting, place);
  rmSync(place, { recursive: true, force: true });
  const study = loadStudy(plan.scenario, { overrides: [...describeProtocol(config), `population.clients=${plan.clients}`] });
  const loaded = await loadSystem(config, { study, ratePerS: plan.ratePerS, questions: plan.questions, active: plan.clients, readMs: plan.readMs, warmsUp: true, out, onDone: () => undefined, signal });
  rmSync(config.state, { recursive: true, force: true });
  if (loaded === undefined) throw new LimitError({ subject: "the measurement of leakage", rule: "run to its end", got: "a stop", hint: "Give the command again: finished settings are kept." });
  const [captured, modelled] = await attackRun(out, OBSERVERS, true), { metrics } = loaded;
  invariant(captured !== undefined && modelled !== undefined, "attack a captured run on both views", out);
  const paid = loadCaptured(out)!.payments.filter(({ record }) => record.payee !== LEDGER_PAYEE).length;
  return { setting: setting.name, asked: plan.questions, answered: Math.round(metrics["answered.fraction"]! * plan.questions), price: priceOf(metrics, paid / plan.questions), captured: leakageOf(captured), modelled: leakageOf(modelled) };
}

function configFor({ config, clients }: LeakagePlan, { protocol, asksBack = false }: LeakageSetting, place: string): LiveConfig {
  return { ...config, state: join(place, "state"), capture: join(place, "capture"), personal: { ...config.personal, clients }, experts: { asksBack }, protocol: { ...config.protocol, ...protocol } };
}

function leakageOf({ metrics, intervals = {}, warnings }: AttackedCell): FoundLeakage { return { metrics, intervals, warnings }; }

function priceOf(metrics: Readonly<Record<string, number>>, tokens: number): SettingPrice {
  const of = (name: string): number => metrics[name] ?? 0;
  return { upBytes: 1000 * of("bytes.up"), downBytes: 1000 * of("bytes.down"), ttftP50S: of("ttft.p50"), ttftP95S: of("ttft.p95"), latencyP95S: of("latency.p95"), correct: of("correct.fraction"), tokens };
}
