/** Finds the part of the zod schema that a config path names. One place that looks inside zod objects. */
import { z } from "zod";
import type { ConfigPath } from "./located-tree.js";
import { isPlainMap } from "./plain-tree.js";

/** A schema without its wrappers, and what the wrappers said. */
export interface BareSchema {
  readonly bare: z.ZodType;
  /** Undefined when the key must be given or may be absent. */
  readonly defaultValue: unknown;
  readonly isOptional: boolean;
  readonly description: string | undefined;
}

/** Takes off defaults and optional marks. The outermost description counts. */
export function unwrapSchema(schema: z.ZodType): BareSchema {
  let bare = schema;
  let defaultValue: unknown;
  let isOptional = false;
  let description = schema.meta()?.description;
  while (bare instanceof z.ZodDefault || bare instanceof z.ZodPrefault || bare instanceof z.ZodOptional) {
    if (bare instanceof z.ZodOptional) isOptional = true;
    else defaultValue ??= bare.def.defaultValue;
    bare = bare.unwrap() as z.ZodType;
    description ??= bare.meta()?.description;
  }
  return { bare, defaultValue, isOptional, description };
}

/**
 * Schema of the value at a path, wrappers included.
 *
 * @param value The config the path is taken in: its `kind` chooses the variant. Without it all variants are searched in order.
 * @returns Undefined when no such key exists.
 */
export function schemaAt(root: z.ZodType, path: ConfigPath, value?: unknown): z.ZodType | undefined {
  let schema: z.ZodType | undefined = root;
  let below = value;
  for (const part of path) {
    if (schema === undefined) return undefined;
    schema = childSchema(schema, part, below);
    below = typeof below === "object" && below !== null ? (below as Record<string | number, unknown>)[part] : undefined;
  }
  return schema;
}

/** Keys that a map at this schema may have; empty for free names and for what is no map. */
export function allowedKeys(schema: z.ZodType, value?: unknown): readonly string[] {
  const { bare } = unwrapSchema(schema);
  const whole = wholeOf(bare);
  if (whole !== undefined) return allowedKeys(whole, value);
  const objects = bare instanceof z.ZodObject ? [bare] : variantsOf(bare, value);
  return [...new Set(objects.flatMap((object) => Object.keys(object.shape as object)))];
}

/** Variants of a discriminated union; only the one of the value's `kind` when that is known. */
export function variantsOf(bare: z.ZodType, value?: unknown): readonly z.ZodObject[] {
  if (!(bare instanceof z.ZodDiscriminatedUnion)) return [];
  const variants = bare.options as readonly z.ZodObject[];
  const kind = isPlainMap(value) ? value["kind"] : undefined;
  const chosen = variants.filter((variant) => kindOf(variant) === kind);
  return chosen.length > 0 ? chosen : variants;
}

/** The literal that marks a variant. */
export function kindOf(variant: z.ZodObject): string {
  const kind = (variant.shape as Record<string, z.ZodType>)["kind"];
  return kind instanceof z.ZodLiteral ? String(kind.value) : "";
}

/** The schema that a value of this one is a part of, for maps that are parsed later; undefined for all others. */
export function wholeOf(bare: z.ZodType): z.ZodType | undefined {
  const whole = bare.meta()?.["partOf"];
  return whole instanceof z.ZodType ? whole : undefined;
}

/** True for shares and the like, which a config gives as a whole. */
export function isWholeMapSchema(schema: z.ZodType): boolean {
  return unwrapSchema(schema).bare.meta()?.["isWholeMap"] === true;
}

/** All config paths below a schema, fixed keys only. */
export function allPaths(schema: z.ZodType, prefix = ""): readonly string[] {
  return allowedKeys(schema).flatMap((key) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [path, ...allPaths(schemaAt(schema, [key])!, path)];
  });
}

function childSchema(schema: z.ZodType, part: string | number, value: unknown): z.ZodType | undefined {
  const { bare } = unwrapSchema(schema);
  const whole = wholeOf(bare);
  if (whole !== undefined) return childSchema(whole, part, value);
  if (bare instanceof z.ZodObject) return ownShape(bare, part);
  if (bare instanceof z.ZodRecord) return bare.valueType as z.ZodType;
  if (bare instanceof z.ZodArray) return /^\d+$/.test(String(part)) ? bare.element as z.ZodType : undefined;
  for (const variant of variantsOf(bare, value)) {
    const found = ownShape(variant, part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function ownShape(object: z.ZodObject, key: string | number): z.ZodType | undefined {
  const shape = object.shape as Record<string | number, z.ZodType>;
  return Object.hasOwn(shape, key) ? shape[key] : undefined;
}
