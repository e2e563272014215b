/** A study as the list of its cells: every variant of the sweep under every condition, replicated. */
import { ConfigError } from "../core/errors.js";
import { type CapacityEstimate, checkScenario } from "./check-scenario.js";
import { isPlainMap } from "./plain-tree.js";
import { placeIn, scenarioOf } from "./parse-study.js";
import type { Scenario, Study } from "./scenario-schema.js";
import { CONDITION_AXIS, designVariants, type SweepDesign } from "./sweep-design.js";
import { applyCondition, varyScenario, type VariedScenario } from "./vary-scenario.js";

/** One run: what it simulates and with which random numbers. */
export interface Cell {
  /** Frozen; the same object in all replications of a variant. */
  readonly scenario: Scenario;
  /** Config path to value, as the sweep gives it, after the name of the condition as `condition`. Empty without a sweep and conditions. */
  readonly axes: Readonly<Record<string, unknown>>;
  /** Short name of the variant, unique in the plan: "cascade", "cascade, padding=bucket", "low-battery, cascade". */
  readonly label: string;
  readonly seed: number;
  /** From 0. Equal numbers in all variants mean common random numbers. */
  readonly replication: number;
  /** Running number in the plan, from 0. */
  readonly cellIndex: number;
  /** Running number of the variant, from 0. */
  readonly variantIndex: number;
}

/**
 * All cells of a study. Replications are the outer loop, so that a plan stopped early has compared all variants on the
 * same random numbers.
 *
 * @param capacity Tokens that the tiers can make; with it a variant with an impossible load is refused.
 * @throws {ConfigError} when the axes do not fit the design, or two axes together make a faulty scenario.
 */
export function expandStudy(study: Study, design: SweepDesign = { kind: "grid" }, capacity?: CapacityEstimate): readonly Cell[] {
  const base = scenarioOf(study);
  const variants = designVariants(study, design);
  const labels = labelVariants(variants, base);
  const scenarioUnder = scenariosByCondition(study, base);
  const scenarios = variants.map((axes, i) => {
    const varied = checkVaried(varyUnder(scenarioUnder(axes[CONDITION_AXIS]), axes), axes, capacity);
    return scenarioOrThrow(varied, labels[i]!, placeOfVariant(study, axes));
  });
  const cells: Cell[] = [];
  for (let replication = 0; replication < study.replications; replication++) {
    for (const [variantIndex, axes] of variants.entries()) {
      cells.push(Object.freeze({
        scenario: scenarios[variantIndex]!, axes: Object.freeze(axes), label: labels[variantIndex]!, seed: study.seed, replication,
        cellIndex: cells.length, variantIndex,
      }));
    }
  }
  return cells;
}

/** The scenario under a condition; the base without one. Each condition is laid on it once. */
function scenariosByCondition(study: Study, base: Scenario): (name: unknown) => Scenario {
  const scenarios = new Map(Object.entries(study.conditions).map(([name, changes]) => [name, scenarioOrThrow(applyCondition(base, changes), name, placeIn(study, ["conditions", name]))]));
  return (name) => (typeof name === "string" ? scenarios.get(name)! : base);
}

/** Lays the values of the sweep on a scenario. */
function varyUnder(under: Scenario, { [CONDITION_AXIS]: _, ...swept }: Readonly<Record<string, unknown>>): VariedScenario {
  return Object.keys(swept).length === 0 ? { scenario: under } : varyScenario(under, swept);
}

/** Conditions and values were checked alone, not together, and points between two ends not at all. */
function checkVaried(varied: VariedScenario, axes: Readonly<Record<string, unknown>>, capacity: CapacityEstimate | undefined): VariedScenario {
  if ("faults" in varied || Object.keys(axes).length === 0) return varied;
  const faults = checkScenario(varied.scenario, capacity);
  return faults.length === 0 ? varied : { faults };
}

function scenarioOrThrow(varied: VariedScenario, label: string, where: string | undefined): Scenario {
  if ("scenario" in varied) return varied.scenario;
  const fault = varied.faults[0]!;
  throw new ConfigError({
    subject: `sweep variant ${JSON.stringify(label)}: ${fault.subject}`, rule: fault.rule, got: fault.got, ...(where === undefined ? {} : { where }),
    hint: `${fault.hint}\nEach value may be valid alone; what runs is their combination. Put keys that belong to one variant into one axis.`,
  });
}

/** Where the values of a variant stand, axis by axis. */
function placeOfVariant(study: Study, axes: Readonly<Record<string, unknown>>): string | undefined {
  const places = Object.entries(axes).map(([axis, value]) => {
    if (axis === CONDITION_AXIS) return placeIn(study, ["conditions", String(value)]);
    const index = study.sweep[axis]?.indexOf(value) ?? -1;
    return placeIn(study, index < 0 ? ["sweep", axis] : ["sweep", axis, index]);
  });
  return places.includes(undefined) || places.length === 0 ? undefined : [...new Set(places)].join(" and ");
}

/** One label for each variant; where two are equal, their number is added. */
function labelVariants(variants: readonly Readonly<Record<string, unknown>>[], base: Scenario): readonly string[] {
  const paths = Object.keys(variants[0] ?? {});
  if (paths.length === 0) return [base.routing.kind];
  const names = shortNames(paths);
  const ambiguousKinds = new Set(paths.filter((path) => hasAmbiguousKinds(variants.map((variant) => variant[path]))));
  const labels = variants.map((variant) => paths.map((path, i) => labelValue(names[i]!, variant[path], ambiguousKinds.has(path))).join(", "));
  const seen = new Map<string, number>();
  return labels.map((label) => {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count === 1 ? label : `${label} #${count}`;
  });
}

/** Last words of the paths, with as many words before them as it takes to tell them apart. */
function shortNames(paths: readonly string[]): readonly string[] {
  const tail = (path: string, words: number): string => path.split(".").slice(-words).join(".");
  return paths.map((path) => {
    for (let words = 1; ; words++) {
      const name = tail(path, words);
      if (name === path || paths.every((other) => other === path || tail(other, words) !== name)) return name;
    }
  });
}

/** True when two different values of an axis have the same kind, so that the kind alone does not name them. */
function hasAmbiguousKinds(values: readonly unknown[]): boolean {
  const jsonOfKind = new Map<unknown, string>();
  return values.some((value) => {
    if (!isPlainMap(value)) return false;
    const json = JSON.stringify(value);
    const earlier = jsonOfKind.get(value["kind"]);
    jsonOfKind.set(value["kind"], json);
    return earlier !== undefined && earlier !== json;
  });
}

function labelValue(name: string, value: unknown, isKindAmbiguous: boolean): string {
  if (name === CONDITION_AXIS) return String(value);
  if (!isPlainMap(value)) return `${name}=${renderScalar(value)}`;
  const { kind, ...rest } = value;
  if (typeof kind === "string" && (!isKindAmbiguous || Object.keys(rest).length === 0)) return kind;
  const details = Object.entries(rest).map(([key, field]) => `${key}=${renderScalar(field)}`).join(" ");
  return typeof kind === "string" ? `${kind} ${details}` : `${name}: ${details}`;
}

function renderScalar(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  return JSON.stringify(value);
}
