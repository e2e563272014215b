/** A configuration that somebody asks about, in the form of a measured row without measurements. */
import type { Measurement } from "./measurement.js";

/** What is asked. */
export interface AskedConfiguration {
  readonly chip: string;
  readonly deviceClass: string;
  readonly family: string;
  readonly accelerator: string;
  readonly streamedBytes: number;
  readonly modelBytes: number;
  readonly parameters: number;
  readonly isMixture: boolean;
  readonly kvBytesPerToken: number;
  readonly promptTokens: number;
  readonly bits: number;
  readonly model?: string;
  readonly format?: string;
  readonly backend?: string | undefined;
  readonly threads?: number | undefined;
  readonly bandwidthBytesPerS?: number | undefined;
}

/** The configuration as a row. No protocol and, unless given, no build: the middle of its stack. */
export function askRow(asked: AskedConfiguration): Measurement {
  return {
    id: "asked", device: "", deviceClass: asked.deviceClass, chip: asked.chip, backend: asked.backend, family: asked.family, accelerator: asked.accelerator,
    threads: asked.threads, model: asked.model ?? "", format: asked.format ?? "", bits: asked.bits, bandwidthBytesPerS: asked.bandwidthBytesPerS,
    parameters: asked.parameters, isMixture: asked.isMixture, modelBytes: asked.modelBytes, streamedBytes: asked.streamedBytes, bytesBasis: "streamed",
    kvBytesPerToken: asked.kvBytesPerToken, promptTokens: asked.promptTokens, decodePerS: undefined, prefillPerS: undefined, firstTokenS: undefined, peakBytes: undefined,
    energyPerTokenJ: undefined, powerW: undefined, memoryBytes: undefined, protocol: undefined, exclusion: undefined,
  };
}
