/** A host profile from a file. */
import { existsSync, readFileSync } from "node:fs";
import { ConfigError, DataError } from "../../core/errors.js";
import { type HostProfile, parseHostProfile } from "./host-profile.js";

/** The path, if a file is there. @throws {ConfigError} naming `subject`, a flag or a config path, otherwise. */
export function requireHostProfile(path: string, subject: string): string {
  if (existsSync(path)) return path;
  throw new ConfigError({ subject, rule: "name a host profile", got: path, hint: "Make one with: plmm calibrate --out FILE" });
}

/** Loads and checks a profile. @throws as `requireHostProfile`; {DataError} when it is no profile of this version. */
export function loadHostProfile(path: string, subject: string): HostProfile {
  return parseHostProfile(parseJson(readFileSync(requireHostProfile(path, subject), "utf8"), path), path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError({ subject: path, rule: "be JSON", got: (cause as Error).message, hint: "Make the profile again: plmm calibrate", cause });
  }
}
