/** plmm privacy detector: what the detector of personal spans finds, on marked sentences of others and on people of our world. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { packageRoot } from "../../config/load-dataset.js";
import { loadStudy } from "../../config/load-study.js";
import { ConfigError, DataError } from "../../core/errors.js";
import { scoreMarked, scoreOnWorld } from "../../protocol/redaction/score-detector.js";
import { parsePresidio } from "../../world/datasets/parse-presidio.js";
import { makeWorld } from "../../world/world.js";
import { renderDetector } from "../render-detector.js";

interface DetectorFlags { readonly file: string | undefined; readonly people: number; readonly json: boolean }

const MOST_PEOPLE = 100_000;

/** The command. */
export const command: CommandModule = {
  command: "privacy",
  describe: "What the detector of personal data finds, by type",
  builder: (argv: Argv) => argv
    .command("detector", "Precision, recall and F2 of the detector of personal spans",
      (y) => y.option("file", { type: "string", requiresArg: true, describe: "Marked sentences in the form of Presidio Research (plmm data fetch presidio-synth)" })
        .option("people", { type: "number", default: 200, describe: "People of our world whose notes are read" })
        .option("json", { type: "boolean", default: false, describe: "Print JSON" }),
      (args) => { scoreDetector(args); })
    .demandCommand(1, "Give one of: detector.")
    .example("$0 privacy detector --file synth_dataset_v2.json", "Scores on sentences of others, per type of personal data."),
  handler: () => { /* yargs runs the subcommands */ },
};

function scoreDetector({ file, people, json }: DetectorFlags): void {
  if (!Number.isInteger(people) || people < 0 || people > MOST_PEOPLE) throw new ConfigError({ subject: "--people", rule: `be a whole number from 0 to ${MOST_PEOPLE}`, got: people, hint: "See: plmm privacy detector --help" });
  const world = makeWorld(loadStudy(join(packageRoot(), "configs", "minimal.yaml")).world);
  const bodies = [...(file === undefined ? [] : scoreMarked(parsePresidio(loadText(file), file))), ...(people === 0 ? [] : scoreOnWorld(world, people))];
  process.stdout.write(json ? `${JSON.stringify(bodies, undefined, 2)}\n` : renderDetector(bodies));
}

function loadText(file: string): string {
  if (!existsSync(file)) throw new DataError({ subject: file, rule: "exist", got: "no such file", hint: "Run: plmm data fetch presidio-synth --to DIR" });
  return readFileSync(file, "utf8");
}
