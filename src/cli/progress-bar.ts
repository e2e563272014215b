/** Progress of a study on a terminal: one line with bar, rate and time left; elsewhere a line every few seconds; or JSON events. */
import type { CellEvent, StudyProgress } from "../run/study-progress.js";

/** How progress is shown. */
export type ProgressStyle = "bar" | "lines" | "json";

const BAR_WIDTH = 28;
const LINE_EVERY_MS = 5000;
const EVENT_EVERY_MS = 1000;
/** Below this share the time left is a guess without ground. */
const LEAST_SHARE = 0.01;

/** The style that fits where the output goes. */
export function chooseStyle(isJson: boolean): ProgressStyle {
  return isJson ? "json" : process.stderr.isTTY ? "bar" : "lines";
}

/** Share of the work that is done and the seconds left at the present rate; null when that cannot be told. */
export function estimateEnd({ cellCount, doneCount, failedCount, reusedCount, inFlight }: StudyProgress, elapsedS: number): { share: number; leftS: number | null } {
  const toDo = cellCount - reusedCount, share = toDo === 0 ? 1 : Math.min(1, (doneCount + failedCount + inFlight) / toDo);
  return { share, leftS: share > LEAST_SHARE ? (elapsedS / share) * (1 - share) : null };
}

/** A bar of blocks. */
export function drawBar(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  return "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
}

/** Shows progress on standard error, so that standard output holds results only; JSON events are results and go to standard output. */
export class ProgressBar {
  private readonly style: ProgressStyle;
  private startedAtMs: number = performance.now();
  private lastAtMs: number = performance.now();

  constructor(style: ProgressStyle) { this.style = style; }

  /** Shows the present state. */
  show(progress: StudyProgress): void {
    const nowMs = performance.now();
    if (this.style === "bar") {
      process.stderr.write(`\r${this.describe(progress, nowMs, true)}\u001b[K`);
      return;
    }
    if (nowMs - this.lastAtMs < (this.style === "json" ? EVENT_EVERY_MS : LINE_EVERY_MS)) return;
    this.lastAtMs = nowMs;
    const elapsedS = (nowMs - this.startedAtMs) / 1000;
    if (this.style === "json") this.tell({ event: "progress", ...progress, ...estimateEnd(progress, elapsedS), elapsedS });
    else process.stderr.write(`${this.describe(progress, nowMs, false)}\n`);
  }

  /** Tells what happened to a cell, as a JSON event only: for people the counts say enough. */
  showCell(event: CellEvent): void { this.tell(event); }

  /** Says a sentence at the end of a round of cells, and starts the clock of the next; programs get the event. */
  endRound(sentence: string, event: object): void {
    this.startedAtMs = performance.now();
    if (this.style === "json") this.tell(event);
    else process.stderr.write(`${this.style === "bar" ? "\r\u001b[K" : ""}${sentence}\n`);
  }

  /** Writes one JSON event, and nothing in the other styles. */
  tell(event: object): void { if (this.style === "json") process.stdout.write(`${JSON.stringify(event)}\n`); }

  /** Clears the line. */
  end(): void { if (this.style === "bar") process.stderr.write("\r\u001b[K"); }

  private describe(progress: StudyProgress, nowMs: number, hasBar: boolean): string {
    const { cellCount, doneCount, failedCount, reusedCount, events } = progress;
    const elapsedS = (nowMs - this.startedAtMs) / 1000, { share, leftS } = estimateEnd(progress, elapsedS);
    const failures = failedCount === 0 ? "" : `  ${failedCount} failed`;
    return `${hasBar ? `${drawBar(share)} ` : ""}${(share * 100).toFixed(0).padStart(3)}%  ${doneCount + reusedCount}/${cellCount} cells  ${(events / elapsedS / 1e6).toFixed(2)}M events/s  `
      + `${leftS === null ? "" : `${formatSeconds(leftS)} left`}${failures}`;
  }
}

/** A duration for people: "48 s", "3 min 20 s". */
export function formatSeconds(s: number): string {
  return s < 100 ? `${s.toFixed(s < 10 ? 1 : 0)} s` : `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
}
