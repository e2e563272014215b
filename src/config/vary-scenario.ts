/** A scenario with some of its keys changed, by a condition or by the axes of a sweep, and normalised again. */
import { z } from "zod";
import { faultsOfIssue, MOST_TOLD, ruleOfIssue, unknownKeyFault, type ConfigFault } from "./config-faults.js";
import { fillDefaults, wholeMapsOf, withDefaultsUnder } from "./fill-defaults.js";
import { changesOf, uncountedCurves } from "./measured-quality.js";
import { mergeCondition } from "./merge-condition.js";
import { deepFreeze, isPlainMap, valueAt, withValueAt, type PlainMap } from "./plain-tree.js";
import { scenarioSchema, type Scenario } from "./scenario-schema.js";
import { schemaAt } from "./schema-walk.js";

/** Fitted token lengths of the data set that fills in for missing ones. */
export type TokenLengthDefaults = Pick<Scenario["population"], "promptTokens" | "answerTokens">;

const isWholeMap = wholeMapsOf(scenarioSchema);

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
  return parseVaried(scenario, sections, plain, Object.entries(changes).map(([path, value]) => [path.split("."), value] as const).filter(([[section]]) => section === "quality"));
}

/**
 * Lays the sections of a condition on a scenario, with the same rules as in a file that extends it.
 *
 * @param changes Sections of a scenario, each in part, as written: a null is the default of its key.
 */
export function applyCondition(scenario: Scenario, changes: PlainMap): VariedScenario {
  const unknown = Object.keys(changes).filter((key) => !Object.hasOwn(scenarioSchema.shape, key));
  if (unknown.length > 0) return { faults: unknown.map((key) => unknownKeyFault(scenarioSchema, undefined, [], key)) };
  const sections = Object.keys(changes) as (keyof Scenario)[];
  const nulls = nullTokenLengths(changes);
  if (nulls.length > 0) return { faults: nulls };
  const plain = mergeCondition(Object.fromEntries(sections.map((section) => [section, scenario[section]])), changes, isWholeMap);
  return parseVaried(scenario, sections, plain, changesOf(changes["quality"]));
}

/** @param ofQuality What is changed below section `quality`. */
function parseVaried(scenario: Scenario, sections: readonly (keyof Scenario)[], plain: unknown, ofQuality: Parameters<typeof uncountedCurves>[0]): VariedScenario {
  const parsed = parseFilled(schemaOfSections(sections), plain, scenario.population);
  if ("faults" in parsed) return parsed;
  const varied = { ...scenario, ...parsed.value as Partial<Scenario> }, uncounted = uncountedCurves(ofQuality, varied.quality.member);
  return uncounted.length > 0 ? { faults: uncounted } : { scenario: deepFreeze(varied) };
}

/** The default of token lengths is a data set, which a normalised study no longer knows; a condition cannot go back to it. */
function nullTokenLengths(changes: PlainMap): readonly ConfigFault[] {
  const lengths = (["promptTokens", "answerTokens"] as const).flatMap((key) => ["logMean", "logSd", "maxTokens", "origin", "source"].map((last) => ["population", key, last]));
  const paths = [["population"], ["population", "promptTokens"], ["population", "answerTokens"], ...lengths];
  return paths.filter((path) => valueAt(changes, path) === null).map((path) => ({
    path, subject: path.join("."), rule: "be given, as its default is not known to a condition", got: null, hint: "Write the values out, or leave the key out to keep those of the config.",
  }));
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

/**
 * Parses a value with the missing keys of partly given maps filled in.
 *
 * @param tokenLengths Stand in where the population has none.
 */
export function parseFilled(schema: z.ZodType, plain: unknown, tokenLengths: TokenLengthDefaults): { value: unknown } | { faults: readonly ConfigFault[] } {
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

