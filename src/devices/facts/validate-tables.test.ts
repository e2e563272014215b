import { describe, expect, it } from "vitest";
import { loadDatasetText } from "../../config/load-dataset.js";
import { validateTables } from "./validate-tables.js";

const TEXTS: Readonly<Record<string, string>> = Object.fromEntries(["device-measurements.csv", "energy-measurements.csv", "soc-facts.csv", "chip-cpus.csv", "chip-accelerators.csv"]
  .map((table) => [table, loadDatasetText(`devices/${table}`)]));

function withRow(table: string, edit: (cells: string[], header: readonly string[]) => void): Readonly<Record<string, string>> {
  const lines = TEXTS[table]!.split("\n"), header = lines[0]!.split(","), cells = lines[1]!.split(",");
  edit(cells, header);
  return { ...TEXTS, [table]: [lines[0], cells.join(","), ...lines.slice(2)].join("\n") };
}

describe("validation of the device tables", () => {
  it("accepts the committed tables", () => { expect(() => { validateTables(TEXTS); }).not.toThrow(); });

  it.each([
    ["decode_tps", "70", /decode_tps of m0001 must use at most 1\.05 of the bandwidth; got "2\.254"/],
    ["decode_tps", "fast", /decode_tps of m0001 must be a number from/],
    ["device_class", "watch", /device_class of m0001 must be one of phone/],
    ["mem_bw_gbs", "76800", /mem_bw_gbs of m0001 must be a number from 1 to 2000 GB\/s/],
    ["id", "m0002", /id of m0002 must be different in each row/],
    ["peak_mem_mb", "-5", /peak_mem_mb of m0001/],
  ])("names row and column when %s is %s", (column, value, message) => {
    const texts = withRow("device-measurements.csv", (cells, header) => { cells[header.indexOf(column)] = value; });
    expect(() => { validateTables(texts); }).toThrow(message);
  });

  it.each(["chip-cpus.csv", "chip-accelerators.csv"])("refuses a row of %s of a chip without spec sheet", (table) => {
    expect(() => { validateTables(withRow(table, (cells) => { cells[0] = "Snapdragon 9"; })); }).toThrow(/soc of Snapdragon 9 must be a chip of soc-facts\.csv/);
  });

  it.each(["chip-cpus.csv", "chip-accelerators.csv"])("refuses a row of %s that does not say what is published and what assumed", (table) => {
    expect(() => { validateTables(withRow(table, (cells, header) => { cells[header.indexOf("basis")] = "heard"; cells.length = header.length; })); }).toThrow(/basis of .* must say what is published, with its source, and what is assumed; got "heard"/);
  });

  it("refuses a peak in operations per second instead of 1e12 of them", () => {
    expect(() => { validateTables(withRow("chip-accelerators.csv", (cells) => { cells[1] = "3.7e12"; })); }).toThrow(/gpu_tflops of .* must be a number from 0\.01 to 200 1e12 operations\/s/);
  });
});
