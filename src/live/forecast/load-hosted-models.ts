/** The models of a live config as the calibration measures them and as the simulator runs them. */
import { ConfigError } from "../../core/errors.js";
import type { HostProfile } from "../../devices/host/host-profile.js";
import { compileHostSpeed, type HostSpeed } from "../../devices/host/host-speed.js";
import type { ModelSpeeds } from "../../hosted/call-work.js";
import type { HostedPlan } from "../../hosted/hosted-system.js";
import { parseLlamaShape } from "../../models/gguf/llama-gguf.js";
import { loadGgufHeader } from "../../models/gguf/load-gguf.js";
import type { LlamaShape } from "../../models/llama/llama-shape.js";
import { ggufHostModel } from "../../models/runtimes/host-model.js";
import type { CalibrationPlan } from "../../run/calibrate/calibration-plan.js";
import { AREA_NAMES } from "../../world/knowledge/knowledge-area.js";
import type { LiveConfig } from "../config/live-config.js";
import { findModelFile } from "../config/load-live-config.js";
import { modelTier } from "./rehearse-load.js";

/** A model file, by what its speed depends on. */
interface HostedFile { readonly path: string; readonly shape: LlamaShape; readonly quant: string }

/** Prompts and batches that a calibration measures; context has room for all prompts. */
export interface CalibratedLengths { readonly prompts: readonly number[]; readonly batches: readonly number[]; readonly rounds: CalibrationPlan["rounds"] }

const CONTEXT_TOKENS = 2048;

/** Path of every model of a config, P's first. @throws {ConfigError} for a missing file, an endpoint, or several threads for one model. */
export function findModelFiles(config: LiveConfig): readonly string[] {
  const tiers = AREA_NAMES.map((area) => ({ key: `tiers.${area}`, ...modelTier(config, area) }));
  return [{ key: "personal", ...config.personal }, ...tiers].map(({ key, model, threads }) => {
    if (threads === 1) return findModelFile(model, `${key}.model`);
    throw new ConfigError({ subject: `${key}.threads`, rule: "be 1 where a load is forecast", got: threads, hint: "The simulated machine gives each model one processor at a time." });
  });
}

/** The cases of a calibration: every shape and format of the config once. */
export function calibrationOf(config: LiveConfig, { prompts, batches, rounds }: CalibratedLengths): CalibrationPlan {
  const kinds = new Map(findModelFiles(config).map((path) => describe(path)).map(({ shape, quant }) => [JSON.stringify([shape, quant]), { shape: { ...shape, context: CONTEXT_TOKENS }, quant }]));
  return { name: "live models", rounds, cases: [...kinds.values()].map((kind) => ({ runtime: "llama.cpp", ...kind, threads: 1, prompts, batches, isHeldOut: false })) };
}

/** Speeds of the config's models. */
export function speedsOf(config: LiveConfig, profile: HostProfile): ModelSpeeds {
  const [personal, ...tiers] = findModelFiles(config).map((path): HostSpeed => {
    const { shape, quant } = describe(path);
    return compileHostSpeed(profile, ggufHostModel(shape, quant), 1);
  });
  return { personal: personal!, tiers: Object.fromEntries(AREA_NAMES.map((area, place) => [area, tiers[place]!])) };
}

/** The machine of a live config for the simulator. @param tokensAtHand Payment tokens of a client at the start. */
export function hostedPlanOf(config: LiveConfig, speeds: ModelSpeeds, { costs, seed, tokensAtHand }: Pick<HostedPlan, "costs" | "seed" | "tokensAtHand">): HostedPlan {
  const tiers = AREA_NAMES.map((area) => {
    const { server = area, sequences } = modelTier(config, area);
    return [area, { server, sequences, speed: speeds.tiers[area]! }] as const;
  });
  return { costs, seed, personal: { speed: speeds.personal, sequences: config.personal.sequences }, tiers: Object.fromEntries(tiers), tokensAtOnce: config.personal.tokens, tokensAtHand };
}

function describe(path: string): HostedFile {
  const header = loadGgufHeader(path), shape = parseLlamaShape(header, path), quant = header.tensors.find(({ name }) => name === "blk.0.ffn_down.weight")!.kind.name;
  return { path, shape, quant };
}
