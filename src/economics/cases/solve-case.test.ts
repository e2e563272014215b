import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadDatasetText } from "../../config/load-dataset.js";
import { parseReferenceCases } from "./reference-case.js";
import { implementedKinds, solveCase } from "./solve-case.js";

const shipped = parseReferenceCases(loadDatasetText("economics/reference-cases.csv"), "datasets/economics/reference-cases.csv");
const folder = process.env["PLMM_DATA"], wholeFile = folder === undefined ? undefined : join(folder, "economics", "reference-cases.csv");
const isHere = wholeFile !== undefined && existsSync(wholeFile);

describe("reference cases of the package", () => {
  // Sources are in the column `source` of each case.
  test.each(shipped.map((reference) => [reference.id, reference] as const))("%s", (_id, reference) => {
    const outcome = solveCase(reference);
    expect(outcome).toMatchObject({ status: "pass" });
  });

  test("have every computed kind", () => {
    expect([...new Set(shipped.map(({ kind }) => kind))].sort()).toEqual(implementedKinds());
  });

  test.skipIf(!isHere)(`hold all public cases of the computed kinds${isHere ? "" : " (left out: PLMM_DATA has no economics/reference-cases.csv)"}`, () => {
    const all = parseReferenceCases(readFileSync(wholeFile!, "utf8"), wholeFile!), kinds = implementedKinds();
    const ids = all.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
    expect(shipped.map(({ id }) => id)).toEqual(ids);
    for (const reference of all) expect(["pass", "not implemented"], reference.id).toContain(solveCase(reference).status);
  });
});
