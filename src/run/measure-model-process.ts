/** One process of the measurement of real models: node measure-model-process.js TASK prints what it found as JSON. */
import { measurePrompt, runtimeNamed } from "./calibrate/measure-case.js";
import { measureWork } from "./measure-work.js";
import type { ModelMeasurement, ModelTask } from "./measure-real-models.js";

async function measureTask({ path, runtime: name, threads, contextTokens, promptTokens }: ModelTask): Promise<ModelMeasurement> {
  const runtime = runtimeNamed(name), bytesBefore = process.memoryUsage.rss(), options = { contextTokens, threads };
  const { result: model, effort } = await measureWork(() => runtime.load(path, options));
  const { prefill, decode } = await measurePrompt(model, promptTokens), peakBytes = process.resourceUsage().maxRSS * 1024 - bytesBefore;
  return {
    loadS: effort.wallS, prefillTokensPerS: prefill.step.tokens / prefill.wallS, decodeTokensPerS: 1 / decode.wallS,
    predictedBytes: runtime.predictMemory(path, options).totalBytes, peakBytes,
  };
}

process.stdout.write(JSON.stringify(await measureTask(JSON.parse(process.argv[2]!) as ModelTask)));
// Engines keep threads alive.
process.exit(0);
