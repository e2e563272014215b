/**
 * Completes maps that a config gives in part. zod applies the default of a map only when the whole map is missing; here
 * "network.states.5g.jitterS: 9 ms" keeps the other keys of 5g. A changed map of outside numbers loses its citation.
 */
import { z } from "zod";
import type { ConfigPath, IsWhole } from "./located-tree.js";
import { isPlainMap, isSameVariant, type PlainMap } from "./plain-tree.js";
import { isWholeMapSchema, schemaAt, unwrapSchema, variantsOf } from "./schema-walk.js";

/** Source of numbers that a config changes without saying where they come from. */
export const UNCITED: PlainMap = { origin: "assumed", source: "set in the scenario" };

/** The rule for merging along a schema: shares are replaced whole. */
export function wholeMapsOf(schema: z.ZodType): IsWhole {
  return (path: ConfigPath) => {
    const found = schemaAt(schema, path);
    return found !== undefined && isWholeMapSchema(found);
  };
}

/** The value with the missing keys of partly given maps taken from the schema's defaults. Faulty values pass unchanged. */
export function fillDefaults(schema: z.ZodType, value: unknown): unknown {
  if (value === undefined) return undefined;
  const { bare, defaultValue } = unwrapSchema(schema);
  const cited = hasCitation(bare) && isUncitedChange(value) ? { ...UNCITED, ...value } : value;
  const merged = isWholeMapSchema(bare) ? value : withDefaultsUnder(defaultValue, cited);
  if (Array.isArray(merged)) {
    return bare instanceof z.ZodArray ? merged.map((item) => fillDefaults(bare.element as z.ZodType, item)) : merged;
  }
  if (!isPlainMap(merged)) return merged;
  if (bare instanceof z.ZodRecord) return mapValues(merged, () => bare.valueType as z.ZodType);
  const object = bare instanceof z.ZodObject ? bare : variantsOf(bare, merged)[0];
  return object === undefined ? merged : mapValues(merged, (key) => schemaAt(object, [key]));
}

/** Lays a partly given map on its default; numbers with a citation that are changed without a new one become assumed. */
export function withDefaultsUnder(defaultValue: unknown, value: unknown): unknown {
  if (!isPlainMap(defaultValue) || !isPlainMap(value) || !isSameVariant(defaultValue, value)) return value;
  return { ...defaultValue, ...("origin" in defaultValue && isUncitedChange(value) ? UNCITED : {}), ...value };
}

function hasCitation(bare: z.ZodType): boolean {
  return bare instanceof z.ZodObject && "origin" in bare.shape && "source" in bare.shape;
}

/** True for a map that changes numbers without a word on where the new ones come from. */
export function isUncitedChange(value: unknown): value is PlainMap {
  return isPlainMap(value) && !("origin" in value) && !("source" in value) && !Object.values(value).every(isName);
}

/** A text that is no quantity such as "9 ms": a choice between numbers that are cited already. */
function isName(value: unknown): boolean { return typeof value === "string" && !/^\s*[-+.\d]/.test(value); }

function mapValues(map: PlainMap, schemaOf: (key: string) => z.ZodType | undefined): PlainMap {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(map)) {
    const schema = schemaOf(key);
    result[key] = schema === undefined ? value : fillDefaults(schema, value);
  }
  return result;
}
