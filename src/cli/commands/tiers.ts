/** plmm tiers: the GPUs that servers can have, and the tiers held against a run of a real server. */
import type { CommandModule } from "yargs";
import { calibratedFit, checkRun, shippedFit } from "../../tiers/check-run.js";
import type { CheckBasis } from "../../tiers/check-run.js";
import type { GpuProfile } from "../../tiers/gpu-profile.js";
import { findServedGpu, loadGpuProfiles, searchServedGpu } from "../../tiers/load-gpu-profiles.js";
import { loadPublishedSummary } from "../../tiers/load-published-summary.js";
import { findProfile, loadKernelProfile, loadServedRun } from "../../tiers/load-served-run.js";
import type { ServedRun } from "../../tiers/served-run.js";
import { renderRunCheck, toCheckJson } from "../render-run-check.js";
import type { CheckReport } from "../render-run-check.js";

/** The command. */
export const command: CommandModule = {
  command: "tiers",
  describe: "Servers of E and T: GPU profiles with their sources; the simulated server against a real one",
  builder: (argv) => argv
    .command({
      command: "list", describe: "One line per GPU, then the sources",
      builder: (list) => list.option("json", { type: "boolean", default: false, describe: "Print JSON" }) as never,
      handler: (args) => { process.stdout.write((args as unknown as { readonly json: boolean }).json ? `${JSON.stringify(loadGpuProfiles(), undefined, 2)}\n` : renderProfiles(loadGpuProfiles())); },
    })
    .command({
      command: "check <dir>", describe: "Replay a run of real vLLM (requests.jsonl, meta.json, config.json) and compare",
      builder: (check) => check
        .positional("dir", { type: "string", demandOption: true, describe: "Folder of the run" })
        .option("profile", { type: "string", describe: "Kernel profile of GPU and model: a folder with dense.csv and attention.csv, or with profile-tpN. Left out: the spec sheet" })
        .option("calibrate", { type: "string", conflicts: "profile", describe: "Another run to fit the spec sheet's shares on: by its kernel profile, or else its requests. Left out: the shipped ones" })
        .option("json", { type: "boolean", default: false, describe: "Print JSON" }) as never,
      handler: (args) => {
        const { json, ...chosen } = args as unknown as CheckArguments & { readonly json: boolean }, report = checkFolder(chosen);
        process.stdout.write(json ? `${JSON.stringify(toCheckJson(report), undefined, 2)}\n` : renderRunCheck(report));
      },
    })
    .demandCommand(1, "Give: list or check.")
    .example("$0 tiers list", "GPUs for tiers.expert.gpu and tiers.general.gpu.")
    .example("$0 tiers check runs/qwen3 --profile runs/qwen3", "Simulated against measured TTFT, TPOT and latency."),
  handler: () => { /* yargs runs the subcommand */ },
};

interface CheckArguments { readonly dir: string; readonly profile?: string; readonly calibrate?: string }

function checkFolder(args: CheckArguments): CheckReport {
  const run = loadServedRun(args.dir), basis = basisOf(args, run), gpu = basis.kind === "profile" ? searchServedGpu(run.hardware.gpu) : gpuOf(run), startedMs = performance.now();
  const check = checkRun(run, gpu, basis);
  return { run, gpu: gpu?.name ?? run.hardware.gpu, basis, check, published: loadPublishedSummary(args.dir), replayS: (performance.now() - startedMs) / 1e3 };
}

function basisOf({ profile, calibrate }: CheckArguments, run: ServedRun): CheckBasis {
  if (profile !== undefined) return { kind: "profile", profile: loadKernelProfile(profile, run.engine.tensorParallel) };
  if (calibrate === undefined) return shippedFit(gpuOf(run));
  const other = loadServedRun(calibrate), { tensorParallel } = other.engine;
  const measured = findProfile(calibrate, tensorParallel) === undefined ? undefined : loadKernelProfile(calibrate, tensorParallel);
  return calibratedFit(other, gpuOf(other), measured);
}

function gpuOf(run: ServedRun): GpuProfile { return findServedGpu(run.hardware.gpu, `${run.folder}/config.json`); }

type Column = readonly [title: string, width: number, show: (gpu: GpuProfile) => string];

const COLUMNS: readonly Column[] = [
  ["memory GB", 11, ({ hardware }) => (hardware.memoryBytes / 1e9).toFixed(1)],
  ["GB/s", 8, ({ hardware }) => (hardware.bandwidthBytesPerS / 1e9).toFixed(0)],
  ["BF16 TF/s", 11, ({ hardware }) => (hardware.peakBf16FlopsPerS / 1e12).toFixed(0)],
  ["FP8 TF/s", 10, ({ hardware }) => (hardware.peakFp8FlopsPerS === null ? "-" : (hardware.peakFp8FlopsPerS / 1e12).toFixed(0))],
  ["W", 6, ({ hardware }) => String(hardware.powerW)],
  ["reached: weights", 18, ({ efficiency }) => percent(efficiency.weightBandwidth)],
  ["KV", 6, ({ efficiency }) => percent(efficiency.kvBandwidth)],
  ["compute", 9, ({ efficiency }) => percent(efficiency.compute)],
  ["", 11, ({ efficiency }) => efficiency.origin],
  ["USD/h", 8, ({ rent }) => rent.usdPerHour.toFixed(2)],
];
const NAME_WIDTH = 15;

function renderProfiles(profiles: readonly GpuProfile[]): string {
  const head = "GPU".padEnd(NAME_WIDTH) + COLUMNS.map(([title, width]) => title.padStart(width)).join("");
  const lines = profiles.map((gpu) => gpu.name.padEnd(NAME_WIDTH) + COLUMNS.map(([, width, show]) => show(gpu).padStart(width)).join(""));
  const sources = profiles.flatMap(({ name, hardware, efficiency, link, rent }) => [
    name, `  hardware    ${hardware.origin}: ${hardware.source}`, `  efficiency  ${efficiency.origin}: ${efficiency.source}`,
    `  link        ${link.origin}: ${link.source}`, `  rent        ${rent.origin} (${rent.date}): ${rent.source}`,
  ]);
  return [head, ...lines, "", "Peaks are dense. \"reached\" are the shares of bandwidth and of peak that a serving engine gets.", "", ...sources, ""].join("\n");
}

function percent(share: number): string { return `${Math.round(share * 100)}%`; }
