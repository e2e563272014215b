/** plmm devices predict: one model on one chip with one software stack. */
import type { CommandModule } from "yargs";
import { loadDataset } from "../../config/load-dataset.js";
import { nearestName } from "../../config/nearest-name.js";
import { ConfigError } from "../../core/errors.js";
import { findModelCard } from "../../devices/load-model-cards.js";
import { findQuant, kvBytesPerToken, opsPerToken, streamedBytes, weightBytes } from "../../devices/model-card.js";
import type { ModelCard } from "../../devices/model-card.js";
import { nameModelCard } from "../../devices/name-model-card.js";
import { parseDeviceFacts } from "../../devices/device-facts.js";
import type { AskedConfiguration } from "../../devices/facts/asked-row.js";
import { acceleratorOf, familyOf } from "../../devices/facts/software.js";
import type { HeatCurveFit } from "../../devices/fit-heat.js";
import { loadFitInputs, loadFirstTokenScale, loadRateModel } from "../../devices/fit/load-rate-models.js";
import { loadDeviceCatalogue } from "../../devices/load-device-catalogue.js";
import { predictDevice } from "../../devices/predict-device.js";
import type { PredictedNumber } from "../../devices/predict-device.js";

interface PredictFlags {
  readonly soc: string; readonly stack: string; readonly model: string; readonly quant: string; readonly context: number;
  readonly accelerator: string | undefined; readonly threads: number | undefined; readonly class: string | undefined;
  readonly bandwidth: number | undefined; readonly battery: number | undefined; readonly json: boolean;
}

const CLASSES = ["phone", "tablet", "laptop", "desktop", "sbc", "edge"] as const;

/** plmm devices predict */
export const predictCommand: CommandModule = {
  command: "predict",
  describe: "Speed, memory, power, heat and battery of a model on a chip, each with an 80% interval",
  builder: (argv) => argv
    .option("soc", { type: "string", demandOption: true, describe: "Chip of soc-facts.csv, or any name together with --bandwidth" })
    .option("stack", { type: "string", demandOption: true, describe: "Software: llama.cpp, executorch, litert, mlx, coreai, qnn, rkllm, mnn, mlc, ..." })
    .option("model", { type: "string", default: "llama-3.2-1b", describe: "Model card, or the model's name as sources print it" })
    .option("quant", { type: "string", default: "Q4_0", describe: "Format of its weights" })
    .option("context", { type: "number", default: 128, describe: "Tokens of prompt and context" })
    .option("accelerator", { type: "string", choices: ["CPU", "GPU", "NPU", "ANE"], describe: "Part of the chip; default: the stack's usual" })
    .option("threads", { type: "number", describe: "CPU threads" })
    .option("class", { type: "string", choices: CLASSES, describe: "Kind of device; default: the chip's usual" })
    .option("bandwidth", { type: "number", describe: "Memory bandwidth, GB/s: for chips that are not listed" })
    .option("battery", { type: "number", describe: "Battery, Wh; default: the example device of the chip" })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" })
    .example("$0 devices predict --soc \"Snapdragon 8 Elite\" --stack llama.cpp --model llama-3.2-3b --quant Q4_K_M --context 1024", "A chip that no row measured."),
  handler: (args) => { predict(args as unknown as PredictFlags); },
};

function predict(flags: PredictFlags): void {
  if (!(flags.context >= 1 && flags.context <= 1e6)) throw new ConfigError({ subject: "--context", rule: "be a number of tokens from 1 to 1e6", got: flags.context, hint: "Leave it out for 128." });
  const { chips } = loadFitInputs(), chip = chips.get(flags.soc), card = findModelCard(nameModelCard(flags.model) ?? flags.model);
  if (chip === undefined && flags.bandwidth === undefined) throw unknownChipError(flags.soc, [...chips.keys()]);
  const catalogue = loadDeviceCatalogue(), phone = catalogue.devices.find((device) => device.name === "iphone-17-pro");
  const heat = loadDataset("devices/heat-fit.json") as { readonly curves: readonly HeatCurveFit[]; readonly summary: { readonly sustainedFraction: number } };
  const asked = askFor(flags, card, flags.class ?? chip?.deviceClass ?? "phone");
  const numbers = predictDevice({
    model: loadRateModel, firstTokenScale: loadFirstTokenScale(), facts: parseDeviceFacts(loadDataset("devices/device-facts.json"), "datasets/devices/device-facts.json"), heatCurves: heat.curves,
    plateauUse: heat.summary.sustainedFraction * (phone === undefined ? 1 : coldUse(phone.eta.value, phone.decodeOverheadS.value, phone.bandwidthBytesPerS.value)),
  }, asked, flags.battery === undefined ? chip?.batteryJ : flags.battery * 3600);
  process.stdout.write(flags.json ? `${JSON.stringify({ asked, numbers }, undefined, 2)}\n` : renderNumbers(flags, asked, numbers));
}

function askFor(flags: PredictFlags, card: ModelCard, deviceClass: string): AskedConfiguration {
  const format = findQuant(card, flags.quant);
  return {
    chip: flags.soc, deviceClass, family: familyOf(flags.stack), accelerator: acceleratorOf(flags.accelerator ?? "", flags.soc, flags.stack),
    backend: flags.stack, threads: flags.threads, bandwidthBytesPerS: flags.bandwidth === undefined ? undefined : flags.bandwidth * 1e9,
    streamedBytes: streamedBytes(card, flags.quant), modelBytes: weightBytes(card, flags.quant), parameters: opsPerToken(card) / 2,
    isMixture: card.experts > 1, kvBytesPerToken: kvBytesPerToken(card, 2), promptTokens: flags.context, bits: format.bytesPerWeight * 8,
    model: card.title, format: flags.quant,
  };
}

/** Share of the bandwidth on a 4-bit model of 1.24e9 weights, as in the catalogue. */
function coldUse(eta: number, overheadS: number, bandwidth: number): number {
  return 7.6e8 / (7.6e8 / eta + overheadS * bandwidth);
}

function unknownChipError(name: string, known: readonly string[]): ConfigError {
  const nearest = nearestName(name, known);
  return new ConfigError({
    subject: "--soc", rule: "be a chip of datasets/devices/soc-facts.csv, or come with --bandwidth", got: name,
    hint: nearest === undefined ? "Give its memory bandwidth: --bandwidth 68." : `Did you mean ${nearest}? Else give its memory bandwidth: --bandwidth 68.`,
  });
}

function renderNumbers(flags: PredictFlags, asked: AskedConfiguration, numbers: readonly PredictedNumber[]): string {
  const head = `${asked.model ?? ""} ${flags.quant} on ${flags.soc} (${asked.deviceClass}), ${flags.stack} on ${asked.accelerator}, ${flags.context} tokens of context`;
  const lines = numbers.map((entry) => {
    const [value, low, high, unit] = inUnit(entry);
    return `${entry.name.padEnd(24)}${value.padStart(9)} ${unit.padEnd(10)}${`[${low}, ${high}]`.padEnd(20)} ${entry.origin.padEnd(9)}${entry.source}`;
  });
  return [head, ...lines, "", "Intervals hold 80% of measured rows on chips left out (plmm devices check).", ""].join("\n");
}

function inUnit(entry: PredictedNumber): readonly [string, string, string, string] {
  const factor = entry.unit === "bytes" ? 1e-9 : 1, show = (value: number): string => String(Number((value * factor).toPrecision(3)));
  return [show(entry.value), show(entry.low), show(entry.high), entry.unit === "bytes" ? "GB" : entry.unit];
}
