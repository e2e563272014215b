/** Brings a system that was just started to its usual speed: stores open, purses filled, code compiled. */
import { type LoadTarget, runLoad } from "../load/run-load.js";
import type { Purses } from "./observe-system.js";
import type { RehearsedQuestion } from "./rehearse-load.js";

const ROUNDS = 2;

/** Every client asks the first of its questions that needs a consult, twice, one client after another begins. */
export async function warmUp(questions: readonly RehearsedQuestion[], purses: Purses, target: LoadTarget): Promise<void> {
  const first = new Map<number, RehearsedQuestion>();
  for (const question of questions) {
    const { clientId } = question.planned, known = first.get(clientId);
    if (known === undefined || (known.work.consult === undefined && question.work.consult !== undefined)) first.set(clientId, question);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const question of first.values()) purses.spendFor(question);
    await runLoad([...first.values()].map(({ planned }) => ({ ...planned, askAtUs: 0 })), target);
  }
}
