/** Asks what was planned, each person one question at a time, and keeps what became of each. */
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { askPersonal, type PersonalAnswer } from "../ask-personal.js";
import { nowUs } from "../clock.js";
import { personalModel } from "../personal/personal-backend.js";
import { LiveError } from "../transport/live-error.js";
import type { PlannedQuestion } from "./plan-load.js";

/** A question that was asked. Instants are microseconds since 1970. */
export interface AskedQuestion {
  readonly planned: PlannedQuestion; readonly dueAtUs: number; readonly endedAtUs: number; readonly answer: PersonalAnswer | undefined;
  /** The question whose answer this one replies to: it is no part of the workload. */
  readonly repliesTo?: AskedQuestion;
}

/** Whom to ask, and who hears of progress. */
export interface LoadTarget {
  readonly api: string; readonly apiKey: string; readonly withinMs: number; readonly onDone: (doneCount: number) => void; readonly signal: AbortSignal;
  /** A person reads so long before the next question, which is not due before; left out or 0: not at all. */
  readonly readMs?: number;
  /** What a person says at once to an answer; left out: nothing. */
  readonly replyTo?: (question: AskedQuestion) => PlannedQuestion | undefined;
}

/** Runs a load. A question whose person still waits for the one before is asked when that is over; its wait counts. */
export async function runLoad(plan: readonly PlannedQuestion[], target: LoadTarget): Promise<{ readonly startedAtUs: number; readonly asked: readonly AskedQuestion[] }> {
  const startedAtUs = nowUs(), asked: AskedQuestion[] = [], people = byClient(plan, ({ clientId }) => clientId);
  // Every person waits on the one signal.
  setMaxListeners(0, target.signal);
  await Promise.all([...people.values()].map(async (questions) => {
    let readUntilUs = 0;
    for (const planned of questions) {
      const dueAtUs = Math.max(startedAtUs + planned.askAtUs, readUntilUs);
      await sleep(Math.max(0, (dueAtUs - nowUs()) / 1000), undefined, { signal: target.signal }).catch(() => undefined);
      if (target.signal.aborted) return;
      const question = await ask(planned, dueAtUs, target), reply = target.replyTo?.(question);
      asked.push(question);
      if (reply !== undefined) asked.push({ ...await ask(reply, nowUs(), target), repliesTo: question });
      target.onDone(asked.length);
      if (target.readMs !== undefined && target.readMs > 0) readUntilUs = nowUs() + 1000 * target.readMs;
    }
  }));
  return { startedAtUs, asked };
}

/** Rows by client, each list in the order given. */
export function byClient<Row>(rows: readonly Row[], clientOf: (row: Row) => number): ReadonlyMap<number, readonly Row[]> {
  const found = new Map<number, Row[]>();
  for (const row of rows) found.set(clientOf(row), [...found.get(clientOf(row)) ?? [], row]);
  return found;
}

async function ask(planned: PlannedQuestion, dueAtUs: number, { api, apiKey, withinMs, signal }: LoadTarget): Promise<AskedQuestion> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
  const answer = await askPersonal({ api, apiKey, model: personalModel(planned.clientId) }, planned.query.question, stop, () => undefined)
    .catch((error: unknown) => { if (error instanceof LiveError) return undefined; throw error; });
  return { planned, dueAtUs, endedAtUs: nowUs(), answer };
}
