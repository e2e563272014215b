/** plmm models pull: fetches a public model file, checked and resumable. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { loadGgufHeader } from "../../models/gguf/load-gguf.js";
import { fileNameOf, findModelFile } from "../../models/pull/load-model-files.js";
import { loadDigest, writeDownload } from "../../models/pull/write-download.js";
import { ConfigError, DataError } from "../../core/errors.js";

interface PullArguments { readonly name: string; readonly output: string | undefined; readonly sha256: string | undefined }

const FOLDER = "out/models";
const SHOW_EVERY_BYTES = 8e6;
const EXPECTED_DIGEST = "as expected", UNKNOWN_DIGEST = "(nothing to compare with: keep it, and give it with --sha256 next time)";

/** The subcommand. */
export const pullCommand: CommandModule<object, PullArguments> = {
  command: "pull <name>",
  describe: "Fetch a model file by name or address; goes on where it stopped",
  builder: (argv: Argv) => argv
    .positional("name", { type: "string", demandOption: true, describe: "Name of plmm models list, or an address" })
    .option("output", { alias: "o", type: "string", requiresArg: true, describe: `File to write; default ${FOLDER}/<its name>` })
    .option("sha256", { type: "string", requiresArg: true, describe: "What the file must be; default as listed, when listed" }),
  handler: pullModel,
};

async function pullModel({ name, output, sha256 }: PullArguments): Promise<void> {
  const file = findModelFile(name), path = output ?? join(FOLDER, fileNameOf(file.url)), abort = new AbortController();
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new ConfigError({ subject: "--sha256", rule: "be 64 hexadecimal digits in lower case", got: sha256, hint: "As printed by: shasum -a 256 FILE" });
  }
  if (existsSync(path)) return describePresent(path, sha256 ?? file.sha256);
  console.log(`${file.url}\nlicence: ${file.licence}`);
  const stop = (): void => { abort.abort(); };
  process.once("SIGINT", stop);
  try {
    const found = await writeDownload({ url: file.url, path, sha256: sha256 ?? file.sha256, signal: abort.signal, say: progressLine() });
    const { tensors } = path.endsWith(".gguf") ? loadGgufHeader(path) : { tensors: [] };
    console.log(`${path}: ${found.bytes} bytes${found.resumedFrom > 0 ? `, ${found.resumedFrom} of them from before` : ""}${tensors.length > 0 ? `, ${tensors.length} tensors` : ""}`);
    console.log(`sha256 ${found.sha256} ${sha256 === undefined && file.sha256 === undefined ? UNKNOWN_DIGEST : EXPECTED_DIGEST}`);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    console.log(`Stopped; what came so far is kept. Go on with: plmm models pull ${name}`);
    process.exitCode = 130;
  } finally {
    process.off("SIGINT", stop);
  }
}

/** @throws {ConfigError} for a folder; {DataError} for a file of other bytes than expected. */
async function describePresent(path: string, sha256: string | undefined): Promise<void> {
  if (statSync(path).isDirectory()) throw new ConfigError({ subject: "--output", rule: "be a file", got: path, hint: "Give the name of the file too." });
  const found = await loadDigest(path);
  if (sha256 !== undefined && found !== sha256) throw new DataError({ subject: path, rule: `have sha256 ${sha256}`, got: found, hint: "It is another file, or damaged: remove it and pull again." });
  console.log(`${path} is there already.\nsha256 ${found} ${sha256 === undefined ? UNKNOWN_DIGEST : EXPECTED_DIGEST}`);
}

function progressLine(): (done: number, total: number | undefined) => void {
  let shown = 0;
  return (done, total) => {
    if (done - shown < SHOW_EVERY_BYTES) return;
    shown = done;
    const text = total === undefined ? `${(done / 1e6).toFixed(0)} MB` : `${(100 * done / total).toFixed(0).padStart(3)}%  ${(done / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`;
    process.stderr.write(process.stderr.isTTY ? `\r${text}\u001b[K${done === total ? "\n" : ""}` : `${text}\n`);
  };
}
