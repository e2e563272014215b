/** A merged config tree to a frozen Study: defaults, units, ranges, then the checks that need more than one key. */
import { ConfigError } from "../core/errors.js";
import { MOST_TOLD, placeFault, renderPath, throwAll, type ConfigFault } from "./config-faults.js";
import { checkScenario, checkSweep, type CapacityEstimate, type NameCheck } from "./check-scenario.js";
import { findPlace, isMapNode, toPlain, type ConfigPath, type LocatedEntry, type LocatedNode } from "./located-tree.js";
import { changesOf, layMeasuredQuality, type MeasuredQuality, uncountedCurves } from "./measured-quality.js";
import { deepFreeze, type PlainMap } from "./plain-tree.js";
import { scenarioSchema, studySchema, type Scenario, type Study } from "./scenario-schema.js";
import { applyCondition, parseFilled, varyScenario, type TokenLengthDefaults, type VariedScenario } from "./vary-scenario.js";

/** What normalisation takes from outside the config. */
export interface StudyContext {
  readonly tokenLengths: TokenLengthDefaults;
  /** Without it answer quality is that of the schema's defaults. */
  readonly measuredQuality?: MeasuredQuality;
  /** Tokens that the tiers can make; without it the load is not checked. */
  readonly capacityTokensPerS?: CapacityEstimate;
  /** Without it names of models, GPUs, devices and prices are taken as they are. */
  readonly findNameFaults?: NameCheck;
}

/** The tree behind each study that was parsed, for faults that show up only when its sweep is laid out. */
const TREES = new WeakMap<Study, LocatedNode>();

/** Place in its files of a path of a study; undefined for a study that was not parsed from files. */
export function placeIn(study: Study, path: ConfigPath): string | undefined {
  const tree = TREES.get(study);
  return tree === undefined ? undefined : findPlace(tree, path);
}

const SCENARIO_KEYS: readonly string[] = Object.keys(scenarioSchema.shape);

/**
 * Normalises a merged config. The load is checked where a scenario is run as it stands: that of the file, of one condition, of
 * one value; `expandStudy` checks combinations.
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
  const given = { ...toPlain(tree) as PlainMap, ...conditionsOf(tree) }, plain = layMeasuredQuality(given, context.measuredQuality);
  const parsed = parseFilled(studySchema, plain, context.tokenLengths);
  if ("faults" in parsed) throwAll(parsed.faults.map((fault) => placeFault(fault, tree)));
  const study = deepFreeze((parsed as { value: Study }).value);
  const axisCount = Object.keys(study.sweep).length, conditionCount = Object.keys(study.conditions).length;
  const { capacityTokensPerS: _, ...withoutLoad } = context, loadOf = (isRunAsItIs: boolean): StudyContext => (isRunAsItIs ? context : withoutLoad);
  const uncounted = uncountedCurves(changesOf(given["quality"]), study.quality.member);
  const faults = [...uncounted, ...faultsOfScenario(scenarioOf(study), loadOf(axisCount + conditionCount === 0)), ...checkSweep(study)];
  throwAll([...faults, ...(faults.length > 0 ? [] : [...conditionFaults(study, loadOf(axisCount === 0)), ...sweepFaults(study, loadOf(axisCount === 1 && conditionCount === 0))])].map((fault) => placeFault(fault, tree)));
  TREES.set(study, tree);
  return study;
}

/** The conditions of a config. Their nulls are kept: they count when the condition is laid on the scenario. */
function conditionsOf(tree: LocatedNode & { readonly value: ReadonlyMap<string, LocatedEntry> }): PlainMap {
  const conditions = tree.value.get("conditions")?.node;
  if (conditions === undefined || !isMapNode(conditions)) return {};
  const given = [...conditions.value].filter(([, { node }]) => node.value !== null);
  return { conditions: Object.fromEntries(given.map(([name, { node }]) => [name, toPlain(node, "nulls kept")])) };
}

/** The scenario of a study before its conditions and its sweep. */
export function scenarioOf(study: Study): Scenario {
  return deepFreeze(Object.fromEntries(SCENARIO_KEYS.map((key) => [key, study[key as keyof Scenario]])) as unknown as Scenario);
}

/** Parses and checks every condition on the base scenario. Faults are placed at the value. */
function conditionFaults(study: Study, context: StudyContext): readonly ConfigFault[] {
  const base = scenarioOf(study);
  return Object.entries(study.conditions).flatMap(([name, changes]) => faultsOfVaried(applyCondition(base, changes), context).map((fault) => ({
    ...fault, path: ["conditions", name, ...fault.path],
    subject: fault.path.length === 0 && fault.key !== undefined ? `a key of condition ${name}` : `condition ${name}: ${fault.subject}`,
  }))).slice(0, MOST_TOLD);
}

function faultsOfVaried(varied: VariedScenario, context: StudyContext): readonly ConfigFault[] {
  return "faults" in varied ? varied.faults : faultsOfScenario(varied.scenario, context);
}

/** The capacity of a tier is known only when its names are. */
function faultsOfScenario(scenario: Scenario, { capacityTokensPerS, findNameFaults }: StudyContext): readonly ConfigFault[] {
  const names = findNameFaults?.(scenario) ?? [];
  return [...names, ...checkScenario(scenario, names.length === 0 ? capacityTokensPerS : undefined)];
}

/** Parses and checks every value of every axis on its own, on the base scenario. Faults are placed at the value. */
function sweepFaults(study: Study, context: StudyContext): readonly ConfigFault[] {
  const base = scenarioOf(study);
  const faults: ConfigFault[] = [];
  for (const [axis, values] of Object.entries(study.sweep)) {
    for (const [i, value] of values.entries()) {
      const found = faultsOfVaried(varyScenario(base, { [axis]: value }), context);
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
