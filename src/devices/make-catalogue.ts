/**
 * The device catalogue from fitted models and facts. Each device gets the software stack, of those measured on it, that
 * answers a reference question soonest; lines through the predictions for that stack and accelerator; and class
 * assumptions where nobody measured. Pure: the same input gives the same bytes.
 */
import { quantile } from "../core/statistics.js";
import { BugError, DataError } from "../core/errors.js";
import type { DeviceCatalogue, DeviceEntry, DeviceNumber } from "./device-catalogue.js";
import type { DeviceFact, DeviceFacts } from "./device-facts.js";
import { assume, round } from "./catalogue-number.js";
import { findPlateauUse, heatNumbers } from "./catalogue-heat.js";
import { drawLines, predictPowerW } from "./device-speeds.js";
import type { SpeedLines, SpeedModels, SpeedPlace, Stack } from "./device-speeds.js";
import type { ChipSpec } from "./facts/chip-specs.js";
import type { Measurement } from "./facts/measurement.js";
import type { HeatSummary } from "./fit-heat.js";
import type { FitInputs } from "./fit/load-rate-models.js";
import type { RateFitFile } from "./fit/rate-fit-file.js";
import { conditionModel, predictLeftOut, rowsOf } from "./fit/rate-model.js";
import type { RateModel } from "./fit/rate-model.js";
import { summarizeErrors } from "./fit/score.js";
import type { TargetName } from "./fit/rate-targets.js";

/** Tables, fitted parameters, facts, and the fitted heat. */
export interface CatalogueInputs {
  readonly inputs: FitInputs;
  readonly fit: RateFitFile;
  readonly facts: DeviceFacts;
  readonly heat: HeatSummary;
}

/**
 * Makes the catalogue.
 *
 * @throws {DataError} when a chip has no bandwidth.
 */
export function makeCatalogue(given: CatalogueInputs): DeviceCatalogue {
  const { inputs, fit, facts, heat } = given;
  const model = (name: TargetName): RateModel => conditionModel(name, fit.targets[name], rowsOf(name, inputs), inputs.chips);
  const models: SpeedModels = { decode: model("decode"), prefill: model("prefill"), energy: model("energy") };
  const cold: MakeContext = { ...given, models, plateauUse: 1 };
  const context: MakeContext = { ...cold, plateauUse: findPlateauUse(facts, heat, (fact) => coldUse(fact, cold)) };
  return {
    madeBy: "npm run fit:devices",
    fit: {
      decodeRows: models.decode.rows.length, prefillRows: models.prefill.rows.length,
      medianAbsoluteErrorDecode: round(leftOutError(models.decode)), medianAbsoluteErrorPrefill: round(leftOutError(models.prefill)),
      note: "errors of tokens per second of rows whose chip was left out of the fit",
    },
    runtimeBytes: runtimeMemory(inputs.measurements),
    devices: facts.devices.map((fact) => makeEntry(fact, context)),
  };
}

interface MakeContext extends CatalogueInputs {
  readonly models: SpeedModels;
  /** Share of the bandwidth that the measured phone sustains. */
  readonly plateauUse: number;
}

function leftOutError(model: RateModel): number {
  const predictions = predictLeftOut(model, model.rows.map((row) => row.chip));
  const scored = model.rows.map((row, at) => ({ row, measured: model.target.measured(row), predicted: predictions[at]! }));
  return summarizeErrors(scored.flatMap(({ measured, ...rest }) => (measured === undefined ? [] : [{ ...rest, measured }])))!.median;
}

function makeEntry(fact: DeviceFact, context: MakeContext): DeviceEntry {
  const chip = context.inputs.chips.get(fact.soc), assumed = context.facts.classes[fact.class];
  if (chip === undefined || assumed === undefined) {
    throw new BugError({
      subject: fact.name, rule: "have a chip and a class", got: fact.soc,
      hint: "Add its row to soc-facts.csv.",
    });
  }
  const bandwidth = bandwidthOf(chip), memory = memoryOf(fact, context.inputs.measurements), group = chooseGroup(fact, bandwidth.value, context);
  const heat = heatNumbers(fact, bandwidthUse(group.lines, bandwidth.value), context.plateauUse, context.heat, context.facts);
  return {
    name: fact.name, class: fact.class, soc: fact.soc, year: fact.year, stack: group.family,
    ...(group.backend === undefined ? {} : { build: group.backend }), accelerator: group.accelerator,
    memoryBytes: memory, bandwidthBytesPerS: bandwidth,
    ...speedNumbers(fact, group, context),
    ...heat, computeW: computePower(fact, group, placeOf(fact, bandwidth.value), heat.sustainedFraction.value, context),
    idleW: assume(assumed.idleW, `class ${fact.class}: power at rest`),
    batteryJ: batteryOf(fact, chip),
    ...storageNumbers(fact, context.facts, memory.value),
  };
}

interface Group extends Stack { readonly lines: SpeedLines; }

/** Software that runs everywhere: taken where no usable row tells what a chip was used with. */
const DEFAULT_STACK: Stack = { family: "llama.cpp", accelerator: "CPU", backend: undefined };
/** The question by which stacks are compared: 300 tokens read and 150 written by a model of 1.24e9 weights in 0.76 GB. */
const REFERENCE = { promptTokens: 300, answerTokens: 150, opsPerToken: 2.48e9, streamedBytes: 7.6e8 } as const;

/** The stack that answers the reference question soonest, of those measured on the device, else on its chip. An app would ship that one. */
function chooseGroup(fact: DeviceFact, bandwidth: number, context: MakeContext): Group {
  const usable = context.models.decode.rows.filter((row) => row.chip === fact.soc && row.family !== "other");
  const own = usable.filter((row) => fact.measuredAs.includes(row.device)), place = placeOf(fact, bandwidth);
  const stacks = usualBuilds(own.length > 0 ? own : usable);
  const groups = (stacks.length === 0 ? [DEFAULT_STACK] : stacks).map((stack): Group =>
    ({ ...stack, lines: drawLines(context.models, place, stack) }));
  const seconds = ({ lines }: Group): number =>
    REFERENCE.answerTokens * (REFERENCE.streamedBytes / (lines.eta * bandwidth) + lines.decodeOverheadS)
    + (REFERENCE.promptTokens * REFERENCE.opsPerToken) / lines.prefillOpsPerS + lines.prefillOverheadS;
  return groups.reduce((best, group) => (seconds(group) < seconds(best) ? group : best));
}

/** Each stack and accelerator once, with the build that most of the rows used. */
function usualBuilds(rows: readonly Measurement[]): readonly Stack[] {
  const counts = new Map<string, { readonly stack: Stack; count: number }>();
  for (const { family, accelerator, backend } of rows) {
    const key = `${family}|${accelerator}|${backend ?? ""}`, known = counts.get(key);
    if (known === undefined) counts.set(key, { stack: { family, accelerator, backend }, count: 1 }); else known.count++;
  }
  const byCount = [...counts.values()].sort((a, b) => b.count - a.count).map(({ stack }) => stack);
  return byCount.filter((stack, at) => byCount.findIndex((other) => other.family === stack.family && other.accelerator === stack.accelerator) === at);
}

function placeOf(fact: DeviceFact, bandwidthBytesPerS: number): SpeedPlace {
  return { chip: fact.soc, deviceClass: fact.class, bandwidthBytesPerS };
}

type SpeedNumbers = Pick<DeviceEntry, "eta" | "decodeOverheadS" | "prefillOpsPerS" | "prefillOverheadS">;

function speedNumbers(fact: DeviceFact, group: Group, context: MakeContext): SpeedNumbers {
  const number = (value: number, model: RateModel): DeviceNumber => {
    const ids = model.rows.filter((row) => row.chip === fact.soc && row.family === group.family && row.accelerator === group.accelerator).map((row) => row.id);
    const source = `line through predictions for ${group.backend ?? group.family} on ${group.accelerator}, fitted on ${model.rows.length} ${model.target.name} rows, ${
      ids.length > 0 ? "with those of the chip listed" : "none of them of this chip with this software"}`;
    return { value: round(value), origin: "fitted", source, ...(ids.length > 0 ? { rows: ids } : {}) };
  };
  const { decode, prefill } = context.models, { lines } = group;
  return {
    eta: number(lines.eta, decode), decodeOverheadS: number(lines.decodeOverheadS, decode),
    prefillOpsPerS: number(lines.prefillOpsPerS, prefill), prefillOverheadS: number(lines.prefillOverheadS, prefill),
  };
}

/** Share of the bandwidth that a cold device reaches with its stack on the reference model. */
function coldUse(fact: DeviceFact, context: MakeContext): number {
  const chip = context.inputs.chips.get(fact.soc);
  if (chip === undefined) return 1;
  const bandwidth = bandwidthOf(chip).value;
  return bandwidthUse(chooseGroup(fact, bandwidth, context).lines, bandwidth);
}

function bandwidthUse(lines: SpeedLines, bandwidth: number): number {
  return REFERENCE.streamedBytes / (REFERENCE.streamedBytes / lines.eta + lines.decodeOverheadS * bandwidth);
}

/** What a case and its cooling bear, of the power assumed for the class: the energy rows of laptops are few and one is measured at the wall. */
const MOST_OF_CLASS_POWER = 1.5;

/** Power over minutes of work: the median measured one, J per token times tokens per second where no power is printed; else the fitted energy of a token times the sustained rate. */
function computePower(fact: DeviceFact, group: Group, place: SpeedPlace, sustainedFraction: number, context: MakeContext): DeviceNumber {
  const names = [fact.title, ...fact.measuredAs];
  const powers = context.inputs.energy.filter((row) => names.includes(row.device) && row.powerW !== undefined);
  if (powers.length === 0) {
    const most = MOST_OF_CLASS_POWER * context.facts.classes[fact.class].computeW, watts = Math.min(most, sustainedFraction * predictPowerW(context.models, place, group));
    return {
      value: round(watts), origin: "fitted",
      source: `predicted energy of a token times tokens per second at the heat plateau, from ${context.models.energy.rows.length} rows of energy-measurements.csv; at most ${MOST_OF_CLASS_POWER} times the class ${fact.class}`,
    };
  }
  return {
    value: round(medianOf(powers.map((row) => row.powerW!))), origin: "measured", rows: powers.map((row) => row.id),
    source: "median of datasets/devices/energy-measurements.csv rows of the device; whole device, scope column says how",
  };
}

function batteryOf(fact: DeviceFact, chip: ChipSpec): DeviceNumber {
  if (fact.batteryWh === 0) return { value: 0, origin: "published", source: "runs from the mains" };
  const value = round(fact.batteryWh * 3600);
  return fact.title === chip.batterySeenOn ? { value, origin: "published", source: `soc-facts.csv, ${fact.title}` } : { value, origin: "assumed", source: fact.source };
}

function memoryOf(fact: DeviceFact, rows: readonly Measurement[]): DeviceNumber {
  const stated = rows.filter((row) => fact.measuredAs.includes(row.device) && row.memoryBytes === fact.memoryGb * 1e9).map((row) => row.id);
  return stated.length > 0 ? { value: fact.memoryGb * 1e9, origin: "measured", source: "ram_gb of the rows", rows: stated.slice(0, 3) }
    : { value: fact.memoryGb * 1e9, origin: "assumed", source: fact.source };
}

function bandwidthOf(chip: ChipSpec): DeviceNumber {
  if (chip.bandwidthBytesPerS === undefined) {
    throw new DataError({
      subject: chip.name, rule: "have a memory bandwidth", got: undefined, where: "datasets/devices/soc-facts.csv",
      hint: "Fill mem_bw_gbs.",
    });
  }
  const origin = chip.bandwidthBasis.startsWith("seen") ? "published" as const : "assumed" as const;
  return { value: round(chip.bandwidthBytesPerS), origin, source: `soc-facts.csv, ${chip.name}: ${chip.bandwidthBasis}` };
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
function runtimeMemory(rows: readonly Measurement[]): DeviceNumber {
  const own = rows.filter((row) => row.family === "mlx" && row.accelerator === "Metal" && /Qwen3-/.test(row.model) && row.deviceClass === "phone"
    && row.exclusion === undefined && row.peakBytes !== undefined && row.modelBytes !== undefined && row.peakBytes > row.modelBytes);
  return {
    value: round(medianOf(own.map((row) => row.peakBytes! - row.modelBytes!))), origin: "measured", rows: own.map((row) => row.id),
    source: "peak memory less file size of MLX rows on phones, short chats; other stacks show 0.8 to 1.5 GB with their KV cache",
  };
}

function medianOf(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}
