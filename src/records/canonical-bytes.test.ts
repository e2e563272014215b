import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BugError, DataError } from "../core/errors.js";
import { encodeTable, parseTable } from "./canonical-bytes.js";
import { ColumnTable, type TableSchema } from "./column-table.js";

const TINY: TableSchema = {
  name: "tiny", version: 3, key: ["id"],
  columns: [
    { name: "id", type: "int32", unit: "1", meaning: "Row." },
    { name: "atUs", type: "float64", unit: "us", meaning: "Instant." },
    { name: "kind", type: "enum", unit: "1", meaning: "Kind.", names: ["a", "b"] },
  ],
};

function tableOf(rows: readonly (readonly number[])[]): ColumnTable {
  const table = new ColumnTable(TINY);
  for (const row of rows) table.appendRow(row);
  return table;
}

describe("canonical bytes", () => {
  it("have the layout that the header comment states", () => {
    const bytes = encodeTable(tableOf([[1, 0.5, 0], [-2 + 4, NaN, 1]]));
    const expected = Buffer.concat([
      Buffer.from("PLMMREC1"), Buffer.from([4, 0, 0, 0]), Buffer.from("tiny"), Buffer.from([3, 0, 0, 0]),
      Buffer.from(new Float64Array([2]).buffer), Buffer.from(new Int32Array([1, 2]).buffer),
      Buffer.from(new Float64Array([0.5]).buffer), Buffer.from([0, 0, 0, 0, 0, 0, 0xf8, 0x7f]), Buffer.from(new Int32Array([0, 1]).buffer),
    ]);
    expect(Buffer.from(bytes).equals(expected)).toBe(true);
  });

  it("give one digest for every payload of NaN", () => {
    const odd = new Float64Array(new BigUint64Array([0xfff0_0000_0000_1234n]).buffer)[0]!;
    const digest = (value: number): string => createHash("sha256").update(encodeTable(tableOf([[0, value, 0]]))).digest("hex");
    expect(digest(odd)).toBe(digest(NaN));
    expect(digest(0)).not.toBe(digest(NaN));
  });

  it("come back as the same table, also across the chunk border", () => {
    const value = fc.double();
    fc.assert(fc.property(fc.array(fc.tuple(value, fc.integer({ min: 0, max: 1 })), { maxLength: 60 }), (rows) => {
      const table = tableOf(rows.map(([at, kind], id) => [id, at, kind]));
      const back = parseTable(encodeTable(table), TINY);
      for (const { name } of TINY.columns) expect([...back.column(name)]).toEqual([...table.column(name)]);
    }), { seed: 7, numRuns: 200 });
    const long = new ColumnTable(TINY);
    for (let id = 0; id < 140_000; id++) long.appendRow([id, id * 0.5, id % 2]);
    const back = parseTable(encodeTable(long), TINY);
    expect(back.rowCount).toBe(140_000);
    expect(back.column("atUs")[139_999]).toBe(69_999.5);
  });

  it("refuse rows out of order and equal keys", () => {
    expect(() => encodeTable(tableOf([[2, 0, 0], [1, 0, 0]]))).toThrow(BugError);
    expect(() => encodeTable(tableOf([[2, 0, 0], [2, 0, 0]]))).toThrow(BugError);
  });

  it("refuse bytes that are cut off or of another version", () => {
    const bytes = encodeTable(tableOf([[1, 0.5, 0]]));
    expect(() => parseTable(bytes.subarray(0, bytes.length - 1), TINY)).toThrow(DataError);
    expect(() => parseTable(bytes, { ...TINY, version: 4 })).toThrow(DataError);
    expect(() => parseTable(new Uint8Array(0), TINY)).toThrow(DataError);
  });
});
