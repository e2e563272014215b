/** What the path observer learned in a cell. */
import type { Cell } from "../config/plan.js";
import type { KeptRows } from "../clients/question-log.js";
import { scoreTraffic, type TrafficLeakage } from "../privacy/score-traffic.js";

/** Attacks the wire rows of a cell. */
export function findLeakage({ scenario, seed }: Cell, rows: KeptRows): TrafficLeakage {
  return scoreTraffic(rows.wire, rows.truth, { people: scenario.observation.people, seed, domainCount: scenario.population.domains.length });
}
