/** plmm economics: known answers, and the ladder of closed forms beside brute force and agents. */
import { readFileSync } from "node:fs";
import type { Argv, CommandModule } from "yargs";
import { ConfigError, DataError } from "../../core/errors.js";
import { parseReferenceCases } from "../../economics/cases/reference-case.js";
import { type CaseOutcome, solveCase } from "../../economics/cases/solve-case.js";
import { climbLadder } from "../../economics/ladder/climb-ladder.js";
import { renderLadder } from "../../economics/ladder/render-ladder.js";

/** The economics command with its subcommands. */
export const command: CommandModule = {
  command: "economics",
  describe: "Known answers of economics, and the ladder of closed forms",
  builder: (parser: Argv) => parser
    .command("check <file>", "Compute every reference case of a CSV file and compare",
      (y) => y.positional("file", { type: "string", demandOption: true, describe: "CSV with id, kind, inputs, expected, tolerance, source" })
        .option("allow-missing", { type: "boolean", default: false, describe: "Kinds that are not implemented do not fail the check" }),
      (args) => { checkFile(args.file, args["allow-missing"]); })
    .command("ladder", "Closed form, brute force and agents, side by side",
      (y) => y.option("agents", { type: "number", default: 20_000, describe: "Agents of each play" })
        .option("seed", { type: "number", default: 1, describe: "Seed of the draws" })
        .option("json", { type: "boolean", default: false, describe: "JSON instead of text" }),
      (args) => {
        const steps = climbLadder(checkWhole("--agents", args.agents, 1, MOST_AGENTS), checkWhole("--seed", args.seed, 0, Number.MAX_SAFE_INTEGER));
        process.stdout.write(args.json ? `${JSON.stringify(steps, undefined, 2)}\n` : renderLadder(steps));
      })
    .demandCommand(1, "Name one of: check, ladder."),
  handler: () => undefined,
};

const MOST_AGENTS = 1_000_000;

function checkWhole(flag: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new ConfigError({ subject: flag, rule: `be a whole number from ${low} to ${high}`, got: value, hint: "See: plmm economics ladder --help" });
}

/** Prints one line per case and a count; sets exit code 1 for a failure, or for a kind that is not implemented unless allowed. */
function checkFile(file: string, isMissingAllowed: boolean): void {
  const outcomes = parseReferenceCases(loadText(file), file).map((reference) => solveCase(reference));
  for (const outcome of outcomes) process.stdout.write(`${describeOutcome(outcome)}\n`);
  const count = (...kinds: readonly CaseOutcome["status"][]): number => outcomes.filter(({ status }) => kinds.includes(status)).length;
  const failed = count("fail", "error"), missing = count("not implemented");
  process.stdout.write(`${outcomes.length} cases: ${count("pass")} passed, ${failed} failed, ${missing} not implemented${
    missing > 0 && !isMissingAllowed ? " (exit code 1; --allow-missing lets them pass)" : ""}\n`);
  if (failed > 0 || (missing > 0 && !isMissingAllowed)) process.exitCode = 1;
}

function describeOutcome(outcome: CaseOutcome): string {
  switch (outcome.status) {
    case "pass": return `${outcome.id}  pass  got ${outcome.got}  expected ${outcome.expected}`;
    case "fail": return `${outcome.id}  FAIL  got ${outcome.got}  expected ${outcome.expected}  differing: ${outcome.differing.join(", ")}`;
    case "error": return `${outcome.id}  FAIL  got error: ${outcome.message}  expected ${outcome.expected}`;
    case "not implemented": return `${outcome.id}  not implemented  kind ${outcome.kind}`;
    default: return outcome satisfies never;
  }
}

function loadText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new DataError({
      subject: file, rule: "be a readable CSV file", got: (cause as NodeJS.ErrnoException).code ?? "unreadable",
      hint: "Try: plmm economics check datasets/economics/reference-cases.csv", cause,
    });
  }
}
