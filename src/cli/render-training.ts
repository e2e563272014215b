/** The training benchmark as a table for people. */
import { renderRows } from "../report/render-rows.js";
import type { TrainingRow } from "../run/measure-training.js";

const MILLION = 1e6;

/** Training at each size, with the gain over TensorFlow.js by processor time of one thread and that of more threads by the clock. */
export function renderTraining(rows: readonly TrainingRow[]): string {
  const columns = ["weights", "variant", "threads", "tokens/s", "tokens/CPU s", "GFLOP/s", "GFLOP/CPU s", "peak RSS MB", "x tfjs-wasm (CPU)", "x one thread", "first loss"];
  return `Training: a whole step with AdamW, the fastest of some; products: two matrices of 1024 x 1024\n${renderRows(columns, rows.map((row) => {
    const sameSize = rows.filter(({ parameters }) => parameters === row.parameters), reference = sameSize.find(({ variant }) => variant === "tfjs-wasm");
    const alone = sameSize.find(({ variant, threads }) => variant === row.variant && threads === 1)!;
    return [
      row.parameters || null, row.variant, row.threads, Math.round(row.tokensPerS) || null, Math.round(row.tokensPerCpuS) || null, round(row.gflopPerS, 1), round(row.gflopPerCpuS, 1),
      Math.round(row.peakRssBytes / MILLION), reference === undefined || row.threads > 1 ? null : round(row.tokensPerCpuS / reference.tokensPerCpuS, 1),
      round(row.gflopPerS / alone.gflopPerS, 2), row.firstLoss === 0 ? null : round(row.firstLoss, 4),
    ];
  }), "text")}`;
}

function round(value: number, digits: number): number { return Number(value.toFixed(digits)); }
