/** Progress of a study on a terminal: one line with bar, rate and time left; elsewhere a line every few seconds; or JSON events. */
import type { StudyProgress } from "../run/run-study.js";

/** How progress is shown. */
export type ProgressStyle = "bar" | "lines" | "json";

const BAR_WIDTH = 28;
const LINE_EVERY_MS = 5000;

/** The style that fits where the output goes. */
export function chooseStyle(isJson: boolean): ProgressStyle {
  return isJson ? "json" : process.stderr.isTTY ? "bar" : "lines";
}

/** Shows progress on standard error, so that standard output holds results only. */
export class ProgressBar {
  private readonly style: ProgressStyle;
  private readonly startedAtMs: number = performance.now();
  private lastLineAtMs: number = performance.now();

  constructor(style: ProgressStyle) { this.style = style; }

  /** Shows the present state. */
  show(progress: StudyProgress): void {
    const nowMs = performance.now();
    if (this.style === "bar") {
      process.stderr.write(`\r${this.describe(progress, nowMs, true)}\u001b[K`);
      return;
    }
    if (nowMs - this.lastLineAtMs < LINE_EVERY_MS) return;
    this.lastLineAtMs = nowMs;
    process.stderr.write(this.style === "json" ? `${JSON.stringify({ event: "progress", ...progress })}\n` : `${this.describe(progress, nowMs, false)}\n`);
  }

  /** Leaves the last state standing. */
  end(): void { if (this.style === "bar") process.stderr.write("\r\u001b[K"); }

  private describe(progress: StudyProgress, nowMs: number, hasBar: boolean): string {
    const { cellCount, doneCount, failedCount, reusedCount, inFlight, events } = progress;
    const toDo = cellCount - reusedCount, share = toDo === 0 ? 1 : Math.min(1, (doneCount + failedCount + inFlight) / toDo);
    const elapsedS = (nowMs - this.startedAtMs) / 1000, leftS = share > 0.01 ? (elapsedS / share) * (1 - share) : NaN;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = hasBar ? `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)} ` : "";
    const failures = failedCount === 0 ? "" : `  ${failedCount} failed`;
    return `${bar}${(share * 100).toFixed(0).padStart(3)}%  ${doneCount + reusedCount}/${cellCount} cells  ${(events / elapsedS / 1e6).toFixed(2)}M events/s  `
      + `${Number.isNaN(leftS) ? "" : `${formatSeconds(leftS)} left`}${failures}`;
  }
}

/** A duration for people: "48 s", "3 min 20 s". */
export function formatSeconds(s: number): string {
  return s < 100 ? `${s.toFixed(s < 10 ? 1 : 0)} s` : `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
}
