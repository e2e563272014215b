/** plmm train: the family of models, from texts of the world to files with their scores. */
import { readFileSync } from "node:fs";
import type { CommandModule } from "yargs";
import { ConfigError } from "../../core/errors.js";
import { parseFamilyPlan } from "../../run/family/parse-family-plan.js";
import { trainFamily } from "../../run/family/train-family.js";
import { renderFamily } from "../render-family.js";

interface TrainFlags { readonly plan: string; readonly out: string; readonly only?: readonly string[]; readonly score: boolean; readonly json: boolean }

/** The command. */
export const command: CommandModule = {
  command: "train <plan>",
  describe: "Train a family of models on the world; goes on where it was stopped",
  builder: (argv) => argv
    .positional("plan", { type: "string", demandOption: true, describe: "Plan of a family, as configs/family.yaml" })
    .option("out", { alias: "o", type: "string", default: "models", requiresArg: true, describe: "Folder; a folder in it for each model" })
    .option("only", { type: "string", array: true, requiresArg: true, describe: "Names of models to train" })
    .option("score", { type: "boolean", default: false, describe: "Ask finished models again, and write their records anew" })
    .option("json", { type: "boolean", default: false, describe: "Print the records as JSON" })
    .example("$0 train configs/family.yaml --only p-small", "One member; stop with Ctrl-C, call again to go on."),
  handler: async (args) => {
    const { plan, out, only, score, json } = args as unknown as TrainFlags, family = parseFamilyPlan(readPlan(plan), plan);
    const odd = only?.find((name) => !(name in family.models));
    if (odd !== undefined) throw new ConfigError({ subject: "--only", rule: `name models of the plan: ${Object.keys(family.models).join(", ")}`, got: odd, hint: "Leave it out to train all." });
    const records = await trainFamily(family, { folder: out, isScoredAgain: score, say: (line) => { process.stderr.write(`${line}\n`); }, ...(only === undefined ? {} : { only }) });
    process.stdout.write(json ? `${JSON.stringify(records, undefined, 2)}\n` : renderFamily(records));
  },
};

function readPlan(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError({ subject: path, rule: "be a readable plan of a family", got: (cause as NodeJS.ErrnoException).code, hint: "Try configs/family.yaml.", cause });
  }
}
