/** plmm world show|facts|queries|text: the synthetic world with ground truth, as models and attacks meet it. */
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { packageRoot } from "../../config/load-dataset.js";
import { loadStudy } from "../../config/load-study.js";
import { ConfigError } from "../../core/errors.js";
import { QUERY_KINDS } from "../../records/truth-record.js";
import { domainFact } from "../../world/knowledge/domain-fact.js";
import { AREA_NAMES } from "../../world/knowledge/knowledge-area.js";
import type { AreaName } from "../../world/knowledge/knowledge-area.js";
import { samplePerson } from "../../world/people/person.js";
import { QUERY_SPLITS } from "../../world/queries/query.js";
import type { QuerySplit, WorldQueryKind } from "../../world/queries/query.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { TEXT_ROLES } from "../../world/text/text-role.js";
import type { TextLevel, TextRole } from "../../world/text/text-role.js";
import { trainingText } from "../../world/text/training-text.js";
import { makeWorld } from "../../world/world.js";
import type { World } from "../../world/world.js";
import { renderFacts, renderPerson, renderQueries, renderTexts, renderWorld } from "../render-world.js";

interface WorldFlags { readonly config: string; readonly set: readonly string[] | undefined; readonly day: number; readonly json: boolean }
interface RangeFlags extends WorldFlags { readonly n: number; readonly from: number }

const TEXT_LEVELS = [0, 1, 2, 3] as const;
const DEFAULTS: { readonly area: AreaName; readonly split: QuerySplit; readonly role: TextRole; readonly level: TextLevel } = {
  area: "medicine", split: "test", role: "personal", level: 3,
};
const LARGEST_NUMBER = 2 ** 32 - 1;

/** The command. */
export const command: CommandModule = {
  command: "world",
  describe: "The synthetic world: people with secrets, facts that change, questions with exact answers",
  builder: (argv: Argv) => argv
    .option("config", { type: "string", default: join(packageRoot(), "configs", "minimal.yaml"), defaultDescription: "the defaults", describe: "Config with a world section" })
    .option("set", { alias: "c", type: "string", array: true, requiresArg: true, describe: "Set one key: -c world.seed=2" })
    .option("day", { type: "number", default: 0, describe: "Facts as of this day" })
    .option("json", { type: "boolean", default: false, describe: "Print JSON" })
    .command("show", "What the world holds, or one person",
      (y) => y.option("person", { type: "number", requiresArg: true, describe: "Number of a person" }), (args) => { show(args as unknown as WorldFlags & { person?: number }); })
    .command("facts", "Facts of an area",
      (y) => addRange(y).option("area", { choices: AREA_NAMES, default: DEFAULTS.area }), (args) => { listFacts(args); })
    .command("queries", "Questions with their answers",
      (y) => addRange(y).option("split", { choices: QUERY_SPLITS, default: DEFAULTS.split, describe: "What training has not seen" })
        .option("kind", { choices: QUERY_KINDS, describe: "What they need; all kinds in turn when left out" }),
      (args) => { listQueries(args as unknown as RangeFlags & { split: QuerySplit; kind?: WorldQueryKind }); })
    .command("text", "Training texts",
      (y) => addRange(y).option("role", { choices: TEXT_ROLES, default: DEFAULTS.role, describe: "T (general), P (personal) or the expert of a domain" })
        .option("level", { choices: TEXT_LEVELS, default: DEFAULTS.level, describe: "Step of P's curriculum" }),
      (args) => { listTexts(args); })
    .demandCommand(1, "Give one of: show, facts, queries, text.")
    .example("$0 world show --person 17", "Who number 17 is, and which of their attributes are secrets.")
    .example("$0 world queries --split test --kind mixed --n 10", "Questions that need a secret and a fact."),
  handler: () => { /* yargs runs the subcommands */ },
};

function addRange<Arguments>(parser: Argv<Arguments>): Argv<Arguments & { n: number; from: number }> {
  return parser.option("n", { type: "number", default: 10, describe: "How many" }).option("from", { type: "number", default: 0, describe: "Number of the first" });
}

function worldOf({ config, set, day }: WorldFlags): World {
  requireCount("--day", day, 100_000);
  return makeWorld(loadStudy(config, { overrides: set ?? [] }).world);
}

function show(flags: WorldFlags & { person?: number }): void {
  const world = worldOf(flags);
  if (flags.person === undefined) { print(flags, summarize(world), () => renderWorld(world)); return; }
  requireCount("--person", flags.person, Number.MAX_SAFE_INTEGER);
  const person = samplePerson(world, flags.person);
  print(flags, person, () => renderPerson(world, person));
}

function summarize(world: World): unknown {
  return { seed: world.seed, config: world.config, facts: Object.fromEntries(AREA_NAMES.map((area) => [area, world.areas[area].factCount])), intents: world.phrasings.size };
}

function listFacts(flags: RangeFlags & { area: AreaName }): void {
  const world = worldOf(flags), count = world.areas[flags.area].factCount;
  const facts = numbersOf(flags).filter((index) => index < count).map((index) => domainFact(world, flags.area, index, flags.day));
  print(flags, facts, () => renderFacts(world, facts));
}

function listQueries(flags: RangeFlags & { split: QuerySplit; kind?: WorldQueryKind }): void {
  const world = worldOf(flags), { split, kind, day } = flags;
  const queries = numbersOf(flags).map((index) => sampleQuery(world, split, kind ?? QUERY_KINDS[index % QUERY_KINDS.length]!, index, { day }));
  print(flags, queries, () => renderQueries(queries));
}

function listTexts(flags: RangeFlags & { role: TextRole; level: TextLevel }): void {
  const world = worldOf(flags), { role, level, day } = flags;
  const texts = numbersOf(flags).map((index) => trainingText(world, role, index, { level, day }));
  print(flags, texts, () => renderTexts(texts));
}

function numbersOf({ n, from }: RangeFlags): readonly number[] {
  requireCount("--n", n, 1e7);
  requireCount("--from", from, LARGEST_NUMBER - n);
  return Array.from({ length: n }, (_, i) => from + i);
}

function requireCount(flag: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  throw new ConfigError({ subject: flag, rule: `be a whole number from 0 to ${most}`, got: value, hint: "See: plmm world --help" });
}

function print(flags: WorldFlags, value: unknown, render: () => string): void {
  process.stdout.write(flags.json ? `${JSON.stringify(value, undefined, 2)}\n` : render());
}
