import { describe, expect, it } from "vitest";
import { findDocOffences } from "./check-docs.js";

const linesOf = (text: string, path = "src/core/a.ts"): number[] => findDocOffences({ path, text }).map(({ line }) => line);

describe("the doc rule", () => {
  it.each(["export const a = 1;", "export function a(): void {}", "export class A {}", "export interface A {}", "export type A = 1;",
    "export enum A { b }", "export default 1;", "// Line.\nexport const a = 1;", "/* Block. */\nexport const a = 1;", "const a = 1;\nexport { a };"])(
    "asks for a doc comment on: %s", (text) => {
      expect(linesOf(text)).toHaveLength(1);
    });

  it("accepts documented exports, private things, re-exports and later overloads", () => {
    expect(linesOf("/** Doc. */\nexport const a = 1;\nconst b = 2;\nexport { c } from './c.js';\nexport * from './d.js';")).toEqual([]);
    expect(linesOf("/** Doc. */\nexport function f(a: 1): 1;\nexport function f(a: 2): 2;\nexport function f(a: number) { return a; }")).toEqual([]);
  });

  it("names the line of the export, not of what stands before it", () => {
    expect(linesOf("/** Doc. */\nexport const a = 1;\n\nexport const b = 2;")).toEqual([4]);
  });

  it("leaves tests alone", () => {
    expect(linesOf("export const a = 1;", "src/core/a.contract.ts")).toEqual([]);
  });
});
