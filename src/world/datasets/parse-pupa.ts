/** Real queries with the private words in each, in the format of PUPA. */
import { DataError } from "../../core/errors.js";
import { parseCsv } from "../../devices/parse-csv.js";

/** A query that a person sent, and what in it is private. */
export interface PrivateQuery {
  readonly id: string;
  readonly category: string;
  readonly query: string;
  /** Private words, in lower case, each once. */
  readonly privateUnits: readonly string[];
  /** The query with [REDACTED] in their place. */
  readonly redacted: string;
}

const COLUMNS = ["conversation_hash", "predicted_category", "user_query", "pii_units", "redacted_query"] as const;

/** Parses the table. @throws {DataError} when columns are missing. */
export function parsePupa(text: string, file: string): readonly PrivateQuery[] {
  return parseCsv(text, file).map((row) => {
    const [id, category, query, units, redacted] = COLUMNS.map((column) => row[column]);
    if (id === undefined || category === undefined || query === undefined || units === undefined || redacted === undefined) {
      throw new DataError({ subject: file, rule: `have the columns ${COLUMNS.join(", ")}`, got: Object.keys(row), hint: "Use the file as it is published." });
    }
    return { id, category, query, privateUnits: [...new Set(units.split("||").map((unit) => unit.trim()).filter((unit) => unit !== ""))], redacted };
  });
}
