/** Brings a system that was just started to its usual speed: stores open, purses filled, code compiled. */
import { type LoadTarget, runLoad } from "../load/run-load.js";
import type { Purses } from "./observe-system.js";
import type { RehearsedQuestion } from "./rehearse-load.js";

/** Clients that begin together: each opens a store and buys tokens, and no deadline is to pass meanwhile. */
const TOGETHER = 4;

/** Every client asks the first of its questions that needs a consult, a few at a time, as often as it takes until `least` questions were asked. */
export async function warmUp(questions: readonly RehearsedQuestion[], least: number, purses: Purses, target: LoadTarget): Promise<void> {
  const first = new Map<number, RehearsedQuestion>();
  for (const question of questions) {
    const { clientId } = question.planned, known = first.get(clientId);
    if (known === undefined || (known.work.consult === undefined && question.work.consult !== undefined)) first.set(clientId, question);
  }
  for (let asked = 0; asked < least && first.size > 0; asked += first.size) {
    for (const question of first.values()) purses.spendFor(question);
    for (const group of groupsOf([...first.values()])) await runLoad(group.map(({ planned }) => ({ ...planned, askAtUs: 0 })), target);
  }
}

function groupsOf<Item>(items: readonly Item[]): (readonly Item[])[] { return Array.from({ length: Math.ceil(items.length / TOGETHER) }, (_, group) => items.slice(group * TOGETHER, (group + 1) * TOGETHER)); }
