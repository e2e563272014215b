/** A load as a run folder: the same files as a simulation writes, so tables, queries and reports read both. */
import { createHash } from "node:crypto";
import type { Cell } from "../../config/plan.js";
import { scenarioOf } from "../../config/parse-study.js";
import type { Study } from "../../config/scenario-schema.js";
import { summarizeHistograms, summarizeService } from "../../metrics/summarize-service.js";
import type { CapturedView } from "../../privacy/observers/captured-view.js";
import { writeCaptured } from "../../run/captured-store.js";
import { findLeakage } from "../../run/find-leakage.js";
import { measureProvenance } from "../../run/measure-provenance.js";
import { writeCell, writeRunManifest, writeStudy } from "../../run/write-cell.js";
import { loadLines } from "../capture/load-capture.js";
import { relayedForm, type SeenExchange } from "../capture/observations.js";
import { tabulateLoad, type FinishedLoad } from "./tabulate-load.js";

/** What is stored, and where. */
export interface StoredLoad extends FinishedLoad {
  readonly study: Study; readonly out: string; readonly ratePerS: number; readonly clients: number;
  /** How its answers came about: live unless said otherwise. */
  readonly kind?: "live" | "simulated";
  /** What observers had besides the path, when it was captured. */
  readonly captured?: CapturedView;
}

/** Of the service metrics, those that a live run measures. */
const MEASURED = /^(questions|ttft\.|latency\.|tpot\.|deadline\.|route\.|answered\.|failed\.|bytes\.(up|down)|correct\.|secrets\.sent|tier\.wait)/;
const NOT_MEASURED = "Measured on the live system of one machine: energy, battery, heat and memory of phones are not, and links have no delay.";

/** Writes a run of one cell. @returns Its metrics. @throws {DataError} when the folder cannot be written. */
export function writeLoad({ study, out, ratePerS, clients, kind = "live", captured, ...load }: StoredLoad): Readonly<Record<string, number>> {
  const { rows, totals } = tabulateLoad(load), endedAtUs = Math.max(...load.asked.map((each) => each.endedAtUs)), measuredS = (endedAtUs - load.startedAtUs) / 1e6;
  const cell: Cell = { scenario: scenarioOf(study), axes: {}, label: `${kind}, ${clients} clients, ${ratePerS}/s`, seed: study.seed, replication: 0, cellIndex: 0, variantIndex: 0 };
  const leakage = findLeakage(cell, rows, captured), service = Object.entries(summarizeService(totals, { clients, measuredS })).filter(([name]) => MEASURED.test(name));
  const metrics = { ...Object.fromEntries(service), ...leakage.metrics }, finishedAt = new Date(endedAtUs / 1000).toISOString();
  const cellKey = createHash("sha256").update(`${cell.label} ${load.startedAtUs}`).digest("hex"), { scenario: _, variantIndex: __, ...identity } = cell;
  writeStudy(out, { study, design: { kind: "grid" }, plan: [{ ...identity, cellKey }] });
  writeCell(out, { ...identity, cellKey, findings: { metrics, histograms: summarizeHistograms(totals), warnings: [NOT_MEASURED, ...leakage.warnings] }, tables: rows, totals, wallS: measuredS, cpuS: 0, finishedAt });
  if (captured !== undefined) writeCaptured(out, captured);
  writeRunManifest(out, { ...measureProvenance(), startedAt: new Date(load.startedAtUs / 1000).toISOString(), warnings: [NOT_MEASURED], finishedAt });
  return metrics;
}

/** What the relay saw since an instant. @param sinceUs Microseconds since 1970. */
export function loadCapture(path: string, sinceUs: number): readonly SeenExchange[] {
  return loadLines(path, relayedForm).filter(({ requestAtUs }) => requestAtUs >= sinceUs).sort((a, b) => a.requestAtUs - b.requestAtUs);
}
