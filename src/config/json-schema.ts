/** The config format as JSON Schema, for completion and checks in editors. Generated from the zod schema, never edited. */
import { z } from "zod";
import type { QuantityMeta } from "./quantities.js";
import { studySchema } from "./scenario-schema.js";

/** JSON Schema (draft 2020-12) of a config file as a person writes it: units in text, defaults left out. */
export function renderJsonSchema(): string {
  const schema = z.toJSONSchema(studySchema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      describeQuantity(jsonSchema);
      describePart(jsonSchema);
      describeDefault(zodSchema as unknown as z.ZodType, jsonSchema);
    },
  });
  const { $schema, properties, ...rest } = schema;
  const file = {
    $schema, title: "plmm study", ...rest,
    properties: { extends: EXTENDS, ...properties },
  };
  return `${JSON.stringify(file, undefined, 1)}\n`;
}

const EXTENDS = {
  description: "Config files that this one builds on, paths relative to it. Later files and this one win.",
  anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
};

/** Replaces the number-or-text union of a quantity by one with its range and units. */
function describeQuantity(json: z.core.JSONSchema.BaseSchema): void {
  delete json["isWholeMap"];
  if (typeof json["quantity"] !== "string") return;
  const meta = json as unknown as QuantityMeta;
  const number = {
    type: meta.isWhole ? "integer" : "number",
    [meta.isLowExcluded ? "exclusiveMinimum" : "minimum"]: meta.low, maximum: meta.high,
  };
  const pattern = meta.units.length === 0 ? "^[0-9]{1,3}(_[0-9]{3})+$" : `^[0-9.eE+-]+ ?(${meta.units.map(escapeForPattern).join("|")})$`;
  json.anyOf = [number, { type: "string", pattern }] as typeof json.anyOf & object;
  for (const key of ["quantity", "unit", "units", "low", "high", "isLowExcluded", "isWhole"]) delete json[key];
}

/** A condition has the sections of the scenario, which stand at the top of a config. */
function describePart(json: z.core.JSONSchema.BaseSchema): void {
  const whole = json["partOf"];
  delete json["partOf"];
  if (!(whole instanceof z.ZodObject)) return;
  delete json.propertyNames;
  json.properties = Object.fromEntries(Object.keys(whole.shape).map((key) => [key, { $ref: `#/properties/${key}` }]));
  json.additionalProperties = false;
}

/** Shows the default, and lets a map that has one be given in part, as the loader does. */
function describeDefault(schema: z.ZodType, json: z.core.JSONSchema.BaseSchema): void {
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) return;
  json.default = schema.def.defaultValue;
  if (typeof json.default === "object" && json.type === "object") delete json.required;
}

function escapeForPattern(unit: string): string {
  return unit.replaceAll("/", "\\/");
}
