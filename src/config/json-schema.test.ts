import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explainKey } from "./explain-key.js";
import { renderJsonSchema } from "./json-schema.js";
import { packageRoot } from "./load-dataset.js";
import { faultsOf } from "./sample-study.test-data.js";
import { studySchema } from "./scenario-schema.js";
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

describe("explainKey", () => {
  it("tells rule, default and keys", () => {
    expect(explainKey("simulation.horizonS")).toMatchObject({ defaultValue: 86_400, isRequired: false, rule: expect.stringContaining("from 1 s to 1e9 s") as unknown });
    expect(explainKey("name").isRequired).toBe(true);
    expect(explainKey("protocol.padding").rule).toBe("be one of none, bucket, power-of-two, constant");
    expect(explainKey("routing.deadlineS").meaning).toContain("first token");
    expect(explainKey("").keys.map(({ key }) => key)).toContain("population");
  });

  it("knows every path of the schema", () => {
    for (const path of allPaths(studySchema)) expect(explainKey(path).rule).toMatch(/^be /);
  });

  it("suggests the nearest key", () => {
    expect(faultsOf(() => explainKey("simulation.horizon"))[0]?.hint).toBe("Did you mean simulation.horizonS?");
    expect(faultsOf(() => explainKey("seed.x"))[0]?.rule).toBe("end at seed, which has no keys");
  });
});
