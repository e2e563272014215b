/** Benchmarks as tables for people. */
import type { BenchRow } from "../run/bench-row.js";
import type { BenchFindings } from "../run/measure-benches.js";
import { renderRows, type RowValue } from "../report/render-rows.js";

const TITLES: Readonly<Record<string, string>> = {
  "hold": "Hold model: millions of events per second of processor time, by events pending",
  "closed-network": "Closed P-E network: millions of model events per second, by clients. Runs of 1e6 clients are 2 s long and start cold",
};
const REFERENCE = "heap-queue";
const MILLION = 1e6;

/** Text of all tables. */
export function renderBenches({ machine, rows, fleet }: BenchFindings): string {
  const parts = [`${machine.cpu}, ${machine.cpuCount} processors, Node ${machine.node}`];
  for (const bench of new Set(rows.map((row) => row.bench))) {
    const own = rows.filter((row) => row.bench === bench);
    const columns = ["size", "variant", "threads", "M/CPU s", "M/s on the clock", "ns CPU/event", `x ${REFERENCE}`, ...(bench === "closed-network" ? ["mean latency ms", "known ms"] : [])];
    parts.push(`${TITLES[bench] ?? bench}\n${renderRows(columns, own.map((row) => cellsOf(row, own)), "text")}`);
  }
  if (fleet.length > 0) {
    const columns = ["clients", "threads", "questions", "events", "wall s", "CPU s", "M events/s", "ns CPU/event", "peak RSS MB", "bytes/idle client"];
    parts.push(`Fleet: one simulated day, processes of their own, start-up included\n${renderRows(columns, fleet.map((row) => [
      row.clients, row.threads, row.questions, row.events, round(row.wallS, 2), round(row.cpuS, 2), round(row.eventsPerS / MILLION, 2),
      Math.round(row.nsPerEvent), Math.round(row.rssBytes / MILLION), Math.round(row.bytesPerIdleClient),
    ]), "text")}`);
  }
  return `${parts.join("\n\n")}\n`;
}

/** A row, with its speed in units of the reference heap's at the same size on one thread. */
function cellsOf(row: BenchRow, all: readonly BenchRow[]): RowValue[] {
  const reference = all.find((other) => other.variant === REFERENCE && other.size === row.size);
  const cells: RowValue[] = [
    row.size, row.variant, row.threads, round(row.eventsPerCpuS / MILLION, 2), round(row.eventsPerWallS / MILLION, 2), round(row.nsPerEvent, 1),
    reference === undefined ? null : round(row.eventsPerCpuS / reference.eventsPerCpuS, 2),
  ];
  return row.bench === "closed-network" ? [...cells, milliseconds(row.meanLatencyS), milliseconds(row.expectedLatencyS)] : cells;
}

function milliseconds(s: number | undefined): RowValue { return s === undefined ? null : round(s * 1000, 2); }

function round(value: number, digits: number): number { return Number(value.toFixed(digits)); }
