import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../core/errors.js";
import { queryRun } from "./query-run.js";
import { RECORD_SCHEMAS } from "./result-store.js";
import { makeCell, studyOf } from "./sample-cells.test-data.js";
import { writeCell, writeStudy } from "./write-cell.js";

describe("queries over a run", () => {
  let run: string;
  const cells = [makeCell("cascade", 0, { "ttft.p95": 2 }, 10), makeCell("it's t-only", 1, { "ttft.p95": 1 }, 4)];
  beforeAll(() => {
    run = join(mkdtempSync(join(tmpdir(), "plmm-query-")), "a 'quoted' run");
    writeStudy(run, studyOf(cells));
    for (const cell of cells) writeCell(run, cell);
  });
  afterAll(() => { rmSync(join(run, ".."), { recursive: true, force: true }); });

  for (const { name } of RECORD_SCHEMAS) {
    it(`see the rows of ${name} with label, replication and cell key`, async () => {
      const { columns, rows } = await queryRun(run, `select label, replication, cellKey, count(*) as n from ${name} group by all order by label`);
      expect(columns).toEqual(["label", "replication", "cellKey", "n"]);
      expect(rows).toEqual([["cascade", 0, cells[0]!.cellKey, 10], ["it's t-only", 1, cells[1]!.cellKey, 4]]);
    });
  }

  it("see missing instants as null and enums as words", async () => {
    const { rows } = await queryRun(run, "select count(*) - count(firstTokenAtUs), count(distinct outcome) from request where label = 'cascade'");
    const table = cells[0]!.tables.request;
    expect(rows).toEqual([[table.column("firstTokenAtUs").filter((value) => value !== value).length, new Set(table.column("outcome")).size]]);
  });

  it("see findings with their units, and histograms bin by bin", async () => {
    expect((await queryRun(run, "select label, value, unit, answer from findings where metric = 'ttft.p95' order by value")).rows)
      .toEqual([["it's t-only", 1, "s", "speed"], ["cascade", 2, "s", "speed"]]);
    expect((await queryRun(run, "select low, high, count from histograms where label = 'cascade' order by low")).rows).toEqual([[0, 1, 3], [1, 2, 1]]);
    expect((await queryRun(run, "select sum(requests) from cells")).rows).toEqual([[14]]);
  });

  it("tell what is wrong with the SQL, without a stack trace", async () => {
    await expect(queryRun(run, "select nonsense from request")).rejects.toThrow(ConfigError);
    await expect(queryRun(run, "select nonsense from request")).rejects.toThrow(/nonsense/);
    await expect(queryRun(run, "")).rejects.toThrow(ConfigError);
  });

  it("refuse a run without finished cells", async () => {
    const empty = join(run, "..", "empty");
    writeStudy(empty, studyOf(cells));
    await expect(queryRun(empty, "select 1")).rejects.toThrow(DataError);
  });
});
