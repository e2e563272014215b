import { describe, expect, it } from "vitest";
import { captureCli } from "../captured-cli.test-data.js";

const cli = captureCli();


describe("plmm world", () => {
  it("shows what the world holds: areas with facts, drift and kinds", async () => {
    expect(await cli.exitCodeOf(..."world show".split(" "))).toBe(0);
    expect(cli.output).toMatch(/^finance +406 +\d+ +4\.0 % {2}80 bank: savings rate, /m);
  });

  it("shows a person with the sensitivity of each attribute", async () => {
    expect(await cli.exitCodeOf(..."world show --person 17".split(" "))).toBe(0);
    expect(cli.output).toMatch(/^Person 17, /);
    expect(cli.output).toMatch(/^allergy +\w+ +special +medicine$/m);
  });

  it("follows the config: another seed is another person", async () => {
    await cli.exitCodeOf(..."world show --person 17".split(" "));
    const first = cli.output;
    cli.output = "";
    expect(await cli.exitCodeOf(..."world show --person 17 -c world.seed=2".split(" "))).toBe(0);
    expect(cli.output).not.toBe(first);
  });

  it("lists facts as of a day", async () => {
    expect(await cli.exitCodeOf(..."world facts --area finance --n 400 --day 60".split(" "))).toBe(0);
    expect(cli.output.trim().split("\n")).toHaveLength(400);
    expect(cli.output).toMatch(/change 2, on day \d+\.\d/);
    expect(cli.output).toContain("(held out)");
  });

  it("lists questions with context, answer, secrets and what an expert is asked", async () => {
    expect(await cli.exitCodeOf(..."world queries --split test --kind mixed --n 10".split(" "))).toBe(0);
    expect(cli.output.match(/^\d+ mixed /gm)).toHaveLength(10);
    for (const word of ["context", "answer", "secrets", "facts", "consult", "note"]) expect(cli.output).toMatch(new RegExp(`^  ${word} `, "m"));
  });

  it("prints texts as a model reads them, and JSON with their sources", async () => {
    expect(await cli.exitCodeOf(..."world text --role personal --n 5".split(" "))).toBe(0);
    expect(cli.output.match(/^--- /gm)).toHaveLength(5);
    cli.output = "";
    expect(await cli.exitCodeOf(..."world text --role medicine --n 3 --from 7 --json".split(" "))).toBe(0);
    expect(JSON.parse(cli.output)).toHaveLength(3);
  });

  it.each(["world show --person -1", "world queries --n 1.5", "world text --from -3", "world facts --day -1", "world show --person x", "world show -c world.people=0"])("refuses: %s", async (line) => {
    expect(await cli.exitCodeOf(...line.split(" "))).toBe(2);
    expect(cli.errors).toMatch(/must be a whole number/);
  });
});
