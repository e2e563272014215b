/**
 * One byte string per table of records, the same on every machine: what hashes of results are taken over.
 * Layout, little-endian: "PLMMREC1", u32 length of the name, name in UTF-8, u32 version, f64 row count, then the
 * columns one after another in schema order, int32 (and enum codes) as 4 bytes, float64 as 8 with one NaN.
 */
import { DataError, invariant } from "../core/errors.js";
import { ColumnTable, type ColumnArray, type ColumnType, type TableSchema } from "./column-table.js";

const MAGIC = "PLMMREC1";
const VALUES_PER_CHUNK = 65_536;
const CANONICAL_NAN_HIGH = 0x7ff80000;

/**
 * The canonical bytes of a table in pieces, so that hashing needs no second copy of it.
 *
 * @param table Rows in canonical order (`sortRows`).
 * @throws {BugError} when rows are out of order or two rows have the same key.
 */
export function* canonicalChunks(table: ColumnTable): Generator<Uint8Array> {
  checkOrder(table);
  yield encodeHeader(table.schema, table.rowCount);
  for (const { name, type } of table.schema.columns) {
    const values = table.column(name);
    for (let start = 0; start < values.length; start += VALUES_PER_CHUNK) {
      yield encodeValues(values.subarray(start, start + VALUES_PER_CHUNK), type);
    }
  }
}

/** The canonical bytes of a sorted table as one array. */
export function encodeTable(table: ColumnTable): Uint8Array {
  const chunks = [...canonicalChunks(table)];
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) { bytes.set(chunk, offset); offset += chunk.length; }
  return bytes;
}

/**
 * Reads what `encodeTable` wrote.
 *
 * @param schema The record type that the bytes are said to hold.
 * @throws {DataError} when name, version or length do not fit.
 */
export function parseTable(bytes: Uint8Array, schema: TableSchema): ColumnTable {
  const expected = encodeHeader(schema, 0);
  const rowCountAt = expected.length - 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isKnown = bytes.length >= expected.length && expected.subarray(0, rowCountAt).every((byte, i) => byte === bytes[i]);
  const rowCount = isKnown ? view.getFloat64(rowCountAt, true) : NaN;
  const rowBytes = schema.columns.reduce((sum, { type }) => sum + byteWidth(type), 0);
  if (!(rowCount >= 0 && expected.length + rowCount * rowBytes === bytes.length)) {
    throw new DataError({
      subject: `canonical bytes of ${schema.name}`, rule: `hold version ${schema.version} rows of ${rowBytes} bytes`,
      got: `${bytes.length} bytes`, hint: "The bytes are cut off, or another version of plmm wrote them; run the cell again.",
    });
  }
  return decodeRows(view, expected.length, schema, rowCount);
}

function decodeRows(view: DataView, start: number, schema: TableSchema, rowCount: number): ColumnTable {
  const columns: ColumnArray[] = [];
  let offset = start;
  for (const { type } of schema.columns) {
    const values = type === "float64" ? new Float64Array(rowCount) : new Int32Array(rowCount);
    for (let row = 0; row < rowCount; row++) {
      values[row] = type === "float64" ? view.getFloat64(offset, true) : view.getInt32(offset, true);
      offset += byteWidth(type);
    }
    columns.push(values);
  }
  return tableOfColumns(schema, columns, rowCount);
}

/**
 * A table of the given columns.
 *
 * @param columns One array per schema column, in order, each with `rowCount` values.
 */
export function tableOfColumns(schema: TableSchema, columns: readonly ArrayLike<number>[], rowCount: number): ColumnTable {
  const table = new ColumnTable(schema, Math.max(1, rowCount));
  const row = new Float64Array(columns.length);
  for (let i = 0; i < rowCount; i++) {
    for (let c = 0; c < columns.length; c++) row[c] = columns[c]![i]!;
    table.appendRow(row);
  }
  return table;
}

function encodeHeader(schema: TableSchema, rowCount: number): Uint8Array {
  const name = new TextEncoder().encode(schema.name);
  const bytes = new Uint8Array(MAGIC.length + 4 + name.length + 4 + 8);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(MAGIC.length, name.length, true);
  bytes.set(name, MAGIC.length + 4);
  view.setUint32(MAGIC.length + 4 + name.length, schema.version, true);
  view.setFloat64(MAGIC.length + 8 + name.length, rowCount, true);
  return bytes;
}

function encodeValues(values: ColumnArray, type: ColumnType): Uint8Array {
  const width = byteWidth(type);
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (type !== "float64") view.setInt32(i * width, value, true);
    else if (value === value) view.setFloat64(i * width, value, true);
    else view.setUint32(i * width + 4, CANONICAL_NAN_HIGH, true);
  }
  return bytes;
}

function byteWidth(type: ColumnType): number {
  return type === "float64" ? 8 : 4;
}

function checkOrder(table: ColumnTable): void {
  const keys = table.schema.key.map((name) => table.column(name));
  for (let row = 1; row < table.rowCount; row++) {
    const k = keys.findIndex((key) => key[row] !== key[row - 1]);
    const isAscending = k >= 0 && keys[k]![row]! > keys[k]![row - 1]!;
    invariant(isAscending, `have rows of ${table.schema.name} in canonical order with unique keys`, `row ${row}`);
  }
}
