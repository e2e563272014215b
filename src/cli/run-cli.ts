/** Parses a command line, runs one command, and turns every error into a message and an exit code. */
import yargs, { type Argv, type CommandModule } from "yargs";
import { loadPackageVersion } from "../config/load-dataset.js";
import { PlmmError } from "../core/errors.js";
import { loadCommands } from "./command-list.js";

/** Exit code of a command line that cannot be understood; the same as for a faulty config. */
const USAGE_EXIT_CODE = 2;
const BUG_EXIT_CODE = 70;
const WIDEST_HELP = 100;

/**
 * Runs one command line. Sets process.exitCode when something failed; a command sets 1 for failed cells and 3 for a
 * regression itself.
 *
 * @param args Words after "plmm".
 */
export async function runCli(args: readonly string[]): Promise<void> {
  try {
    await makeParser(args, await loadCommands(args)).parseAsync();
  } catch (error) {
    process.exitCode = reportError(error);
  }
}

/** A command line that yargs refused, in its own words. */
class UsageFault extends Error {}

function makeParser(args: readonly string[], commands: readonly CommandModule[]): Argv {
  return yargs(args.length === 0 ? ["--help"] : [...args])
    .scriptName("plmm")
    .usage("$0 <command>\n\nA laboratory for personal language models: phones (P), expert servers (E) and general models (T)\non one simulated clock. How fast, at what cost in memory, battery and money, what leaks, how good\nare the answers, and does the economy hold?")
    .parserConfiguration({ "greedy-arrays": false, "dot-notation": false, "parse-positional-numbers": false })
    .command([...commands] as never)
    .demandCommand(1, "Name a command.")
    .strict()
    .check((parsed, options) => requireOnce(parsed, options as unknown as { array: readonly string[] }), true)
    .recommendCommands()
    .wrap(Math.min(WIDEST_HELP, process.stdout.columns ?? WIDEST_HELP))
    .version(loadPackageVersion())
    .help()
    .alias({ help: "h", version: "V" })
    .group(["help", "version"], "Everywhere:")
    .example("$0 run configs/quickstart.yaml", "10,000 phones, one day, four policies.")
    .example("$0 table speed --format md", "A table of the newest run.")
    .example("$0 config validate configs/quickstart.yaml", "Faults come with file and line.")
    .example("$0 config explain routing", "Meaning, unit, range and default.")
    .epilogue(EPILOGUE)
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => { throw error ?? new UsageFault(message ?? "not understood"); });
}

/** An option that is given twice reaches a command as a list, which only some take. @throws {UsageFault} */
function requireOnce(parsed: Readonly<Record<string, unknown>>, { array }: { readonly array: readonly string[] }): true {
  // yargs has a name with hyphens a second time in camel case.
  const lists = new Set(["_", "--", ...array.flatMap((name) => [name, name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())])]);
  const twice = Object.entries(parsed).find(([name, value]) => Array.isArray(value) && !lists.has(name));
  if (twice !== undefined) throw new UsageFault(`Option ${twice[0].length === 1 ? "-" : "--"}${twice[0]} can be given once; got ${JSON.stringify(twice[1])}`);
  return true;
}

const EPILOGUE = `Exit codes:
  0   done                                    4   a stated limit was reached
  1   some cells failed, the others are kept  70  a bug of plmm
  2   wrong command line or config            130 interrupted; run again to resume
  3   a regression, or faulty data
NO_COLOR=1 turns colours off.`;

/** Prints an error for a person and gives its exit code. */
function reportError(error: unknown): number {
  if (error instanceof PlmmError) {
    process.stderr.write(`${error.name}: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof UsageFault) {
    process.stderr.write(`plmm: ${error.message.trim().replaceAll("\n", " ")}\nSee: plmm --help\n`);
    return USAGE_EXIT_CODE;
  }
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  process.stderr.write(`plmm: a bug of plmm-lab, not of your input. Report the command line and this text:\n${stack}\n`);
  return BUG_EXIT_CODE;
}
