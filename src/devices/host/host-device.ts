/**
 * A calibrated host as a device of the fleet, named "host". Its profile gives speed and memory; heat, power, battery and flash, which a
 * calibration does not measure, come from the device of the catalogue that it is said to be like.
 */
import type { DeviceCatalogue } from "../device-catalogue.js";
import { type DeviceTable, findDevice } from "../device-table.js";
import { findQuant, type ModelCard, streamedBytes } from "../model-card.js";
import type { HostProfile } from "./host-profile.js";
import type { HostSpeed } from "./host-speed.js";
import type { HostModel } from "./host-step.js";

/** Its name in `devices.mix`. */
export const HOST_NAME = "host";
/** Prompts that the line of prefill is drawn through. */
const PROMPTS = [64, 1024] as const;
/** What llama.cpp's quantizer keeps the matrix to the vocabulary in when the layers are narrower. */
const WIDER_OUTPUT = "Q6_K";
const DEVICE_RUNTIME = "llama.cpp";

/** The catalogue with the host in it. @throws {ConfigError} for an unknown device. */
export function withHost(catalogue: DeviceCatalogue, { provenance, runtimes }: HostProfile, like: string): DeviceCatalogue {
  const memoryBytes = { value: provenance.memoryBytes, origin: "fitted" as const, source: `memory of ${provenance.cpu}, as the system tells` };
  const host = { ...findDevice(catalogue, like), name: HOST_NAME, soc: provenance.cpu, stack: runtimes[DEVICE_RUNTIME] ?? DEVICE_RUNTIME, accelerator: "CPU", memoryBytes };
  return { ...catalogue, devices: [...catalogue.devices, host] };
}

/** A model card as the cost model sees it, in llama.cpp. Mixed formats such as Q4_K_M count as their main kind. */
export function cardHostModel(card: ModelCard, quant: string): HostModel {
  const { layers, hiddenSize, heads, kvHeads, headDim, feedForwardSize, vocabulary, activeParameters, isEmbeddingTied } = card;
  const { bytesPerWeight, outputBytesPerWeight } = findQuant(card, quant), kind = quant.replace(/_[SML]$/, ""), outputs = vocabulary * hiddenSize;
  const inLayers = activeParameters - outputs * (isEmbeddingTied ? 1 : 2);
  return {
    runtime: DEVICE_RUNTIME, quant, layers, width: hiddenSize, heads, kvHeads, headSize: headDim, feedForward: feedForwardSize, vocabulary,
    matrices: [
      { kind, weights: inLayers, bytes: inLayers * bytesPerWeight, isOutput: false },
      { kind: outputBytesPerWeight > bytesPerWeight ? WIDER_OUTPUT : kind, weights: outputs, bytes: outputs * outputBytesPerWeight, isOutput: true },
    ],
  };
}

/** The table with the host's speeds in its row: lines through the empty and the full context, and through two prompts. */
export function withHostSpeed(table: DeviceTable, speed: HostSpeed, card: ModelCard, quant: string, contextLimitTokens: number): DeviceTable {
  const row = table.names.indexOf(HOST_NAME), reach = Math.max(1, contextLimitTokens);
  if (row < 0) return table;
  const base = speed.decodeStepS(1, 0), [short, long] = [speed.prefillS(PROMPTS[0], 0), speed.prefillS(PROMPTS[1], 0)];
  // Attention bends prefill upwards: where the line would start below 0 it goes through the origin and the long prompt.
  const perToken = Math.min((long - short) / (PROMPTS[1] - PROMPTS[0]), long / PROMPTS[1]);
  const put = (column: Float64Array, value: number): Float64Array => column.map((old, index) => (index === row ? value : old));
  return {
    ...table,
    decodeBaseS: put(table.decodeBaseS, base), decodePerContextTokenS: put(table.decodePerContextTokenS, (speed.decodeStepS(1, reach) - base) / reach),
    prefillPerTokenS: put(table.prefillPerTokenS, perToken), prefillOverheadS: put(table.prefillOverheadS, Math.max(0, short - PROMPTS[0] * perToken)),
    cliffFactor: put(table.cliffFactor, Math.max(1, table.reloadS[row]! / table.weightBytes[row]! * streamedBytes(card, quant) / base)),
  };
}
