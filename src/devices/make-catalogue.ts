/**
 * The device catalogue from measurements and facts. Each device gets the software stack, of those measured on it, that
 * answers a reference question soonest; the fit of that stack and accelerator with the chip's own factors; and class
 * assumptions where nobody measured. Pure: the same input gives the same bytes.
 */
import { BugError, DataError } from "../core/errors.js";
import type { DeviceCatalogue, DeviceEntry, DeviceNumber } from "./device-catalogue.js";
import type { DeviceFact, DeviceFacts } from "./device-facts.js";
import { assume, round } from "./catalogue-number.js";
import { findPlateauUse, heatNumbers } from "./catalogue-heat.js";
import type { HeatSummary } from "./fit-heat.js";
import { fitOf, fitRates, median, rateErrors } from "./fit-rate.js";
import type { GroupFit, RateBounds, RateFit, RatePoint } from "./fit-rate.js";
import { parseMeasurements } from "./measurement-rows.js";
import type { MeasurementRow } from "./measurement-rows.js";
import { parseCsv } from "./parse-csv.js";
import type { CsvRow } from "./parse-csv.js";

/** Texts of the tables of datasets/devices, and the fitted heat. */
export interface CatalogueInputs {
  readonly measurements: string;
  readonly energy: string;
  readonly socs: string;
  readonly facts: DeviceFacts;
  readonly heat: HeatSummary;
}

/** Bounds of the decode fit: a token's overhead up to 60 ms, eta up to 1.05. */
const DECODE_BOUNDS: RateBounds = { mostOverheadS: 0.06, leastRate: 0.02, mostRate: 1.05 };
/** Bounds of the prefill fit: overhead up to 0.3 s, operations per byte of bandwidth. */
const PREFILL_BOUNDS: RateBounds = { mostOverheadS: 0.3, leastRate: 0.2, mostRate: 500 };
const MOST_ETA = 1.05;
const MEASUREMENTS_FILE = "datasets/devices/device-measurements.csv";

/** Decode points of the usable rows: seconds of a token against streamed bytes. */
export function decodePoints(rows: readonly MeasurementRow[]): readonly RatePoint[] {
  return rows.filter((row) => row.decodeExclusion === undefined).map((row) => ({
    id: row.id, group: row.group, accelerator: row.accelerator, soc: row.soc, work: row.streamedBytes!,
    bandwidthBytesPerS: row.bandwidthBytesPerS!, seconds: 1 / row.decodeTokensPerS!,
  }));
}

/** Prefill points of the usable rows: seconds of a prompt against operations, 2 per parameter and token. */
export function prefillPoints(rows: readonly MeasurementRow[]): readonly RatePoint[] {
  return rows.filter((row) => row.prefillExclusion === undefined).map((row) => ({
    id: row.id, group: row.group, accelerator: row.accelerator, soc: row.soc, work: 2 * row.parameters! * row.promptTokens!,
    bandwidthBytesPerS: row.bandwidthBytesPerS!, seconds: row.promptTokens! / row.prefillTokensPerS!,
  }));
}

/** Fits decode: eta and overhead of each stack on each accelerator, factors of chips. */
export function fitDecode(points: readonly RatePoint[]): RateFit {
  return fitRates(points, DECODE_BOUNDS);
}

/** Fits prefill: operations per byte of bandwidth and overhead of each stack on each accelerator, factors of chips. */
export function fitPrefill(points: readonly RatePoint[]): RateFit {
  return fitRates(points, PREFILL_BOUNDS);
}

/**
 * Makes the catalogue.
 *
 * @throws {DataError} when a table cannot be read, or a chip has no bandwidth.
 */
export function makeCatalogue(inputs: CatalogueInputs): DeviceCatalogue {
  const rows = parseMeasurements(inputs.measurements, MEASUREMENTS_FILE);
  const decode = decodePoints(rows), prefill = prefillPoints(rows), decodeFit = fitDecode(decode), prefillFit = fitPrefill(prefill);
  const energy = parseCsv(inputs.energy, "datasets/devices/energy-measurements.csv"), socs = parseCsv(inputs.socs, "datasets/devices/soc-facts.csv");
  const cold: MakeContext = { ...inputs, rows, decode, prefill, decodeFit, prefillFit, energyRows: energy, socRows: socs, plateauUse: 1 };
  const context: MakeContext = { ...cold, plateauUse: findPlateauUse(inputs.facts, inputs.heat, (fact) => coldUse(fact, cold)) };
  return {
    madeBy: "node dist/scripts/fit-devices.js",
    fit: {
      decodeRows: decode.length, prefillRows: prefill.length,
      medianAbsoluteErrorDecode: round(median(rateErrors(decodeFit, decode))), medianAbsoluteErrorPrefill: round(median(rateErrors(prefillFit, prefill))),
      note: "errors of tokens per second on the rows that were fitted, so smaller than on an unseen chip",
    },
    runtimeBytes: runtimeMemory(rows),
    devices: inputs.facts.devices.map((fact) => makeEntry(fact, context)),
  };
}

interface MakeContext extends CatalogueInputs {
  readonly rows: readonly MeasurementRow[];
  readonly decode: readonly RatePoint[];
  readonly prefill: readonly RatePoint[];
  readonly decodeFit: RateFit;
  readonly prefillFit: RateFit;
  readonly energyRows: readonly CsvRow[];
  readonly socRows: readonly CsvRow[];
  /** Share of the bandwidth that the measured phone sustains. */
  readonly plateauUse: number;
}

function makeEntry(fact: DeviceFact, context: MakeContext): DeviceEntry {
  const chip = context.socRows.find((row) => row["soc"] === fact.soc);
  const bandwidth = bandwidthOf(fact, chip), assumed = context.facts.classes[fact.class];
  if (chip === undefined || assumed === undefined) {
    throw new BugError({
      subject: fact.name, rule: "have a chip and a class", got: fact.soc,
      hint: "Add its row to soc-facts.csv.",
    });
  }
  const memory = memoryOf(fact, context.rows), group = chooseGroup(fact, bandwidth.value, context), decode = decodeNumbers(fact, group, context);
  return {
    name: fact.name, class: fact.class, soc: fact.soc, year: fact.year,
    stack: group.slice(0, group.lastIndexOf(" ")), accelerator: acceleratorOf(group),
    memoryBytes: memory, bandwidthBytesPerS: bandwidth,
    ...decode,
    ...prefillNumbers(fact, group, bandwidth.value, context),
    ...heatNumbers(fact, bandwidthUse(decode, bandwidth.value), context.plateauUse, context.heat, context.facts),
    computeW: computePower(fact, context.energyRows, assumed.computeW),
    idleW: assume(assumed.idleW, `class ${fact.class}: power at rest`),
    batteryJ: batteryOf(fact, chip),
    ...storageNumbers(fact, context.facts, memory.value),
  };
}

/** Software that runs everywhere: taken where no usable row tells what a chip was used with, and for the prefill of stacks without a prefill row. */
const DEFAULT_GROUP = "llama.cpp CPU";
/** The question by which stacks are compared: 300 tokens read and 150 written by a model of 1.24e9 weights in 0.76 GB. */
const REFERENCE = { promptTokens: 300, answerTokens: 150, opsPerToken: 2.48e9, streamedBytes: 7.6e8 } as const;

/** The stack that answers the reference question soonest, of those measured on the device, else on its chip. An app would ship that one. */
function chooseGroup(fact: DeviceFact, bandwidth: number, context: MakeContext): string {
  const usable = context.rows.filter((row) => row.decodeExclusion === undefined && row.soc === fact.soc);
  const own = usable.filter((row) => fact.measuredAs.includes(row.device));
  let best = { group: DEFAULT_GROUP, seconds: Infinity };
  for (const group of new Set((own.length > 0 ? own : usable).map((row) => row.group))) {
    const decode = fitOf(context.decodeFit, group, acceleratorOf(group), fact.soc)!, prefill = prefillLine(group, fact.soc, context);
    const seconds = REFERENCE.answerTokens * (REFERENCE.streamedBytes / (decode.rate * bandwidth) + decode.overheadS)
      + (REFERENCE.promptTokens * REFERENCE.opsPerToken) / (prefill.rate * bandwidth) + prefill.overheadS;
    if (seconds < best.seconds) best = { group, seconds };
  }
  return best.group;
}

function acceleratorOf(group: string): string {
  return group.slice(group.lastIndexOf(" ") + 1);
}

/** Line of a stack that has prefill rows; the default's for the others, which is slow and so on the safe side. */
function prefillLine(group: string, soc: string, context: MakeContext): GroupFit {
  const known = context.prefillFit.groups.has(group) ? group : DEFAULT_GROUP;
  return fitOf(context.prefillFit, known, acceleratorOf(known), soc)!;
}

function decodeNumbers(fact: DeviceFact, group: string, context: MakeContext): Pick<DeviceEntry, "eta" | "decodeOverheadS"> {
  const line = fitOf(context.decodeFit, group, acceleratorOf(group), fact.soc)!;
  const ids = context.decode.filter((point) => point.soc === fact.soc && point.group === group).map((point) => point.id);
  const source = `least absolute log error over ${context.decodeFit.groups.get(group)?.rows ?? 0} rows of ${group}, ${describeFactors(ids)}`;
  const listed = ids.length > 0 ? { rows: ids } : {};
  return {
    eta: { value: round(Math.min(MOST_ETA, line.rate)), origin: "fitted", source, ...listed },
    decodeOverheadS: { value: round(line.overheadS), origin: "fitted", source, ...listed },
  };
}

function prefillNumbers(fact: DeviceFact, group: string, bandwidth: number, context: MakeContext): Pick<DeviceEntry, "prefillOpsPerS" | "prefillOverheadS"> {
  const line = prefillLine(group, fact.soc, context), rows = context.prefillFit.groups.get(group)?.rows;
  const ids = context.prefill.filter((point) => point.soc === fact.soc && point.group === group).map((point) => point.id);
  const origin = rows === undefined ? "assumed" as const : "fitted" as const;
  const source = rows === undefined ? `no prefill row of ${group}: taken as ${DEFAULT_GROUP}`
    : `least absolute log error over ${rows} prefill rows of ${group}; operations scale with bandwidth, ${describeFactors(ids)}`;
  const listed = ids.length > 0 ? { rows: ids } : {};
  return {
    prefillOpsPerS: { value: round(line.rate * bandwidth), origin, source, ...listed },
    prefillOverheadS: { value: round(line.overheadS), origin, source, ...listed },
  };
}

/** Share of the bandwidth that a cold device reaches with its stack on the reference model. */
function coldUse(fact: DeviceFact, context: MakeContext): number {
  const bandwidth = bandwidthOf(fact, context.socRows.find((row) => row["soc"] === fact.soc)).value;
  return bandwidthUse(decodeNumbers(fact, chooseGroup(fact, bandwidth, context), context), bandwidth);
}

function bandwidthUse(decode: Pick<DeviceEntry, "eta" | "decodeOverheadS">, bandwidth: number): number {
  return REFERENCE.streamedBytes / (REFERENCE.streamedBytes / decode.eta.value + decode.decodeOverheadS.value * bandwidth);
}

function describeFactors(ids: readonly string[]): string {
  return ids.length > 0 ? "with factors of the chip shrunk to 1; its rows are listed" : "no row of this chip with this software: predicted from the bandwidth";
}

/** Median measured power of the device; J per token times tokens per second where no power is printed. */
function computePower(fact: DeviceFact, energy: readonly CsvRow[], assumedW: number): DeviceNumber {
  const powers: { readonly id: string; readonly watts: number }[] = [];
  for (const row of energy) {
    const names = [fact.title, ...fact.measuredAs], device = row["device"] ?? "";
    if (!names.includes(device) || /not stated|unconfirmed/.test(row["flags"] ?? "")) continue;
    const watts = Number(row["power_w"]) || Number(row["j_per_token"]) * Number(row["decode_tps"]);
    if (watts > 0) powers.push({ id: row["id"]!, watts });
  }
  if (powers.length === 0) return assume(assumedW, `class ${fact.class}: sustained power while decoding; recent phones 4 to 5 W in energy-measurements.csv`);
  return {
    value: round(median(powers.map((power) => power.watts))), origin: "measured", rows: powers.map((power) => power.id),
    source: "median of datasets/devices/energy-measurements.csv rows of the device; whole device, scope column says how",
  };
}

function batteryOf(fact: DeviceFact, chip: CsvRow): DeviceNumber {
  if (fact.batteryWh === 0) return { value: 0, origin: "published", source: "runs from the mains" };
  const isSeen = chip["battery_basis"] === "seen" && fact.title === chip["example_device"];
  const value = round(fact.batteryWh * 3600);
  return isSeen ? { value, origin: "published", source: `soc-facts.csv, ${fact.title}: ${chip["source"] ?? ""}` } : { value, origin: "assumed", source: fact.source };
}

function memoryOf(fact: DeviceFact, rows: readonly MeasurementRow[]): DeviceNumber {
  const stated = rows.filter((row) => fact.measuredAs.includes(row.device) && row.memoryBytes === fact.memoryGb * 1e9).map((row) => row.id);
  return stated.length > 0 ? { value: fact.memoryGb * 1e9, origin: "measured", source: "ram_gb of the rows", rows: stated.slice(0, 3) }
    : { value: fact.memoryGb * 1e9, origin: "assumed", source: fact.source };
}

function bandwidthOf(fact: DeviceFact, chip: CsvRow | undefined): DeviceNumber {
  const gb = Number(chip?.["mem_bw_gbs"]), basis = chip?.["mem_bw_basis"] ?? "";
  if (!(gb > 0)) {
    throw new DataError({
      subject: fact.soc, rule: "have a memory bandwidth", got: chip?.["mem_bw_gbs"], where: "datasets/devices/soc-facts.csv",
      hint: "Fill mem_bw_gbs.",
    });
  }
  const source = `soc-facts.csv, ${fact.soc}: ${basis}; ${chip?.["source"] ?? ""}`;
  return { value: round(gb * 1e9), origin: basis.startsWith("seen") ? "published" : "assumed", source };
}

function storageNumbers(fact: DeviceFact, facts: DeviceFacts, memoryBytes: number): Pick<DeviceEntry, "flashBytesPerS" | "osReservedBytes"> {
  const storage = facts.storage[fact.storage], assumed = facts.classes[fact.class];
  if (storage === undefined) {
    throw new DataError({
      subject: fact.name, rule: "name a kind of storage", got: fact.storage, where: "datasets/devices/device-facts.json",
      hint: `Known: ${Object.keys(facts.storage).join(", ")}.`,
    });
  }
  return {
    flashBytesPerS: assume(storage.loadBytesPerS, `${fact.storage}: ${storage.source}`),
    osReservedBytes: assume(round(assumed.osReservedBytes + assumed.osReservedFraction * memoryBytes),
      `class ${fact.class}: a floor and a share of memory for the OS and its services`),
  };
}

/** Peak memory beside the weights, median of rows of a runtime that counts all of it (MLX, small models). */
function runtimeMemory(rows: readonly MeasurementRow[]): DeviceNumber {
  const own = rows.filter((row) => row.group === "mlx Metal" && /Qwen3-/.test(row.model) && row.deviceClass === "phone"
    && row.peakMemoryBytes !== undefined && row.modelBytes !== undefined && row.peakMemoryBytes > row.modelBytes);
  return {
    value: round(median(own.map((row) => row.peakMemoryBytes! - row.modelBytes!))), origin: "measured", rows: own.map((row) => row.id),
    source: "peak memory less file size of MLX rows on phones, short chats; other stacks show 0.8 to 1.5 GB with their KV cache",
  };
}
