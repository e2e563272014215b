/** plmm devices list and show: the devices of the catalogue with a model, each number with its 80% interval and origin. */
import type { Argv, CommandModule } from "yargs";
import { askDevice, askModel } from "../../devices/ask-device.js";
import { DEVICE_CLASSES } from "../../devices/device-catalogue.js";
import type { DeviceEntry, DeviceNumber } from "../../devices/device-catalogue.js";
import { compileDeviceTable, findDevice } from "../../devices/device-table.js";
import { loadDeviceCatalogue } from "../../devices/load-device-catalogue.js";
import { findModelCard } from "../../devices/load-model-cards.js";
import { loadPredictionGround } from "../../devices/load-prediction-ground.js";
import { nameModelCard } from "../../devices/name-model-card.js";
import { predictDevice } from "../../devices/predict-device.js";
import type { PredictedNumber } from "../../devices/predict-device.js";
import { INTERACTIVE_RULE, tabulateDevices } from "../../devices/tabulate-devices.js";
import type { DeviceCase } from "../../devices/tabulate-devices.js";
import { INTERVAL_NOTE, renderCell, renderPredicted, renderSeries, requireContext } from "../render-predicted.js";

interface DeviceFlags { readonly model: string; readonly quant: string; readonly context: number; readonly json: boolean; }

/** A device with its workload: does the model fit, and everything predicted. */
interface PredictedDevice { readonly device: DeviceEntry; readonly fit: DeviceCase["fit"]; readonly predicted: readonly PredictedNumber[]; }

/** plmm devices list */
export const listCommand: CommandModule = {
  command: "list",
  describe: "One line per device: speed, memory, power, heat and battery, each with an 80% interval",
  builder: (argv) => workloadOptions(argv).option("class", { choices: DEVICE_CLASSES, describe: "Only this class" }),
  handler: (args) => { listDevices(args as unknown as DeviceFlags & { readonly class?: string }); },
};

/** plmm devices show NAME */
export const showCommand: CommandModule = {
  command: "show <name>",
  describe: "All numbers of one device with their intervals and origins",
  builder: (argv) => workloadOptions(argv).positional("name", { type: "string", demandOption: true, describe: "Name in the list" }),
  handler: (args) => { showDevice(args as unknown as DeviceFlags & { readonly name: string }); },
};

function workloadOptions(argv: Argv): Argv {
  return argv
    .option("model", { type: "string", default: "llama-3.2-1b", describe: "Model card, or the model's name as sources print it" })
    .option("quant", { type: "string", default: "Q4_0", describe: "Format of its weights" })
    .option("context", { type: "number", default: INTERACTIVE_RULE.promptTokens, describe: "Tokens of prompt and context" })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" });
}

/** @throws {ConfigError} for an unknown model, format, or length of context. */
function predictDevices(devices: readonly DeviceEntry[], flags: DeviceFlags): readonly PredictedDevice[] {
  requireContext(flags.context);
  const card = findCard(flags), ground = loadPredictionGround(), asked = askModel(card, flags.quant, flags.context);
  const cases = tabulateDevices({ ...loadDeviceCatalogue(), devices }, [card], [flags.quant]);
  return devices.map((device, at) => ({ device, fit: cases[at]!.fit, predicted: predictDevice(ground, askDevice(device, asked), device.batteryJ.value || undefined) }));
}

function findCard({ model }: DeviceFlags): ReturnType<typeof findModelCard> {
  return findModelCard(nameModelCard(model) ?? model);
}

const COLUMNS: readonly (readonly [title: string, width: number, names: readonly string[]])[] = [
  ["tokens/s", 17, ["decode"]], ["first token s", 22, ["time to first token"]], ["GB", 19, ["peak memory"]], ["W", 18, ["power after 10 min"]], ["J/token", 20, ["energy"]],
  ["tokens/s after 1/5/10 min", 27, [1, 5, 10].map((minutes) => `decode after ${minutes} min`)], ["battery h", 19, ["battery while decoding"]],
];

function listDevices(flags: DeviceFlags & { readonly class?: string }): void {
  const catalogue = loadDeviceCatalogue(), rows = predictDevices(catalogue.devices.filter((device) => flags.class === undefined || device.class === flags.class), flags);
  if (flags.json) { printJson(flags, rows); return; }
  console.log(`${nameWorkload(flags)}, cool at first, no pause: value (80% interval), m measured f fitted a assumed\n`);
  console.log(`${"name".padEnd(28)}${"software".padEnd(18)}${COLUMNS.map(([title, width]) => title.padStart(width)).join("")}`);
  for (const row of rows) console.log(renderRow(row));
  console.log(`\n${INTERVAL_NOTE} Measured: a row of this chip, software, model and format was seen. W: after 10 minutes.`);
  console.log(`Fitted on ${catalogue.fit.decodeRows} published measurements. Where each number comes from: plmm devices show NAME.`);
}

function renderRow({ device, fit, predicted }: PredictedDevice): string {
  const cells = COLUMNS.map(([, width, names]) => {
    const numbers = names.flatMap((name) => predicted.find((entry) => entry.name === name) ?? []);
    return (numbers.length === 0 ? "mains" : numbers.length === 1 ? renderCell(numbers[0]!) : renderSeries(numbers)).padStart(width);
  });
  return `${device.name.padEnd(28)}${`${device.stack} ${device.accelerator}`.padEnd(18)}${cells.join("")}${fit === "fits" ? "" : `  ${FIT_NOTE[fit]}`}`;
}

const FIT_NOTE = { pages: "does not fit in memory: pages, far slower", refused: "does not fit in memory: refused" } as const;

function showDevice(flags: DeviceFlags & { readonly name: string }): void {
  const device = findDevice(loadDeviceCatalogue(), flags.name), row = predictDevices([device], flags)[0]!;
  if (flags.json) { printJson(flags, [row]); return; }
  console.log(`${device.name}: ${device.class} of ${device.year}, ${device.soc}, ${device.build ?? device.stack} on ${device.accelerator}\n`);
  console.log(`${nameWorkload(flags)}, cool at first, no pause${row.fit === "fits" ? "" : `; it ${FIT_NOTE[row.fit]}`}`);
  for (const line of renderPredicted(row.predicted)) console.log(line);
  console.log(`${INTERVAL_NOTE}\n\nWhat the simulator takes for this device: ${simulatorSpeed(device, flags)}`);
  for (const [field, value] of Object.entries(device) as [string, DeviceNumber | string | number][]) if (typeof value === "object") console.log(renderNumber(field, value));
}

function renderNumber(field: string, value: DeviceNumber): string {
  const rows = value.rows === undefined ? "" : ` [${value.rows.slice(0, 6).join(" ")}${value.rows.length > 6 ? ` and ${value.rows.length - 6} more` : ""}]`;
  return `${field.padEnd(20)}${String(value.value).padStart(14)}  ${value.origin.padEnd(10)}${value.source}${rows}`;
}

function nameWorkload({ model, quant, context }: DeviceFlags): string {
  return `${findModelCard(nameModelCard(model) ?? model).title} ${quant} behind a prompt of ${context} tokens`;
}

/** Speed by the simulator's two lines at the empty and the full context. */
function simulatorSpeed(device: DeviceEntry, flags: DeviceFlags): string {
  const full = INTERACTIVE_RULE.contextLimitTokens, table = compileDeviceTable(loadDeviceCatalogue(), { [device.name]: 1 }, findCard(flags), flags.quant, full);
  const tokenS = table.decodeBaseS[0]!, rate = (contextTokens: number): string => (1 / (tokenS + contextTokens * table.decodePerContextTokenS[0]!)).toFixed(1);
  return `it reads ${(1 / table.prefillPerTokenS[0]!).toFixed(0)} and writes ${rate(0)} tokens/s when cool, ${rate(full)} behind ${full} tokens`;
}

function printJson(flags: DeviceFlags, rows: readonly PredictedDevice[]): void {
  const workload = { model: findCard(flags).name, quant: flags.quant, promptTokens: flags.context };
  console.log(JSON.stringify({ workload, devices: rows.map(({ device, fit, predicted }) => ({ ...device, fit, predicted })) }, undefined, 2));
}
