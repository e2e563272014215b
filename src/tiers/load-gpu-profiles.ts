/** The shipped GPU profiles. */
import { loadDataset } from "../config/load-dataset.js";
import { nearestName } from "../config/nearest-name.js";
import { ConfigError, DataError } from "../core/errors.js";
import { parseGpuProfiles } from "./gpu-profile.js";
import type { GpuProfile } from "./gpu-profile.js";

const PROFILES_FILE = "servers/gpus.json";
let loadedProfiles: readonly GpuProfile[] | undefined;

/**
 * Profiles of datasets/servers/gpus.json. Read once.
 *
 * @throws {DataError} when the file is missing or wrong.
 */
export function loadGpuProfiles(): readonly GpuProfile[] {
  loadedProfiles ??= parseGpuProfiles(loadDataset(PROFILES_FILE), `datasets/${PROFILES_FILE}`);
  return loadedProfiles;
}

/**
 * Profile of a GPU by name.
 *
 * @param subject Config path that names it, for the message.
 * @throws {ConfigError} naming the nearest known GPU.
 */
export function findGpuProfile(name: string, subject: string = "GPU"): GpuProfile {
  const profiles = loadGpuProfiles(), profile = profiles.find((candidate) => candidate.name === name);
  if (profile !== undefined) return profile;
  const nearest = nearestName(name, profiles.map((candidate) => candidate.name));
  throw new ConfigError({
    subject, rule: `be one of ${profiles.map((candidate) => candidate.name).join(", ")}`, got: name,
    hint: `${nearest === undefined ? "" : `Did you mean ${nearest}? `}See: plmm tiers list.`,
  });
}

/**
 * Profile of the GPU that a run names in its own way: "RTX4090", "NVIDIA GeForce RTX 4090".
 *
 * @throws {DataError} when no profile's name is part of it, or it of one.
 */
export function findServedGpu(name: string, where: string): GpuProfile {
  const found = searchServedGpu(name);
  if (found !== undefined) return found;
  throw new DataError({
    subject: "GPU of the run", rule: "be one of the GPU profiles", got: name, where,
    hint: "See: plmm tiers list. Give a kernel profile of it (--profile DIR), or add its data sheet to datasets/servers/gpus.json.",
  });
}

/** The same; undefined when no profile fits. Of several the one with the longest name. */
export function searchServedGpu(name: string): GpuProfile | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, ""), wanted = plain(name);
  const fitting = loadGpuProfiles().filter((gpu) => wanted !== "" && (wanted.includes(plain(gpu.name)) || plain(gpu.name).includes(wanted)));
  return fitting.sort((a, b) => b.name.length - a.name.length)[0];
}
