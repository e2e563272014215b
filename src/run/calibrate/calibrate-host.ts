/**
 * Measures a host and fits the cost model to the grid.
 *
 * The machine may be doing other things and its speed drifts, so every case is visited once a round, grid and kept-out cases mixed; a
 * reference model is timed before each visit, and what a visit found is brought to the usual speed of the machine by the references
 * around it. Within a visit low quantiles of many short steps count, across visits the median.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { quantile } from "../../core/statistics.js";
import { fitHost } from "../../devices/host/fit-host.js";
import { type CalibratedCase, HOST_PROFILE_VERSION, type HostClock, type HostProfile, parseHostProfile } from "../../devices/host/host-profile.js";
import type { HostModel, HostStep, MeasuredStep } from "../../devices/host/host-step.js";
import { ggufHostModel, onnxHostModel } from "../../models/runtimes/host-model.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import { measureProvenance } from "../measure-provenance.js";
import type { Effort } from "../measure-work.js";
import { writeJson } from "../publish-results.js";
import type { CalibrationCase, CalibrationPlan } from "./calibration-plan.js";
import { measureCase, measureReference, runtimeNamed } from "./measure-case.js";
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

const REFERENCE = {
  runtime: "llama.cpp", quant: "Q8_0",
  shape: { vocabulary: 2048, width: 512, layers: 4, heads: 8, kvHeads: 4, feedForward: 1536, context: 4096, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true },
} as const;
const REFERENCE_CONTEXT = 256;
const SAY_EVERY_S = 10;
/** Visits before and after one that tell how fast the machine was. */
const DRIFT_REACH = 3;
/** Steps of this share of a circle reach every case, neighbours far apart. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

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
  const cases = summarizeVisits(plan, visits, clock), fits = Object.fromEntries(names.map((name) => [name, fitHost(observedOf(cases, name))]));
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
  return `${plan.cases.length} cases (${plan.name} ${digest}), ${plan.rounds} rounds, ${availableParallelism()} x ${cpu}, Node ${process.version}, ${versions}`;
}

/** Returns whether all visits are made. */
async function visitAll(plan: CalibrationPlan, visits: Visit[], { log, say, signal }: CalibrationKeeping & { readonly log: string }): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "plmm-calibrate-")), total = plan.cases.length * plan.rounds, startedAt = performance.now(), before = visits.length;
  const done = new Set(visits.map(({ case: index, round }) => `${index} ${round}`));
  const { model, sequence } = await loadReference(folder);
  let saidAt = startedAt;
  try {
    for (const { index, round } of visitOrder(plan)) {
      if (done.has(`${index} ${round}`)) continue;
      if (signal.aborted) return false;
      const path = join(folder, "model"), asked = plan.cases[index]!;
      writeCaseFile(path, asked);
      const visit = { case: index, round, reference: await measureReference(sequence), steps: await measureCase(asked, path) };
      visits.push(visit);
      appendVisit(log, visit);
      const now = performance.now(), leftS = (now - startedAt) / (visits.length - before) * (total - visits.length) / 1000;
      if (now - saidAt < SAY_EVERY_S * 1000) continue;
      say(`${visits.length} of ${total} visits, about ${Math.ceil(leftS / 60)} min left`);
      saidAt = now;
    }
    return true;
  } finally {
    await model.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loadReference(folder: string): Promise<{ readonly model: LoadedModel; readonly sequence: ReturnType<LoadedModel["openSequence"]> }> {
  const path = join(folder, "reference");
  writeCaseFile(path, REFERENCE);
  const model = await runtimeNamed(REFERENCE.runtime).load(path, { contextTokens: REFERENCE_CONTEXT, threads: 1 }), sequence = model.openSequence();
  await measureReference(sequence);
  return { model, sequence };
}

/** Every case once a round, in an order that mixes sizes, engines, grid and kept-out cases, and differs between rounds. */
function visitOrder({ cases, rounds }: CalibrationPlan): { readonly index: number; readonly round: number }[] {
  const place = (index: number, round: number): number => (index * GOLDEN + round / rounds) % 1;
  return Array.from({ length: rounds }, (_, round) => cases.map((_, index) => ({ index, round })).sort((a, b) => place(a.index, round) - place(b.index, round))).flat();
}

/** Cases with what their visits say. */
function summarizeVisits({ cases }: CalibrationPlan, visits: readonly Visit[], clock: HostClock): CalibratedCase[] {
  const drifts = driftsOf(visits.map(({ reference }) => secondsBy(clock, reference, 1))), driftOf = new Map(visits.map((visit, i) => [visit, drifts[i]!]));
  return cases.map((asked, index) => {
    const found = new Map<string, { readonly step: HostStep; readonly visitsS: number[] }>();
    for (const visit of visits.filter((each) => each.case === index)) {
      for (const { step, ...effort } of visit.steps) {
        const key = JSON.stringify(step), entry = found.get(key) ?? { step, visitsS: [] };
        entry.visitsS.push(secondsBy(clock, effort, step.threads) / driftOf.get(visit)!);
        found.set(key, entry);
      }
    }
    const steps = [...found.values()].map(({ step, visitsS }): MeasuredStep => ({ ...step, seconds: medianOf(visitsS), visitsS }));
    return { model: modelOf(asked), isHeldOut: asked.isHeldOut, steps };
  });
}

/** How slow the machine was at each visit: the median reference around it, over that of the whole run. A single reference is too noisy. */
function driftsOf(references: readonly number[]): number[] {
  const usual = medianOf(references);
  return references.map((_, i) => medianOf(references.slice(Math.max(0, i - DRIFT_REACH), i + DRIFT_REACH + 1)) / usual);
}

function secondsBy(clock: HostClock, { wallS, cpuS }: Effort, threads: number): number {
  switch (clock) {
    case "wall": return wallS;
    case "processor": return cpuS / threads;
    default: return clock satisfies never;
  }
}

function modelOf({ runtime, shape, quant }: CalibrationCase): HostModel {
  switch (runtime) {
    case "llama.cpp": return ggufHostModel(shape, quant);
    case "ONNX Runtime": return onnxHostModel(shape);
    default: return runtime satisfies never;
  }
}

function observedOf(cases: readonly CalibratedCase[], runtime: string): Parameters<typeof fitHost>[0] {
  return cases.filter(({ model, isHeldOut }) => model.runtime === runtime && !isHeldOut).flatMap(({ model, steps }) => steps.map((step) => ({ model, step, seconds: step.seconds })));
}

function medianOf(values: readonly number[]): number { return quantile([...values].sort((a, b) => a - b), 0.5); }
