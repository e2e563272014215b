/** How fast one model runs on one engine and number of threads of a calibrated host: what servers and phones of the simulator ask for. */
import { ConfigError } from "../../core/errors.js";
import { nearestName } from "../../config/nearest-name.js";
import { predictStepS } from "./host-cost.js";
import type { HostProfile } from "./host-profile.js";
import { canPredictSeveral, type HostModel } from "./host-step.js";

/** Times of a model on a host. Seconds. */
export interface HostSpeed {
  /** To take in `tokens` behind `context` tokens. */
  prefillS(tokens: number, context: number): number;
  /**
   * Of a step that gives `sequences` sequences one token each, behind `context` tokens each. Measured for 1 to 8.
   *
   * @throws {ConfigError} for several sequences on as many threads as the host has processors, if these are several.
   */
  decodeStepS(sequences: number, context: number): number;
  /** Of one batch of whole prompts and of sequences that get one token each behind `context` tokens on average. Parts pay their call and its layers' waits once. */
  batchS(promptTokens: readonly number[], sequences: number, context: number): number;
}

/**
 * Times of a model.
 *
 * @throws {ConfigError} when the profile knows neither the engine, the kinds of weights nor the number of threads.
 */
export function compileHostSpeed({ fits, provenance: { cpuCount } }: Pick<HostProfile, "fits" | "provenance">, model: HostModel, threads: number): HostSpeed {
  const parameters = fits[model.runtime];
  if (parameters === undefined) throw unknownName("the engine of a host profile", model.runtime, Object.keys(fits));
  const prefillS = (tokens: number, context: number): number => predictStepS(parameters, model, { kind: "prefill", threads, tokens, context, sequences: 1 });
  const decodeStepS = (sequences: number, context: number): number => {
    if (sequences > 1 && !canPredictSeveral(threads, cpuCount)) throw noSpareProcessor(threads, cpuCount);
    return predictStepS(parameters, model, { kind: "decode", threads, tokens: 1, context, sequences });
  };
  const speed: HostSpeed = {
    prefillS, decodeStepS,
    batchS: (promptTokens, sequences, context) => {
      const parts = [...promptTokens.map((tokens) => prefillS(tokens, 0)), ...(sequences === 0 ? [] : [decodeStepS(sequences, context)])];
      const { callS, layerS } = parameters.threads[threads]!;
      return parts.reduce((sum, seconds) => sum + seconds, 0) - (parts.length - 1) * (callS.prefill + model.layers * layerS);
    },
  };
  // Asked once here, so that what is not calibrated shows before a run and not in it.
  speed.decodeStepS(1, 0);
  return speed;
}

function noSpareProcessor(threads: number, processors: number): ConfigError {
  return new ConfigError({
    subject: "several sequences on a calibrated host", rule: `leave a processor to the thread that asks: fewer threads than its ${processors} processors`, got: threads,
    hint: "Times of spinning threads without a spare processor cannot be told. Take fewer threads, or one sequence.",
  });
}

function unknownName(subject: string, got: string, known: readonly string[]): ConfigError {
  const nearest = nearestName(got, known);
  return new ConfigError({ subject, rule: `be one of ${known.join(", ")}`, got, hint: nearest === undefined ? "Calibrate it: plmm calibrate." : `Did you mean ${nearest}?` });
}
