/**
 * One cell from its scenario to its findings: simulate, then let every domain read the records. This is the whole run on
 * one page.
 */
import type { Cell } from "../config/plan.js";
import type { Findings } from "../metrics/findings.js";
import { summarizeHistograms, summarizeService } from "../metrics/summarize-service.js";
import { summarizeServers } from "../metrics/summarize-servers.js";
import { findLeakage } from "./find-leakage.js";
import { findEconomy } from "./find-economy.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import type { RunControl } from "./participate.js";
import type { CellManifest } from "./result-store.js";
import { type FleetRun, simulateAlone } from "./simulate-fleet.js";
import { writeCell } from "./write-cell.js";

/** A cell to run and store. */
export interface CellTask {
  readonly cell: Cell;
  readonly cellKey: string;
  /** Run folder. */
  readonly out: string;
  readonly control: RunControl;
}

/** What became of a stored cell; nothing when it was stopped before its end. */
export interface StoredOutcome { readonly manifest: CellManifest | undefined; readonly events: number }

/** Runs a cell on the calling thread and stores it. */
export function findCell(task: CellTask): StoredOutcome {
  const startedAt = startClock();
  const run = simulateAlone(task.cell, loadCellInputs(task.cell.scenario), task.control);
  return storeCell(task, run, startedAt);
}

/** Finds what a finished run shows, and stores rows and findings together. */
export function storeCell(task: CellTask, run: FleetRun, startedAt: RunClock): StoredOutcome {
  if (!run.isFinished) return { manifest: undefined, events: run.events };
  const findings = describeRun(task.cell, run);
  const { scenario: _, ...identity } = task.cell;
  const manifest = writeCell(task.out, {
    ...identity, cellKey: task.cellKey, findings, tables: run.rows, totals: run.totals, ...elapsed(startedAt), finishedAt: new Date().toISOString(),
  });
  return { manifest, events: run.events };
}

/** All five answers of one run. */
export function describeRun(cell: Cell, run: FleetRun): Findings {
  const { scenario } = cell, measuredS = scenario.simulation.horizonS - scenario.simulation.warmUpS;
  const service = summarizeService(run.totals, { clients: scenario.population.clients, measuredS });
  const servers = summarizeServers(run.tiers, scenario.population.domains.length);
  const leakage = findLeakage(cell, run.rows);
  const economy = findEconomy(cell, run, measuredS);
  return {
    metrics: { ...service, ...servers.metrics, ...leakage.metrics, ...economy.metrics },
    histograms: summarizeHistograms(run.totals),
    warnings: [...leakage.warnings, ...servers.warnings, ...economy.warnings],
  };
}

/** Wall and CPU time at the start of a cell. */
export interface RunClock { readonly wallMs: number; readonly cpu: NodeJS.CpuUsage }

/** Starts a cell's clock. */
export function startClock(): RunClock { return { wallMs: performance.now(), cpu: process.cpuUsage() }; }

function elapsed(clock: RunClock): { wallS: number; cpuS: number } {
  const cpu = process.cpuUsage(clock.cpu);
  return { wallS: (performance.now() - clock.wallMs) / 1000, cpuS: (cpu.user + cpu.system) / 1e6 };
}
