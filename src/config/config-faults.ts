/** Turns what zod found wrong into errors of the house form: subject must rule; got value (file:line), one next step. */
import type { z } from "zod";
import { ConfigError } from "../core/errors.js";
import { findPlace, type ConfigPath, type LocatedNode } from "./located-tree.js";
import { nearestName } from "./nearest-name.js";
import { valueAt } from "./plain-tree.js";
import { allowedKeys, allPaths, kindOf, schemaAt, unwrapSchema, variantsOf } from "./schema-walk.js";

/** One fault of a config before its place in the files is known. */
export interface ConfigFault {
  /** From the root of the study. */
  readonly path: ConfigPath;
  readonly subject: string;
  readonly rule: string;
  readonly got: unknown;
  readonly hint: string;
  /** The key itself is wrong, not its value. */
  readonly key?: string;
  /** The config path of a sweep axis that names no key. */
  readonly unknownAxis?: string;
}

/** Most faults told at once; more are counted only. */
export const MOST_TOLD = 20;

/** A config path as a person writes it: population.domains.0.share. */
export function renderPath(path: ConfigPath): string {
  return path.length === 0 ? "the config" : path.join(".");
}

/** The rule of a standard zod issue, as words after "must"; for zod's `error` option. Own messages are rules already. */
export function ruleOfIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type": return `be ${NAMES_OF_TYPES[issue.expected] ?? issue.expected}`;
    case "invalid_value": return `be one of ${issue.values.map(String).join(", ")}`;
    case "too_small": return `have at least ${issue.minimum} ${nounOfSize(issue.origin)}`;
    case "too_big": return `have at most ${issue.maximum} ${nounOfSize(issue.origin)}`;
    case "invalid_union": return "be one of the variants";
    case "invalid_key": return issue.issues[0]?.message ?? "be a key of the right form";
    default: return "be valid";
  }
}

const NAMES_OF_TYPES: Readonly<Record<string, string>> = {
  string: "text", number: "a number", int: "a whole number", boolean: "true or false", array: "a list", object: "a map", record: "a map",
};

function nounOfSize(origin: string): string {
  return origin === "array" ? "items" : origin === "string" ? "letters" : "keys";
}

/**
 * Faults behind one zod issue; an issue on unknown keys holds one for each.
 *
 * @param value What was parsed, partly given maps already completed.
 */
export function faultsOfIssue(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): readonly ConfigFault[] {
  const path = issue.path as ConfigPath;
  if (issue.code === "unrecognized_keys") return issue.keys.slice(0, MOST_TOLD).map((key) => unknownKeyFault(schema, value, path, key));
  if (issue.code === "invalid_key") return [badKeyFault(path, issue.message)];
  const got = valueAt(value, path);
  const names = namesAllowedAt(schema, path, issue);
  const rule = names === undefined ? issue.message : `be one of ${names.join(", ")}`;
  return [{ path, subject: renderPath(path), rule, got, hint: hintFor(issue, path, got, names) }];
}

/** A free name of another form than its map allows. */
function badKeyFault(path: ConfigPath, rule: string): ConfigFault {
  const key = String(path.at(-1)), map = path.slice(0, -1);
  return { path: map, key, subject: `a key of ${renderPath(map)}`, rule, got: key, hint: `Meaning: plmm config explain ${renderPath(map)}` };
}

/** A key that the schema does not have. */
export function unknownKeyFault(schema: z.ZodType, value: unknown, path: ConfigPath, key: string): ConfigFault {
  const parent = schemaAt(schema, path, value);
  const keys = parent === undefined ? [] : allowedKeys(parent, valueAt(value, path));
  const names = path.length === 0 && keys.includes("name") ? ["extends", ...keys] : keys;
  return {
    path, key, got: key, subject: path.length === 0 ? "a top-level key" : `a key of ${renderPath(path)}`,
    rule: names.length === 0 ? "not exist: the value has no keys" : `be one of ${names.join(", ")}`,
    hint: suggestKey(schema, value, path, key, names),
  };
}

/** The nearest key of the same map, else a key of that name elsewhere. */
function suggestKey(schema: z.ZodType, value: unknown, path: ConfigPath, key: string, names: readonly string[]): string {
  const nearest = nearestName(key, names);
  if (nearest !== undefined) return `Did you mean ${nearest}? ${describeKey(schema, value, [...path, nearest])}`.trim();
  const elsewhere = allPaths(schema).map((full) => ({ full, last: full.split(".").at(-1)! }));
  const last = nearestName(key, elsewhere.map((each) => each.last));
  const found = elsewhere.find((each) => each.last === last);
  return found === undefined ? "Meaning of all keys: plmm config explain" : `Did you mean ${found.full}? ${describeKey(schema, value, found.full.split("."))}`.trim();
}

/** The error of a fault, with its file and line. */
export function placeFault(fault: ConfigFault, tree: LocatedNode): ConfigError {
  return new ConfigError({
    subject: fault.subject, rule: fault.rule, got: fault.got, hint: fault.hint, where: findPlace(tree, fault.path, fault.key),
  });
}

/**
 * Throws all errors as one: the first carries the parts, the others follow after its hint, one per line.
 *
 * @throws {ConfigError} whose cause is an AggregateError of all when there are several; nothing when there are none.
 */
export function throwAll(errors: readonly ConfigError[]): void {
  const [first, ...others] = errors;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const told = others.slice(0, MOST_TOLD - 1).map((error) => `  - ${error.message.replaceAll("\n", " ")}`);
  const untold = others.length - told.length;
  throw new ConfigError({
    subject: first.subject, rule: first.rule, got: first.got, ...(first.where === undefined ? {} : { where: first.where }),
    hint: [first.hint, `${others.length} more:`, ...told, ...(untold > 0 ? [`  - and ${untold} others.`] : [])].join("\n"),
    cause: new AggregateError(errors),
  });
}

function namesAllowedAt(schema: z.ZodType, path: ConfigPath, issue: z.core.$ZodIssue): readonly string[] | undefined {
  if (issue.code === "invalid_value") return issue.values.map(String);
  if (issue.code !== "invalid_union" || path.at(-1) !== "kind") return undefined;
  const union = schemaAt(schema, path.slice(0, -1));
  return union === undefined ? undefined : variantsOf(unwrapSchema(union).bare).map(kindOf);
}

function hintFor(issue: z.core.$ZodIssue, path: ConfigPath, got: unknown, names: readonly string[] | undefined): string {
  if (issue.code === "custom" && typeof issue.params?.["unitHint"] === "string") return issue.params["unitHint"];
  const nearest = typeof got === "string" && names !== undefined ? nearestName(got, names) : undefined;
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  if (got === undefined && path.length > 0) return `Add ${renderPath(path)}. Meaning: plmm config explain ${renderPath(path)}`;
  return path.length === 0 ? "Write keys and values, one per line." : `Meaning and default: plmm config explain ${renderPath(path)}`;
}

function describeKey(schema: z.ZodType, value: unknown, path: ConfigPath): string {
  const found = schemaAt(schema, path, value);
  return found === undefined ? "" : unwrapSchema(found).description ?? "";
}
