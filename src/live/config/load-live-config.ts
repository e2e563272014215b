/** Reads a live config and finds the files it names. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageRoot } from "../../config/load-dataset.js";
import { ConfigError } from "../../core/errors.js";
import { type LiveConfig, parseLiveConfig } from "./live-config.js";

/** The config that ships. */
export function shippedLiveConfig(): string { return join(packageRoot(), "configs", "live.yaml"); }

/** Loads a config. @throws {ConfigError} when it cannot be read or is none. */
export function loadLiveConfig(file: string): LiveConfig {
  try {
    return parseLiveConfig(readFileSync(file, "utf8"), file);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError({ subject: `config ${file}`, rule: "be a readable file", got: (cause as NodeJS.ErrnoException).code ?? String(cause), hint: "The one that ships: configs/live.yaml", cause });
  }
}

/** A config with the members of the family in a folder as its models: `p-small`, `e-` and an area, `t`. */
export function withFamily(config: LiveConfig, folder: string): LiveConfig {
  const fileOf = (member: string): string => join(resolve(folder), member, "model-f16.gguf"), { personal, tiers } = config;
  const renamed = Object.entries(tiers).map(([area, plan]) => [area, plan.kind === "model" ? { ...plan, model: fileOf(area === "general" ? "t" : `e-${area}`) } : plan]);
  return { ...config, personal: { ...personal, model: fileOf("p-small") }, tiers: Object.fromEntries(renamed) as LiveConfig["tiers"] };
}

/** Absolute path of a model file. @throws {ConfigError} when there is none. */
export function findModelFile(path: string, key: string): string {
  const found = [resolve(path), join(packageRoot(), path)].find((each) => existsSync(each));
  if (found !== undefined) return found;
  throw new ConfigError({ subject: key, rule: "be an existing model file", got: path, hint: "Train the family with: npm run train; or name another file." });
}
