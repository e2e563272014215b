/** The border of tables that others wrote: columns are exactly those that are known. */
import { DataError } from "../core/errors.js";

/**
 * Checks the header of a table.
 *
 * @param found Columns of the first row; none when there are no rows.
 * @throws {DataError} when a table has other columns than it should, or no rows.
 */
export function checkColumns(found: readonly string[], wanted: readonly string[], file: string): void {
  const unknown = found.find((name) => !wanted.includes(name)), missing = wanted.find((name) => !found.includes(name));
  if (unknown === undefined && missing === undefined) return;
  throw new DataError({
    subject: `columns of ${file}`, rule: `be ${wanted.join(", ")}`, got: found.length === 0 ? "no rows" : found.join(", "),
    hint: unknown === undefined ? `Add the column ${missing ?? ""} and at least one row.` : `Remove or rename the column ${unknown}.`,
  });
}
