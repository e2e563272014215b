/** plmm data list|fetch: data sets of others, with licence and checksum; they are never part of this project. */
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { ConfigError } from "../../core/errors.js";
import { findDatasetFile } from "../../world/datasets/load-public-dataset.js";
import { findPublicDataset, PUBLIC_DATASETS } from "../../world/datasets/public-datasets.js";
import type { PublicDataset } from "../../world/datasets/public-datasets.js";
import { writeDownload } from "../../world/datasets/write-download.js";

interface FetchFlags { readonly name: string; readonly to: string | undefined; readonly url: string | undefined }

const UNVERIFIED = "sha256 not recorded: fetched unverified, printed after download";

/** The command. */
export const command: CommandModule = {
  command: "data",
  describe: "Data sets of others: what they are for, licence, checksum, download",
  builder: (argv: Argv) => argv
    .command("list", "All data sets, and which of them PLMM_DATA holds",
      (y) => y.option("json", { type: "boolean", default: false, describe: "Print JSON" }),
      ({ json }) => { process.stdout.write(json ? renderJson() : PUBLIC_DATASETS.map(renderDataset).join("\n") + footer()); })
    .command("fetch <name>", "Download one, whole or not at all; a broken download goes on where it stopped",
      (y) => y.positional("name", { type: "string", demandOption: true, describe: "Name in the list" })
        .option("to", { type: "string", requiresArg: true, describe: "Data folder", defaultDescription: "the folder named by PLMM_DATA" })
        .option("url", { type: "string", requiresArg: true, describe: "Another address of the same file: a mirror" }),
      async (args) => { await fetchDataset(args); })
    .demandCommand(1, "Give one of: list, fetch NAME.")
    .example("$0 data fetch pubmedqa --to ~/plmm-data", "Then: export PLMM_DATA=~/plmm-data"),
  handler: () => { /* yargs runs the subcommands */ },
};

function renderJson(): string {
  return `${JSON.stringify(PUBLIC_DATASETS.map((dataset) => ({ ...dataset, file: findDatasetFile(dataset) })), undefined, 2)}\n`;
}

function renderDataset(dataset: PublicDataset): string {
  const { name, path, url, page, licence, sha256, bytes, usedFor, citation } = dataset;
  const size = bytes === undefined ? "size not recorded" : `${(bytes / 1e6).toFixed(2)} MB`;
  const place = findDatasetFile(dataset) ?? `not here; belongs at ${path} below PLMM_DATA`;
  return [
    `${name.padEnd(20)}${usedFor}`,
    ...[`${citation}`, `${licence}; ${size}`, url ?? `no direct address; see ${page}`, sha256 === undefined ? UNVERIFIED : `sha256 ${sha256}`, place]
      .map((line) => `${" ".repeat(20)}${line}`), "",
  ].join("\n");
}

function footer(): string {
  const folder = process.env["PLMM_DATA"];
  return `\n${PUBLIC_DATASETS.length} data sets. PLMM_DATA ${folder === undefined ? "is not set" : `is ${folder}`}. Download: plmm data fetch NAME --to DIR\n`;
}

async function fetchDataset({ name, to, url: mirror }: FetchFlags): Promise<void> {
  const dataset = findPublicDataset(name), folder = to ?? process.env["PLMM_DATA"], url = mirror ?? dataset.url;
  if (url === undefined) {
    throw new ConfigError({ subject: `data set ${name}`, rule: "have an address to download from", got: undefined, hint: `Its owner hands it out at ${dataset.page}; give an address with --url.` });
  }
  if (folder === undefined || folder === "") {
    throw new ConfigError({ subject: "the data folder", rule: "be given by --to or PLMM_DATA", got: undefined, hint: `For example: plmm data fetch ${name} --to ~/plmm-data` });
  }
  const path = join(folder, dataset.path), { sha256, bytes } = dataset;
  const file = await writeDownload({ url, path, ...(sha256 === undefined ? {} : { sha256 }), ...(bytes === undefined ? {} : { bytes }), onProgress: showProgress });
  const kept = file.keptBytes === file.bytes ? "was there already" : file.keptBytes > 0 ? `resumed behind ${file.keptBytes} bytes` : "downloaded";
  process.stdout.write(`${path}\n${file.bytes} bytes, ${kept}\nsha256 ${file.sha256} (${file.isVerified ? "as recorded" : "not verified: none is recorded"})\nlicence: ${dataset.licence}\n`);
  if (process.env["PLMM_DATA"] !== folder) process.stdout.write(`To use it: export PLMM_DATA=${folder}\n`);
}

function showProgress(bytes: number, total: number | undefined): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${(bytes / 1e6).toFixed(1)}${total === undefined ? "" : ` of ${(total / 1e6).toFixed(1)}`} MB `);
}
