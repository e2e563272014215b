/**
 * A measurement as the covariance sees it: labels that two rows share or not, and numbers that lie near each other or not.
 * An absent label matches nothing, so a row of an unknown stack or protocol simply gets nothing from those terms, and says so in its interval.
 */
import { ln } from "../../core/elementary.js";
import { unknownChip } from "../facts/chip-specs.js";
import type { ChipSpec } from "../facts/chip-specs.js";
import type { Measurement } from "../facts/measurement.js";
import { modelKey, modelKind } from "../facts/model-name.js";
import { pieceTokens } from "../facts/prompt-intake.js";
import { formatClass, formatKey } from "../facts/weight-format.js";
import { decodeTokenS, overheadShare, USUAL_CONSTANTS } from "./decode-time.js";
import type { DecodeWork } from "./decode-time.js";
import { peakOpsPerS } from "./prefill-time.js";
import type { PrefillWork } from "./prefill-time.js";

/** Labels of a row. */
export const LABELS = ["any", "accelerator", "family", "backend", "protocol", "vendor", "deviceClass", "formatClass", "format", "kind", "model", "threads",
  "mixture", "cpu", "chip"] as const;

/** One label. */
export type Label = (typeof LABELS)[number];

/** Numbers of a row, each scaled so that 1 is a plain difference. */
export const NUMBERS = ["bytesPerBandwidth", "bytes", "bandwidth", "year", "cores", "coreScore", "throughput", "context", "parameters",
  "overheadShare"] as const;

/** One number. */
export type NumberName = (typeof NUMBERS)[number];

/** A row ready for the fit. */
export interface Features {
  readonly id: string;
  readonly labels: Readonly<Record<Label, string | undefined>>;
  readonly numbers: Readonly<Record<NumberName, number>>;
  readonly work: DecodeWork;
  readonly prefill: PrefillWork;
  readonly promptTokens: number;
  readonly deviceClass: string;
}

/** Bandwidth of a chip that nobody says, by class of device: middle of the class in soc-facts.csv, rounded. Bytes per second. */
const USUAL_BANDWIDTH: Readonly<Record<string, number>> = { phone: 51.2e9, tablet: 76.8e9, laptop: 89.6e9, desktop: 256e9, sbc: 17.1e9, edge: 51.2e9 };
/** KV bytes of a token, typical of grouped-query models of 0.5 to 8e9 parameters (28 to 128 KiB on their cards). */
const KV_BYTES_PER_TOKEN = 1e5;
const USUAL_PROMPT_TOKENS = 128;
const USUAL_PARAMETERS = 3e9;
const USUAL_CORE_SCORE = 1500;

/** Why a row cannot be predicted, or undefined. */
export function missingInput(row: Measurement): string | undefined {
  return row.streamedBytes === undefined ? "neither bytes nor parameters are said" : undefined;
}

/**
 * Features of a row.
 *
 * @param chip Undefined: a chip that no table knows.
 */
export function describeRow(row: Measurement, chip: ChipSpec | undefined): Features {
  const spec = chip ?? unknownChip(row.chip, row.bandwidthBytesPerS), deviceClass = row.deviceClass === "" ? spec.deviceClass : row.deviceClass;
  const bandwidth = row.bandwidthBytesPerS ?? spec.bandwidthBytesPerS ?? USUAL_BANDWIDTH[deviceClass ?? "phone"] ?? 51.2e9;
  const promptTokens = row.promptTokens ?? USUAL_PROMPT_TOKENS, bytes = row.streamedBytes ?? USUAL_PARAMETERS;
  const parameters = row.parameters ?? (bytes * 8) / row.bits, bigCores = spec.bigCores ?? 4;
  const tokenBytes = bytes + promptTokens * (row.kvBytesPerToken ?? KV_BYTES_PER_TOKEN), format = formatKey(row.format);
  const work: DecodeWork = {
    accelerator: row.accelerator, bytes, tokenBytes, parameters, bandwidthBytesPerS: bandwidth,
    cores: Math.min(row.threads ?? bigCores, 2 * bigCores), coreScore: spec.coreScore ?? USUAL_CORE_SCORE,
  };
  const prefill: PrefillWork = {
    accelerator: row.accelerator, promptTokens, pieceTokens: pieceTokens(row.backend ?? row.family), bytes, parameters, bandwidthBytesPerS: bandwidth,
    peakOpsPerS: peakOpsPerS(row.accelerator, { ...spec, ...work }), tokenS: decodeTokenS(work, USUAL_CONSTANTS),
  };
  const cores = ln(work.cores / 4), coreScore = ln(work.coreScore / 2000);
  return {
    id: row.id,
    labels: {
      any: "", accelerator: row.accelerator, family: row.family, backend: row.backend, protocol: row.protocol, vendor: spec.vendor,
      deviceClass, formatClass: formatClass(row.bits), format: format === "" ? undefined : format,
      kind: modelKind(row.model), model: modelKey(row.model), threads: row.threads === 1 || row.threads === 2 ? String(row.threads) : "many",
      mixture: row.isMixture ? "yes" : undefined, cpu: row.accelerator === "CPU" ? "yes" : undefined, chip: row.chip,
    },
    numbers: {
      bytesPerBandwidth: ln((bytes * 1e3) / bandwidth), bytes: ln(bytes / 1e9), bandwidth: ln(bandwidth / 60e9), year: (spec.year - 2022) / 3,
      cores, coreScore, throughput: cores + coreScore,
      context: ln(1 + promptTokens / 1000), parameters: ln(parameters / 1e9), overheadShare: overheadShare(work),
    },
    work, prefill, promptTokens, deviceClass: deviceClass ?? "phone",
  };
}
