import { describe, expect, it } from "vitest";
import { findImportOffences } from "./check-imports.js";

/** Offences of a small tree, as `path:line message`. */
function offencesOf(files: Readonly<Record<string, string>>): string[] {
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
  return findImportOffences(sources).map(({ path, line, message }) => `${path}:${line} ${message}`);
}

describe("the import rule", () => {
  it("lets a folder import folders before it, packages and Node's modules", () => {
    expect(offencesOf({
      "src/metrics/a.ts": 'import { x } from "../core/x.js";\nimport { z } from "zod";\nimport { join } from "node:path";',
      "src/index.ts": 'export { a } from "./run/a.js";',
      "experiments/04-a/run.ts": 'import { a } from "../../src/index.js";\nimport { b } from "./b.js";',
      "src/privacy/attacks/a.ts": 'import type { W } from "../../records/wire-record.js";\nimport { b } from "./b.js";',
      "src/privacy/attacks/a.test.ts": 'import { score } from "../score.js";',
      "src/report/a.ts": 'const font = new URL("../../datasets/font.ttf", import.meta.url);',
    })).toEqual([]);
  });

  const planted: [name: string, path: string, text: string, message: RegExp][] = [
    ["a folder after it", "src/core/a.ts", 'import { b } from "../run/b.js";', /^src\/core\/a\.ts:1 core may import only folders before it; got src\/run\/b\.ts/],
    ["a type of a folder after it", "src/core/a.ts", '\nimport type { B } from "../run/b.js";', /^src\/core\/a\.ts:2 core may import/],
    ["an import type of a folder after it", "src/core/a.ts", 'export type B = import("../run/b.js").B;', /core may import/],
    ["a dynamic import of a folder after it", "src/core/a.ts", 'const b = await import("../run/b.js");', /core may import/],
    ["an export from a folder after it", "src/core/a.ts", 'export * from "../run/b.js";', /core may import/],
    ["a worker file of a folder after it", "src/core/a.ts", 'new Worker(new URL("../run/b.js", import.meta.url));', /core may import/],
    ["a test importing a folder after it", "src/core/a.test.ts", 'import { b } from "../run/b.js";', /core may import/],
    ["the domain from the kernel", "src/simulation/a.ts", 'import { b } from "../config/b.js";', /simulation imports core only/],
    ["truth from an attack", "src/privacy/attacks/a.ts", 'import type { T } from "../../records/truth-record.js";', /an attack sees observations only/],
    ["the scorer from an attack", "src/privacy/attacks/a.ts", 'import { s } from "../score.js";', /an attack sees observations only/],
    ["the config from an attack", "src/privacy/attacks/a.ts", 'import { s } from "../../config/s.js";', /an attack sees observations only/],
    ["the simulator from privacy", "src/privacy/a.ts", 'import { s } from "../clients/s.js";', /privacy reads records/],
    ["the simulator from economics", "src/economics/a.ts", 'import { s } from "../simulation/s.js";', /economics reads records/],
    ["the simulator from metrics", "src/metrics/a.ts", 'import { s } from "../tiers/s.js";', /metrics reads records/],
    ["the simulator from report", "src/report/a.ts", 'import { s } from "../simulation/s.js";', /report reads records/],
    ["a folder without a place", "src/extras/a.ts", 'import { s } from "../core/s.js";', /src\/extras has no place/],
    ["scripts from src", "src/run/a.ts", 'import { s } from "../../scripts/s.js";', /src never imports outward/],
    ["an experiment from src", "src/run/a.ts", 'import { s } from "../../experiments/04-a/run.js";', /src never imports outward/],
    ["the index from src", "src/run/a.ts", 'import { s } from "../index.js";', /src\/index\.ts is for experiments/],
    ["the project's own name from src", "src/run/a.ts", 'import { s } from "plmm-lab";', /src\/index\.ts is for experiments/],
    ["the command line from the index", "src/index.ts", 'export { s } from "./cli/s.js";', /command line is not part/],
    ["deeper files from an experiment", "experiments/04-a/run.ts", 'import { s } from "../../src/run/s.js";', /an experiment imports only its own files/],
    ["one experiment from another", "experiments/04-a/run.ts", 'import { s } from "../08-b/run.js";', /an experiment imports only its own files/],
  ];
  it.each(planted)("finds %s", (_name, path, text, message) => {
    const offences = offencesOf({ [path]: text });
    expect(offences).toHaveLength(1);
    expect(offences[0]).toMatch(message);
  });

  it("finds a circle of three files, once, also through a type import", () => {
    expect(offencesOf({
      "src/core/a.ts": 'import { b } from "./b.js";',
      "src/core/b.ts": 'import type { C } from "./c.js";',
      "src/core/c.ts": '\nimport { a } from "./a.js";',
    })).toEqual(["src/core/c.ts:2 imports never go in a circle; got src/core/a.ts -> src/core/b.ts -> src/core/c.ts -> src/core/a.ts"]);
  });

  it("finds a file that imports itself", () => {
    expect(offencesOf({ "src/core/a.ts": 'import { b } from "./a.js";' })).toHaveLength(1);
  });

  it("does not take a diamond for a circle", () => {
    expect(offencesOf({
      "src/core/a.ts": 'import "./b.js";\nimport "./c.js";',
      "src/core/b.ts": 'import "./d.js";',
      "src/core/c.ts": 'import "./d.js";',
      "src/core/d.ts": "export const d = 1;",
    })).toEqual([]);
  });
});
