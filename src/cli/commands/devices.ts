/** plmm devices: the catalogue of devices with the origin of each number; predictions for any chip; predictions beside measurements. */
import type { Argv, CommandModule } from "yargs";
import { DEVICE_CLASSES } from "../../devices/device-catalogue.js";
import type { DeviceEntry, DeviceNumber } from "../../devices/device-catalogue.js";
import { compileDeviceTable, findDevice } from "../../devices/device-table.js";
import { loadDeviceCatalogue } from "../../devices/load-device-catalogue.js";
import { findModelCard } from "../../devices/load-model-cards.js";
import { checkCommand, foldsCommand } from "./devices-check.js";
import { predictCommand } from "./devices-predict.js";

interface DeviceFlags { readonly model: string; readonly quant: string; readonly json: boolean; }

const CONTEXT_TOKENS = 4096;

/** The command. */
export const command: CommandModule = {
  command: "devices",
  describe: "Real devices of the catalogue: speed, memory, heat and battery, with sources",
  builder: (argv) => argv
    .command({
      command: "list", describe: "One line per device",
      builder: (list) => speedOptions(list).option("class", { choices: DEVICE_CLASSES, describe: "Only this class" }) as never,
      handler: (args) => { listDevices(args as unknown as DeviceFlags & { readonly class?: string }); },
    })
    .command({
      command: "show <name>", describe: "All numbers of one device with their origin",
      builder: (show) => speedOptions(show).positional("name", { type: "string", demandOption: true, describe: "Name in the list" }) as never,
      handler: (args) => { showDevice(args as unknown as DeviceFlags & { readonly name: string }); },
    })
    .command(predictCommand).command(checkCommand).command(foldsCommand)
    .demandCommand(1, "Give one of: list, show NAME, predict, check FILE, folds.")
    .example("$0 devices list --class phone", "Phones with their speed on Llama 3.2 1B.")
    .example("$0 devices show pixel-10", "Where each number comes from."),
  handler: () => { /* yargs runs the subcommands */ },
};

function speedOptions(argv: Argv): Argv {
  return argv
    .option("model", { type: "string", default: "llama-3.2-1b", describe: "Model card that speeds are shown for" })
    .option("quant", { type: "string", default: "Q4_0", describe: "Quantization of its weights" })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" });
}

function listDevices(flags: DeviceFlags & { readonly class?: string }): void {
  const catalogue = loadDeviceCatalogue();
  const devices = catalogue.devices.filter((device) => flags.class === undefined || device.class === flags.class);
  if (flags.json) { console.log(JSON.stringify(devices, undefined, 2)); return; }
  console.log(`${"name".padEnd(28)}${"class".padEnd(8)}${"chip".padEnd(26)}${"year".padEnd(6)}${"software".padEnd(18)}`
    + `${"GB".padStart(5)}${"read/s".padStart(9)}${"write/s".padStart(9)}${"hot".padStart(6)}${"W".padStart(7)}${"Wh".padStart(7)}`);
  for (const device of devices) {
    const speed = speedOf(device, flags), battery = device.batteryJ.value === 0 ? "mains" : (device.batteryJ.value / 3600).toFixed(1);
    console.log(`${device.name.padEnd(28)}${device.class.padEnd(8)}${device.soc.padEnd(26)}${String(device.year).padEnd(6)}`
      + `${`${device.stack} ${device.accelerator}`.padEnd(18)}`
      + `${(device.memoryBytes.value / 1e9).toFixed(0).padStart(5)}${speed.prefill.toFixed(0).padStart(9)}${speed.decode.toFixed(1).padStart(9)}`
      + `${device.sustainedFraction.value.toFixed(2).padStart(6)}${device.computeW.value.toFixed(1).padStart(7)}${battery.padStart(7)}`);
  }
  const error = (catalogue.fit.medianAbsoluteErrorDecode * 100).toFixed(0);
  console.log(`\nread/s and write/s: tokens per second of ${flags.model} ${flags.quant}, cool, empty context. hot: speed after long work, of the cool one.`);
  console.log(`Fitted on ${catalogue.fit.decodeRows} published measurements, median error ${error}% on chips left out. Sources: plmm devices show NAME.`);
}

function showDevice(flags: DeviceFlags & { readonly name: string }): void {
  const device = findDevice(loadDeviceCatalogue(), flags.name);
  if (flags.json) { console.log(JSON.stringify(device, undefined, 2)); return; }
  const speed = speedOf(device, flags);
  console.log(`${device.name}: ${device.class} of ${device.year}, ${device.soc}, ${device.stack} on ${device.accelerator}`);
  console.log(`${flags.model} ${flags.quant}: reads ${speed.prefill.toFixed(0)} and writes ${speed.decode.toFixed(1)} tokens/s when cool, `
    + `${speed.decodeFull.toFixed(1)} behind ${CONTEXT_TOKENS} tokens of context; ${(speed.workingSetBytes / 1e9).toFixed(2)} GB of memory\n`);
  for (const [field, value] of Object.entries(device) as [string, DeviceNumber | string | number][]) {
    if (typeof value !== "object") continue;
    const rows = value.rows === undefined ? "" : ` [${value.rows.slice(0, 6).join(" ")}${value.rows.length > 6 ? ` and ${value.rows.length - 6} more` : ""}]`;
    console.log(`${field.padEnd(20)}${String(value.value).padStart(14)}  ${value.origin.padEnd(10)}${value.source}${rows}`);
  }
}

interface DeviceSpeed { readonly prefill: number; readonly decode: number; readonly decodeFull: number; readonly workingSetBytes: number; }

function speedOf(device: DeviceEntry, flags: DeviceFlags): DeviceSpeed {
  const table = compileDeviceTable(loadDeviceCatalogue(), { [device.name]: 1 }, findModelCard(flags.model), flags.quant, CONTEXT_TOKENS);
  return {
    prefill: 1 / table.prefillPerTokenS[0]!, decode: 1 / table.decodeBaseS[0]!,
    decodeFull: 1 / (table.decodeBaseS[0]! + CONTEXT_TOKENS * table.decodePerContextTokenS[0]!), workingSetBytes: table.workingSetBytes[0]!,
  };
}
