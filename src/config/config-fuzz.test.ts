/** Whatever a person or a broken program writes: a Study or a ConfigError, never another error, never a hang. */
import fc from "fast-check";
import { expect, describe, it } from "vitest";
import { ConfigError } from "../core/errors.js";
import { applyOverride } from "./apply-override.js";
import { parseStudy } from "./parse-study.js";
import { parseYaml } from "./parse-yaml.js";
import { expandStudy } from "./plan.js";
import { renderStudy } from "./render-study.js";
import { SAMPLE_TOKEN_LENGTHS, sampleStudy } from "./sample-study.test-data.js";
import { scenarioSchema, studySchema } from "./scenario-schema.js";
import { allPaths } from "./schema-walk.js";

const VALID = renderStudy(sampleStudy("name: t\nreplications: 2\ntiers: {refresh: {}, expertOverrides: {it: {replicas: 2}}}\nsweep:\n  routing: [{kind: p-only}, {kind: deadline}]\n  protocol.padding: [none, bucket]"));
const PATHS = allPaths(studySchema);

/** Runs the whole way from text to cells; true when it ended in a study. */
function isAccepted(text: string, overrides: readonly string[] = []): boolean {
  try {
    let tree = parseYaml(text, "fuzz.yaml");
    for (const override of overrides) tree = applyOverride(tree, override, () => false);
    const study = parseStudy(tree, { tokenLengths: SAMPLE_TOKEN_LENGTHS });
    expandStudy(study);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toMatch(/^.+ must [\s\S]+; got [\s\S]+\.\n/);
    return false;
  }
}

/** Values that parsers trip over. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(NaN, Infinity, -Infinity, -0, -1, 1e308, 2 ** 53, 0.1, "", "4 W", "1e999 s", "24 h", "%", true, null, [], {}, [[]], "constructor", "toString"),
  fc.double(), fc.string(), fc.jsonValue({ maxDepth: 3 }),
);

describe("any config", () => {
  it("is accepted when it is valid, so that the mutations below start from something", () => {
    expect(isAccepted(VALID)).toBe(true);
  });

  it("ends in a study or a ConfigError for any JSON tree", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (tree) => { isAccepted(JSON.stringify(tree)); }), { seed: 21, numRuns: 1000 });
  });

  it("ends in a study or a ConfigError with any value at any key", () => {
    const change = fc.tuple(fc.constantFrom(...PATHS), oddValue);
    fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      isAccepted("name: t\nreplications: 1", changes.map(([path, value]) => `${path}=${typeof value === "number" ? yamlNumber(value) : JSON.stringify(value)}`));
    }), { seed: 22, numRuns: 1500 });
  });

  it("ends in a study or a ConfigError after lines are lost, doubled, moved or scratched", () => {
    const lines = VALID.split("\n");
    const cut = fc.record({ at: fc.nat(lines.length - 1), how: fc.constantFrom("lose", "double", "indent", "scratch"), letter: fc.string({ minLength: 1, maxLength: 2 }) });
    let acceptedCount = 0;
    fc.assert(fc.property(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) => {
      const changed = [...lines];
      for (const { at, how, letter } of cuts) changed[at] = mutate(changed[at]!, how, letter);
      if (isAccepted(changed.join("\n"))) acceptedCount++;
    }), { seed: 23, numRuns: 600 });
    expect(acceptedCount).toBeGreaterThan(0);
  });

  it("ends in a study or a ConfigError for any condition", () => {
    const changes = fc.oneof(oddValue, fc.dictionary(fc.constantFrom(...Object.keys(scenarioSchema.shape), "x"), oddValue, { maxKeys: 2 }));
    fc.assert(fc.property(fc.dictionary(fc.constantFrom("a", "b-2", "constructor", "B"), changes, { maxKeys: 2 }), changes, (conditions, change) => {
      isAccepted(JSON.stringify({ name: "t", replications: 1, conditions: { ...conditions, c: change }, sweep: { "routing.threshold": [0.5] } }));
    }), { seed: 25, numRuns: 400 });
  });

  it("ends in a study or a ConfigError with any value at any key of a condition", () => {
    const change = fc.tuple(fc.constantFrom(...allPaths(scenarioSchema)), oddValue);
    fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      isAccepted("name: t\nreplications: 1", changes.map(([path, value]) => `conditions.a.${path}=${typeof value === "number" ? yamlNumber(value) : JSON.stringify(value)}`));
    }), { seed: 26, numRuns: 400 });
  });

  it("ends in a study or a ConfigError for any sweep", () => {
    const axis = fc.tuple(fc.oneof(fc.constantFrom(...PATHS), fc.string()), fc.array(oddValue, { maxLength: 3 }));
    fc.assert(fc.property(fc.array(axis, { minLength: 1, maxLength: 2 }), (axes) => {
      isAccepted(JSON.stringify({ name: "t", replications: 1, sweep: Object.fromEntries(axes) }));
    }), { seed: 24, numRuns: 800 });
  });
});

function mutate(line: string, how: string, letter: string): string {
  switch (how) {
    case "lose": return "";
    case "double": return `${line}\n${line}`;
    case "indent": return ` ${line}`;
    default: return line.slice(0, line.length >> 1) + letter + line.slice((line.length >> 1) + 1);
  }
}

function yamlNumber(value: number): string {
  return Number.isNaN(value) ? ".nan" : value === Infinity ? ".inf" : value === -Infinity ? "-.inf" : String(value);
}
