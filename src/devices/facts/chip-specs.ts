/** Spec sheets of chips: vendor, year, memory bandwidth, the CPU in three numbers, peak rates of GPU and neural engine. What a prediction for an unseen chip rests on. */
import { quantile } from "../../core/statistics.js";
import { parseCsv } from "../parse-csv.js";
import type { CsvRow } from "../parse-csv.js";

/** One chip. */
export interface ChipSpec {
  readonly name: string;
  readonly vendor: string;
  readonly year: number;
  /** Undefined when nobody says it. */
  readonly bandwidthBytesPerS: number | undefined;
  readonly bandwidthBasis: string;
  /** Class of most devices with it; undefined for a chip without a row in chip-cpus.csv. */
  readonly deviceClass: string | undefined;
  /** Of its example device. */
  readonly batteryJ: number | undefined;
  /** The example device, when its battery was seen in print. */
  readonly batterySeenOn: string | undefined;
  /** Cores that do the work: prime, performance and big ones. */
  readonly bigCores: number | undefined;
  /** Geekbench 6 single-core score. */
  readonly coreScore: number | undefined;
  /** Peak of the GPU's vector units in 32 bits. */
  readonly gpuOpsPerS: number | undefined;
  /** Peak of the neural engine in 8 bits. */
  readonly npuOpsPerS: number | undefined;
}

/**
 * Reads soc-facts.csv, chip-cpus.csv and chip-accelerators.csv.
 *
 * @returns Specs by chip name. A chip without a row in chip-cpus.csv has no CPU numbers, one without a row in chip-accelerators.csv no peaks.
 * @throws {DataError} when a text is not such a table.
 */
export function parseChipSpecs(facts: string, cpus: string, accelerators: string): ReadonlyMap<string, ChipSpec> {
  const rowsByChip = (text: string, table: string): ReadonlyMap<string, CsvRow> => new Map(parseCsv(text, `datasets/devices/${table}`).map((row) => [row["soc"] ?? "", row]));
  const cpuRows = rowsByChip(cpus, "chip-cpus.csv"), acceleratorRows = rowsByChip(accelerators, "chip-accelerators.csv");
  const specs = parseCsv(facts, "datasets/devices/soc-facts.csv").map((row): ChipSpec => {
    const name = row["soc"] ?? "", cpu = cpuRows.get(name), accelerator = acceleratorRows.get(name);
    const batteryWh = positive(row["battery_wh"]);
    return {
      name, vendor: row["vendor"] ?? "", year: positive(row["year"]) ?? UNKNOWN_YEAR,
      bandwidthBytesPerS: scale(positive(row["mem_bw_gbs"]), 1e9), bandwidthBasis: row["mem_bw_basis"] ?? "", deviceClass: cpu?.["class"],
      batteryJ: scale(batteryWh, 3600), batterySeenOn: row["battery_basis"] === "seen" ? row["example_device"] : undefined,
      bigCores: positive(cpu?.["big_cores"]), coreScore: positive(cpu?.["single_core_score"]),
      gpuOpsPerS: scale(positive(accelerator?.["gpu_tflops"]), 1e12), npuOpsPerS: scale(positive(accelerator?.["npu_tops"]), 1e12),
    };
  });
  return new Map(specs.map((spec) => [spec.name, fillBandwidth(spec, specs)]));
}

/** A chip whose bandwidth nobody says gets the middle of its vendor's chips in the same class of device, else of the class. */
function fillBandwidth(spec: ChipSpec, all: readonly ChipSpec[]): ChipSpec {
  if (spec.bandwidthBytesPerS !== undefined) return spec;
  const known = all.filter((other) => other.bandwidthBytesPerS !== undefined && other.deviceClass === spec.deviceClass);
  const kin = known.filter((other) => other.vendor === spec.vendor), from = kin.length > 0 ? kin : known;
  if (from.length === 0) return spec;
  const middle = quantile(Float64Array.from(from, (other) => other.bandwidthBytesPerS!).sort(), 0.5);
  return { ...spec, bandwidthBytesPerS: middle, bandwidthBasis: `unknown: the middle of ${from.length} chips of its ${kin.length > 0 ? "vendor and " : ""}class` };
}

/** Year of a chip that no table knows: a recent one. */
export const UNKNOWN_YEAR = 2023;

/** A chip that no table knows, from what its name and its row say. */
export function unknownChip(name: string, bandwidthBytesPerS?: number): ChipSpec {
  const vendors: readonly (readonly [RegExp, string])[] = [
    [/apple|\b[am]\d+\b/i, "Apple"], [/snapdragon|qualcomm|qcs|^sa8|^sm8/i, "Qualcomm"], [/dimensity|mediatek|helio/i, "MediaTek"], [/exynos/i, "Samsung"],
    [/kirin/i, "Huawei"], [/tensor/i, "Google"], [/rockchip|^rk3/i, "Rockchip"], [/intel|core|xeon/i, "Intel"], [/amd|ryzen/i, "AMD"],
    [/nvidia|jetson|rtx/i, "NVIDIA"], [/bcm|raspberry/i, "Broadcom"],
  ];
  return {
    name, vendor: vendors.find(([pattern]) => pattern.test(name))?.[1] ?? "unknown", year: UNKNOWN_YEAR, bandwidthBytesPerS,
    bandwidthBasis: "the row", deviceClass: undefined, batteryJ: undefined, batterySeenOn: undefined, bigCores: undefined, coreScore: undefined,
    gpuOpsPerS: undefined, npuOpsPerS: undefined,
  };
}

function positive(text: string | undefined): number | undefined {
  const value = Number.parseFloat(text ?? "");
  return value > 0 ? value : undefined;
}

function scale(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
