/** Questions to the predictor: a model of a card, alone or on a device of the catalogue with the software that it ships with. */
import type { DeviceEntry } from "./device-catalogue.js";
import type { AskedConfiguration } from "./facts/asked-row.js";
import { findQuant, kvBytesPerToken, opsPerToken, streamedBytes, weightBytes } from "./model-card.js";
import type { ModelCard } from "./model-card.js";

/** The part of a question that a model answers. */
export type AskedModel = Pick<AskedConfiguration,
  "streamedBytes" | "modelBytes" | "parameters" | "isMixture" | "kvBytesPerToken" | "promptTokens" | "bits" | "model" | "format">;

/** KV caches on devices hold 16-bit numbers. */
const KV_BYTES_PER_ELEMENT = 2;

/**
 * A model in a format behind a prompt.
 *
 * @throws {ConfigError} for an unknown format.
 */
export function askModel(card: ModelCard, quant: string, promptTokens: number): AskedModel {
  return {
    streamedBytes: streamedBytes(card, quant), modelBytes: weightBytes(card, quant), parameters: opsPerToken(card) / 2, isMixture: card.experts > 1,
    kvBytesPerToken: kvBytesPerToken(card, KV_BYTES_PER_ELEMENT), promptTokens, bits: findQuant(card, quant).bytesPerWeight * 8, model: card.title, format: quant,
  };
}

/** A model on a device, with the software, build and accelerator of its entry. */
export function askDevice(device: DeviceEntry, asked: AskedModel): AskedConfiguration {
  return { ...asked, chip: device.soc, deviceClass: device.class, family: device.stack, accelerator: device.accelerator, backend: device.build };
}
