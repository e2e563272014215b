/**
 * Runs experiments again. An experiment is a folder experiments/NN-name with run.ts; built, it is called as `run.js --small --out DIR`,
 * which leaves DIR/findings.json within minutes on two cores, or as `run.js --out DIR`, which leaves full results there.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../config/load-dataset.js";
import { nearestName } from "../config/nearest-name.js";
import { ConfigError, DataError } from "../core/errors.js";
import { compareResults, type ResultsComparison } from "./compare-results.js";
import { findDifferences } from "./find-differences.js";
import { listPublished, loadPublished } from "./load-published.js";
import { writeText } from "./publish-results.js";

const LONGEST_SMALL_RUN_MS = 5 * 60_000;

/** Names of the experiments, sorted. */
export function listExperiments(): string[] {
  const folder = join(packageRoot(), "experiments");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /^\d\d-/.test(name) && existsSync(join(folder, name, "run.ts"))).sort();
}

/**
 * Experiments that a word means: all, a number ("04"), a name ("responsiveness") or both ("04-responsiveness").
 *
 * @throws {ConfigError} when it means none.
 */
export function findExperiments(word: string): string[] {
  const names = listExperiments();
  if (word === "all") return names;
  const wanted = /^\d$/.test(word) ? `0${word}` : word;
  const found = names.filter((name) => name === wanted || name.slice(0, 2) === wanted || name.slice(3) === wanted);
  if (found.length > 0) return found;
  const nearest = nearestName(word, names.flatMap((name) => [name, name.slice(3)]));
  throw new ConfigError({
    subject: "the experiment", rule: `be all or one of ${names.join(", ") || "the folders of experiments/"}`, got: word,
    hint: nearest === undefined ? "Its number is enough: plmm reproduce 04 --check" : `Did you mean ${nearest}?`,
  });
}

/**
 * Runs the small form and compares it with expected-small.json.
 *
 * @param isUpdate Write what was found to expected-small.json.
 * @returns What is wrong, in sentences; nothing when it found what is expected.
 */
export function checkSmallForm(name: string, isUpdate: boolean = false): string[] {
  const out = mkdtempSync(join(tmpdir(), "plmm-experiment-"));
  try {
    const result = spawnSync(process.execPath, [scriptOf(name), "--small", "--out", out], { encoding: "utf8", timeout: LONGEST_SMALL_RUN_MS, maxBuffer: 2 ** 28 });
    if (result.status !== 0) {
      return [`its small form must end with exit code 0 within ${LONGEST_SMALL_RUN_MS / 1000} s; got ${result.status ?? result.signal}.`, result.stdout, result.stderr];
    }
    return compareSmall(name, join(out, "findings.json"), isUpdate);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function compareSmall(name: string, foundPath: string, isUpdate: boolean): string[] {
  if (!existsSync(foundPath)) return ["its small form must write findings.json to the folder of --out; it did not."];
  const found: unknown = JSON.parse(readFileSync(foundPath, "utf8")), expectedPath = join(packageRoot(), "experiments", name, "expected-small.json");
  if (isUpdate) writeText(expectedPath, `${JSON.stringify(found, undefined, 2)}\n`);
  if (!existsSync(expectedPath)) return [`experiments/${name}/expected-small.json must exist. Write it with: node dist/scripts/check-experiments.js --update ${name}`];
  return findDifferences(JSON.parse(readFileSync(expectedPath, "utf8")), found, "expected-small.json: $").map((difference) => `${difference}.`);
}

/** A full form that was run again. */
export interface Reproduction extends ResultsComparison {
  /** Folder of the published results; undefined when there are none to compare with. */
  readonly published: string | undefined;
  /** Folder of the new results. */
  readonly again: string;
}

/**
 * Runs the full form and compares what it finds with the newest published results. A reproduction that was stopped goes on where it
 * was; one that has ended is made anew.
 *
 * @param parent Folder for the new results, below which each experiment has its own.
 * @throws {DataError} when the experiment does not end well.
 */
export function reproduceFullForm(name: string, parent: string, threads: number): Reproduction {
  const again = join(parent, name, "results");
  if (existsSync(join(again, "manifest.json"))) rmSync(join(parent, name), { recursive: true, force: true });
  const result = spawnSync(process.execPath, [scriptOf(name), "--out", again, "--threads", String(threads)], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 2 ** 28 });
  if (result.status !== 0) {
    throw new DataError({ subject: `experiment ${name}`, rule: "end with exit code 0", got: result.status ?? result.signal, where: scriptOf(name), hint: "Give the command again: finished cells are kept." });
  }
  const published = listPublished(name).at(-1);
  if (published === undefined) return { published, again, rows: [], faults: [], isSameCode: false };
  return { published, again, ...compareResults(loadPublished(published), loadPublished(again)) };
}

/** @throws {ConfigError} when the package is not built. */
function scriptOf(name: string): string {
  const script = join(packageRoot(), "dist", "experiments", name, "run.js");
  if (existsSync(script)) return script;
  throw new ConfigError({ subject: `experiments/${name}`, rule: "be built", got: "no script", where: script, hint: "Run: npm run build" });
}
