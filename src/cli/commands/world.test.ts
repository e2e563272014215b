import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "../run-cli.js";

let output = "", errors = "";

beforeEach(() => {
  output = "";
  errors = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => { output += String(text); return true; });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => { errors += String(text); return true; });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function run(line: string): Promise<number> {
  process.exitCode = 0;
  await runCli(line.split(" "));
  return Number(process.exitCode);
}

describe("plmm world", () => {
  it("shows what the world holds: areas with facts, drift and kinds", async () => {
    expect(await run("world show")).toBe(0);
    expect(output).toMatch(/^finance +406 +\d+ +4\.0 % {2}80 bank: savings rate, /m);
  });

  it("shows a person with the sensitivity of each attribute", async () => {
    expect(await run("world show --person 17")).toBe(0);
    expect(output).toMatch(/^Person 17, /);
    expect(output).toMatch(/^allergy +\w+ +special +medicine$/m);
  });

  it("follows the config: another seed is another person", async () => {
    await run("world show --person 17");
    const first = output;
    output = "";
    expect(await run("world show --person 17 -c world.seed=2")).toBe(0);
    expect(output).not.toBe(first);
  });

  it("lists facts as of a day", async () => {
    expect(await run("world facts --area finance --n 400 --day 60")).toBe(0);
    expect(output.trim().split("\n")).toHaveLength(400);
    expect(output).toMatch(/change 2, on day \d+\.\d/);
    expect(output).toContain("(held out)");
  });

  it("lists questions with context, answer, secrets and what an expert is asked", async () => {
    expect(await run("world queries --split test --kind mixed --n 10")).toBe(0);
    expect(output.match(/^\d+ mixed /gm)).toHaveLength(10);
    for (const word of ["context", "answer", "secrets", "facts", "consult", "note"]) expect(output).toMatch(new RegExp(`^  ${word} `, "m"));
  });

  it("prints texts as a model reads them, and JSON with their sources", async () => {
    expect(await run("world text --role personal --n 5")).toBe(0);
    expect(output.match(/^--- /gm)).toHaveLength(5);
    output = "";
    expect(await run("world text --role medicine --n 3 --from 7 --json")).toBe(0);
    expect(JSON.parse(output)).toHaveLength(3);
  });

  it.each(["world show --person -1", "world queries --n 1.5", "world text --from -3", "world facts --day -1", "world show --person x", "world show -c world.people=0"])("refuses: %s", async (line) => {
    expect(await run(line)).toBe(2);
    expect(errors).toMatch(/must be a whole number/);
  });
});
