/** Runs of real servers and kernel profiles from folders. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError } from "../core/errors.js";
import { parseKernelProfile } from "./kernel-profile.js";
import type { KernelProfile, ProfileFile } from "./kernel-profile.js";
import { parseProfileTable } from "./profile-table.js";
import { parseServedRun } from "./served-run.js";
import type { ServedRun } from "./served-run.js";

const PROFILE_FILES: readonly ProfileFile[] = ["dense.csv", "per_sequence.csv", "attention.csv", "moe.csv", "skew_fit.csv"];

/**
 * Loads requests.jsonl, meta.json and config.json of a folder.
 *
 * @throws {DataError} when a file is missing or wrong.
 */
export function loadServedRun(folder: string): ServedRun {
  const json = (name: string): unknown => {
    const text = readText(join(folder, name));
    try { return JSON.parse(text) as unknown; } catch (cause) {
      throw new DataError({ subject: join(folder, name), rule: "be JSON", got: text.slice(0, 40), where: (cause as Error).message, hint: "Write the file again.", cause });
    }
  };
  return parseServedRun({ requests: readText(join(folder, "requests.jsonl")), meta: json("meta.json"), config: json("config.json") }, folder);
}

/**
 * Loads a kernel profile.
 *
 * @param folder A table of our own (profile-table.ts) when it ends in .csv. Otherwise holds the files, or a folder tpN or profile-tpN for the run's tensor parallelism. moe.csv, which is
 *   measured on one GPU, may lie in the folder of tensor parallelism 1 beside it.
 * @throws {DataError} when there is none, or a file is wrong.
 */
export function loadKernelProfile(folder: string, tensorParallel: number): KernelProfile {
  if (folder.endsWith(".csv")) return parseProfileTable(readText(folder), folder);
  const found = findProfile(folder, tensorParallel);
  if (found === undefined) {
    throw new DataError({
      subject: "profile", rule: `be a folder with dense.csv and attention.csv, or hold profile-tp${tensorParallel}`, got: folder,
      hint: "Give the folder that the profiler wrote: --profile DIR.",
    });
  }
  const files: Partial<Record<ProfileFile, string>> = {}, read: string[] = [];
  for (const name of PROFILE_FILES) {
    const path = [found, ...name === "moe.csv" ? siblings(found) : []].map((place) => join(place, name)).find((candidate) => existsSync(candidate));
    if (path === undefined) continue;
    files[name] = readText(path);
    read.push(dirname(path) === found ? name : path);
  }
  const unread = readdirSync(found).filter((name) => name.endsWith(".csv") && !PROFILE_FILES.some((known) => known === name));
  return parseKernelProfile(files, found, `${found}: ${read.join(", ")}${unread.length === 0 ? "" : `; not needed: ${unread.join(", ")}`}`);
}

/** Folder of the profile for this tensor parallelism at or below a folder. */
export function findProfile(folder: string, tensorParallel: number): string | undefined {
  const places = [folder, join(folder, `profile-tp${tensorParallel}`), join(folder, `tp${tensorParallel}`)];
  return places.find((place) => existsSync(join(place, "dense.csv")));
}

function siblings(folder: string): readonly string[] {
  const parent = dirname(folder);
  return readdirSync(parent).filter((name) => /^(profile-)?tp1$/.test(name) && name !== basename(folder)).map((name) => join(parent, name));
}

function readText(path: string): string {
  try { return readFileSync(path, "utf8").replace(/^\uFEFF/, ""); } catch (cause) {
    throw new DataError({ subject: path, rule: "be a readable file", got: (cause as NodeJS.ErrnoException).code ?? "unreadable", hint: "A run is a folder with requests.jsonl, meta.json and config.json.", cause });
  }
}
