/** Experiment 01: which models fit on which devices, how fast, at which energy, and which are interactive? */
import {
  findModelCard, INTERACTIVE_RULE, loadDeviceCatalogue, makeDeviceFigures, publishTables, readExperimentForm, renderDeviceCases, renderLargestInteractive,
  summarizeDeviceCases, tabulateDevices, writeSmallFindings,
} from "../../src/index.js";

const MODELS = ["smollm2-135m", "smollm2-360m", "qwen3-0.6b", "llama-3.2-1b", "qwen3-1.7b", "gemma-2-2b", "llama-3.2-3b", "qwen3-4b", "llama-3.1-8b"] as const;
const SMALL_MODELS = ["smollm2-360m", "llama-3.2-1b", "llama-3.1-8b"] as const;

const { isSmall, out } = readExperimentForm(), catalogue = loadDeviceCatalogue();
const cases = tabulateDevices(catalogue, (isSmall ? SMALL_MODELS : MODELS).map(findModelCard), isSmall ? ["Q4_K_M"] : ["Q4_K_M", "Q8_0", "F16"]);
const summary = summarizeDeviceCases(cases, INTERACTIVE_RULE.mostFirstTokenS, INTERACTIVE_RULE.leastTokensPerS);

if (isSmall) writeSmallFindings(out, summary);
else {
  const largest = renderLargestInteractive(cases);
  const folder = await publishTables("01-on-device-inference", {
    data: { cases, summary }, tables: { "largest-interactive": largest, "cases": renderDeviceCases(cases) }, figures: makeDeviceFigures(cases, catalogue),
  });
  process.stdout.write(`${largest}\n${folder}\n`);
}
