/** A live system asked one question at a time: what each takes of every process, and how long it takes in all. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FittedRole, ObservedQuestion } from "../../hosted/fit-demands.js";
import type { PersonalAnswer } from "../ask-personal.js";
import { runLoad, type LoadTarget } from "../load/run-load.js";
import type { LiveSystem } from "../processes/live-system.js";
import { measureMainThreadS, measureProcessCpuS } from "./measure-process-cpu.js";
import type { RehearsedQuestion } from "./rehearse-load.js";

/** A question that was asked alone, and how long parts of its way took. Seconds; absent for ways that it did not take. */
export interface AloneQuestion extends ObservedQuestion {
  readonly latencyS: number;
  /** Processor time of the processes with models, besides their first threads. */
  readonly nativeS: number;
  /** Until P took it up, and from P's last token to the end. */
  readonly askingS: number;
  readonly endingS: number;
  /** Of a consult, which bought no tokens: from P's decision to the tier's model, and from the tier's last token to P, where P only hands on. */
  readonly sealingS?: number;
  readonly settlingS?: number;
}

/** For which processes go on working when an answer has come: receipts, logs, the closing of streams. Milliseconds. */
const SETTLE_MS = 15;

/** Payment tokens by client, as their purses have them. */
export class Purses {
  private readonly atHand = new Map<number, number>();

  constructor(private readonly tokensAtOnce: number) {}

  /** Takes note of a question that is asked. Returns whether its client must buy for it. */
  spendFor({ planned: { clientId }, work }: RehearsedQuestion): boolean {
    if (work.consult === undefined) return false;
    const before = this.at(clientId), mustBuy = before === 0;
    this.atHand.set(clientId, (mustBuy ? this.tokensAtOnce : before) - 1);
    return mustBuy;
  }

  at(client: number): number { return this.atHand.get(client) ?? 0; }
}

/** Asks them. Questions that the live system answered in another way than rehearsed are left out. */
export async function observeAlone(system: LiveSystem, questions: readonly RehearsedQuestion[], purses: Purses, target: LoadTarget): Promise<AloneQuestion[]> {
  const found: AloneQuestion[] = [];
  for (const question of questions) {
    const hasBought = purses.spendFor(question), before = cpuByRole(system), nativeBeforeS = nativeOf(system), own = process.cpuUsage();
    const { asked: [asked] } = await runLoad([{ ...question.planned, askAtUs: 0 }], target), { user, system: kernel } = process.cpuUsage(own);
    await sleep(SETTLE_MS);
    const after = cpuByRole(system), nativeS = nativeOf(system) - nativeBeforeS, cpuS = Object.fromEntries(Object.entries(after).map(([role, seconds]) => [role, seconds - before[role as FittedRole]])) as Record<FittedRole, number>;
    if (asked?.answer?.text !== question.text) continue;
    found.push({ work: question.work, hasBought, cpuS: { ...cpuS, load: (user + kernel) / 1e6 }, nativeS, ...waysOf(asked.answer, hasBought) });
  }
  return found;
}

function waysOf({ askedAtUs, endedAtUs, report: { route, startedAtUs, decidedAtUs, lastTokenAtUs, combinedAtUs, consult } }: PersonalAnswer, hasBought: boolean): Pick<AloneQuestion, "latencyS" | "askingS" | "endingS" | "sealingS" | "settlingS"> {
  const between = (fromUs: number, toUs: number): number => (toUs - fromUs) / 1e6, isConsulted = consult !== undefined && !hasBought, isPlain = isConsulted && route !== "expert-general";
  return {
    latencyS: between(askedAtUs, endedAtUs), askingS: between(askedAtUs, startedAtUs), endingS: between(lastTokenAtUs, endedAtUs),
    ...(isPlain ? { sealingS: between(decidedAtUs, consult.timings.admittedAtUs) } : {}), ...(isPlain && combinedAtUs === undefined ? { settlingS: between(consult.timings.lastTokenAtUs, lastTokenAtUs) } : {}),
  };
}

function cpuByRole(system: LiveSystem): Record<FittedRole, number> {
  const found = { load: 0, personal: 0, relay: 0, gateway: 0, ledger: 0, models: 0 };
  for (const { role, pid } of system.state().processes) if (pid !== undefined) found[role as Exclude<FittedRole, "load">] += measureProcessCpuS(pid);
  return found;
}

function nativeOf(system: LiveSystem): number {
  return system.state().processes.reduce((sum, { role, pid }) => (pid === undefined || (role !== "personal" && role !== "models") ? sum : sum + measureProcessCpuS(pid) - measureMainThreadS(pid)), 0);
}
