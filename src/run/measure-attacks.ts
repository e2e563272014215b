/** How long the attack suites take on many messages: records of a made-up fleet, every observer, with intervals. */
import { join } from "node:path";
import { packageRoot } from "../config/load-dataset.js";
import { loadStudy } from "../config/load-study.js";
import { expandStudy, type Cell } from "../config/plan.js";
import type { Observer } from "../config/sections/outcome-section.js";
import { OBSERVERS } from "../config/sections/outcome-section.js";
import { findLeakage } from "./find-leakage.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import { simulateAlone } from "./simulate-fleet.js";

/** One observer's suite. */
export interface AttackRow {
  readonly observer: Observer | "all";
  /** Questions in the records. */
  readonly messages: number;
  readonly wallS: number;
  readonly cpuS: number;
}

/** Questions of a person in a simulated day, for the size of the fleet. */
const QUESTIONS_PER_DAY = 10, DAYS = 5;

/** Simulates about so many questions of everybody, then times each observer's suite. */
export function measureAttacks(messages: number): AttackRow[] {
  const clients = Math.ceil(messages / QUESTIONS_PER_DAY / DAYS);
  const study = loadStudy(join(packageRoot(), "configs", "minimal.yaml"), { overrides: [`population.clients=${clients}`, `simulation.horizonS=${DAYS} d`, "records.keepFraction=1", `observation.people=${clients}`, "replications=1"] });
  const cell = expandStudy(study, { kind: "grid" })[0]!, { rows } = simulateAlone(cell, loadCellInputs(cell.scenario));
  const found = OBSERVERS.map((observer): AttackRow => {
    const startedAtMs = performance.now(), cpu = process.cpuUsage();
    findLeakage(observedBy(cell, observer), rows);
    const used = process.cpuUsage(cpu);
    return { observer, messages: rows.wire.rowCount, wallS: (performance.now() - startedAtMs) / 1000, cpuS: (used.user + used.system) / 1e6 };
  });
  const sum = (of: (row: AttackRow) => number): number => found.reduce((total, row) => total + of(row), 0);
  return [...found, { observer: "all", messages: rows.wire.rowCount, wallS: sum(({ wallS }) => wallS), cpuS: sum(({ cpuS }) => cpuS) }];
}

function observedBy(cell: Cell, observer: Observer): Cell {
  return { ...cell, scenario: { ...cell.scenario, observation: { ...cell.scenario.observation, observers: [observer] } } };
}
