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
    expect(plmm(...STUDY, "--shuffle-shards", "some", "--out", join(folder, "none"))).toMatchObject({ status: 2, stderr: expect.stringMatching(/^ConfigError: --shuffle-shards must be a whole number/) as string });
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("notes a cell that hits a limit, keeps the others and ends with exit code 1", () => {
    const out = join(folder, "limited");
    const outcome = plmm("run", join(packageRoot(), "configs", "minimal.yaml"), "--no-report", "--out", out, "-c", "sweep={simulation.limits.maxEvents: [600, 1000000000]}");
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("the run must finish within 600 events; got ");
    expect(finishedCells(out)).toBe(1);
  }, 60_000);

  const UNTIL = ["run", join(packageRoot(), "configs", "minimal.yaml"), "--no-report", "-c", "population.clients=40", "-c", "sweep.routing=[{kind: p-only}, {kind: cascade}]", "--until"];

  it("adds replications until a rule holds, the same on one thread, on two, and after a kill", async () => {
    const words = [...UNTIL, "rel_ci95(ttft.p50)<12%"], alone = plmm(...words, "--threads", "1", "--out", join(folder, "one"));
    expect(alone.status).toBe(0);
    expect(alone.stdout).toMatch(/\n(\d+) replications: rel_ci95\(ttft\.p50\) is 1?\d\.\d+% at [a-z-]+; precise enough\.\n/);
    const replications = Number(/(\d+) replications: .+ precise enough/.exec(alone.stdout)![1]);
    expect(replications).toBeGreaterThan(10);
    expect(finishedCells(join(folder, "one"))).toBe(2 * replications);
    const out = join(folder, "two"), child = spawn(process.execPath, [MAIN, ...words, "--threads", "2", "--out", out], { stdio: "ignore" });
    await untilCells(out, 12, child);
    child.kill("SIGKILL");
    await new Promise((resolve) => { child.once("close", resolve); });
    const resumed = plmm("resume", out, "--no-report", "--threads", "2");
    expect(resumed.status).toBe(0);
    expect(digestOf(resumed.stdout)).toBe(digestOf(alone.stdout));
    expect(resumed.stdout).toContain(`${replications} replications: `);
  }, 120_000);

  it("ends with 4 when the most replications are not enough, and with 2 for a rule that is not understood", () => {
    const out = join(folder, "most"), outcome = plmm(...UNTIL, "rel_ci95(ttft.p50)<0.01%", "--reps", "3", "--out", out);
    expect(outcome.status).toBe(4);
    expect(outcome.stdout).toContain("no more replications allowed");
    expect(finishedCells(out)).toBe(6);
    const faulty = plmm(...UNTIL, "rel_ci95(ttft.p59)<1%", "--out", join(folder, "faulty"));
    expect(faulty.status).toBe(2);
    expect(faulty.stderr).toBe('ConfigError: --until must name a metric; got "ttft.p59".\nDid you mean ttft.p50? All: plmm table all --format csv\n');
  }, 60_000);

  it("tells programs every cell's start and end as JSON lines", () => {
    const outcome = plmm("run", join(packageRoot(), "configs", "minimal.yaml"), "--no-report", "--json", "--out", join(folder, "events"), "-c", "sweep={simulation.limits.maxEvents: [600, 1000000000]}");
    const events = outcome.stdout.trim().split("\n").map((line) => JSON.parse(line) as { event: string; cellIndex?: number });
    expect(events[0]).toMatchObject({ event: "start", study: "minimal", replications: 1, until: null });
    expect(events.at(-1)).toMatchObject({ event: "end", cellCount: 2, doneCount: 1, failedCount: 1 });
    for (const [cellIndex, end] of [[0, "cell-failed"], [1, "cell-finished"]] as const) {
      expect(events.filter((event) => event.cellIndex === cellIndex).map(({ event }) => event)).toEqual(["cell-started", end]);
    }
    expect(existsSync(join(folder, "events", "running")) && readdirSync(join(folder, "events", "running")).length > 0).toBe(false);
  }, 60_000);
});
