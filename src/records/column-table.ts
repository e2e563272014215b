/**
 * Records as columns: plain, versioned rows that cross from one domain to another.
 * A table is its schema and one typed array per column; rows append in place and the order of rows is canonical
 * after `sortRows`, so that the bytes of a table do not depend on threads.
 */
import { invariant } from "../core/errors.js";

/** How a column is stored. `float64` holds instants too; a missing instant is NaN in memory and null in Parquet. */
export type ColumnType = "int32" | "float64" | "enum";

/** One column of a record. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** Unit of the values, or "1" for counts, indexes and fractions. */
  readonly unit: string;
  /** One sentence: what a value means. */
  readonly meaning: string;
  /** Names of an enum column, in order of code. */
  readonly names?: readonly string[];
}

/** A record type. The version rises with every change of columns. */
export interface TableSchema {
  readonly name: string;
  readonly version: number;
  readonly columns: readonly ColumnSpec[];
  /** Columns that give the canonical row order. Together they are unique. */
  readonly key: readonly string[];
}

/** Storage of one column. */
export type ColumnArray = Int32Array | Float64Array;

const FIRST_CAPACITY = 1024;

/** Growable rows of one record type. */
export class ColumnTable {
  readonly schema: TableSchema;
  rowCount = 0;
  private readonly arrays: ColumnArray[];
  private readonly indexByName: ReadonlyMap<string, number>;

  constructor(schema: TableSchema, capacity: number = FIRST_CAPACITY) {
    this.schema = schema;
    this.arrays = schema.columns.map((column) => makeArray(column.type, capacity));
    this.indexByName = new Map(schema.columns.map((column, index) => [column.name, index]));
  }

  /** A table over given columns, in schema order and of equal length. */
  static fromColumns(schema: TableSchema, columns: readonly ColumnArray[]): ColumnTable {
    invariant(columns.length === schema.columns.length, `have ${schema.columns.length} columns for ${schema.name}`, columns.length);
    const table = new ColumnTable(schema, 0);
    columns.forEach((column, index) => { table.arrays[index] = column; });
    table.rowCount = columns[0]?.length ?? 0;
    return table;
  }

  /**
   * Appends one row.
   *
   * @param values One number per column in schema order. An absent instant is NaN.
   */
  appendRow(values: ArrayLike<number>): void {
    if (this.rowCount === (this.arrays[0]?.length ?? 0)) this.grow();
    for (let c = 0; c < this.arrays.length; c++) this.arrays[c]![this.rowCount] = values[c]!;
    this.rowCount++;
  }

  /** Values of a column, shape [rowCount]. A view: valid until the next append. */
  column(name: string): ColumnArray {
    const index = this.indexByName.get(name);
    invariant(index !== undefined, `name a column of table ${this.schema.name}`, name);
    return this.arrays[index]!.subarray(0, this.rowCount);
  }

  /** Appends all rows of another table of the same schema. */
  appendTable(other: ColumnTable): void {
    invariant(other.schema.name === this.schema.name && other.schema.version === this.schema.version,
      `append rows of ${this.schema.name} v${this.schema.version}`, `${other.schema.name} v${other.schema.version}`);
    const rowCount = this.rowCount + other.rowCount;
    while ((this.arrays[0]?.length ?? 0) < rowCount) this.grow();
    for (let c = 0; c < this.arrays.length; c++) {
      this.arrays[c]!.set(other.arrays[c]!.subarray(0, other.rowCount), this.rowCount);
    }
    this.rowCount = rowCount;
  }

  /** Puts rows into canonical order, ascending by the key columns. */
  sortRows(): void {
    const keys = this.schema.key.map((name) => this.column(name));
    const order = Int32Array.from({ length: this.rowCount }, (_, row) => row).sort((a, b) => {
      for (const key of keys) { const d = key[a]! - key[b]!; if (d !== 0) return d; }
      return 0;
    });
    for (let c = 0; c < this.arrays.length; c++) {
      const from = this.arrays[c]!, to = makeArray(this.schema.columns[c]!.type, this.rowCount);
      for (let row = 0; row < this.rowCount; row++) to[row] = from[order[row]!]!;
      this.arrays[c] = to;
    }
  }

  private grow(): void {
    const capacity = Math.max(FIRST_CAPACITY, (this.arrays[0]?.length ?? 0) * 2);
    for (let c = 0; c < this.arrays.length; c++) {
      const next = makeArray(this.schema.columns[c]!.type, capacity);
      next.set(this.arrays[c]!);
      this.arrays[c] = next;
    }
  }
}

function makeArray(type: ColumnType, length: number): ColumnArray {
  return type === "float64" ? new Float64Array(length) : new Int32Array(length);
}
