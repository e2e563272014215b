/** Runs of real servers beside the tiers' replay of them, from the kernel profile and from the spec sheet fitted on another run. */
import { calibratedFit, checkRun, shippedFit } from "../tiers/check-run.js";
import type { CheckBasis } from "../tiers/check-run.js";
import type { ReplayMetric, ReplayStatistic } from "../tiers/compare-replay.js";
import { findServedGpu } from "../tiers/load-gpu-profiles.js";
import { loadPublishedSummary } from "../tiers/load-published-summary.js";
import { findProfile, loadKernelProfile, loadServedRun } from "../tiers/load-served-run.js";
import type { ServedRun } from "../tiers/served-run.js";

/** One figure of one simulator on one run. */
export interface ServerComparison {
  readonly run: string;
  readonly simulator: string;
  readonly metric: ReplayMetric;
  readonly statistic: ReplayStatistic;
  readonly measuredS: number;
  readonly simulatedS: number;
  readonly difference: number;
}

/** Names of simulators. */
export const SERVER_SIMULATORS = { profile: "ours, kernel profile", spec: "ours, spec sheet", shipped: "ours, shipped shares", other: "LLMServingSim 2.0, kernel profile" } as const;

/**
 * Compares two runs in every way that their folders allow.
 *
 * @param folders By name. With one folder: the shipped shares alone.
 */
export function compareServers(folders: Readonly<Record<string, string>>): readonly ServerComparison[] {
  const runs = Object.entries(folders).map(([name, folder]) => ({ name, folder, run: loadServedRun(folder) }));
  return runs.flatMap(({ name, folder, run }) => {
    const other = runs.find((each) => each.name !== name), profile = findProfile(folder, run.engine.tensorParallel);
    if (other === undefined) return compareOne(name, SERVER_SIMULATORS.shipped, run, shippedFit(gpuOf(run)));
    return [
      ...(profile === undefined ? [] : compareOne(name, SERVER_SIMULATORS.profile, run, { kind: "profile", profile: loadKernelProfile(folder, run.engine.tensorParallel) })),
      ...compareOne(name, SERVER_SIMULATORS.spec, run, fitOn(other.run, other.folder)), ...publishedOf(name, folder, run),
    ];
  });
}

function compareOne(run: string, simulator: string, served: ServedRun, basis: CheckBasis): readonly ServerComparison[] {
  return checkRun(served, gpuOf(served), basis).rows.map((row) => ({ run, simulator, ...row }));
}

function fitOn(run: ServedRun, folder: string): CheckBasis {
  const { tensorParallel } = run.engine;
  return calibratedFit(run, gpuOf(run), findProfile(folder, tensorParallel) === undefined ? undefined : loadKernelProfile(folder, tensorParallel));
}

/** The other simulator's own figures, against the same measured ones. */
function publishedOf(name: string, folder: string, run: ServedRun): readonly ServerComparison[] {
  const published = loadPublishedSummary(folder), measured = published.size === 0 ? [] : checkRun(run, gpuOf(run), shippedFit(gpuOf(run))).rows;
  return measured.flatMap(({ metric, statistic, measuredS }) => {
    const difference = published.get(`${metric} ${statistic}`);
    return difference === undefined ? [] : [{ run: name, simulator: SERVER_SIMULATORS.other, metric, statistic, measuredS, simulatedS: measuredS * (1 + difference), difference }];
  });
}

function gpuOf(run: ServedRun): ReturnType<typeof findServedGpu> { return findServedGpu(run.hardware.gpu, `${run.folder}/config.json`); }
