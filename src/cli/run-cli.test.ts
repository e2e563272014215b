import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadPackageVersion, packageRoot } from "../config/load-dataset.js";
import { COMMANDS, nameOf } from "./command-list.js";
import { captureCli } from "./captured-cli.test-data.js";

const cli = captureCli();

const MINIMAL = join(packageRoot(), "configs", "minimal.yaml");

describe("plmm", () => {
  it.each([[[]], [["--help"]]])("prints its help for %j", async (args) => {
    expect(await cli.exitCodeOf(...args)).toBe(0);
    expect(cli.output).toContain("Exit codes:");
    expect(cli.output).toMatch(/plmm config +Show, check, compare and explain configs/);
  });

  it.each(COMMANDS.map((listed) => [nameOf(listed.command), listed] as const))("lists %s as its own file does", async (_name, { command, describe: description, load }) => {
    expect((await load()).command).toMatchObject({ command, describe: description });
  });

  it.each(COMMANDS.map(({ command, describe: description }) => [nameOf(command), description]))("prints the help of %s, with its description", async (name, description) => {
    expect(await cli.exitCodeOf(name, "--help")).toBe(0);
    expect(cli.output).toMatch(new RegExp(`^plmm ${name}\\b`));
    expect(cli.output.replaceAll(/\s+/g, " ")).toContain(description);
  });

  it("lists every command in commands/", () => {
    const folder = join(packageRoot(), "src", "cli", "commands");
    const files = readdirSync(folder).filter((file) => readFileSync(join(folder, file), "utf8").includes("export const command"));
    expect(COMMANDS.map(({ command }) => `${nameOf(command)}.ts`).sort()).toEqual(files.sort());
  });

  it("prints the version of the package", async () => {
    expect(await cli.exitCodeOf("--version")).toBe(0);
    expect(cli.output.trim()).toBe(loadPackageVersion());
  });

  it.each([
    ["an unknown command", ["frobnicate"]], ["an unknown flag", ["config", "show", MINIMAL, "--foo"]], ["a missing argument", ["config", "show"]],
    ["a missing subcommand", ["config"]], ["an unknown subcommand", ["config", "shw"]],
    ["a value given twice", ["world", "queries", "--n", "1", "--n", "2"]],
  ])("ends with 2 and two lines for %s", async (_name, args) => {
    expect(await cli.exitCodeOf(...args)).toBe(2);
    expect(cli.errors).toMatch(/^plmm: .+\nSee: plmm --help\n$/);
  });

  it("prints a faulty config as its two lines, without a stack, and ends with 2", async () => {
    expect(await cli.exitCodeOf("config", "validate", MINIMAL, "-c", "population.patienceS=4 W")).toBe(2);
    expect(cli.errors).toMatch(/^ConfigError: population\.patienceS must be a time .+; got "4 W" \(-c population\.patienceS=4 W\)\.\nW is a unit of power.+\n$/);
  });
});

describe("plmm config", () => {
  it("shows the effective config with changes, from flags before and after the file", async () => {
    expect(await cli.exitCodeOf("config", "show", "-c", "seed=7", MINIMAL, "-c", "simulation.horizonS=40 min", "--json")).toBe(0);
    expect(JSON.parse(cli.output)).toMatchObject({ name: "minimal", seed: 7, simulation: { horizonS: 2400 }, routing: { kind: "cascade" } });
  });

  it("keeps text that looks like a number as it is written", async () => {
    await cli.exitCodeOf("config", "show", MINIMAL, "-c", "description='007'", "--json");
    expect(JSON.parse(cli.output)).toMatchObject({ description: "007" });
  });

  it("validates and counts cells", async () => {
    expect(await cli.exitCodeOf("config", "validate", join(packageRoot(), "configs", "quickstart.yaml"))).toBe(0);
    expect(cli.output).toContain("8 variants x 10 replications = 80 cells");
  });

  it("counts conditions as one more axis and names them first", async () => {
    expect(await cli.exitCodeOf("config", "validate", MINIMAL, "-c", "conditions={normal: {}, heat: {devices: {maxHeat: 0.5}}}", "-c", "sweep.routing=[{kind: p-only}, {kind: cascade}]")).toBe(0);
    expect(cli.output).toContain("4 variants x 1 replication = 4 cells\n  normal, p-only\n  normal, cascade\n  heat, p-only\n  heat, cascade\n");
  });

  it("counts cells of the design that the flags name", async () => {
    const axes = ["-c", "sweep.population.patienceS=[4, 8]", "-c", "sweep.network.relayDelayS=[0.001, 0.01]"];
    for (const [flags, variants] of [[[], 4], [["--zip"], 2], [["--lhs", "5"], 5]] as const) {
      expect(await cli.exitCodeOf("config", "validate", MINIMAL, ...axes, ...flags)).toBe(0);
      expect(cli.output).toContain(`${variants} variants x`);
    }
  });

  it("shows and compares conditions", async () => {
    await cli.exitCodeOf("config", "show", MINIMAL, "-c", "conditions.heat.devices.maxHeat=0.5", "--json");
    expect(JSON.parse(cli.output)).toMatchObject({ conditions: { heat: { devices: { maxHeat: 0.5 } } } });
    cli.output = "";
    await cli.exitCodeOf("config", "diff", MINIMAL, MINIMAL, "-c", "conditions.heat.devices.maxHeat=0.5");
    expect(cli.output).toBe('conditions.heat: (absent) -> {"devices":{"maxHeat":0.5}}\n');
  });

  it("lists the differences of two configs", async () => {
    expect(await cli.exitCodeOf("config", "diff", MINIMAL, MINIMAL, "-c", "routing={kind: p-only}")).toBe(0);
    expect(cli.output).toBe('routing.kind: "cascade" -> "p-only"\nrouting.threshold: 0.7 -> (absent)\n');
  });

  it("explains a key, and prints the schema", async () => {
    await cli.exitCodeOf("config", "explain", "routing.deadlineS");
    expect(cli.output).toContain("default   4");
    cli.output = "";
    await cli.exitCodeOf("config", "schema");
    expect(JSON.parse(cli.output)).toMatchObject({ title: "plmm study" });
  });
});
