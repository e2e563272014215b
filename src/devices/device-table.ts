/**
 * The devices of a scenario as flat arrays of numbers, compiled once for one model: what the fleet reads for every question.
 *
 * decode:  seconds per token = (streamed weights + context * KV bytes per token) / (eta * bandwidth) + overhead
 * prefill: seconds = operations / rate + overhead
 * paging:  every token reads the streamed weights from flash
 */
import { nearestName } from "../config/nearest-name.js";
import { sumToOne } from "../config/quantities.js";
import { ConfigError } from "../core/errors.js";
import type { DeviceCatalogue, DeviceEntry } from "./device-catalogue.js";
import { kvBytesPerToken, opsPerToken, streamedBytes, weightBytes } from "./model-card.js";
import type { ModelCard } from "./model-card.js";

/** Battery of a device on the mains, as a number that a day does not change: 1e12 J. */
export const MAINS_BATTERY_J = 1e12;
/** KV caches on devices hold 16-bit numbers. */
const KV_BYTES_PER_ELEMENT = 2;

/** Numbers of each device of the mix. All arrays have shape [devices]. Rates are those of a cold device with the model in memory. */
export interface DeviceTable {
  readonly names: readonly string[];
  /** Time of a decoded token at an empty context. */
  readonly decodeBaseS: Float64Array;
  /** Time that each token of context adds to a decoded token. */
  readonly decodePerContextTokenS: Float64Array;
  readonly prefillPerTokenS: Float64Array;
  /** Once per prompt. */
  readonly prefillOverheadS: Float64Array;
  readonly sustainedFraction: Float64Array;
  readonly heatTauS: Float64Array;
  readonly coolTauS: Float64Array;
  /** Power of a cold device while the model computes. It falls with the speed, so that work takes the same energy at any heat. */
  readonly coldComputeW: Float64Array;
  readonly idleW: Float64Array;
  /** Full battery; `MAINS_BATTERY_J` for devices on the mains. */
  readonly batteryJ: Float64Array;
  readonly memoryBytes: Float64Array;
  /** Memory that the OS keeps. */
  readonly osReservedBytes: Float64Array;
  readonly weightBytes: Float64Array;
  /** Weights, KV cache at the context limit, runtime. */
  readonly workingSetBytes: Float64Array;
  /** Time to load the weights from flash. */
  readonly reloadS: Float64Array;
  /** Slowdown of decoding when the weights do not fit in memory. At least 1. */
  readonly cliffFactor: Float64Array;
  /** Share of the fleet up to and including the device. Ends in 1. */
  readonly cumulativeShare: Float64Array;
}

/**
 * Compiles the devices of a mix for one model.
 *
 * @param mix Share by device name, sum 1; undefined: every phone of the catalogue equally.
 * @param contextLimitTokens Most tokens of KV cache.
 * @throws {ConfigError} for an unknown device (naming the nearest), a share that is not from 0 to 1, or shares that do not sum to 1.
 */
export function compileDeviceTable(
  catalogue: DeviceCatalogue, mix: Readonly<Record<string, number>> | undefined, card: ModelCard, quant: string, contextLimitTokens: number,
): DeviceTable {
  const chosen = chooseDevices(catalogue, mix), devices = chosen.map((choice) => choice.device);
  const streamed = streamedBytes(card, quant), weights = weightBytes(card, quant), kv = kvBytesPerToken(card, KV_BYTES_PER_ELEMENT);
  const column = (value: (device: DeviceEntry) => number): Float64Array => Float64Array.from(devices, value);
  const decodeBaseS = column((device) => streamed / (device.eta.value * device.bandwidthBytesPerS.value) + device.decodeOverheadS.value);
  return {
    names: devices.map((device) => device.name),
    decodeBaseS,
    decodePerContextTokenS: column((device) => kv / (device.eta.value * device.bandwidthBytesPerS.value)),
    prefillPerTokenS: column((device) => opsPerToken(card) / device.prefillOpsPerS.value),
    prefillOverheadS: column((device) => device.prefillOverheadS.value),
    sustainedFraction: column((device) => device.sustainedFraction.value),
    heatTauS: column((device) => device.heatTauS.value),
    coolTauS: column((device) => device.coolTauS.value),
    coldComputeW: column((device) => device.computeW.value / device.sustainedFraction.value),
    idleW: column((device) => device.idleW.value),
    batteryJ: column((device) => (device.batteryJ.value > 0 ? device.batteryJ.value : MAINS_BATTERY_J)),
    memoryBytes: column((device) => device.memoryBytes.value),
    osReservedBytes: column((device) => device.osReservedBytes.value),
    weightBytes: column(() => weights),
    workingSetBytes: column(() => weights + kv * contextLimitTokens + catalogue.runtimeBytes.value),
    reloadS: column((device) => weights / device.flashBytesPerS.value),
    cliffFactor: Float64Array.from(devices, (device, index) =>
      Math.max(1, (streamed / device.flashBytesPerS.value + device.decodeOverheadS.value) / decodeBaseS[index]!)),
    cumulativeShare: cumulate(chosen.map((choice) => choice.share)),
  };
}

interface DeviceChoice { readonly device: DeviceEntry; readonly share: number; }

function chooseDevices(catalogue: DeviceCatalogue, mix: Readonly<Record<string, number>> | undefined): readonly DeviceChoice[] {
  if (mix === undefined) {
    const phones = catalogue.devices.filter((device) => device.class === "phone");
    return phones.map((device) => ({ device, share: 1 / phones.length }));
  }
  const choices = Object.entries(mix).map(([name, share]) => {
    if (!(share >= 0 && share <= 1)) {
      throw new ConfigError({
        subject: `devices.mix.${name}`, rule: "be a share from 0 to 1", got: share,
        hint: "Write 0.25 or 25%.",
      });
    }
    return { device: findDevice(catalogue, name), share };
  });
  const shares = choices.map((choice) => choice.share);
  if (!sumToOne(shares)) {
    throw new ConfigError({
      subject: "devices.mix", rule: "have shares that sum to 1", got: shares.reduce((sum, share) => sum + share, 0),
      hint: "Change a share, or leave devices.mix out for every phone equally.",
    });
  }
  return choices;
}

/**
 * Device of the catalogue by name.
 *
 * @throws {ConfigError} naming the nearest known device.
 */
export function findDevice(catalogue: DeviceCatalogue, name: string): DeviceEntry {
  const device = catalogue.devices.find((candidate) => candidate.name === name);
  if (device !== undefined) return device;
  const nearest = nearestName(name, catalogue.devices.map((candidate) => candidate.name));
  throw new ConfigError({
    subject: "device", rule: "be the name of a device of the catalogue", got: name,
    hint: `${nearest === undefined ? "" : `Did you mean ${nearest}? `}See: plmm devices list.`,
  });
}

/** Running sums that end in exactly 1, so that a uniform number below 1 always finds a device. */
function cumulate(shares: readonly number[]): Float64Array {
  const sums = new Float64Array(shares.length);
  let sum = 0;
  for (let index = 0; index < shares.length; index++) { sum += shares[index]!; sums[index] = sum; }
  let last = shares.length - 1;
  for (; last > 0 && shares[last] === 0; last--) sums[last] = 1;
  sums[last] = 1;
  return sums;
}
