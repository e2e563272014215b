/** plmm status --watch: the state of a run on the terminal until it has ended. */
import { hasEnded, type RunState, shareOf } from "../report/run-state.js";
import { RunWatch } from "../run/watch-run.js";
import { drawBar, formatSeconds } from "./progress-bar.js";

const TERMINAL_MS = 1000;
const LINE_MS = 5000;
/** A run with --until stands still for a moment between its rounds: the end is believed at the second look. */
const CONFIRM_MS = 1000;

/** Shows the state again and again; on a terminal in place, elsewhere as a line. Ends with the run, or with Ctrl-C. */
export async function watchStatus(folder: string, isJson: boolean): Promise<void> {
  const watch = new RunWatch(folder), isTerminal = process.stdout.isTTY && !isJson;
  let shownLines = 0, wasEnded = false;
  for (;;) {
    const state = watch.look(), isEnded = hasEnded(state);
    if (isEnded && !wasEnded) {
      wasEnded = true;
      await new Promise((resolve) => { setTimeout(resolve, CONFIRM_MS); });
      continue;
    }
    wasEnded = isEnded;
    const text = isJson ? JSON.stringify(state) : isTerminal ? renderState(state) : renderLine(state);
    process.stdout.write(`${shownLines > 0 ? `\u001b[${shownLines}F\u001b[J` : ""}${text}\n`);
    shownLines = isTerminal ? text.split("\n").length : 0;
    if (isEnded) return;
    await new Promise((resolve) => { setTimeout(resolve, isTerminal ? TERMINAL_MS : LINE_MS); });
  }
}

/** Everything about a run on a few lines. */
export function renderState(state: RunState): string {
  return [
    renderLine(state), drawBar(shareOf(state)),
    ...state.running.map(({ label, replication, share }) => `  ${(share * 100).toFixed(0).padStart(3)}%  ${label}, replication ${replication}`),
    ...state.failures.map(({ label, replication, message }) => `  failed: ${label}, replication ${replication}: ${message}`),
  ].join("\n");
}

/** A run on one line. */
export function renderLine(state: RunState): string {
  const { folder, planned, finished, failed, workers, leftS } = state;
  const end = hasEnded(state) ? "ended" : workers === 0 ? `no process works on it; go on with: plmm resume ${folder}`
    : `${workers} ${workers === 1 ? "process" : "processes"}  ${leftS === null ? "time left not known yet" : `${formatSeconds(leftS)} left`}`;
  return `${folder}: ${Math.floor(shareOf(state) * 100)}%  ${finished}/${planned} cells  ${failed > 0 ? `${failed} failed  ` : ""}${end}`;
}
