/** The config format as JSON Schema, for completion and checks in editors. Generated from the zod schema, never edited. */
import { z } from "zod";
import type { QuantityMeta } from "./quantities.js";
import { studySchema } from "./scenario-schema.js";

/** JSON Schema (draft 2020-12) of a config file as a person writes it: units in text, defaults left out. */
export function renderJsonSchema(): string {
  const schema = z.toJSONSchema(studySchema, { io: "input", override: ({ jsonSchema }) => { describeQuantity(jsonSchema); } });
  const { $schema, properties, ...rest } = schema;
  const file = {
    $schema, title: "plmm study", ...rest,
    properties: { extends: EXTENDS, ...properties },
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
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

function escapeForPattern(unit: string): string {
  return unit.replaceAll("/", "\\/");
}
