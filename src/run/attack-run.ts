/** Attacks on the stored rows of a run, simulated or captured from the live system: all observers in one table. */
import type { Observer } from "../config/sections/outcome-section.js";
import { expandStudy, type Cell } from "../config/plan.js";
import { DataError } from "../core/errors.js";
import type { TaskFindings } from "../privacy/task-findings.js";
import { estimateCapacity } from "../tiers/estimate-capacity.js";
import { findLeakage } from "./find-leakage.js";
import { loadTables } from "./load-cells.js";
import { loadFinishedRun } from "./load-finished-run.js";

/** What observers learned in one cell. */
export interface AttackedCell extends TaskFindings { readonly label: string; readonly replication: number }

/**
 * Attacks every finished cell of a run.
 *
 * @param observers Those of the run's scenario when left out.
 * @throws {ConfigError} when the folder is not a run; {DataError} when it has no finished cell or its rows are damaged or of another version.
 */
export async function attackRun(folder: string, observers?: readonly Observer[]): Promise<AttackedCell[]> {
  const run = loadFinishedRun(folder), plan = expandStudy(run.study, run.design, estimateCapacity), attacked: AttackedCell[] = [];
  for (const stored of run.cells) {
    const cell = plan.find(({ label, replication }) => label === stored.label && replication === stored.replication);
    if (cell === undefined) {
      throw new DataError({ subject: `cell ${stored.label}`, rule: "be of the run's plan", got: stored.cellKey, where: folder, hint: "Run the study again with this version." });
    }
    const records = await loadTables(folder, stored.cellKey);
    attacked.push({ label: stored.label, replication: stored.replication, ...findLeakage(observedBy(cell, observers), records) });
  }
  return attacked;
}

function observedBy(cell: Cell, observers: readonly Observer[] | undefined): Cell {
  if (observers === undefined) return cell;
  return { ...cell, scenario: { ...cell.scenario, observation: { ...cell.scenario.observation, observers } } };
}
