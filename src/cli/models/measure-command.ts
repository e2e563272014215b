/** plmm models measure: how often a trained family is right, as the simulator reads it. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { measuredQualityPath } from "../../config/load-measured-quality.js";
import { type MeasuredQuality, QUALITY_FILE } from "../../config/measured-quality.js";
import { shippedFamilyFolder } from "../../models/load-family.js";
import { writeWholeFile } from "../../models/write-whole-file.js";
import { renderRows } from "../../report/render-rows.js";
import { measureQuality } from "../../run/family/measure-quality.js";

interface MeasureArguments { readonly folder: string | undefined; readonly personal: string; readonly quants: readonly string[]; readonly questions: number; readonly threads: number; readonly output: string | undefined }

const QUANTS = ["Q8_0", "Q6_K", "Q5_K", "Q4_K", "Q4_K_M", "Q4_0", "Q3_K", "Q2_K", "IQ4_NL"];

/** The subcommand. */
export const measureCommand: CommandModule<object, MeasureArguments> = {
  command: "measure [folder]",
  describe: "Right answers of a trained family by who answers, kind of question and quantization; written for the simulator",
  builder: (argv: Argv): Argv<MeasureArguments> => argv
    .positional("folder", { type: "string", describe: "Default: the family that ships with the package" })
    .option("personal", { type: "string", requiresArg: true, default: "p-large", describe: "P whose accuracies scenarios have that name none" })
    .option("quants", { type: "string", array: true, requiresArg: true, default: QUANTS, describe: "Quantizations of P beside F16" })
    .option("questions", { type: "number", requiresArg: true, default: 400, describe: "Per answerer, kind, model and quantization" })
    .option("threads", { type: "number", requiresArg: true, default: 1 })
    .option("output", { alias: "o", type: "string", requiresArg: true, describe: `File to write, whole or not at all. Default: datasets/${QUALITY_FILE} of the package` }),
  handler: async ({ folder, output, ...wish }) => {
    const measured = await measureQuality({ folder: folder ?? shippedFamilyFolder(), ...wish, say: (line) => { process.stderr.write(`${line}\n`); } }), path = output ?? measuredQualityPath();
    const bytes = new TextEncoder().encode(renderQuality(measured));
    mkdirSync(dirname(path), { recursive: true });
    writeWholeFile(path, bytes.length, (writeAt) => { writeAt(bytes, 0); });
    const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
    process.stdout.write(renderRows(["answerer", "model", "quantization", "kind", "questions", "right", "95% interval"], measured.rows.map(({ answerer, model, quant, kind, right, questions, interval }) =>
      [answerer, model, quant, kind, questions, percent(right / questions), `${percent(interval.low)} to ${percent(interval.high)}`]), "text"));
    process.stdout.write(`${path}: run ${measured.runId.slice(0, 12)}; scenarios have the accuracies of ${measured.member}, or of the P that quality.member names\n`);
  },
};

/** One row per line. */
function renderQuality({ rows, ...rest }: MeasuredQuality): string {
  const head = JSON.stringify(rest, undefined, 2);
  return `${head.slice(0, -2)},\n  "rows": [\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n")}\n  ]\n}\n`;
}
