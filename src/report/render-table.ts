/** A table as text for terminals, Markdown, CSV (one line per number), LaTeX or JSON. */
import type { MetricSpec } from "../metrics/findings.js";
import { formatEstimate } from "./format-number.js";
import { isMarked, type Table, type TableCell, type TableRow } from "./table.js";

/** Formats that `plmm table` takes. */
export const TABLE_FORMATS = ["text", "md", "csv", "latex", "json"] as const;
/** One of the formats. */
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** Widest line of a table in a terminal, in characters. */
const WIDEST_LINE = 120;

/** Units that say nothing beside a title. */
const UNITS_LEFT_OUT: ReadonlySet<string> = new Set(["1", "fraction", "AUC"]);

/** A table in one format, ending with a line break. */
export function renderTable(table: Table, format: TableFormat): string {
  switch (format) {
    case "text": return renderText(table);
    case "md": return renderMarkdown(table);
    case "csv": return renderCsv(table);
    case "latex": return renderLatex(table);
    case "json": return `${JSON.stringify(table, undefined, 2)}\n`;
    default: return format satisfies never;
  }
}

/** Title, unit and better direction of a metric in one phrase. */
export function describeMetric({ title, unit, better }: MetricSpec): string {
  const arrow = better === "lower" ? " ↓" : better === "higher" ? " ↑" : "";
  return `${title}${UNITS_LEFT_OUT.has(unit) ? "" : ` (${unit})`}${arrow}`;
}

/** A number of a table with its interval, a star when it is marked, a dash when it does not exist. */
export function formatCell(cell: TableCell | undefined, metric: MetricSpec): string {
  if (cell === undefined) return "–";
  return `${formatEstimate(cell, metric.digits)}${isMarked(cell) ? " *" : ""}`;
}

function renderText(table: Table): string {
  const headWidth = Math.max(0, ...table.sections.flatMap(({ rows }) => rows.map(({ metric }) => describeMetric(metric).length))) + 2;
  const widths = table.columns.map((label, c) =>
    Math.max(...headLines(label).map(({ length }) => length), ...table.sections.flatMap(({ rows }) => rows.map((row) => formatTextCell(row, c).length))));
  const blocks = splitColumns(widths, WIDEST_LINE - headWidth - 2);
  const parts = blocks.map((block) => renderTextBlock(table, block, widths, headWidth));
  return `${table.title}\n\n${parts.join("\n")}\n${table.notes.map((note) => `${wrapWords(note, WIDEST_LINE)}\n`).join("")}`;
}

/** A number as in the other formats, without the space after ±, so that four labels fit on a line. */
function formatTextCell({ cells, metric }: TableRow, c: number): string {
  return formatCell(cells[c], metric).replace("± ", "±");
}

/** Cuts columns into blocks that each fit into `room` characters. */
function splitColumns(widths: readonly number[], room: number): readonly (readonly number[])[] {
  const blocks: number[][] = [[]];
  let used = 0;
  widths.forEach((width, c) => {
    if (used + width + 2 > room && blocks[blocks.length - 1]!.length > 0) { blocks.push([]); used = 0; }
    blocks[blocks.length - 1]!.push(c);
    used += width + 2;
  });
  return blocks;
}

function renderTextBlock(table: Table, block: readonly number[], widths: readonly number[], headWidth: number): string {
  const heads = block.map((c) => headLines(table.columns[c]!)), height = Math.max(...heads.map(({ length }) => length));
  const lines = Array.from({ length: height }, (_, line) =>
    `${" ".repeat(headWidth + 2)}${block.map((c, i) => (heads[i]![line - height + heads[i]!.length] ?? "").padStart(widths[c]!)).join("  ")}`);
  for (const { title, rows } of table.sections) {
    lines.push(title);
    for (const row of rows) {
      const cells = block.map((c) => formatTextCell(row, c).padStart(widths[c]!));
      lines.push(`  ${describeMetric(row.metric).padEnd(headWidth)}${cells.join("  ")}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** A label over a column: the values of several axes below each other. */
function headLines(label: string): readonly string[] {
  const parts = label.split(", ");
  return parts.map((part, i) => (i < parts.length - 1 ? `${part},` : part));
}

/** Text in lines of at most `width` characters, cut between words. */
export function wrapWords(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) { lines.push(line); line = word; }
    else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}

function renderMarkdown({ title, columns, sections, notes }: Table): string {
  const escape = (text: string): string => text.replaceAll("|", "\\|").replaceAll("*", "\\*");
  const lines = [`**${title}**`, "", `| | ${columns.map(escape).join(" | ")} |`, `|---|${columns.map(() => "---:|").join("")}`];
  for (const section of sections) {
    lines.push(`| **${section.title}** |${" |".repeat(columns.length)}`);
    for (const { metric, cells } of section.rows) {
      lines.push(`| ${escape(describeMetric(metric))} | ${cells.map((cell) => escape(formatCell(cell, metric))).join(" | ")} |`);
    }
  }
  return `${lines.join("\n")}\n\n${notes.map((note) => `${escape(note)}\n`).join("\n")}`;
}

function renderCsv({ name, columns, sections }: Table): string {
  const quote = (text: string): string => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const number = (value: number | undefined): string => value === undefined || !Number.isFinite(value) ? "" : String(value);
  const lines = ["table,metric,title,unit,better,label,mean,halfWidth95,n,pHolm"];
  for (const { metric, cells } of sections.flatMap(({ rows }): readonly TableRow[] => rows)) {
    cells.forEach((cell, c) => {
      if (cell === undefined) return;
      const words = [name, metric.name, metric.title, metric.unit, metric.better, columns[c]!].map(quote);
      lines.push([...words, number(cell.mean), number(cell.halfWidth95), String(cell.n), number(cell.pHolm)].join(","));
    });
  }
  return `${lines.join("\n")}\n`;
}

const LATEX_WORDS: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "#": "\\#", "$": "\\$", "%": "\\%", "&": "\\&", "_": "\\_", "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}", "±": "$\\pm$", "−": "$-$", "–": "--", "↓": "$\\downarrow$", "↑": "$\\uparrow$", "∞": "$\\infty$", "<": "$<$", ">": "$>$", "*": "$^{*}$",
};

/** Text that LaTeX prints as it stands. */
export function escapeLatex(text: string): string {
  return text.replace(/[\\{}#$%&_^~±−–↓↑∞<>*]/g, (character) => LATEX_WORDS[character]!);
}

function renderLatex({ name, title, columns, sections, notes }: Table): string {
  const line = (cells: readonly string[]): string => `  ${cells.map(escapeLatex).join(" & ")} \\\\`;
  const lines = [
    "% Needs \\usepackage{booktabs}.", "\\begin{table}", "  \\centering", `  \\caption{${escapeLatex(title)}. ${escapeLatex(notes.join(" "))}}`, `  \\label{tab:${name}}`,
    `  \\begin{tabular}{l${"r".repeat(columns.length)}}`, "  \\toprule", line(["", ...columns]),
  ];
  for (const section of sections) {
    lines.push("  \\midrule", `  \\multicolumn{${columns.length + 1}}{l}{\\textit{${escapeLatex(section.title)}}} \\\\`);
    for (const { metric, cells } of section.rows) lines.push(line([describeMetric(metric), ...cells.map((cell) => formatCell(cell, metric))]));
  }
  return `${[...lines, "  \\bottomrule", "  \\end{tabular}", "\\end{table}"].join("\n")}\n`;
}
