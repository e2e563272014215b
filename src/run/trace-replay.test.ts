import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../config/load-dataset.js";
import { findTraceFile, loadStudy } from "../config/load-study.js";
import { scenarioOf } from "../config/parse-study.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import { simulateAlone } from "./simulate-fleet.js";

function replay(file: string, overrides: readonly string[]): ReturnType<typeof simulateAlone> {
  const study = loadStudy(join(packageRoot(), "configs", "minimal.yaml"), { overrides: [`population.arrivals={kind: trace, file: ${file}}`, "simulation.horizonS=1 h", ...overrides] });
  const scenario = scenarioOf(study);
  return simulateAlone({ scenario, seed: 3, replication: 0 }, loadCellInputs(scenario));
}

describe("a replayed trace", () => {
  it("asks every row once, at its instant, with its lengths", () => {
    const { rows } = replay(join(packageRoot(), "datasets", "azure-llm-2023", "fixture-made-up.csv"), ["population.clients=7"]);
    const trace = loadCellInputs(scenarioOf(loadStudy(join(packageRoot(), "configs", "minimal.yaml"), {
      overrides: [`population.arrivals={kind: trace, file: ${join(packageRoot(), "datasets", "azure-llm-2023", "fixture-made-up.csv")}}`],
    }))).trace!;
    expect(rows.request.rowCount).toBe(trace.atUs.length);
    const clients = rows.request.column("clientId"), indexes = rows.request.column("queryIndex");
    for (let row = 0; row < rows.request.rowCount; row++) {
      const source = indexes[row]! * 7 + clients[row]!;
      expect(rows.request.column("askedAtUs")[row]).toBe(trace.atUs[source]);
      expect(rows.request.column("promptTokens")[row]).toBe(trace.promptTokens[source]);
    }
  });

  const azure = "azure-llm-2023/AzureLLMInferenceTrace_conv.csv", hasAzure = findTraceFile(azure) !== undefined && existsSync(findTraceFile(azure)!);
  if (!hasAzure) process.stderr.write("The replay of the Azure trace is not tested: set PLMM_DATA to a folder that holds azure-llm-2023/.\n");
  it.skipIf(!hasAzure)("replays the Azure conversation trace of 2023: 19,366 requests in 3,502 s", () => {
    const { rows, totals } = replay(azure, ["population.clients=2000", "routing.kind=t-only"]);
    expect(totals.sum("asked")).toBe(19_366);
    expect(Math.max(...rows.request.column("askedAtUs"))).toBeCloseTo(3502e6, -7);
  });
});
