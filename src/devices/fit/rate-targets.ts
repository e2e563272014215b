/** What is predicted, each as a physical mean times a fitted correction: decode rate, prefill rate, peak memory, energy of a token. */
import { exp, ln } from "../../core/elementary.js";
import type { Measurement } from "../facts/measurement.js";
import { beginsWithDecodeStep } from "../facts/prompt-intake.js";
import { DECODE_PRIORS, decodeTokenS } from "./decode-time.js";
import type { Constants, NormalPrior } from "./decode-time.js";
import type { Features, Label, NumberName } from "./features.js";
import type { Term } from "./covariance.js";
import type { Prior } from "./hyperparameters.js";
import { PREFILL_PRIORS, prefillS } from "./prefill-time.js";

/** Names of targets. */
export const TARGETS = ["decode", "prefill", "memory", "energy"] as const;

/** Name of a target. */
export type TargetName = (typeof TARGETS)[number];

/** One target. */
export interface Target {
  readonly name: TargetName;
  readonly unit: string;
  /** Measured value, undefined when the row has none. */
  readonly measured: (row: Measurement) => number | undefined;
  /** What teaches the fit where the value itself is not measured: the same quantity worked out from another measurement. */
  readonly derived?: (row: Measurement) => number | undefined;
  /** Logarithm of the physical mean, whose constants are fitted under these priors. */
  readonly logMean: (row: Features, source: Measurement, constants: Constants) => number;
  readonly constants: Readonly<Record<string, NormalPrior>>;
  readonly terms: readonly Term[];
  readonly prior: Prior;
}

const LENGTH_START: Prior["lengthStart"] = {
  bytesPerBandwidth: 0.2, bytes: 0.5, bandwidth: 0, cpuBandwidth: 0, year: 0.7, cores: 0, coreScore: 0, parameters: 0.5,
};
/** Lets the rows speak: for targets of few terms. */
const WIDE: Prior = { variance: { mean: -4.5, sd: 1.5 }, lengthSd: 0.5, lengthStart: LENGTH_START, hasSourceNoise: false };
/**
 * Keeps every effect near an equal share of the spread. Decode has some 35 terms and 74 chips: too few chips for a wide prior, whose
 * hyperparameters follow the chips that they were fitted on.
 */
const TIGHT: Prior = { variance: { mean: -4, sd: 0.6 }, lengthSd: 0.2, lengthStart: LENGTH_START, hasSourceNoise: true };

/** Share of the bandwidth and overhead of a generic stack: the middle of simple fits over all stacks. */
const GENERIC = { eta: 0.55, overheadS: 0.008 } as const;
/** Runtime and app beside the weights. */
const GENERIC_RUNTIME_BYTES = 2e8;
/** Power while decoding by class of device, W: middles of energy-measurements.csv, rounded. */
const CLASS_POWER_W: Readonly<Record<string, number>> = { phone: 4.7, tablet: 6, laptop: 25, desktop: 30, sbc: 12, edge: 5 };

const near = (...names: readonly NumberName[]): Term["numbers"] => names.map((name) => [name, name]);
const term = (name: string, labels: readonly Label[], numbers: Term["numbers"] = [], slope?: NumberName): Term =>
  (slope === undefined ? { name, labels, numbers } : { name, labels, numbers, slope });

/** The shared skeleton: level, accelerator, stack, build, protocol; chip and its kin. */
const SKELETON: readonly Term[] = [
  term("level", ["any"]), term("accelerator", ["accelerator"]), term("stack", ["family", "accelerator"]), term("build", ["backend", "accelerator"]),
  term("protocol", ["protocol"]), term("bandwidth of accelerator", ["accelerator"], near("bandwidth")),
  term("vendor of stack", ["vendor", "family", "accelerator"]), term("class of device", ["deviceClass", "accelerator"]),
  term("format class", ["formatClass", "family", "accelerator"]), term("format", ["format", "family", "accelerator"]), term("kind of model", ["kind"]),
  term("chip", ["chip"]), term("chip and accelerator", ["chip", "accelerator"]), term("chip and stack", ["chip", "family", "accelerator"]),
];

const CPU_SIZE: Term["numbers"] = [["cores", "cores"], ["coreScore", "coreScore"]];

const DECODE_TERMS: readonly Term[] = [
  ...SKELETON.filter(({ name }) => name !== "chip and accelerator"), term("chip and build", ["chip", "backend", "accelerator"]),
  term("overhead of build", ["backend", "accelerator"], [], "overheadShare"),
  term("time of bytes", ["any"], near("bytesPerBandwidth")), term("bytes of accelerator", ["accelerator"], near("bytes")),
  term("bandwidth of stack", ["family", "accelerator"], near("bandwidth")),
  term("kin", ["vendor", "accelerator"], near("bandwidth", "year")), term("year of stack", ["family"], near("year")),
  term("model", ["model"]), term("model file", ["model", "format"]), term("threads", ["threads", "accelerator"]), term("mixture", ["mixture"]),
  term("chip by bytes", ["chip", "accelerator"], near("bytes")), term("chip by format", ["formatClass", "chip", "family", "accelerator"]),
  term("chip and protocol", ["chip", "protocol"]),
  term("CPU", ["cpu"], [...CPU_SIZE, ["bandwidth", "cpuBandwidth"]]), term("CPU by format", ["cpu", "formatClass"], CPU_SIZE),
  term("CPU of vendor", ["cpu", "vendor"], CPU_SIZE), term("context of stack", ["family", "accelerator"], [], "context"),
  // Trends reach beyond the chips that were seen, where effects of nearness fade.
  term("trend of bandwidth", ["accelerator"], [], "bandwidth"), term("trend of bandwidth of stack", ["family", "accelerator"], [], "bandwidth"),
  term("trend of CPU", ["cpu"], [], "throughput"), term("trend of years of stack", ["family"], [], "year"),
];

const PREFILL_TERMS: readonly Term[] = [
  ...SKELETON, term("size of stack", ["family", "accelerator"], near("parameters")), term("kin", ["vendor", "accelerator"], near("bandwidth", "year")),
  term("model", ["model"]), term("mixture", ["mixture"]), term("context", ["any"], [], "context"), term("context of stack", ["family", "accelerator"], [], "context"),
  term("CPU", ["cpu"], CPU_SIZE), term("CPU by format", ["cpu", "formatClass"], CPU_SIZE),
];

const MEMORY_TERMS: readonly Term[] = [
  ...SKELETON, term("bytes of stack", ["family", "accelerator"], near("bytes")), term("model", ["model"]), term("model file", ["model", "format"]),
  term("context of stack", ["family", "accelerator"], [], "context"), term("mixture", ["mixture"]),
];

const ENERGY_TERMS: readonly Term[] = [
  ...SKELETON, term("bytes", ["accelerator"], near("bytes")), term("kin", ["vendor", "accelerator"], near("bandwidth", "year")), term("model", ["model"]),
];

/** All targets. */
export const TARGET_TABLE: Readonly<Record<TargetName, Target>> = {
  decode: {
    name: "decode", unit: "tokens/s", measured: (row) => row.decodePerS, terms: DECODE_TERMS, prior: TIGHT,
    logMean: (row, _source, constants) => -ln(decodeTokenS(row.work, constants)), constants: DECODE_PRIORS,
  },
  prefill: {
    name: "prefill", unit: "tokens/s", measured: (row) => row.prefillPerS, terms: PREFILL_TERMS, prior: WIDE,
    derived: prefillFromFirstToken, logMean: (row, _source, constants) => ln(row.promptTokens / prefillS(row.prefill, constants)), constants: PREFILL_PRIORS,
  },
  memory: {
    name: "memory", unit: "bytes", measured: (row) => row.peakBytes, terms: MEMORY_TERMS, prior: WIDE,
    logMean: (row, source) => ln(Math.max(source.modelBytes ?? 0, row.work.tokenBytes) + GENERIC_RUNTIME_BYTES), constants: {},
  },
  energy: {
    name: "energy", unit: "J/token", measured: (row) => row.energyPerTokenJ, terms: ENERGY_TERMS, prior: WIDE,
    logMean: (row) => ln((CLASS_POWER_W[row.deviceClass] ?? CLASS_POWER_W["phone"]!) * genericTokenS(row)), constants: {},
  },
};

/** Value that teaches a target: measured, else derived. */
export function taughtValue(target: Target, row: Measurement): number | undefined {
  return target.measured(row) ?? target.derived?.(row);
}

/** Prompt tokens per second until the first token: most sources print no prefill rate for a short prompt. */
function prefillFromFirstToken({ family, promptTokens, firstTokenS, decodePerS }: Measurement): number | undefined {
  if (promptTokens === undefined || firstTokenS === undefined) return undefined;
  const readS = firstTokenS - (beginsWithDecodeStep(family) && decodePerS !== undefined ? 1 / decodePerS : 0);
  return readS > 0 ? promptTokens / readS : undefined;
}

/** Value of a prediction from its logarithm. */
export function fromLog(logValue: number): number {
  return exp(logValue);
}

function genericTokenS({ work }: Features): number {
  return work.tokenBytes / (GENERIC.eta * work.bandwidthBytesPerS) + GENERIC.overheadS;
}
