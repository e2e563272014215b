/** Plain rows, such as the answer of a query, as an aligned table, CSV, JSON or Markdown. */

/** Formats that `plmm query` takes. */
export const ROW_FORMATS = ["text", "csv", "json", "md"] as const;
/** One of the formats. */
export type RowFormat = (typeof ROW_FORMATS)[number];

/** A value of a row. */
export type RowValue = string | number | boolean | null;

/** Rows in one format, ending with a line break. */
export function renderRows(columns: readonly string[], rows: readonly (readonly RowValue[])[], format: RowFormat): string {
  switch (format) {
    case "text": return renderText(columns, rows);
    case "csv": return [columns, ...rows].map((row) => `${row.map(quoteCsv).join(",")}\n`).join("");
    case "json": return `${JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((column, c) => [column, row[c]]))), undefined, 2)}\n`;
    case "md": return [columns, columns.map(() => "---"), ...rows].map((row) => `| ${row.map((value) => showValue(value).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |\n`).join("");
    default: return format satisfies never;
  }
}

function renderText(columns: readonly string[], rows: readonly (readonly RowValue[])[]): string {
  const isNumeric = columns.map((_, c) => rows.every((row) => row[c] === null || typeof row[c] === "number"));
  const widths = columns.map((column, c) => rows.reduce((width, row) => Math.max(width, showValue(row[c] ?? null).length), column.length));
  const line = (values: readonly string[]): string => values.map((value, c) => isNumeric[c] === true ? value.padStart(widths[c]!) : value.padEnd(widths[c]!)).join("  ").trimEnd();
  const body = rows.map((row) => line(row.map(showValue)));
  return `${[line(columns), widths.map((width) => "─".repeat(width)).join("  "), ...body].join("\n")}\n${rows.length} row${rows.length === 1 ? "" : "s"}\n`;
}

function showValue(value: RowValue): string {
  if (value === null) return "";
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return String(value);
}

function quoteCsv(value: RowValue): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
