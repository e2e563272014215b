/** A live system asked one question at a time: what each takes of every process, and when what happens to it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AloneQuestion } from "../../hosted/fit-costs.js";
import type { FittedRole } from "../../hosted/fit-demands.js";
import type { QuestionInstants } from "../../hosted/host-costs.js";
import type { PersonalAnswer } from "../ask-personal.js";
import { runLoad, type LoadTarget } from "../load/run-load.js";
import type { LiveSystem } from "../processes/live-system.js";
import { measureProcessCpuS } from "./measure-process-cpu.js";
import type { RehearsedQuestion } from "./rehearse-load.js";

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
    const hasBought = purses.spendFor(question), before = cpuByRole(system), own = process.cpuUsage();
    const { asked: [asked] } = await runLoad([{ ...question.planned, askAtUs: 0 }], target), { user, system: kernel } = process.cpuUsage(own);
    await sleep(SETTLE_MS);
    const after = cpuByRole(system), cpuS = Object.fromEntries(Object.entries(after).map(([role, seconds]) => [role, seconds - before[role as FittedRole]])) as Record<FittedRole, number>;
    if (asked?.answer?.text === question.text) found.push({ work: question.work, hasBought, cpuS: { ...cpuS, load: (user + kernel) / 1e6 }, seen: instantsOf(asked.answer) });
  }
  return found;
}

function instantsOf({ askedAtUs, shownAtUs, endedAtUs, report: { startedAtUs, prefilledAtUs, decidedAtUs, combinedAtUs, consult } }: PersonalAnswer): QuestionInstants {
  const { sealedAtUs, openedAtUs, timings } = consult ?? {};
  const known = { combinedAtUs, sealedAtUs, openedAtUs, arrivedAtUs: timings?.arrivedAtUs, admittedAtUs: timings?.admittedAtUs, tierFirstTokenAtUs: timings?.firstTokenAtUs, tierLastTokenAtUs: timings?.lastTokenAtUs };
  return { askedAtUs, startedAtUs, prefilledAtUs, decidedAtUs, shownAtUs, endedAtUs, ...Object.fromEntries(Object.entries(known).filter(([, instant]) => instant !== undefined)) };
}

function cpuByRole(system: LiveSystem): Record<FittedRole, number> {
  const found = { load: 0, personal: 0, relay: 0, gateway: 0, ledger: 0, models: 0 };
  for (const { role, pid } of system.state().processes) if (pid !== undefined) found[role as Exclude<FittedRole, "load">] += measureProcessCpuS(pid);
  return found;
}
