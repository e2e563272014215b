import fc from "fast-check";
import { parquetMetadata } from "hyparquet";
import { describe, expect, it } from "vitest";
import { DataError } from "../core/errors.js";
import { ColumnTable, type TableSchema } from "../records/column-table.js";
import { encodeParquet, parseParquet } from "./parquet-table.js";
import { RECORD_SCHEMAS } from "./result-store.js";

function rowsOf(schema: TableSchema): fc.Arbitrary<number[][]> {
  const values = schema.columns.map(({ type, names }) => type === "int32" ? fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    : type === "enum" ? fc.integer({ min: 0, max: names!.length - 1 })
    : fc.oneof(fc.constant(NaN), fc.double({ noNaN: true })));
  return fc.array(fc.tuple(...values), { maxLength: 30 });
}

describe("Parquet bytes", () => {
  for (const schema of RECORD_SCHEMAS) {
    it(`come back as the same rows of ${schema.name}, missing instants included`, async () => {
      await fc.assert(fc.asyncProperty(rowsOf(schema), async (rows) => {
        const table = new ColumnTable(schema);
        for (const row of rows) table.appendRow(row);
        const back = await parseParquet(encodeParquet(table), schema, "test");
        expect(back.rowCount).toBe(rows.length);
        for (const { name } of schema.columns) expect([...back.column(name)]).toEqual([...table.column(name)]);
      }), { seed: 11, numRuns: 40 });
    });
  }

  it("carry name, version and the meaning of each column", () => {
    const schema = RECORD_SCHEMAS[0]!;
    const metadata = parquetMetadata(encodeParquet(new ColumnTable(schema)).slice().buffer).key_value_metadata ?? [];
    const value = (key: string): string | undefined => metadata.find((entry) => entry.key === key)?.value;
    expect(value("plmm.record")).toBe("request");
    expect(value("plmm.version")).toBe(String(schema.version));
    expect(value("plmm.columns")).toContain("Energy of P's prefill and decode on the device.");
  });

  it("are refused under another version", async () => {
    const schema = RECORD_SCHEMAS[1]!;
    const bytes = encodeParquet(new ColumnTable(schema));
    await expect(parseParquet(bytes, { ...schema, version: 99 }, "x.parquet")).rejects.toThrow(DataError);
  });
});
