import { describe, expect, it } from "vitest";
import { ConfigError } from "../core/errors.js";
import { METRICS } from "../metrics/metric-catalogue.js";
import type { CellFindings } from "./aggregate.js";
import { formatEstimate, formatNumber, formatShort, formatUsd } from "./format-number.js";
import { renderRows } from "./render-rows.js";
import { escapeLatex, renderTable } from "./render-table.js";
import { sampleCells } from "./sample-findings.test-data.js";
import { makeTable, TABLE_NAMES } from "./table.js";

function twoLabels(): readonly CellFindings[] {
  return [0, 1, 2].flatMap((replication) => ["p-only", "a & b"].map((label, i) => ({
    label, axes: {}, replication, findings: { metrics: { "ttft.p95": 1 + i + replication, ...(i === 0 ? { "stale.fraction": 0.5 } : {}) }, histograms: {}, warnings: [] },
  })));
}

describe("tables", () => {
  it("show metrics in rows, labels in columns, and a dash for what does not exist", () => {
    const lines = renderTable(makeTable("five-answers", twoLabels()), "text").split("\n");
    expect(lines[0]).toBe("The five answers");
    expect(lines.slice(2, 7)).toEqual([
      "                                    p-only       a & b",
      "How fast?",
      "  TTFT P95 (s) ↓                2.00 ±2.48  3.00 ±2.48",
      "How good are the answers?",
      "  Stale expert knowledge ↓  0.5000 ±0.0000           –",
    ]);
    expect(lines[8]).toContain("Mean over 3 replications ± half of the 95% interval");
  });

  it("fit into 120 columns with four policies, and split into blocks with more", () => {
    for (const name of TABLE_NAMES) {
      const text = renderTable(makeTable(name, sampleCells()), "text");
      expect(Math.max(...text.split("\n").map((line) => line.length)), name).toBeLessThanOrEqual(120);
    }
    const four = sampleCells().filter(({ label }) => !label.includes("padding"));
    expect(renderTable(makeTable("five-answers", four), "text").match(/How fast\?/g)).toHaveLength(1);
    expect(renderTable(makeTable("five-answers", sampleCells()), "text").match(/How fast\?/g)).toHaveLength(2);
  });

  it("mark differences that stay significant after Holm's correction", () => {
    const paired = makeTable("paired", sampleCells(), "cascade");
    expect(paired.columns).not.toContain("cascade");
    const row = paired.sections[0]!.rows.find(({ metric }) => metric.name === "ttft.p95")!;
    expect(row.cells[0]!.mean).toBeGreaterThan(6);
    expect(renderTable(paired, "text")).toMatch(/TTFT P95 \(s\) ↓ +6\.\d\d ±0\.\d\d \*/);
    expect(() => makeTable("paired", sampleCells(), "nobody")).toThrow(ConfigError);
  });

  it("hold all metrics of the catalogue under the name all", () => {
    const shown = makeTable("all", sampleCells()).sections.flatMap(({ rows }) => rows.map(({ metric }) => metric.name));
    const found = new Set(sampleCells().flatMap(({ findings }) => Object.keys(findings.metrics)));
    expect(shown).toEqual(METRICS.map(({ name }) => name).filter((name) => found.has(name)));
  });

  it("escape what Markdown, CSV and LaTeX read as more than text", () => {
    const cells = twoLabels().map((cell) => ({ ...cell, label: cell.label === "a & b" ? 'x|y, "z" 50%_#' : cell.label }));
    const table = makeTable("speed", cells);
    expect(renderTable(table, "md")).toContain("x\\|y");
    expect(renderTable(table, "csv")).toContain('"x|y, ""z"" 50%_#"');
    expect(renderTable(table, "latex")).toContain("50\\%\\_\\#");
    expect(escapeLatex("a\\b{c}~^ ± ↓")).toBe("a\\textbackslash{}b\\{c\\}\\textasciitilde{}\\textasciicircum{} $\\pm$ $\\downarrow$");
  });

  it("give every number in full in CSV and JSON", () => {
    const table = makeTable("speed", twoLabels());
    expect(renderTable(table, "csv").split("\n")[1]).toMatch(/^speed,ttft\.p95,TTFT P95,s,lower,p-only,2,2\.48413\d*,3,$/);
    const parsed = JSON.parse(renderTable(table, "json")) as { sections: { rows: { cells: { mean: number }[] }[] }[] };
    expect(parsed.sections[0]!.rows[0]!.cells[0]!.mean).toBe(2);
  });

  it("have as many columns in each LaTeX line as the table has", () => {
    const lines = renderTable(makeTable("all", sampleCells()), "latex").split("\n").filter((line) => line.endsWith("\\\\") && !line.includes("multicolumn"));
    expect(lines.length).toBeGreaterThan(40);
    for (const line of lines) expect(line.split(" & ")).toHaveLength(6);
  });
});

describe("numbers", () => {
  it("keep their digits, thousands apart", () => {
    expect(formatNumber(1234567.891, 2)).toBe("1,234,567.89");
    expect(formatNumber(-0.5, 1)).toBe("−0.5");
    expect(formatNumber(-0, 2)).toBe("0.00");
    expect(formatNumber(NaN, 2)).toBe("–");
  });

  it("are never shown as zero when they are not", () => {
    expect(formatNumber(0.00012, 2)).toBe("1.2e−4");
    expect(formatEstimate({ mean: 0.001, halfWidth95: 0.2 }, 2)).toBe("0.00 ± 0.20");
    expect(formatEstimate({ mean: 0.001, halfWidth95: 0.002 }, 2)).toBe("1.0e−3 ± 2.0e−3");
    expect(formatEstimate({ mean: 0, halfWidth95: 0 }, 2)).toBe("0");
    expect(formatEstimate({ mean: 1.5, halfWidth95: NaN }, 2)).toBe("1.50");
  });

  it("are short in figures", () => {
    expect([0.96412, 11.78, 0.021, 1_000_000, 0, 74].map(formatShort)).toEqual(["0.964", "11.8", "0.021", "1,000,000", "0", "74"]);
    expect([0.00002, 0.0042, 0].map(formatUsd)).toEqual(["<$0.0001", "$0.0042", "$0"]);
  });
});

describe("rows of a query", () => {
  const columns = ["name", "n"], rows = [["a|b", 10], ["c", null], ['say "x"', 2.5]] as const;

  it("are aligned, numbers to the right", () => {
    expect(renderRows(columns, rows, "text")).toBe("name       n\n───────  ───\na|b       10\nc\nsay \"x\"  2.5\n3 rows\n");
  });

  it("come as CSV, JSON and Markdown", () => {
    expect(renderRows(columns, rows, "csv")).toBe('name,n\na|b,10\nc,\n"say ""x""",2.5\n');
    expect(JSON.parse(renderRows(columns, rows, "json"))).toEqual([{ name: "a|b", n: 10 }, { name: "c", n: null }, { name: 'say "x"', n: 2.5 }]);
    expect(renderRows(columns, rows, "md").split("\n")[2]).toBe("| a\\|b | 10 |");
  });
});
