/** Brings a system that was just started to its usual speed: stores open, purses filled, code compiled. */
import { type LoadTarget, runLoad } from "../load/run-load.js";
import type { Purses } from "./observe-system.js";
import type { RehearsedQuestion } from "./rehearse-load.js";

/** Every client asks the first of its questions that needs a consult, all at once, as often as it takes until `least` questions were asked. */
export async function warmUp(questions: readonly RehearsedQuestion[], least: number, purses: Purses, target: LoadTarget): Promise<void> {
  const first = new Map<number, RehearsedQuestion>();
  for (const question of questions) {
    const { clientId } = question.planned, known = first.get(clientId);
    if (known === undefined || (known.work.consult === undefined && question.work.consult !== undefined)) first.set(clientId, question);
  }
  for (let asked = 0; asked < least && first.size > 0; asked += first.size) {
    for (const question of first.values()) purses.spendFor(question);
    await runLoad([...first.values()].map(({ planned }) => ({ ...planned, askAtUs: 0 })), target);
  }
}
