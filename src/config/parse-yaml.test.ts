import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { ConfigError } from "../core/errors.js";
import { findPlace, toPlain } from "./located-tree.js";
import { parseYaml } from "./parse-yaml.js";

function faultOf(text: string): ConfigError {
  try {
    parseYaml(text, "a.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the text was accepted");
}

describe("parseYaml", () => {
  it("keeps the line of every key and value", () => {
    const tree = parseYaml("a:\n  b:\n    - 1\n    - {c: 2}\n", "a.yaml");
    expect(toPlain(tree)).toEqual({ a: { b: [1, { c: 2 }] } });
    expect(findPlace(tree, ["a", "b", 1, "c"])).toBe("a.yaml:4");
    expect(findPlace(tree, ["a"], "b")).toBe("a.yaml:2");
    expect(findPlace(tree, ["a", "b", 7, "x"])).toBe("a.yaml:3");
  });

  it("leaves out keys whose value is a written null", () => {
    expect(toPlain(parseYaml("a: null\nb: 1", "a.yaml"))).toEqual({ b: 1 });
  });

  it.each([
    ["a key without a value", "a: 1\nb:\n", "give b a value", "a.yaml:2"],
    ["a key given twice", "a: 1\na: 2\n", "have each key once in a map", "a.yaml:2"],
    ["a list as a key", "? [1]\n: 2\n", "have words as keys", "a.yaml:1"],
    ["the key __proto__", "__proto__: {a: 1}\n", "have words as keys", "a.yaml:1"],
    ["a tag", "a: !!binary aGk=\n", "hold text, numbers, true, false, lists and maps only", "a.yaml:1"],
    ["an unknown tag", "a: 1\nb: !foo 2\n", "be YAML", "a.yaml:2"],
    ["two documents", "a: 1\n---\nb: 1\n", "hold one document", undefined],
    ["an open bracket", "a: [1\n", "be YAML", "a.yaml:2"],
    ["an alias without an anchor", "a: *x\n", "define an anchor before its alias", "a.yaml:1"],
    ["an anchor given twice", "a: &x 1\nb: &x 2\n", "have each anchor once", "a.yaml:2"],
    ["an anchor that contains itself", "a: &x [*x]\n", "nest at most 32 levels", "a.yaml:1"],
  ])("refuses %s with its line", (_name, text, rule, where) => {
    expect(faultOf(text)).toMatchObject({ rule, where });
  });

  it("refuses a billion laughs before it has expanded them", () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array<string>(10).fill(`*l${i}`).join(", ")}]`);
    expect(faultOf(["l0: &l0 lol", ...levels].join("\n")).rule).toBe("hold at most 100000 values, aliases expanded");
  });

  it.each(["[", "{", "- ", "? ", "a: ", "? {", "{a: "])("survives a hundred thousand times %j", (piece) => {
    expect(faultOf(piece.repeat(100_000 / piece.length)).rule).toBe("nest at most 32 levels");
  });

  it("repeats an anchored value at each alias", () => {
    const text = `a: &x {b: 1}\nc: [${Array<string>(50_000).fill("*x").join(",")}]\n`;
    expect(toPlain(parseYaml(text.replace(/(,\*x){49998}/, ""), "a.yaml"))).toEqual({ a: { b: 1 }, c: [{ b: 1 }, { b: 1 }] });
    expect(faultOf(text).rule).toBe("hold at most 100000 values, aliases expanded");
  });

  it("refuses a text above its size", () => {
    expect(faultOf(" ".repeat(300_000)).rule).toBe("have at most 262144 characters");
  });

  it("gives a tree or a ConfigError for any text", () => {
    const yamlish = fc.string({ unit: fc.constantFrom(..."ab:-?[]{}&*!|>'\"#%,\n\n\t  1.e~@`\\\u0000\u2028é"), maxLength: 80 });
    fc.assert(fc.property(fc.oneof(yamlish, fc.string({ unit: "binary", maxLength: 60 })), (text) => {
      try {
        toPlain(parseYaml(text, "a.yaml"));
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }), { seed: 11, numRuns: 4000 });
  });
});
