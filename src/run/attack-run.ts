/**
 * Attacks on the stored rows of a run, all observers in one table. Of a captured run of the live system the observers are the real ones;
 * beside them can stand what the simulator's observers would have had of the same questions.
 */
import type { Observer } from "../config/sections/outcome-section.js";
import { expandStudy, type Cell } from "../config/plan.js";
import { DataError } from "../core/errors.js";
import type { TaskFindings } from "../privacy/task-findings.js";
import { estimateCapacity } from "../tiers/estimate-capacity.js";
import { loadCaptured } from "./captured-store.js";
import { findLeakage } from "./find-leakage.js";
import { loadTables } from "./load-cells.js";
import { loadFinishedRun } from "./load-finished-run.js";
import { modelWire } from "./model-wire.js";

/** Where the views of the observers come from. */
export type ViewOrigin = "simulated" | "captured" | "modelled";

/** What observers learned in one cell. */
export interface AttackedCell extends TaskFindings { readonly label: string; readonly replication: number; readonly view: ViewOrigin }

/**
 * Attacks every finished cell of a run.
 *
 * @param observers Those of the run's scenario when left out.
 * @param isModelled For a captured run: also as the simulator's observers.
 * @throws {ConfigError} when the folder is not a run; {DataError} when it has no finished cell or its rows are damaged or of another version.
 */
export async function attackRun(folder: string, observers?: readonly Observer[], isModelled = false): Promise<AttackedCell[]> {
  const captured = loadCaptured(folder), run = loadFinishedRun(folder), plan = expandStudy(run.study, run.design, estimateCapacity), attacked: AttackedCell[] = [];
  for (const stored of run.cells) {
    // The one cell of a load has a name of its own.
    const cell = plan.length === 1 ? plan[0] : plan.find(({ label, replication }) => label === stored.label && replication === stored.replication);
    if (cell === undefined) {
      throw new DataError({ subject: `cell ${stored.label}`, rule: "be of the run's plan", got: stored.cellKey, where: folder, hint: "Run the study again with this version." });
    }
    const records = await loadTables(folder, stored.cellKey), observed = observedBy(cell, observers), { label, replication } = stored;
    attacked.push({ label, replication, view: captured === undefined ? "simulated" : "captured", ...findLeakage(observed, records, captured) });
    if (isModelled && captured !== undefined) attacked.push({ label, replication, view: "modelled", ...findLeakage(observed, { ...records, wire: modelWire(records, cell.scenario.protocol) }) });
  }
  return attacked;
}

function observedBy(cell: Cell, observers: readonly Observer[] | undefined): Cell {
  if (observers === undefined) return cell;
  return { ...cell, scenario: { ...cell.scenario, observation: { ...cell.scenario.observation, observers } } };
}
