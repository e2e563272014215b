/**
 * SQL over the rows of a run, by DuckDB in memory. Views: request, wire, truth, usage (each with label, replication and cellKey added),
 * findings (one line per cell and metric), histograms (one line per bin) and cells.
 */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { DuckDBInstance, DuckDBTypeId, type DuckDBConnection } from "@duckdb/node-api";
import { ConfigError, DataError } from "../core/errors.js";
import { METRICS } from "../metrics/metric-catalogue.js";
import { loadRun, type StoredRun } from "./load-cells.js";
import { RECORD_SCHEMAS, runPaths } from "./result-store.js";

/** A value of an answer. Large integers come as text. */
export type QueryValue = string | number | boolean | null;

/** An answer: column names and rows in order. */
export interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly QueryValue[])[];
}

/** The views of a query and what they hold. */
export const QUERY_VIEWS = "request, wire, truth, usage, findings, histograms, cells";

/**
 * Answers a query over the finished cells of a run.
 *
 * @throws {ConfigError} when the folder is not a run or the SQL is wrong; the message is DuckDB's.
 * @throws {DataError} when the run has no finished cell.
 */
export async function queryRun(folder: string, sql: string): Promise<QueryAnswer> {
  const run = loadRun(folder);
  if (run.cells.length === 0) {
    throw new DataError({ subject: "the run", rule: "have a finished cell", got: "none", where: folder, hint: `See: plmm status ${folder}` });
  }
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    await makeViews(connection, run);
    return await answer(connection, sql);
  } finally {
    instance.closeSync();
  }
}

async function makeViews(connection: DuckDBConnection, run: StoredRun): Promise<void> {
  await fillTables(connection, run);
  for (const { name } of RECORD_SCHEMAS) {
    const files = run.cells.map(({ cellKey }) => join(resolve(runPaths.cell(run.folder, cellKey)), `${name}.parquet`)).filter((path) => existsSync(path));
    if (files.length !== run.cells.length) throw missingFile(name, run);
    await connection.run(`create view ${name} as select cells.label, cells.replication, cells.cellKey, rows.* exclude (filename)
      from read_parquet([${files.map(quote).join(", ")}], filename = true) as rows
      join cells on cells.cellKey = parse_filename(parse_dirpath(rows.filename))`);
  }
}

async function fillTables(connection: DuckDBConnection, { cells }: StoredRun): Promise<void> {
  await connection.run(`create table cells (cellKey varchar, cellIndex integer, label varchar, axes json, seed bigint, replication integer,
    recordsSha256 varchar, requests bigint, wallS double, cpuS double, finishedAt timestamp)`);
  await connection.run("create table findings (label varchar, replication integer, cellKey varchar, metric varchar, value double, unit varchar, answer varchar)");
  await connection.run("create table histograms (label varchar, replication integer, cellKey varchar, name varchar, unit varchar, low double, high double, count double)");
  const findings = await connection.createAppender("findings"), histograms = await connection.createAppender("histograms");
  const specs = new Map(METRICS.map((spec) => [spec.name, spec]));
  for (const cell of cells) {
    await connection.run("insert into cells values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::varchar::timestamptz::timestamp)", [
      cell.cellKey, cell.cellIndex, cell.label, JSON.stringify(cell.axes), BigInt(cell.seed), cell.replication,
      cell.recordsSha256, BigInt(cell.rowCounts["request"] ?? 0), cell.wallS, cell.cpuS, cell.finishedAt]);
    const start = (appender: typeof findings): void => {
      appender.appendVarchar(cell.label);
      appender.appendInteger(cell.replication);
      appender.appendVarchar(cell.cellKey);
    };
    for (const [metric, value] of Object.entries(cell.findings.metrics)) {
      start(findings);
      findings.appendVarchar(metric);
      findings.appendDouble(value);
      findings.appendVarchar(specs.get(metric)?.unit ?? "");
      findings.appendVarchar(specs.get(metric)?.answer ?? "");
      findings.endRow();
    }
    for (const [name, { unit, edges, counts }] of Object.entries(cell.findings.histograms)) {
      counts.forEach((count, bin) => {
        start(histograms);
        histograms.appendVarchar(name);
        histograms.appendVarchar(unit);
        for (const value of [edges[bin]!, edges[bin + 1]!, count]) histograms.appendDouble(value);
        histograms.endRow();
      });
    }
  }
  findings.closeSync();
  histograms.closeSync();
}

async function answer(connection: DuckDBConnection, sql: string): Promise<QueryAnswer> {
  const reader = await connection.runAndReadAll(sql).catch((cause: unknown) => { throw faultyQuery(sql, cause instanceof Error ? cause.message : String(cause), cause); });
  const columns = reader.deduplicatedColumnNames();
  if (columns.length === 0) throw faultyQuery(sql, "Give a statement that has rows, such as: select label, count(*) from request group by label");
  const isLarge = columns.map((_, c) => LARGE_NUMBER_TYPES.has(reader.columnTypeId(c)));
  return { columns, rows: reader.getRowsJson().map((row) => row.map((value, c) => plainValue(value, isLarge[c] === true))) };
}

function faultyQuery(sql: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError({ subject: "the query", rule: `be SQL that DuckDB takes over ${QUERY_VIEWS}`, got: sql, hint: message.trim(), cause });
}

/** Types whose values DuckDB's JSON gives as text, as they may be larger than a double counts exactly. */
const LARGE_NUMBER_TYPES: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.BIGINT, DuckDBTypeId.UBIGINT, DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT, DuckDBTypeId.DECIMAL,
]);

function plainValue(value: unknown, isLarge: boolean): QueryValue {
  if (isLarge && typeof value === "string" && Math.abs(Number(value)) <= Number.MAX_SAFE_INTEGER) return Number(value);
  return value === null || typeof value === "number" || typeof value === "boolean" || typeof value === "string" ? value : JSON.stringify(value);
}

function missingFile(name: string, run: StoredRun): DataError {
  const cell = run.cells.find(({ cellKey }) => !existsSync(join(runPaths.cell(run.folder, cellKey), `${name}.parquet`)));
  const folder = runPaths.cell(run.folder, cell?.cellKey ?? "");
  return new DataError({
    subject: "a cell", rule: `have the file ${name}.parquet`, got: existsSync(folder) ? readdirSync(folder).join(", ") : "no folder", where: folder,
    hint: "Delete the cell's folder and give the run's command again: only what is missing is run.",
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
