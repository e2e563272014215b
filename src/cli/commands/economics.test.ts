import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import yargs from "yargs";
import { packageRoot } from "../../config/load-dataset.js";
import { ConfigError, DataError } from "../../core/errors.js";
import { command as economics } from "./economics.js";
import { command as prices } from "./prices.js";

/** Runs a command line; what it printed and the exit code that it asks for. */
async function run(...args: readonly string[]): Promise<{ readonly text: string; readonly exitCode: unknown }> {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true), before = process.exitCode;
  process.exitCode = 0;
  try {
    await yargs([...args]).command([economics, prices] as never).exitProcess(false)
      .fail((message: string | null, error: Error | undefined) => { throw error ?? new Error(message ?? ""); }).parseAsync();
    return { text: written.mock.calls.map(([chunk]) => String(chunk)).join(""), exitCode: process.exitCode };
  } finally {
    process.exitCode = before;
    written.mockRestore();
  }
}

const folder = mkdtempSync(join(tmpdir(), "economics-"));
const caseFile = (name: string, ...lines: readonly string[]): string => {
  const file = join(folder, name);
  writeFileSync(file, ["id,kind,inputs,expected,tolerance,source", ...lines, ""].join("\n"));
  return file;
};
const good = "g,sybil_split,\"{\"\"game\"\":\"\"or\"\",\"\"n\"\":2,\"\"k\"\":2}\",\"{\"\"attack_total\"\":\"\"2/3\"\"}\",0,x";
const bad = good.replace("2/3", "3/4").replace(/^g/, "b"), unknown = "u,no_such_kind,{},{},0,x";

afterEach(() => { vi.restoreAllMocks(); });

describe("plmm economics check", () => {
  test("passes the shipped cases, one line each", async () => {
    const { text, exitCode } = await run("economics", "check", join(packageRoot(), "datasets/economics/reference-cases.csv"));
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^pet-01-monopoly-closed-form {2}pass {2}got \{"reward":0.25,.* expected \{"reward":0.25/m);
    expect(text).toMatch(/^(\d+) cases: \1 passed, 0 failed, 0 not implemented$/m);
  });

  test("fails with exit code 1, and names what differs", async () => {
    const { text, exitCode } = await run("economics", "check", caseFile("bad.csv", good, bad));
    expect(exitCode).toBe(1);
    expect(text).toContain("b  FAIL  got {\"attack_total\":\"2/3\"}  expected {\"attack_total\":\"3/4\"}  differing: attack_total\n");
    expect(text).toContain("2 cases: 1 passed, 1 failed, 0 not implemented\n");
  });

  test("counts kinds that are not implemented apart: exit code 1, or 0 with --allow-missing", async () => {
    const file = caseFile("missing.csv", good, unknown), strict = await run("economics", "check", file);
    expect(strict.exitCode).toBe(1);
    expect(strict.text).toContain("u  not implemented  kind no_such_kind\n");
    expect(strict.text).toContain("2 cases: 1 passed, 0 failed, 1 not implemented (exit code 1; --allow-missing lets them pass)\n");
    expect((await run("economics", "check", file, "--allow-missing")).exitCode).toBe(0);
    expect((await run("economics", "check", caseFile("both.csv", bad, unknown), "--allow-missing")).exitCode).toBe(1);
  });

  test("refuses a file that is not there, a folder, and what is no table of cases", async () => {
    for (const file of [join(folder, "none.csv"), folder, caseFile("odd.csv", "a,b")]) await expect(run("economics", "check", file)).rejects.toThrow(DataError);
  });
});

describe("plmm economics ladder", () => {
  test("prints the same numbers for the same seed, also with one agent", async () => {
    const { text } = await run("economics", "ladder", "--agents", "500");
    expect(text).toMatch(/stable share +0.70000 +0.70000 +0\.\d+ ± 0\.\d+/);
    expect((await run("economics", "ladder", "--agents", "500")).text).toBe(text);
    expect(JSON.parse((await run("economics", "ladder", "--agents", "1", "--json")).text)).toHaveLength(4);
  });

  test("refuses numbers of agents and seeds that are none", async () => {
    for (const flags of [["--agents", "0"], ["--agents", "x"], ["--agents", "1.5"], ["--seed", "-1"]]) await expect(run("economics", "ladder", ...flags)).rejects.toThrow(ConfigError);
  });
});

describe("plmm prices", () => {
  test("shows every price with its source", async () => {
    const { text } = await run("prices");
    expect(text).toMatch(/^gpt-5\.4-nano +0\.2 +0\.02 +1\.25 +2026-08-05 +published +simonw\/llm-prices/m);
    expect(text).toContain("electricity us-residential: 0.1872 USD per kWh");
    expect(JSON.parse((await run("prices", "--json")).text)).toMatchObject({ name: "2026-08", date: "2026-08-05" });
  });

  test("refuses a book that is not shipped", async () => {
    await expect(run("prices", "1999-01")).rejects.toThrow(ConfigError);
  });
});
