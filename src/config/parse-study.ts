/** A merged config tree to a frozen Study: defaults, units, ranges, then the checks that need more than one key. */
import { z } from "zod";
import { ConfigError } from "../core/errors.js";
import { faultsOfIssue, MOST_TOLD, placeFault, renderPath, ruleOfIssue, throwAll, unknownKeyFault, type ConfigFault } from "./config-faults.js";
import { checkScenario, checkSweep, type CapacityEstimate } from "./check-scenario.js";
import { fillDefaults, wholeMapsOf, withDefaultsUnder } from "./fill-defaults.js";
import { isMapNode, toPlain, type ConfigPath, type LocatedNode } from "./located-tree.js";
import { deepFreeze, isPlainMap, valueAt, withValueAt } from "./plain-tree.js";
import { scenarioSchema, studySchema, type Scenario, type Study } from "./scenario-schema.js";
import { schemaAt } from "./schema-walk.js";

/** Fitted token lengths of the data set that fills in for missing ones. */
export type TokenLengthDefaults = Pick<Scenario["population"], "promptTokens" | "answerTokens">;

/** What normalisation takes from outside the config. */
export interface StudyContext {
  readonly tokenLengths: TokenLengthDefaults;
  /** Tokens that the tiers can make; without it the load is not checked. */
  readonly capacityTokensPerS?: CapacityEstimate;
}

const isWholeMap = wholeMapsOf(studySchema);
const SCENARIO_KEYS: readonly string[] = Object.keys(scenarioSchema.shape);

/**
 * Normalises a merged config.
 *
 * @throws {ConfigError} with every fault found: the first as its parts, the others listed.
 */
export function parseStudy(tree: LocatedNode, context: StudyContext): Study {
  if (!isMapNode(tree)) {
    throw new ConfigError({
      subject: "a config", rule: "be a map of keys and values", got: tree.value === null ? "an empty file" : toPlain(tree), where: tree.where,
      hint: "Begin with name: my-study. An example: configs/minimal.yaml",
    });
  }
  const plain = toPlain(tree);
  const parsed = parseWith(studySchema, plain, context.tokenLengths);
  if ("faults" in parsed) throwAll(parsed.faults.map((fault) => placeFault(fault, tree)));
  const study = deepFreeze((parsed as { value: Study }).value);
  const faults = [...checkScenario(scenarioOf(study), context.capacityTokensPerS), ...checkSweep(study)];
  throwAll([...faults, ...(faults.length > 0 ? [] : sweepFaults(study, context))].map((fault) => placeFault(fault, tree)));
  return study;
}

/** The scenario of a study before its sweep. */
export function scenarioOf(study: Study): Scenario {
  return deepFreeze(Object.fromEntries(SCENARIO_KEYS.map((key) => [key, study[key as keyof Scenario]])) as unknown as Scenario);
}

/** The scenario with some keys replaced, normalised again; or the faults of the new values. */
export type VariedScenario = { readonly scenario: Scenario } | { readonly faults: readonly ConfigFault[] };

/**
 * Sets config paths to new values, with the same rules as in a file: units, ranges, maps merged unless their kind differs.
 *
 * @param changes Config path to value, in order.
 */
export function varyScenario(scenario: Scenario, changes: Readonly<Record<string, unknown>>): VariedScenario {
  const unknownPaths = Object.keys(changes).flatMap((path) => unknownPathFault(path, scenario));
  if (unknownPaths.length > 0) return { faults: unknownPaths };
  const sections = [...new Set(Object.keys(changes).map((path) => path.split(".")[0] as keyof Scenario))];
  let plain: unknown = Object.fromEntries(sections.map((section) => [section, scenario[section]]));
  for (const [path, value] of Object.entries(changes)) plain = withValueAt(plain, path.split("."), value, isWholeMap);
  const parsed = parseWith(schemaOfSections(sections), plain, scenario.population);
  return "faults" in parsed ? parsed : { scenario: deepFreeze({ ...scenario, ...parsed.value as Partial<Scenario> }) };
}

const SECTION_SCHEMAS = new Map<string, z.ZodType>();

/** Only what changes is parsed again: a large sweep would parse the whole scenario for each of its cells otherwise. */
function schemaOfSections(sections: readonly (keyof Scenario)[]): z.ZodType {
  const key = sections.join();
  const schema = SECTION_SCHEMAS.get(key) ?? z.strictObject(Object.fromEntries(sections.map((section) => [section, scenarioSchema.shape[section]])));
  SECTION_SCHEMAS.set(key, schema);
  return schema;
}

/** A sweep axis or flag that names no key of a scenario. */
function unknownPathFault(path: string, scenario: Scenario): readonly ConfigFault[] {
  const parts = path.split(".");
  for (let length = 1; length <= parts.length; length++) {
    const isIndexBeyond = Array.isArray(valueAt(scenario, parts.slice(0, length - 1))) && valueAt(scenario, parts.slice(0, length)) === undefined;
    if (schemaAt(scenarioSchema, parts.slice(0, length)) !== undefined && !isIndexBeyond) continue;
    const fault = unknownKeyFault(scenarioSchema, undefined, parts.slice(0, length - 1), parts[length - 1]!);
    return [{ ...fault, got: path, unknownAxis: path }];
  }
  return [];
}

function parseWith(schema: z.ZodType, plain: unknown, tokenLengths: TokenLengthDefaults): { value: unknown } | { faults: readonly ConfigFault[] } {
  const hasPopulation = schemaAt(schema, ["population"]) !== undefined;
  const filled = hasPopulation ? fillTokenLengths(fillDefaults(schema, plain), tokenLengths) : fillDefaults(schema, plain);
  const result = schema.safeParse(filled, { error: ruleOfIssue });
  return result.success ? { value: result.data } : { faults: result.error.issues.slice(0, MOST_TOLD).flatMap((issue) => faultsOfIssue(schema, filled, issue)) };
}

function fillTokenLengths(filled: unknown, tokenLengths: TokenLengthDefaults): unknown {
  if (!isPlainMap(filled)) return filled;
  const population = filled["population"] ?? {};
  if (!isPlainMap(population)) return filled;
  const lengths: Record<string, unknown> = {};
  for (const key of ["promptTokens", "answerTokens"] as const) {
    lengths[key] = population[key] === undefined ? tokenLengths[key] : withDefaultsUnder(tokenLengths[key], population[key]);
  }
  return { ...filled, population: { ...population, ...lengths } };
}

/** Parses and checks every value of every axis on its own, on the base scenario. Faults are placed at the value. */
function sweepFaults(study: Study, context: StudyContext): readonly ConfigFault[] {
  const base = scenarioOf(study);
  const faults: ConfigFault[] = [];
  for (const [axis, values] of Object.entries(study.sweep)) {
    for (const [i, value] of values.entries()) {
      const varied = varyScenario(base, { [axis]: value });
      const found = "faults" in varied ? varied.faults : checkScenario(varied.scenario, context.capacityTokensPerS);
      faults.push(...found.map((fault) => moveToAxis(fault, axis, i)));
      if (faults.length >= MOST_TOLD) return faults;
      if (found.some((fault) => fault.unknownAxis !== undefined)) break;
    }
  }
  return faults;
}

function moveToAxis(fault: ConfigFault, axis: string, valueIndex: number): ConfigFault {
  const axisPath = axis.split(".");
  const isBelow = axisPath.every((part, i) => String(fault.path[i]) === part);
  const path: ConfigPath = ["sweep", axis, valueIndex, ...(isBelow ? fault.path.slice(axisPath.length) : [])];
  if (fault.unknownAxis !== undefined) {
    const { key: _key, ...rest } = fault;
    return { ...rest, path: ["sweep"], key: axis, subject: `sweep axis ${axis}: ${fault.subject}` };
  }
  return { ...fault, path, subject: `sweep value ${valueIndex + 1} of ${axis}: ${fault.key === undefined ? renderPath(fault.path) : fault.subject}` };
}
