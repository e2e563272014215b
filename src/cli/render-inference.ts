/** The benchmark of inference as a table for people. */
import { renderRows } from "../report/render-rows.js";
import { COMPARISONS, type InferenceFindings, type InferenceRow } from "../run/measure-inference.js";

const COLUMNS: readonly string[] = ["model", "threads", "step", "first", "tokens/s", "second", "tokens/s", "time %", "from", "to", "CPU time %", "CPU from", "CPU to", "blocks"];

/** Pairs measured in turns. Time of the first above that of the second: the median over blocks, with its 95% interval. */
export function renderInference({ rows, overhead, blocks }: InferenceFindings): string {
  const [estimate, low, high] = percentages(overhead), table = `Inference: models of the shipped family in float16, first and second in turns; how much more time the first takes\n${renderRows(COLUMNS, rows.map((row) => [
    row.member, row.threads, row.step, COMPARISONS[row.comparison][0], Math.round(row.tokensPerS), COMPARISONS[row.comparison][1], Math.round(row.otherTokensPerS),
    ...percentages(row.excess), ...percentages(row.cpuExcess), row.blocks,
  ]), "text")}`;
  return `${table}\nOverhead of plmm above node-llama-cpp in answers, all of these files and threads: ${estimate}% (95%: ${low} to ${high}%, ${blocks} blocks)`;
}

function percentages({ estimate, low, high }: InferenceRow["excess"]): number[] { return [estimate, low, high].map((share) => Number((100 * share).toFixed(2))); }
