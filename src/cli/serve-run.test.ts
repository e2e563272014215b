import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { packageRoot } from "../config/load-dataset.js";
import { ConfigError } from "../core/errors.js";
import { sampleCells } from "../report/sample-findings.test-data.js";
import { makeCell, studyOf } from "../run/sample-cells.test-data.js";
import { RunWatch } from "../run/watch-run.js";
import { writeCell, writeFailure, writeStudy } from "../run/write-cell.js";
import { removeHeartbeat, writeHeartbeat } from "../run/write-heartbeat.js";
import { browsePage, CHROMIUM } from "./browse-page.test-data.js";
import { type RunServer, startRunServer } from "./serve-run.js";
import { renderLine, renderState, watchStatus } from "./watch-status.js";

const cells = sampleCells(2).map((sample, cellIndex) => ({ ...makeCell(sample.label, sample.replication, {}), ...sample, cellIndex }));
const MAIN = join(packageRoot(), "dist", "src", "cli", "main.js"), isBuilt = existsSync(MAIN);
if (CHROMIUM === undefined) process.stderr.write("The live page is not tested in a browser: no Chromium. Install one, or name it in PLMM_CHROMIUM.\n");
let folder: string, run: string, server: RunServer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plmm-serve-"));
  run = join(folder, "run");
  writeStudy(run, studyOf(cells));
  for (const cell of cells.slice(0, 4)) writeCell(run, cell);
  const { cellKey, cellIndex, label, axes, seed, replication } = cells[5]!;
  writeFailure(run, { cellKey, cellIndex, label, axes, seed, replication, message: "events must end; got 5.\nRaise limits.", failedAt: "2026-08-05T10:00:00Z" });
  writeHeartbeat(run, {
    cellCount: 10, doneCount: 4, failedCount: 1, reusedCount: 0, inFlight: 0.5, events: 1000, startedAt: new Date(Date.now() - 11_000).toISOString(),
    cells: [{ label: cells[4]!.label, replication: 0, share: 0.5 }],
  });
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

interface StreamEvent { readonly name: string; readonly value: Record<string, unknown> }

/** Reads server-sent events until one satisfies the test, within some seconds. */
async function eventWhere(url: string, isWanted: (event: StreamEvent) => boolean, onFirst: () => void = () => undefined): Promise<StreamEvent> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) }), decoder = new TextDecoder();
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  let text = "", isFirst = true;
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const match = /^event: (.*)\ndata: (.*)$/.exec(block);
      if (match === null) continue;
      if (isFirst) onFirst();
      isFirst = false;
      const event = { name: match[1]!, value: JSON.parse(match[2]!) as Record<string, unknown> };
      if (isWanted(event)) return event;
    }
  }
  throw new Error("the stream ended");
}

/** Status of a request that names another host. */
function statusFor(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => { response.resume(); resolve(response.statusCode!); }).on("error", reject).end();
  });
}

describe("a run in progress", () => {
  it("is counted from its folder and the signs of life of its processes", () => {
    const state = new RunWatch(run).look();
    expect(state).toMatchObject({ planned: 10, finished: 4, failed: 1, inFlight: 0.5, workers: 1, events: 1000, running: [{ share: 0.5 }] });
    // 5.5 cells in 11 s, 4.5 left.
    expect(state.leftS).toBeGreaterThan(8.9);
    expect(state.leftS).toBeLessThan(10);
    expect(renderLine(state)).toMatch(/run: 55% {2}4\/10 cells {2}1 failed {2}1 process {2}(9|10)(\.\d)? s left$/);
    expect(renderState(state)).toContain("events must end; got 5.");
  });

  it("has no process when the sign is of one that was killed", () => {
    removeHeartbeat(run);
    expect(new RunWatch(run).look()).toMatchObject({ workers: 0, inFlight: 0, leftS: null });
    writeHeartbeat(run, { cellCount: 10, doneCount: 0, failedCount: 0, reusedCount: 0, inFlight: 0, events: 0, startedAt: new Date().toISOString(), cells: [] });
    const sign = (host: string, pid: number, ageMs: number): void => {
      writeFileSync(join(run, "running", `${host}~${pid}.json`), JSON.stringify({
        host, pid, writtenAt: new Date(Date.now() - ageMs).toISOString(), startedAt: new Date().toISOString(), doneCount: 0, failedCount: 0, inFlight: 0, events: 0, cells: [],
      }));
    };
    sign(hostname(), 4_194_305, 0);
    sign("elsewhere", 7, 1000);
    sign("elsewhere", 8, 60_000);
    expect(new RunWatch(run).look().workers).toBe(2);
    expect(renderLine({ ...new RunWatch(run).look(), workers: 0 })).toContain(`plmm resume ${run}`);
  });
});

describe("plmm status --watch", () => {
  it("tells each look until every cell has ended and no process works on the run", async () => {
    let output = "";
    const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      output += String(text);
      for (const cell of cells.filter((_, i) => i !== 5)) writeCell(run, cell);
      removeHeartbeat(run);
      return true;
    });
    try { await watchStatus(run, true); } finally { spy.mockRestore(); }
    const looks = output.trim().split("\n").map((line) => JSON.parse(line) as object);
    expect(looks).toHaveLength(2);
    expect(looks[0]).toMatchObject({ finished: 4, failed: 1, workers: 1 });
    expect(looks[1]).toMatchObject({ finished: 9, failed: 1, workers: 0, running: [] });
  });
});

describe("the live page", () => {
  it("is whole in itself, and its rules allow its own script and its own server alone", async () => {
    server = await startRunServer(new RunWatch(run), "127.0.0.1", 0);
    const response = await fetch(server.url), page = await response.text(), policy = response.headers.get("content-security-policy")!;
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]!);
    expect(scripts).toHaveLength(1);
    expect(policy).toContain(`script-src 'sha256-${createHash("sha256").update(scripts[0]!).digest("base64")}'`);
    expect(policy).toContain("default-src 'none'");
    expect(page).not.toMatch(/(?:src|href)="(?!#|data:|report"|state\.json")/);
    const ids = new Set([...page.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1]!));
    for (const match of scripts[0]!.matchAll(/byId\("([^"]+)"\)/g)) expect(ids, match[1]).toContain(match[1]);
  });

  it("gets state and answers, and again when a cell has finished", async () => {
    server = await startRunServer(new RunWatch(run), "127.0.0.1", 0);
    const events = `${server.url}events`;
    expect((await eventWhere(events, ({ name }) => name === "state")).value).toMatchObject({ planned: 10, finished: 4, failed: 1 });
    const results = await eventWhere(events, ({ name }) => name === "results");
    expect(results.value["finished"]).toBe(4);
    expect(results.value["table"]).toContain("How fast?");
    expect(results.value["figures"]).toContain("<svg ");
    const later = await eventWhere(events, ({ name, value }) => name === "results" && value["finished"] === 5, () => { writeCell(run, cells[6]!); });
    expect(later.value["table"]).toContain(cells[6]!.label.split(",")[0]!);
  });

  it("serves the state and the whole report, and refuses what it is not for", async () => {
    server = await startRunServer(new RunWatch(run), "127.0.0.1", 0);
    expect(await (await fetch(`${server.url}state.json`)).json()).toMatchObject({ planned: 10, finished: 4 });
    expect(await (await fetch(`${server.url}report`)).text()).toContain("<h2 id=\"h-provenance\">");
    expect((await fetch(`${server.url}elsewhere`)).status).toBe(404);
    expect((await fetch(server.url, { method: "POST" })).status).toBe(405);
    expect(await statusFor(server.url, "pages.example:80")).toBe(403);
    expect(await statusFor(server.url, "localhost:1")).toBe(200);
    await expect(startRunServer(new RunWatch(run), "127.0.0.1", Number(new URL(server.url).port))).rejects.toThrow(ConfigError);
  });

  it("ends open streams when it closes", async () => {
    server = await startRunServer(new RunWatch(run), "127.0.0.1", 0);
    const response = await fetch(`${server.url}events`), reader = response.body!.getReader();
    await reader.read();
    await server.close();
    const drain = async (): Promise<void> => { while (!(await reader.read()).done) { /* What was sent before the end. */ } };
    await drain().catch(() => undefined);
    await expect(fetch(server.url)).rejects.toThrow();
    server = undefined;
  });

  it.skipIf(CHROMIUM === undefined)("shows progress and answers in a real browser, follows the run, and says when the server has gone", async () => {
    server = await startRunServer(new RunWatch(run), "127.0.0.1", 0);
    const page = await browsePage(CHROMIUM!, server.url, join(folder, "profile"));
    try {
      await page.until("document.getElementById('line').textContent.startsWith('55% \u00b7 5 of 10 cells \u00b7 1 failed \u00b7 1 process')");
      await page.until("document.querySelectorAll('#figures svg').length >= 4 && document.querySelectorAll('#answers tbody tr').length > 15");
      expect(await page.evaluate("document.getElementById('failures').innerText")).toContain("events must end; got 5.");
      expect(await page.evaluate("document.getElementById('bar').value")).toBeCloseTo(0.55, 10);
      writeCell(run, cells[6]!);
      await page.until("document.getElementById('so-far').textContent === '5 finished cells'");
      expect(page.complaints).toEqual([]);
      await server.close();
      server = undefined;
      await page.until("!document.getElementById('lost').hidden && document.getElementById('lost').textContent.includes('No connection')");
    } finally {
      await page.close();
    }
  }, 90_000);

  it.skipIf(!isBuilt)("runs as a command until Ctrl-C, with exit code 0", async () => {
    const child = spawn(process.execPath, [MAIN, "serve", run, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    const url = await new Promise<string>((resolve) => { child.stdout.once("data", (chunk: Buffer) => { resolve(chunk.toString().split("\n")[0]!); }); });
    expect((await fetch(`${url}state.json`)).status).toBe(200);
    const stream = await fetch(`${url}events`);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => { child.once("close", resolve); })).toBe(0);
    await stream.body?.cancel().catch(() => undefined);
  });
});
