/**
 * A sign of life of a process that runs cells: RUN/running/<host>~<pid>.json, rewritten every second by one rename and removed at the
 * end. Several machines may work on one run. A sign that is not renewed is of a process that was killed.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { runPaths } from "./result-store.js";
import type { StudyProgress } from "./study-progress.js";
import { isAlive } from "./write-cell.js";

/** What a running process says of itself. */
export interface Heartbeat extends StudyProgress {
  /** ISO 8601. */
  readonly startedAt: string;
  /** Cells in flight and the share of simulated time that they have behind them. */
  readonly cells: readonly { readonly label: string; readonly replication: number; readonly share: number }[];
  readonly host: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly writtenAt: string;
}

/** Renews this process's sign. A disk that refuses it stops nothing: the run itself says so when a cell cannot be stored. */
export function writeHeartbeat(run: string, state: Omit<Heartbeat, "host" | "pid" | "writtenAt">): void {
  const path = ownPath(run), heartbeat: Heartbeat = { ...state, host: hostname(), pid: process.pid, writtenAt: new Date().toISOString() };
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}~`, `${JSON.stringify(heartbeat)}\n`);
    renameSync(`${path}~`, path);
  } catch { /* The next second tries again. */ }
}

/** Takes this process's sign away, and with the last one their folder. */
export function removeHeartbeat(run: string): void {
  rmSync(ownPath(run), { force: true });
  try { rmdirSync(runPaths.running(run)); } catch { /* Others work on, or there never was one. */ }
}

/** Removes signs that killed processes of this machine left. */
export function sweepHeartbeats(run: string): void {
  const folder = runPaths.running(run);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [host, pid] = name.replace(/\.json~?$/, "").split("~");
    if (host === hostname() && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function ownPath(run: string): string { return join(runPaths.running(run), `${hostname()}~${process.pid}.json`); }
