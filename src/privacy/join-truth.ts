/** The truth behind observations, for the scorer alone. */
import { DataError } from "../core/errors.js";
import type { ColumnTable } from "../records/column-table.js";

/** Numbers (clientId, queryIndex) as one. */
export function keyOfQuestion(clientId: number, queryIndex: number): number { return clientId * 2 ** 21 + queryIndex; }

/**
 * Row of each question in another table of the run.
 *
 * @param rows Rows of `from` whose questions are looked up.
 * @throws {DataError} when a question has no row there.
 */
export function joinQuestions(from: ColumnTable, to: ColumnTable, rows: Int32Array): Int32Array {
  const fromClients = from.column("clientId"), fromQueries = from.column("queryIndex"), toClients = to.column("clientId"), toQueries = to.column("queryIndex");
  const wanted = new Set(rows.map((row) => fromClients[row]!)), rowOf = new Map<number, number>();
  for (let row = 0; row < to.rowCount; row++) if (wanted.has(toClients[row]!)) rowOf.set(keyOfQuestion(toClients[row]!, toQueries[row]!), row);
  return rows.map((row) => {
    const found = rowOf.get(keyOfQuestion(fromClients[row]!, fromQueries[row]!));
    if (found !== undefined) return found;
    throw new DataError({
      subject: `every row of the ${from.schema.name} table`, rule: `have a row of the ${to.schema.name} table`, where: `query ${fromQueries[row]!} of client ${fromClients[row]!}`,
      got: "none", hint: "Score tables of one run together; filter both by the same people.",
    });
  });
}
