import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot } from "../config/load-dataset.js";

const MAIN = join(packageRoot(), "dist", "src", "cli", "main.js"), isBuilt = existsSync(MAIN);
if (!isBuilt) process.stderr.write("plmm run is not tested: dist/ is not there. Run: npm run build\n");
const STUDY = ["run", join(packageRoot(), "configs", "quickstart.yaml"), "--no-report", "--reps", "2", "--threads", "2", "-c", "population.clients=1500", "-c", "records.keepFraction=1"];

describe.skipIf(!isBuilt)("plmm run", () => {
  let folder = "";
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "plmm-run-")); });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

  const plmm = (...words: string[]): { status: number | null; stdout: string; stderr: string } => spawnSync(process.execPath, [MAIN, ...words], { encoding: "utf8", cwd: folder });
  const digestOf = (text: string): string | undefined => /records sha256: ([0-9a-f]{64})/.exec(text)?.[1];
  const finishedCells = (out: string): number => existsSync(join(out, "cells")) ? readdirSync(join(out, "cells")).filter((name) => !name.startsWith(".")).length : 0;
  const untilCells = async (out: string, count: number, child: ChildProcess): Promise<void> => {
    while (finishedCells(out) < count && child.exitCode === null) await new Promise((resolve) => { setTimeout(resolve, 20); });
  };

  it("prints the same digest after kill -9 and resume as without, and keeps the cells that were finished", async () => {
    const whole = digestOf(plmm(...STUDY, "--out", join(folder, "whole")).stdout), out = join(folder, "killed");
    expect(whole).toBeDefined();
    const child = spawn(process.execPath, [MAIN, ...STUDY, "--out", out], { stdio: "ignore" });
    await untilCells(out, 2, child);
    child.kill("SIGKILL");
    await new Promise((resolve) => { child.once("close", resolve); });
    const kept = finishedCells(out);
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(8);
    const resumed = plmm("resume", out, "--no-report");
    expect(resumed.status).toBe(0);
    expect(resumed.stdout).toContain(`${kept} taken from`);
    expect(digestOf(resumed.stdout)).toBe(whole);
    expect(readdirSync(join(out, "cells")).filter((name) => name.startsWith("."))).toEqual([]);
  }, 120_000);

  it("stops at Ctrl-C with exit code 130 and says how to go on", async () => {
    const out = join(folder, "stopped"), child = spawn(process.execPath, [MAIN, ...STUDY, "--out", out], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => { text += chunk.toString(); });
    await untilCells(out, 1, child);
    child.kill("SIGINT");
    const code = await new Promise((resolve) => { child.once("close", resolve); });
    expect(code).toBe(130);
    expect(text).toContain(`plmm resume ${out}`);
  }, 120_000);

  it("refuses a faulty config with exit code 2, its place and a next step, and writes nothing", () => {
    const outcome = plmm(...STUDY, "-c", "population.clients=-3", "--out", join(folder, "none"));
    expect(outcome.status).toBe(2);
    expect(outcome.stderr).toMatch(/^ConfigError: population\.clients must .*; got -3 \(-c population\.clients=-3\)\.\n.+/);
    expect(outcome.stderr).not.toContain("    at ");
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("notes a cell that hits a limit, keeps the others and ends with exit code 1", () => {
    const out = join(folder, "limited");
    const outcome = plmm("run", join(packageRoot(), "configs", "minimal.yaml"), "--no-report", "--out", out, "-c", "sweep={simulation.limits.maxEvents: [600, 1000000000]}");
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("the run must finish within 600 events; got ");
    expect(finishedCells(out)).toBe(1);
  }, 60_000);
});
