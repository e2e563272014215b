/** The benchmark of inference as a table for people. */
import { renderRows } from "../report/render-rows.js";
import type { InferenceRow } from "../run/measure-inference.js";

const COLUMNS: readonly string[] = [
  "weights", "kind", "threads", "step", "plmm tokens/s", "node-llama-cpp tokens/s", "overhead %", "from", "to", "CPU overhead %", "CPU from", "CPU to", "pairs",
];

/** Inference beside the same engine used directly. Overhead is the median over pairs of runs, with its 95% interval. */
export function renderInference(rows: readonly InferenceRow[]): string {
  return `Inference: random-weight models, plmm and node-llama-cpp alone in turns\n${renderRows(COLUMNS, rows.map((row) => [
    row.parameters, row.kind, row.threads, row.step, round(row.tokensPerS, 1), round(row.directTokensPerS, 1),
    ...percentages(row.overhead), ...percentages(row.cpuOverhead), row.pairs,
  ]), "text")}`;
}

function percentages({ estimate, low, high }: InferenceRow["overhead"]): number[] { return [estimate, low, high].map((share) => round(100 * share, 2)); }

function round(value: number, digits: number): number { return Number(value.toFixed(digits)); }
