/** plmm tiers list: the GPUs that servers can have, and where each of their numbers comes from. */
import type { CommandModule } from "yargs";
import type { GpuProfile } from "../../tiers/gpu-profile.js";
import { loadGpuProfiles } from "../../tiers/load-gpu-profiles.js";

/** The command. */
export const command: CommandModule = {
  command: "tiers",
  describe: "Servers of E and T: GPU profiles with the source of each number",
  builder: (argv) => argv
    .command({
      command: "list", describe: "One line per GPU, then the sources",
      builder: (list) => list.option("json", { type: "boolean", default: false, describe: "Print JSON" }) as never,
      handler: (args) => { process.stdout.write((args as unknown as { readonly json: boolean }).json ? `${JSON.stringify(loadGpuProfiles(), undefined, 2)}\n` : renderProfiles(loadGpuProfiles())); },
    })
    .demandCommand(1, "Give: list.")
    .example("$0 tiers list", "GPUs for tiers.expert.gpu and tiers.general.gpu."),
  handler: () => { /* yargs runs the subcommand */ },
};

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
