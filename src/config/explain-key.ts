/** What the schema knows about one key, as lines for people. */
import { z } from "zod";
import { ConfigError } from "../core/errors.js";
import { nearestName } from "./nearest-name.js";
import { quantityRule, type QuantityMeta } from "./quantities.js";
import { studySchema } from "./scenario-schema.js";
import { allowedKeys, kindOf, schemaAt, unwrapSchema, variantsOf, wholeOf } from "./schema-walk.js";

/** Meaning of one config path. */
export interface KeyExplanation {
  readonly path: string;
  readonly meaning: string;
  /** What a value must be: "be a time from ...". */
  readonly rule: string;
  /** Default as in a config; undefined when there is none. */
  readonly defaultValue: unknown;
  readonly isRequired: boolean;
  /** Keys below, with the first sentence of their meaning; empty for a single value. */
  readonly keys: readonly { readonly key: string; readonly meaning: string; readonly defaultText: string }[];
}

/** Notes on what the schema itself cannot carry. */
const DEFAULTS_FROM_DATA: Readonly<Record<string, string>> = {
  "population.promptTokens": "fitted on the Azure LLM inference trace 2023, conversation",
  "population.answerTokens": "fitted on the Azure LLM inference trace 2023, conversation",
};

const DEFAULT_IN_CONDITION = "as in the config without the condition";

/**
 * Explains a key; the empty path is the whole config.
 *
 * @throws {ConfigError} when no such key exists, with the nearest one.
 */
export function explainKey(path: string): KeyExplanation {
  const parts = path === "" ? [] : path.split(".");
  const schema = schemaAt(studySchema, parts) ?? throwUnknown(parts);
  const { bare, defaultValue, isOptional, description } = unwrapSchema(schema);
  const fromElsewhere = isInCondition(parts) ? DEFAULT_IN_CONDITION : DEFAULTS_FROM_DATA[path];
  return {
    path, meaning: description ?? meaningOf(bare), rule: ruleOf(bare), defaultValue: fromElsewhere ?? defaultValue,
    isRequired: !isOptional && defaultValue === undefined && parts.length > 0 && !isInCondition(parts),
    keys: allowedKeys(schema).map((key) => {
      const child = unwrapSchema(schemaAt(schema, [key])!);
      const meaning = [child.description ?? meaningOf(child.bare), noteOnKinds(bare, key)].filter((part) => part !== "").join(" ");
      return { key, meaning, defaultText: shortDefault(child.defaultValue) };
    }),
  };
}

/** True for a condition and the keys in it, which change the config only where they are given. */
function isInCondition(parts: readonly string[]): boolean {
  return parts[0] === "conditions" && parts.length > 1;
}

/** Variants that have a key, when not all have. */
function noteOnKinds(bare: z.ZodType, key: string): string {
  const variants = variantsOf(bare);
  const kinds = variants.filter((variant) => Object.hasOwn(variant.shape, key)).map(kindOf);
  return kinds.length === variants.length ? "" : `(${kinds.join(", ")})`;
}

function shortDefault(value: unknown): string {
  if (value === undefined) return "";
  const text = JSON.stringify(value);
  return text.length > 40 ? "" : text;
}

function meaningOf(bare: z.ZodType): string {
  return bare.meta()?.description ?? "";
}

/** Words after "must" for a value of the schema. */
function ruleOf(bare: z.ZodType): string {
  const meta = bare.meta();
  if (typeof meta?.["quantity"] === "string") return quantityRule(meta as unknown as QuantityMeta);
  if (bare instanceof z.ZodEnum) return `be one of ${bare.options.join(", ")}`;
  if (bare instanceof z.ZodLiteral) return `be ${[...bare.values].map(String).join(" or ")}`;
  if (bare instanceof z.ZodBoolean) return "be true or false";
  if (bare instanceof z.ZodDiscriminatedUnion) return `be a map with a kind: ${variantsOf(bare).map(kindOf).join(", ")}`;
  if (bare instanceof z.ZodArray) return "be a list";
  if (wholeOf(bare) !== undefined) return "be a map with the keys that differ";
  if (bare instanceof z.ZodRecord) return "be a map with free names as keys";
  if (bare instanceof z.ZodObject) return meta?.["isWholeMap"] === true ? "be a map of shares that sum to 1" : "be a map";
  return "be text";
}

function throwUnknown(parts: readonly string[]): never {
  let known = 0;
  while (known < parts.length && schemaAt(studySchema, parts.slice(0, known + 1)) !== undefined) known++;
  const names = allowedKeys(schemaAt(studySchema, parts.slice(0, known))!);
  const nearest = nearestName(parts[known]!, names);
  const prefix = parts.slice(0, known).join(".");
  throw new ConfigError({
    subject: "a config key", got: parts.join("."),
    rule: names.length === 0 ? `end at ${prefix}, which has no keys` : `continue ${prefix === "" ? "with" : `${prefix} with`} one of ${names.join(", ")}`,
    hint: nearest === undefined ? "All keys: plmm config explain" : `Did you mean ${[...parts.slice(0, known), nearest].join(".")}?`,
  });
}
