import { describe, expect, it } from "vitest";
import { findNameOffences, findWorkplaceOffences } from "./check-names.js";

const WORKPLACE = ["", "work", "main"].join("/");

describe("the name rule", () => {
  it("accepts kebab-case, experiment numbers, dotted endings and the files whose names tools fix", () => {
    expect(findNameOffences(["src/core/log-histogram.test.ts", "experiments/04-responsiveness/README.md", "experiments/04-a/expected-small.json",
      "LICENSE", "README.md", ".ci/run", "package-lock.json", "results/04-a/2026-01-01-3F_a/manifest.json", "src/run/shared-arrays.ts"])).toEqual([]);
  });

  it.each(["src/utils/a.ts", "src/core/helpers.ts", "src/core/common.test.ts", "src/misc.ts", "src/core/number-utils.ts", "experiments/shared/a.ts"])(
    "refuses the empty name in %s", (path) => {
      expect(findNameOffences([path]).map(({ message }) => message)).toEqual([expect.stringMatching(/a name says what is inside/)]);
    });

  it.each(["src/core/LogHistogram.ts", "src/core/log_histogram.ts", "configs/Quick.yaml", "experiments/04_a/run.ts"])("refuses %s", (path) => {
    expect(findNameOffences([path]).map(({ message }) => message)).toEqual([expect.stringMatching(/kebab-case/)]);
  });

  it("finds a path of the workplace with its line", () => {
    const offences = findWorkplaceOffences({ path: "results/a.json", text: `{\n  "cwd": "${WORKPLACE}"\n}` });
    expect(offences.map(({ path, line }) => `${path}:${line}`)).toEqual(["results/a.json:2"]);
    expect(findWorkplaceOffences({ path: "a.js", text: `import "file://${WORKPLACE}/a.js"` })).toHaveLength(1);
    expect(findWorkplaceOffences({ path: "a.md", text: ["see ..", "shared", "data"].join("/") })).toHaveLength(1);
  });

  it("lets addresses of the web and other words pass", () => {
    expect(findWorkplaceOffences({ path: "a.md", text: "https://example.org/work/paper.pdf, network/main, work" })).toEqual([]);
  });
});
