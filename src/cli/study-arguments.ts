/** Arguments that every command with a CONFIG shares, and the study they name. */
import type { Argv } from "yargs";
import { loadStudy, type LoadOptions } from "../config/load-study.js";
import type { Study } from "../config/scenario-schema.js";
import { findNameFaults } from "../run/find-name-faults.js";
import { estimateCapacity } from "../tiers/estimate-capacity.js";
import type { SweepDesign } from "../config/sweep-design.js";

/** CONFIG and -c as parsed. */
export interface StudyArguments {
  readonly config: string;
  readonly set: readonly string[] | undefined;
}

/** Adds the positional CONFIG; the command's own text must contain <config>. */
export function addStudyArguments<Arguments>(parser: Argv<Arguments>): Argv<Arguments & { config: string; set: string[] | undefined }> {
  return addOverrides(parser.positional("config", { type: "string", demandOption: true, describe: "YAML file of a study" }));
}

/** Adds -c key=value, which may be given many times. */
export function addOverrides<Arguments>(parser: Argv<Arguments>): Argv<Arguments & { set: string[] | undefined }> {
  return parser.option("set", {
    alias: "c", type: "string", array: true, requiresArg: true, describe: "Set one key: -c routing.threshold=0.5; may be repeated",
  }).group(["set"], "What to change:");
}

/** Loads the study that the arguments name. @throws {ConfigError} */
export function loadStudyOf(args: StudyArguments, options: Omit<LoadOptions, "overrides"> = {}): Study {
  return loadStudy(args.config, { capacityTokensPerS: estimateCapacity, findNameFaults, ...options, overrides: args.set ?? [] });
}

/** How axes combine, as parsed. */
export interface DesignArguments {
  readonly zip: boolean | undefined;
  readonly lhs: number | undefined;
  readonly sobol: number | undefined;
}

/** Adds --grid, --zip, --lhs N and --sobol N, of which one may be given. */
export function addDesignArguments<Arguments>(parser: Argv<Arguments>): Argv<Arguments & DesignArguments> {
  return parser
    .option("grid", { type: "boolean", describe: "All combinations of axes and conditions (the default)" })
    .option("zip", { type: "boolean", describe: "First values together, second values together, ...; conditions are one more axis" })
    .option("lhs", { type: "number", requiresArg: true, describe: "N points of a Latin hypercube under each condition; axes are [low, high]" })
    .option("sobol", { type: "number", requiresArg: true, describe: "N points of a Sobol sequence under each condition; axes are [low, high]" })
    .conflicts({ grid: ["zip", "lhs", "sobol"], zip: ["lhs", "sobol"], lhs: ["sobol"] })
    .group(["grid", "zip", "lhs", "sobol"], "How the axes of the sweep combine:");
}

/** The design that the arguments name; the full grid without any. */
export function readDesign({ zip, lhs, sobol }: DesignArguments): SweepDesign {
  if (zip === true) return { kind: "zip" };
  if (lhs !== undefined) return { kind: "lhs", points: lhs };
  if (sobol !== undefined) return { kind: "sobol", points: sobol };
  return { kind: "grid" };
}
