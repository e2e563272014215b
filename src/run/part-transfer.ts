/** A thread's outcome as plain data, and back: classes do not survive the way between threads. */
import { ColumnTable, type TableSchema } from "../records/column-table.js";
import { FleetTotals, HISTOGRAMS } from "../records/fleet-totals.js";
import { REQUEST_SCHEMA } from "../records/request-record.js";
import { TRUTH_SCHEMA } from "../records/truth-record.js";
import { USAGE_SCHEMA } from "../records/usage-record.js";
import { WIRE_SCHEMA } from "../records/wire-record.js";
import type { PartOutcome } from "./participate.js";

type PlainRows = readonly (Int32Array | Float64Array)[];

/** Plain form of `PartOutcome`. */
export interface PlainPart extends Omit<PartOutcome, "totals" | "rows"> {
  readonly sums: Float64Array;
  readonly digest: Uint32Array;
  /** Memory of each histogram, in the order of `HISTOGRAMS`. */
  readonly histograms: readonly Float64Array[];
  readonly tables: Readonly<Record<keyof PartOutcome["rows"], PlainRows>>;
}

const SCHEMAS = { request: REQUEST_SCHEMA, wire: WIRE_SCHEMA, truth: TRUTH_SCHEMA, usage: USAGE_SCHEMA } as const;

/** Makes an outcome plain. */
export function plainPart(part: PartOutcome): PlainPart {
  const { totals, rows, ...rest } = part;
  const columns = (table: ColumnTable): PlainRows => table.schema.columns.map((column) => table.column(column.name).slice());
  return {
    ...rest, sums: totals.sums, digest: totals.digest, histograms: HISTOGRAMS.map((name) => totals[name].memory),
    tables: { request: columns(rows.request), wire: columns(rows.wire), truth: columns(rows.truth), usage: columns(rows.usage) },
  };
}

/** Makes a plain outcome whole again. */
export function revivePart(plain: PlainPart): PartOutcome {
  const { sums, digest, histograms, tables, ...rest } = plain;
  const totals = new FleetTotals();
  totals.sums.set(sums);
  totals.digest.set(digest);
  HISTOGRAMS.forEach((name, index) => { totals[name].memory.set(histograms[index]!); });
  const revive = (schema: TableSchema, columns: PlainRows): ColumnTable => ColumnTable.fromColumns(schema, columns);
  return {
    ...rest, totals,
    rows: {
      request: revive(SCHEMAS.request, tables.request), wire: revive(SCHEMAS.wire, tables.wire),
      truth: revive(SCHEMAS.truth, tables.truth), usage: revive(SCHEMAS.usage, tables.usage),
    },
  };
}
