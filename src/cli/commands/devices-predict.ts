/** plmm devices predict: one model on one chip with one software stack. */
import type { CommandModule } from "yargs";
import { nearestName } from "../../config/nearest-name.js";
import { ConfigError } from "../../core/errors.js";
import { askModel } from "../../devices/ask-device.js";
import type { AskedConfiguration } from "../../devices/facts/asked-row.js";
import { acceleratorOf, familyOf } from "../../devices/facts/software.js";
import { loadFitInputs } from "../../devices/fit/load-rate-models.js";
import { findModelCard } from "../../devices/load-model-cards.js";
import { loadPredictionGround } from "../../devices/load-prediction-ground.js";
import type { ModelCard } from "../../devices/model-card.js";
import { nameModelCard } from "../../devices/name-model-card.js";
import { predictDevice } from "../../devices/predict-device.js";
import { INTERVAL_NOTE, renderPredicted, requireContext } from "../render-predicted.js";

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
  requireContext(flags.context);
  const { chips } = loadFitInputs(), chip = chips.get(flags.soc), card = findModelCard(nameModelCard(flags.model) ?? flags.model);
  if (chip === undefined && flags.bandwidth === undefined) throw unknownChipError(flags.soc, [...chips.keys()]);
  const asked = askFor(flags, card, flags.class ?? chip?.deviceClass ?? "phone");
  const numbers = predictDevice(loadPredictionGround(), asked, flags.battery === undefined ? chip?.batteryJ : flags.battery * 3600);
  const head = `${asked.model ?? ""} ${flags.quant} on ${flags.soc} (${asked.deviceClass}), ${flags.stack} on ${asked.accelerator}, ${flags.context} tokens of context`;
  process.stdout.write(flags.json ? `${JSON.stringify({ asked, numbers }, undefined, 2)}\n` : `${[head, ...renderPredicted(numbers), "", INTERVAL_NOTE].join("\n")}\n`);
}

function askFor(flags: PredictFlags, card: ModelCard, deviceClass: string): AskedConfiguration {
  return {
    ...askModel(card, flags.quant, flags.context), chip: flags.soc, deviceClass, family: familyOf(flags.stack),
    accelerator: acceleratorOf(flags.accelerator ?? "", flags.soc, flags.stack), backend: flags.stack, threads: flags.threads,
    bandwidthBytesPerS: flags.bandwidth === undefined ? undefined : flags.bandwidth * 1e9,
  };
}

function unknownChipError(name: string, known: readonly string[]): ConfigError {
  const nearest = nearestName(name, known);
  return new ConfigError({
    subject: "--soc", rule: "be a chip of datasets/devices/soc-facts.csv, or come with --bandwidth", got: name,
    hint: nearest === undefined ? "Give its memory bandwidth: --bandwidth 68." : `Did you mean ${nearest}? Else give its memory bandwidth: --bandwidth 68.`,
  });
}
