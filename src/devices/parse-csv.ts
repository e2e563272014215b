/** CSV text with a header line and quoted fields (RFC 4180) to rows by column name. */
import { DataError } from "../core/errors.js";

/** One line of a table: text by column name. */
export type CsvRow = Readonly<Record<string, string>>;

/** A line with its number in the file, from 1. */
export interface NumberedRow { readonly row: CsvRow; readonly line: number }

/**
 * Parses a table.
 *
 * @param text With a header line. Line ends LF or CRLF.
 * @param file Named in errors.
 * @throws {DataError} when a line has another number of fields than the header, or a quote stays open.
 */
export function parseCsv(text: string, file: string): readonly CsvRow[] {
  return parseNumberedCsv(text, file).map(({ row }) => row);
}

/**
 * The same with line numbers, for readers whose errors name them.
 *
 * @throws {DataError} as parseCsv, and when two columns have one name.
 */
export function parseNumberedCsv(text: string, file: string): readonly NumberedRow[] {
  const lines = splitRecords(text.replace(/^\uFEFF/, ""), file);
  const header = (lines[0]?.fields ?? []).map((name) => name.trim()), twice = header.find((name, column) => header.indexOf(name) !== column);
  if (twice !== undefined) throw new DataError({ subject: file, rule: "name each column once", got: twice, where: `${file}:1`, hint: "Rename or remove one of the columns." });
  return lines.slice(1).map(({ fields, line }) => {
    if (fields.length !== header.length) {
      throw new DataError({
        subject: file, rule: `have ${header.length} fields on each line`, got: fields.length, where: `${file}:${line}`,
        hint: "Put fields that hold commas or quotes in double quotes.",
      });
    }
    return { row: Object.fromEntries(header.map((name, column) => [name, fields[column]!])), line };
  });
}

interface CsvRecord { readonly fields: readonly string[]; readonly line: number; }

function splitRecords(text: string, file: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  let fields: string[] = [], field = "", isQuoted = false, line = 1, startLine = 1;
  const endRecord = (): void => {
    fields.push(field);
    if (fields.length > 1 || field !== "") records.push({ fields, line: startLine });
    fields = []; field = ""; startLine = line;
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === "\n") line++;
    if (isQuoted) {
      if (letter !== "\"") field += letter;
      else if (text[at + 1] === "\"") { field += letter; at++; }
      else isQuoted = false;
    } else if (letter === "\"") isQuoted = true;
    else if (letter === ",") { fields.push(field); field = ""; }
    else if (letter === "\n") endRecord();
    else if (letter !== "\r") field += letter;
  }
  if (isQuoted) {
    throw new DataError({
      subject: file, rule: "close each double quote", got: field, where: `${file}:${startLine}`, hint: "Double a quote inside a quoted field.",
    });
  }
  endRecord();
  return records;
}
