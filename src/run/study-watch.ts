/**
 * Keeps count of a study in flight: passes the wish to stop on to its cells, tells listeners how far it is, and leaves the same for
 * other processes in RUN/running/, where `plmm status --watch` and `plmm serve` read it.
 */
import type { Cell } from "../config/plan.js";
import { PlmmError } from "../core/errors.js";
import type { RunControl } from "./participate.js";
import type { StoredOutcome } from "./run-cell.js";
import type { CellEvent, StudyProgress } from "./study-progress.js";
import { removeHeartbeat, writeHeartbeat } from "./write-heartbeat.js";
import { writeFailure } from "./write-cell.js";

/** What a watch is for: the part of a study's task that it reads. */
export interface WatchedTask {
  readonly out: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StudyProgress) => void;
  readonly onCell?: (event: CellEvent) => void;
}

interface FollowedCell { readonly cell: Cell; readonly horizonUs: number; isStarted: boolean }

const PROGRESS_MS = 250;
const HEARTBEAT_TICKS = 4;

/** Counts of one study on this process. Close it at the end. */
export class StudyWatch {
  readonly failures: { label: string; replication: number; message: string }[] = [];
  private readonly controls = new Map<RunControl, FollowedCell>();
  private readonly task: WatchedTask;
  private readonly cellCount: number;
  private readonly reusedCount: number;
  private readonly timer: NodeJS.Timeout;
  private readonly startedAt: string = new Date().toISOString();
  private doneCount = 0;
  private endedEvents = 0;
  private ticks = 0;

  constructor(task: WatchedTask, cellCount: number, reusedCount: number) {
    this.task = task;
    this.cellCount = cellCount;
    this.reusedCount = reusedCount;
    this.timer = setInterval(() => { this.tick(); }, PROGRESS_MS);
    this.timer.unref();
    task.signal?.addEventListener("abort", () => { for (const control of this.controls.keys()) Atomics.store(control.stop, 0, 1); });
  }

  /** Runs one cell, noting its end or its failure. */
  async follow(cell: Cell, cellKey: string, control: RunControl, run: () => Promise<StoredOutcome>): Promise<void> {
    if (this.task.signal?.aborted === true) Atomics.store(control.stop, 0, 1);
    const followed: FollowedCell = { cell, horizonUs: cell.scenario.simulation.horizonS * 1e6, isStarted: false };
    this.controls.set(control, followed);
    try {
      const { manifest, events } = await run();
      this.endedEvents += events;
      if (manifest === undefined) return;
      this.doneCount++;
      this.tellStart(followed);
      const { wallS, cpuS, recordsSha256 } = manifest;
      this.task.onCell?.({ event: "cell-finished", ...identify(cell), wallS, cpuS, recordsSha256 });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.noteFailure(followed, cellKey, error);
    } finally {
      this.controls.delete(control);
    }
  }

  /** The state at this moment. */
  progress(): StudyProgress {
    let inFlight = 0, events = this.endedEvents;
    for (const [control, { horizonUs }] of this.controls) {
      inFlight += Math.min(1, control.progress[0]! / horizonUs);
      events += control.progress[1]!;
    }
    return { cellCount: this.cellCount, doneCount: this.doneCount, failedCount: this.failures.length, reusedCount: this.reusedCount, inFlight, events };
  }

  /** Ends the reports, the last one given. */
  close(): void {
    clearInterval(this.timer);
    removeHeartbeat(this.task.out);
    this.task.onProgress?.(this.progress());
  }

  private tick(): void {
    for (const [control, followed] of this.controls) if (control.progress[1]! > 0) this.tellStart(followed);
    this.task.onProgress?.(this.progress());
    if (this.ticks++ % HEARTBEAT_TICKS !== 0) return;
    const cells = [...this.controls].filter(([, { isStarted }]) => isStarted)
      .map(([control, { cell, horizonUs }]) => ({ label: cell.label, replication: cell.replication, share: Math.min(1, control.progress[0]! / horizonUs) }));
    writeHeartbeat(this.task.out, { ...this.progress(), startedAt: this.startedAt, cells });
  }

  private tellStart(followed: FollowedCell): void {
    if (followed.isStarted) return;
    followed.isStarted = true;
    this.task.onCell?.({ event: "cell-started", ...identify(followed.cell) });
  }

  private noteFailure(followed: FollowedCell, cellKey: string, error: Error): void {
    const { scenario: _, ...identity } = followed.cell, message = error instanceof PlmmError ? `${error.name}: ${error.message}` : error.message;
    this.tellStart(followed);
    this.failures.push({ label: identity.label, replication: identity.replication, message });
    writeFailure(this.task.out, { ...identity, cellKey, message, failedAt: new Date().toISOString() });
    this.task.onCell?.({ event: "cell-failed", ...identify(followed.cell), message });
  }
}

function identify({ cellIndex, label, seed, replication }: Cell): Pick<Cell, "cellIndex" | "label" | "seed" | "replication"> {
  return { cellIndex, label, seed, replication };
}
