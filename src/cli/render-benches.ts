/** Benchmarks as tables for people. */
import type { BenchRow } from "../run/bench-row.js";
import type { FleetRatios } from "../run/fleet-ratios.js";
import type { FleetRow } from "../run/measure-fleet.js";
import type { AttackRow } from "../run/measure-attacks.js";
import type { BenchFindings } from "../run/measure-benches.js";
import { SEALING_VARIANTS, type SealingRow } from "../run/measure-sealing.js";
import { renderRows, type RowValue } from "../report/render-rows.js";
import { renderInference } from "./render-inference.js";
import { renderTraining } from "./render-training.js";

const TITLES: Readonly<Record<string, string>> = {
  "hold": "Hold model: millions of events per second of processor time, by events pending",
  "closed-network": "Closed P-E network: millions of model events per second, by clients. Runs of 1e6 clients are 2 s long and start cold",
  "world": "Synthetic world: millions of items per second of processor time, made one after another",
};
/** What the others of a benchmark are compared with. */
const REFERENCES: Readonly<Record<string, string>> = { world: "draws-alone" };
const USUAL_REFERENCE = "heap-queue";
const MILLION = 1e6;

/** Text of all tables. */
export function renderBenches({ machine, rows, fleet, fleetRatios, training, inference, sealing, attacks }: BenchFindings): string {
  const parts = [`${machine.cpu}, ${machine.cpuCount} processors, Node ${machine.node}`];
  for (const bench of new Set(rows.map((row) => row.bench))) {
    const own = rows.filter((row) => row.bench === bench);
    const columns = ["size", "variant", "threads", "M/CPU s", "M/s on the clock", "ns CPU/event", `x ${referenceOf(bench)}`, ...(bench === "closed-network" ? ["mean latency ms", "known ms"] : [])];
    parts.push(`${TITLES[bench] ?? bench}\n${renderRows(columns, own.map((row) => cellsOf(row, own)), "text")}`);
  }
  if (fleetRatios !== undefined) parts.push(renderFleet(fleet, fleetRatios));
  if (training.length > 0) parts.push(renderTraining(training));
  if (inference !== undefined) parts.push(renderInference(inference));
  if (sealing.length > 0) parts.push(renderSealing(sealing));
  if (attacks.length > 0) parts.push(renderAttacks(attacks));
  return `${parts.join("\n\n")}\n`;
}

function renderAttacks(rows: readonly AttackRow[]): string {
  const cells = rows.map((row) => [row.observer, row.messages, round(row.wallS, 2), round(row.cpuS, 2)]);
  return `Attacks: training, cross-fitting and intervals of each observer's suite on the records of a simulated fleet, one thread\n${renderRows(["observer", "messages", "wall s", "CPU s"], cells, "text")}`;
}

/** The last column is the speed in units of npm's hpke: nothing where that package is not installed. */
function renderSealing(rows: readonly SealingRow[]): string {
  const theirs = rows.find(({ variant }) => variant === SEALING_VARIANTS.theirs);
  const cells = rows.map((row) => [row.variant, row.messages, round(row.microsPerMessage, 1), theirs === undefined ? null : round(theirs.microsPerMessage / row.microsPerMessage, 2)]);
  return `Sealing: HPKE seal and open of a message of 2 KB over X25519, HKDF-SHA256 and AES-128-GCM; fastest of fifty turns\n${renderRows(["variant", "messages/turn", "us/message", "x hpke (npm)"], cells, "text")}`;
}

function renderFleet(rows: readonly FleetRow[], { costSpread, speedUps }: FleetRatios): string {
  const columns = ["clients", "threads", "runs", "questions", "events", "set-up s", "wall s", "CPU s", "M events/s", "x 1 thread", "busy", "tiers", "ns CPU/event", "peak RSS MB", "bytes/idle client"];
  const cells = rows.map((row) => [
    row.clients, row.threads, row.runs, row.questions, row.events, round(row.setUpS, 2), round(row.wallS, 2), round(row.cpuS, 2), round(row.eventsPerS / MILLION, 2),
    round(speedUps.find(({ clients, threads }) => clients === row.clients && threads === row.threads)?.speedUp ?? 1, 2), round(row.busyFraction, 2), round(row.servingFraction, 2),
    Math.round(row.nsPerEvent), Math.round(row.rssBytes / MILLION), Math.round(row.bytesPerIdleClient),
  ]);
  return [
    "Fleet: configs/million.yaml at each size. Times are of the simulation alone, after a run of 10,000 clients that is not timed; small fleets",
    "run several replications. busy: share of the threads' time with work. tiers: share of the time in which one of several serves the tiers.",
    renderRows(columns, cells, "text"),
    `Cost of an event on one thread, the dearest size over the cheapest: ${costSpread.toFixed(2)}`,
  ].join("\n");
}

function referenceOf(bench: string): string { return REFERENCES[bench] ?? USUAL_REFERENCE; }

/** A row, with its speed in units of the reference's, at the same size where the reference has several. */
function cellsOf(row: BenchRow, all: readonly BenchRow[]): RowValue[] {
  const references = all.filter((other) => other.variant === referenceOf(row.bench));
  const reference = references.length === 1 ? references[0] : references.find((other) => other.size === row.size);
  const cells: RowValue[] = [
    row.size, row.variant, row.threads, round(row.eventsPerCpuS / MILLION, 2), round(row.eventsPerWallS / MILLION, 2), round(row.nsPerEvent, 1),
    reference === undefined ? null : round(row.eventsPerCpuS / reference.eventsPerCpuS, 2),
  ];
  return row.bench === "closed-network" ? [...cells, milliseconds(row.meanLatencyS), milliseconds(row.expectedLatencyS)] : cells;
}

function milliseconds(s: number | undefined): RowValue { return s === undefined ? null : round(s * 1000, 2); }

function round(value: number, digits: number): number { return Number(value.toFixed(digits)); }
