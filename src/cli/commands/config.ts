/** plmm config: show, validate, diff, explain, schema. */
import type { Argv, CommandModule } from "yargs";
import { diffStudies } from "../../config/diff-studies.js";
import { explainKey, type KeyExplanation } from "../../config/explain-key.js";
import { fingerprintScenario } from "../../config/fingerprint.js";
import { renderJsonSchema } from "../../config/json-schema.js";
import { loadStudy } from "../../config/load-study.js";
import { scenarioOf } from "../../config/parse-study.js";
import { expandStudy } from "../../config/plan.js";
import { renderStudy } from "../../config/render-study.js";
import type { Study } from "../../config/scenario-schema.js";
import type { SweepDesign } from "../../config/sweep-design.js";
import { estimateCapacity } from "../../tiers/estimate-capacity.js";
import { addDesignArguments, addOverrides, addStudyArguments, loadStudyOf, readDesign } from "../study-arguments.js";

/** The config command with its subcommands. */
export const command: CommandModule = {
  command: "config",
  describe: "Show, check, compare and explain configs",
  builder: (parser: Argv) => parser
    .command("show <config>", "Print the config with every default written out",
      (y) => addStudyArguments(y).option("json", { type: "boolean", describe: "JSON instead of YAML" }),
      (args) => { print(args.json === true ? `${JSON.stringify(loadStudyOf(args), undefined, 2)}\n` : renderStudy(loadStudyOf(args))); })
    .command("validate <config>", "Check a config and count its cells", (y) => addDesignArguments(addStudyArguments(y)),
      (args) => { print(describeStudy(args.config, loadStudyOf(args), readDesign(args))); })
    .command("diff <left> <right>", "Print the keys in which two configs differ, defaults included",
      (y) => addOverrides(y.positional("left", { type: "string", demandOption: true, describe: "YAML file" })
        .positional("right", { type: "string", demandOption: true, describe: "YAML file; -c applies to this one" })),
      (args) => { print(renderDiff(args.left, args.right, args.set ?? [])); })
    .command("explain [key]", "Tell what a key means: unit, range, default, allowed values",
      (y) => y.positional("key", { type: "string", default: "", defaultDescription: "the whole config", describe: "Config path, for example routing.threshold" }),
      (args) => { print(renderExplanation(explainKey(args.key))); })
    .command("schema", "Print the JSON Schema of configs for editors", (y) => y, () => { print(renderJsonSchema()); })
    .demandCommand(1, "Name one of: show, validate, diff, explain, schema."),
  handler: () => undefined,
};

function print(text: string): void {
  process.stdout.write(text);
}

function describeStudy(file: string, study: Study, design: SweepDesign): string {
  const cells = expandStudy(study, design, estimateCapacity);
  const labels = cells.slice(0, cells.length / study.replications).map((cell) => cell.label);
  const shown = labels.length > 12 ? [...labels.slice(0, 12), `and ${labels.length - 12} more`] : labels;
  return [
    `${file} is valid.`,
    `${labels.length} ${labels.length === 1 ? "variant" : "variants"} x ${study.replications} ${study.replications === 1 ? "replication" : "replications"} = ${cells.length} ${cells.length === 1 ? "cell" : "cells"}`,
    ...shown.map((label) => `  ${label}`),
    `scenario sha256: ${fingerprintScenario(scenarioOf(study))}`, "",
  ].join("\n");
}

function renderDiff(left: string, right: string, overrides: readonly string[]): string {
  const differences = diffStudies(loadStudy(left), loadStudy(right, { overrides }));
  if (differences.length === 0) return "The two configs mean the same.\n";
  const show = (value: unknown): string => (value === undefined ? "(absent)" : JSON.stringify(value));
  return differences.map(({ path, left: before, right: after }) => `${path}: ${show(before)} -> ${show(after)}\n`).join("");
}

const WIDTH_OF_KEYS = 24;

function renderExplanation(explanation: KeyExplanation): string {
  const { path, meaning, rule, defaultValue, isRequired, keys } = explanation;
  const defaultText = isRequired ? "none; the key is required" : defaultValue === undefined ? "absent"
    : typeof defaultValue === "string" ? defaultValue : JSON.stringify(defaultValue);
  const lines = [
    path === "" ? "The config" : path,
    ...(meaning === "" ? [] : [`  ${meaning}`]),
    `  must      ${rule}`,
    ...(path === "" || defaultText === "{}" ? [] : [`  default   ${defaultText}`]),
  ];
  if (keys.length > 0) {
    lines.push("  keys");
    for (const key of keys) {
      const note = [key.meaning, key.defaultText === "" || key.defaultText === "{}" ? "" : `[${key.defaultText}]`].filter((part) => part !== "").join(" ");
      lines.push(`    ${key.key.padEnd(WIDTH_OF_KEYS)} ${note}`.trimEnd());
    }
  }
  return `${lines.join("\n")}\n`;
}
