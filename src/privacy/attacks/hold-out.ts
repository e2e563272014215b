/** Holding back whole people among the attacker's own traces, so that it can check itself without any look at its targets. */
import { selectTraces, type LabelledTraces } from "./attack.js";

/** One person in this many is held back. */
const HELD_BACK_ONE_IN = 4;

/** An attacker's traces in two groups that share no person. */
export interface HeldOut {
  readonly training: LabelledTraces;
  readonly check: LabelledTraces;
}

/** Holds back every fourth person in order of number. With fewer than four people there is nothing to check on: undefined. */
export function holdOutPeople(traces: LabelledTraces): HeldOut | undefined {
  const people = [...new Set(traces.people)].sort((a, b) => a - b);
  if (people.length < HELD_BACK_ONE_IN) return undefined;
  const checked = new Set(people.filter((_, index) => index % HELD_BACK_ONE_IN === HELD_BACK_ONE_IN - 1));
  const rowsWhere = (isChecked: boolean): Int32Array => {
    const rows: number[] = [];
    traces.people.forEach((person, row) => { if (checked.has(person) === isChecked) rows.push(row); });
    return Int32Array.from(rows);
  };
  return { training: selectTraces(traces, rowsWhere(false)), check: selectTraces(traces, rowsWhere(true)) };
}
