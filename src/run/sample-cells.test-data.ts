/** Small made-up cells for tests of the result store. Nothing here is a result. */
import { studySchema, type Study } from "../config/scenario-schema.js";
import type { Findings } from "../metrics/findings.js";
import { ColumnTable, type TableSchema } from "../records/column-table.js";
import { FleetTotals } from "../records/fleet-totals.js";
import { RECORD_SCHEMAS, type CellIdentity, type CellTables, type FinishedCell, type StoredStudy } from "./result-store.js";

/** Rows whose values are a function of row and column, with missing instants in between. */
export function makeTable(schema: TableSchema, rowCount: number): ColumnTable {
  const table = new ColumnTable(schema);
  for (let row = 0; row < rowCount; row++) {
    table.appendRow(schema.columns.map(({ name, type, names }, c) =>
      name === "clientId" ? row >> 1 : name === "queryIndex" ? row & 1
      : type === "enum" ? (row + c) % names!.length
      : type === "float64" ? ((row + c) % 3 === 0 ? NaN : row * 1e6 + c / 8) : (row * 7 + c) % 1000 - 1));
  }
  return table;
}

/** Four tables of the same length. */
export function makeTables(rowCount: number): CellTables {
  return Object.fromEntries(RECORD_SCHEMAS.map((schema) => [schema.name, makeTable(schema, rowCount)])) as unknown as CellTables;
}

/** A study with all defaults and the given plan. */
export function studyOf(cells: readonly CellIdentity[]): StoredStudy {
  const plan = cells.map(({ cellKey, cellIndex, label, axes, seed, replication }) => ({ cellKey, cellIndex, label, axes, seed, replication }));
  return { study: studySchema.parse({ name: "sample" }) as unknown as Study, design: { kind: "grid" }, plan };
}

/** A finished cell of label and replication. */
export function makeCell(label: string, replication: number, metrics: Findings["metrics"], rowCount: number = 6): FinishedCell {
  const cellKey = Buffer.from(`${label}/${replication}`).toString("hex").padEnd(64, "0").slice(0, 64);
  return {
    cellKey, cellIndex: replication, label, axes: { "routing.kind": label }, seed: 1, replication,
    findings: { metrics, histograms: { ttft: { unit: "s", edges: [0, 1, 2], counts: [3, 1] } }, warnings: [] },
    tables: makeTables(rowCount), totals: new FleetTotals(), wallS: 1.5, cpuS: 1.25, finishedAt: "2026-08-05T10:00:00.000Z",
  };
}
