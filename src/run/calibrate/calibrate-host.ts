/**
 * Measures a host and fits the cost model to the grid.
 *
 * The machine may be doing other things, so cases are visited in turns, grid and kept-out cases mixed, and those that are not known
 * well once more. Within a visit low quantiles of many short steps count, across visits the least.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fitHost } from "../../devices/host/fit-host.js";
import { type CalibratedCase, HOST_PROFILE_VERSION, type HostClock, type HostProfile, parseHostProfile } from "../../devices/host/host-profile.js";
import { measureProvenance } from "../measure-provenance.js";
import { writeJson } from "../publish-results.js";
import type { CalibrationPlan } from "./calibration-plan.js";
import { chooseVisit } from "./choose-visit.js";
import { measureCase, runtimeNamed } from "./measure-case.js";
import { summarizeVisits } from "./summarize-visits.js";
import { appendVisit, openVisitLog, type Visit } from "./visit-log.js";
import { writeCaseFile } from "./write-case-file.js";

/** How a calibration is kept, timed and watched. */
export interface CalibrationKeeping {
  /** File of the profile. Visits are kept beside it until it is written. */
  readonly out: string;
  readonly clock: HostClock;
  /** Hears one line at a time. */
  readonly say: (line: string) => void;
  /** Ends it after the visit in progress. */
  readonly signal: AbortSignal;
}

const SAY_EVERY_S = 10;

/**
 * Measures what the log beside the profile lacks, then writes the profile, whole or not at all.
 *
 * @returns The profile; undefined when it was stopped.
 * @throws {ConfigError} when the log is of another plan or machine; {LimitError} when a model does not fit into memory.
 */
export async function calibrateHost(plan: CalibrationPlan, keeping: CalibrationKeeping): Promise<HostProfile | undefined> {
  const { out, clock, say } = keeping, log = `${out}.visits.jsonl`, provenance = measureProvenance();
  const names = [...new Set(plan.cases.map(({ runtime }) => runtime))], runtimes = Object.fromEntries(names.map((name) => [name, runtimeNamed(name).version]));
  const visits = openVisitLog(log, describe(plan, provenance.cpu, runtimes));
  if (visits.length > 0) say(`goes on behind ${visits.length} visits of ${log}`);
  if (!await visitAll(plan, visits, { ...keeping, log })) return undefined;
  const cases = summarizeVisits(plan, visits, clock), fits = fitEngines(cases);
  const profile = parseHostProfile({
    schema: "plmm.host-profile", version: HOST_PROFILE_VERSION, provenance: { ...provenance, finishedAt: new Date().toISOString() }, runtimes, clock, cases, fits,
  }, out);
  writeJson(out, profile);
  rmSync(log);
  return profile;
}

function describe(plan: CalibrationPlan, cpu: string, runtimes: Readonly<Record<string, string>>): string {
  const versions = Object.entries(runtimes).map(([name, version]) => `${name} by ${version}`).join(", ");
  const digest = createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 8);
  return `${plan.cases.length} cases (${plan.name} ${digest}), ${plan.rounds.least} to ${plan.rounds.most} rounds, ${availableParallelism()} x ${cpu}, Node ${process.version}, ${versions}`;
}

/** Returns whether all visits are made. */
async function visitAll(plan: CalibrationPlan, visits: Visit[], { log, clock, say, signal }: CalibrationKeeping & { readonly log: string }): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "plmm-calibrate-")), path = join(folder, "model");
  let saidAt = performance.now();
  try {
    for (let choice = chooseVisit(plan, visits, clock); choice.next !== undefined; choice = chooseVisit(plan, visits, clock)) {
      if (signal.aborted) return false;
      const { index, round } = choice.next, asked = plan.cases[index]!;
      writeCaseFile(path, asked);
      const visit = { case: index, round, steps: await measureCase(asked, path) };
      visits.push(visit);
      appendVisit(log, visit);
      if (performance.now() - saidAt < SAY_EVERY_S * 1000) continue;
      say(`${visits.length} visits; round ${round + 1} of ${plan.rounds.least} to ${plan.rounds.most}, ${choice.pending} of ${plan.cases.length} cases to be visited again`);
      saidAt = performance.now();
    }
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Parameters by engine, from the cases that are not kept out. */
export function fitEngines(cases: readonly CalibratedCase[]): HostProfile["fits"] {
  const grid = cases.filter(({ isHeldOut }) => !isHeldOut), engines = [...new Set(grid.map(({ model }) => model.runtime))];
  return Object.fromEntries(engines.map((engine) => [engine, fitHost(grid.filter(({ model }) => model.runtime === engine).flatMap(({ model, steps }) => (
    steps.map((step) => ({ model, step, seconds: step.seconds })))))]));
}
