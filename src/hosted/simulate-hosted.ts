/** Questions on a P-E-T system that shares one machine: every person asks one at a time, as in a live load. */
import { invariant } from "../core/errors.js";
import type { HostedQuestion, QuestionInstants } from "./host-costs.js";
import { HostedSystem, type HostedPlan } from "./hosted-system.js";
import type { Path } from "./machine.js";
import { type GrowingInstants, questionPath } from "./question-path.js";

/**
 * Simulates a load to its last answer. There are no deadlines: whoever waits, waits.
 *
 * @param questions In order of their instants.
 * @returns Instants of each question, in the order given.
 */
export function simulateHosted(plan: HostedPlan, questions: readonly HostedQuestion[]): QuestionInstants[] {
  const system = new HostedSystem(plan), seen = questions.map((): GrowingInstants => ({})), people = new Map<number, number[]>();
  questions.forEach(({ client }, place) => { people.set(client, [...people.get(client) ?? [], place]); });
  for (const places of people.values()) system.machine.start(personPath(system, questions, places, seen));
  system.machine.run();
  return seen.map(finished);
}

function* personPath(system: HostedSystem, questions: readonly HostedQuestion[], places: readonly number[], seen: readonly GrowingInstants[]): Path {
  for (const place of places) {
    yield system.machine.until(questions[place]!.askAtUs);
    yield* questionPath(system, questions[place]!, place, seen[place]!);
  }
}

function finished(seen: GrowingInstants): QuestionInstants {
  invariant(seen.endedAtUs !== undefined, "end every question", seen);
  const instants = Object.fromEntries(Object.entries(seen).map(([name, value]) => [name, Math.round(value)])) as unknown as QuestionInstants;
  // An answer without a word is shown when it ends.
  return { ...instants, shownAtUs: instants.shownAtUs ?? instants.endedAtUs };
}
