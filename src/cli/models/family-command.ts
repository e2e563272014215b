/** plmm models family: what the members of a trained family can do, from their records. */
import type { Argv, CommandModule } from "yargs";
import { loadFamily, MEMBER_FILES, requireMemberFile, shippedFamilyFolder } from "../../models/load-family.js";
import { renderFamily } from "../render-family.js";

interface FamilyArguments { readonly folder: string | undefined; readonly json: boolean }

/** The subcommand. */
export const familyCommand: CommandModule<object, FamilyArguments> = {
  command: "family [folder]",
  describe: "Scores of a trained family's members, with intervals; their weights against their checksums",
  builder: (argv: Argv) => argv
    .positional("folder", { type: "string", describe: "Default: the family that ships with the package" })
    .option("json", { type: "boolean", default: false, describe: "Print the records as JSON" }),
  handler: ({ folder = shippedFamilyFolder(), json }) => {
    const members = loadFamily(folder), records = members.map(({ record }) => record);
    for (const member of members) requireMemberFile(member, MEMBER_FILES.gguf);
    if (json) process.stdout.write(`${JSON.stringify(records, undefined, 2)}\n`);
    else process.stdout.write(records.length === 0 ? `${folder} holds no trained model. Train them: npm run train\n` : renderFamily(records));
  },
};
