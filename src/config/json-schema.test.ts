import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explainKey } from "./explain-key.js";
import { renderJsonSchema } from "./json-schema.js";
import { packageRoot } from "./load-dataset.js";
import { faultsOf } from "./sample-study.test-data.js";
import { scenarioSchema, studySchema } from "./scenario-schema.js";
import { allPaths } from "./schema-walk.js";

describe("configs/plmm.schema.json", () => {
  it("is what the zod schema says; after a change run: npx plmm config schema > configs/plmm.schema.json", () => {
    expect(readFileSync(join(packageRoot(), "configs", "plmm.schema.json"), "utf8") === renderJsonSchema()).toBe(true);
  });

  it("allows units and gives range and default", () => {
    const schema = JSON.parse(renderJsonSchema()) as { properties: { simulation: { properties: Record<string, { default: unknown; anyOf: { pattern?: string }[] }> } } };
    const horizon = schema.properties.simulation.properties["horizonS"]!;
    expect(horizon).toMatchObject({ default: 86_400, anyOf: [{ type: "number", minimum: 1, maximum: 1e9 }, { type: "string" }] });
    expect("24 h").toMatch(new RegExp(horizon.anyOf[1]!.pattern!));
    expect("24 W").not.toMatch(new RegExp(horizon.anyOf[1]!.pattern!));
  });
});

describe("the JSON Schema of conditions", () => {
  it("refers to the sections at the top, so that editors complete and check the keys", () => {
    const schema = JSON.parse(renderJsonSchema()) as { properties: Record<string, { additionalProperties: { properties: Record<string, { $ref: string }>; additionalProperties: boolean } }> };
    const condition = schema.properties["conditions"]!.additionalProperties;
    expect(Object.keys(condition.properties)).toEqual(Object.keys(scenarioSchema.shape));
    expect(condition.additionalProperties).toBe(false);
    for (const [key, { $ref }] of Object.entries(condition.properties)) {
      expect($ref).toBe(`#/properties/${key}`);
      expect(schema.properties).toHaveProperty(key);
    }
  });
});

describe("explainKey", () => {
  it("tells rule, default and keys", () => {
    expect(explainKey("simulation.horizonS")).toMatchObject({ defaultValue: 86_400, isRequired: false, rule: expect.stringContaining("from 1 s to 1e9 s") as unknown });
    expect(explainKey("name").isRequired).toBe(true);
    expect(explainKey("protocol.padding").rule).toBe("be one of none, bucket, power-of-two, constant");
    expect(explainKey("routing.deadlineS").meaning).toContain("first token");
    expect(explainKey("").keys.map(({ key }) => key)).toContain("population");
  });

  it("explains conditions and the keys in them", () => {
    expect(explainKey("conditions").meaning).toContain("Circumstances by name");
    expect(explainKey("conditions.heat")).toMatchObject({ isRequired: false, rule: "be a map with the keys that differ" });
    expect(explainKey("conditions.heat").keys.map(({ key }) => key)).toEqual(Object.keys(scenarioSchema.shape));
    expect(explainKey("conditions.heat.devices.maxHeat")).toMatchObject({ rule: explainKey("devices.maxHeat").rule, defaultValue: "as in the config without the condition" });
    expect(faultsOf(() => explainKey("conditions.heat.devices.maxHaet"))[0]?.hint).toBe("Did you mean conditions.heat.devices.maxHeat?");
  });

  it("knows every path of the schema", () => {
    for (const path of allPaths(studySchema)) expect(explainKey(path).rule).toMatch(/^be /);
  });

  it("suggests the nearest key", () => {
    expect(faultsOf(() => explainKey("simulation.horizon"))[0]?.hint).toBe("Did you mean simulation.horizonS?");
    expect(faultsOf(() => explainKey("seed.x"))[0]?.rule).toBe("end at seed, which has no keys");
  });
});
