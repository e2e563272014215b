/** Experiment 01: which models fit on which devices, how fast, at which energy, and which are interactive? */
import { availableParallelism } from "node:os";
import {
  findModelCard, INTERACTIVE_RULE, listSustained, loadDeviceCatalogue, loadRealModelPlans, makeDeviceFigures, makeRealModelFigure, measureRealModels, publishTables, readExperimentForm, renderDeviceCases, renderLargestInteractive, renderRealModels,
  summarizeDeviceCases, tabulateDevices, writeSmallFindings,
} from "../../src/index.js";

const MODELS = ["smollm2-135m", "smollm2-360m", "qwen3-0.6b", "llama-3.2-1b", "qwen3-1.7b", "gemma-2-2b", "llama-3.2-3b", "qwen3-4b", "llama-3.1-8b"] as const;
const SMALL_MODELS = ["smollm2-360m", "llama-3.2-1b", "llama-3.1-8b"] as const;

const { isSmall, out } = readExperimentForm(), catalogue = loadDeviceCatalogue();
const cases = tabulateDevices(catalogue, (isSmall ? SMALL_MODELS : MODELS).map(findModelCard), isSmall ? ["Q4_K_M"] : ["Q4_K_M", "Q8_0", "F16"]);
const summary = summarizeDeviceCases(cases, INTERACTIVE_RULE.mostFirstTokenS, INTERACTIVE_RULE.leastTokensPerS);

const plans = loadRealModelPlans(), say = (line: string): void => { process.stderr.write(`${line}\n`); };

if (isSmall) {
  const [smallest] = plans, rows = measureRealModels([{ ...smallest!, quants: ["Q8_0"] }], [1], say);
  const real = Object.fromEntries(rows.map((row) => [`${row.name} ${row.quant} on ${row.runtime}`, {
    fileBytes: row.fileBytes, predictedBytes: row.predictedBytes, isMeasured: row.decodeTokensPerS > 0 && row.prefillTokensPerS > 0, isPredictedWithinTwice: Math.abs(Math.log2(row.predictedBytes / row.peakBytes)) < 1,
  }]));
  writeSmallFindings(out, { ...summary, real });
} else {
  const largest = renderLargestInteractive(cases), curves = listSustained(cases, catalogue), threads = [...new Set([1, availableParallelism()])], rows = measureRealModels(plans, threads, say);
  const folder = await publishTables("01-on-device-inference", {
    data: { cases, curves, summary, "real-models": rows }, tables: { "largest-interactive": largest, "cases": renderDeviceCases(cases), "real-models": renderRealModels(rows) },
    figures: [...makeDeviceFigures(cases, curves), makeRealModelFigure(rows)], measured: ["loadS", "prefillTokensPerS", "decodeTokensPerS", "peakBytes"],
  });
  process.stdout.write(`${largest}\n${folder}\n`);
}
