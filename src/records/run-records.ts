/** The four tables of a run, simulated or captured from the live system. */
import type { ColumnTable } from "./column-table.js";

/** Rows of one run, in canonical order. Observers are reductions of these. */
export interface RunRecords {
  readonly request: ColumnTable;
  readonly wire: ColumnTable;
  readonly truth: ColumnTable;
  readonly usage: ColumnTable;
}
