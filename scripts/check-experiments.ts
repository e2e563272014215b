/**
 * Runs every experiment in small form and compares what it found with its expected-small.json.
 *
 * An experiment is a folder experiments/NN-name with run.ts. Called as `run.js --small --out DIR` it must finish within minutes on
 * two cores and write DIR/findings.json. After an intended change: node dist/scripts/check-experiments.js --update [name ...]
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isStarted } from "./source-tree.js";

/** Sums in another order and other engines may move the last bits; anything above is another result. */
const RELATIVE_TOLERANCE = 1e-9;
const LONGEST_RUN_MS = 5 * 60_000;
const MOST_DIFFERENCES_SHOWN = 12;

/** Differences of two JSON values, one sentence for each place. Numbers may differ by 1e-9 of their size. */
export function findDifferences(expected: unknown, found: unknown, place: string = "$"): string[] {
  if (typeof expected === "number" && typeof found === "number") {
    const isClose = Math.abs(expected - found) <= RELATIVE_TOLERANCE * Math.max(Math.abs(expected), Math.abs(found));
    return isClose ? [] : [`${place} must be ${expected}; got ${found}`];
  }
  if (!isTree(expected) || !isTree(found) || Array.isArray(expected) !== Array.isArray(found)) {
    return expected === found ? [] : [`${place} must be ${shorten(expected)}; got ${shorten(found)}`];
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return keys.flatMap((key) => {
    const inner = Array.isArray(expected) ? `${place}[${key}]` : `${place}.${key}`;
    if (!(key in found)) return [`${inner} must be ${shorten(expected[key])}; got nothing`];
    if (!(key in expected)) return [`${inner} must be absent; got ${shorten(found[key])}`];
    return findDifferences(expected[key], found[key], inner);
  });
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Names of the experiments, sorted. */
function listExperiments(): string[] {
  if (!existsSync("experiments")) return [];
  return readdirSync("experiments").filter((name) => /^\d\d-/.test(name) && existsSync(join("experiments", name, "run.ts"))).sort();
}

/** Faults of one experiment, in sentences; none when it found what is expected. */
function checkExperiment(name: string, out: string, isUpdate: boolean): string[] {
  const script = join("dist", "experiments", name, "run.js");
  const result = spawnSync(process.execPath, [script, "--small", "--out", out], { encoding: "utf8", timeout: LONGEST_RUN_MS, maxBuffer: 2 ** 28 });
  if (result.status !== 0) {
    return [`node ${script} --small must end with exit code 0 within ${LONGEST_RUN_MS / 1000} s; got ${result.status ?? result.signal}`, result.stdout, result.stderr];
  }
  const foundPath = join(out, "findings.json");
  if (!existsSync(foundPath)) return [`node ${script} --small --out DIR must write DIR/findings.json; it did not`];
  const found = readFileSync(foundPath, "utf8");
  const expectedPath = join("experiments", name, "expected-small.json");
  if (isUpdate) writeFileSync(expectedPath, `${JSON.stringify(JSON.parse(found), undefined, 2)}\n`);
  if (!existsSync(expectedPath)) return [`${expectedPath} must exist. Write it with: node dist/scripts/check-experiments.js --update ${name}`];
  const differences = findDifferences(JSON.parse(readFileSync(expectedPath, "utf8")), JSON.parse(found));
  const rest = differences.length - MOST_DIFFERENCES_SHOWN;
  return [...differences.slice(0, MOST_DIFFERENCES_SHOWN).map((difference) => `${expectedPath}: ${difference}`), ...(rest > 0 ? [`... and ${rest} more`] : [])];
}

function checkExperiments(words: readonly string[]): void {
  const isUpdate = words.includes("--update");
  const wanted = words.filter((word) => word !== "--update");
  const names = listExperiments().filter((name) => wanted.length === 0 || wanted.includes(name));
  if (names.length === 0) console.log("Experiments: none found.");
  for (const name of names) {
    const out = mkdtempSync(join(tmpdir(), "plmm-experiment-"));
    const startedAtMs = performance.now();
    const faults = checkExperiment(name, out, isUpdate);
    rmSync(out, { recursive: true, force: true });
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) process.exitCode = 1;
    console.log(`experiments/${name}: ${faults.length === 0 ? "as expected" : "FAILED"} (${((performance.now() - startedAtMs) / 1000).toFixed(1)} s)`);
  }
}

if (isStarted(import.meta.url)) checkExperiments(process.argv.slice(2));
