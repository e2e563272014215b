/** A pool that names a kernel profile is served at its times; one that names none, by the spec sheet. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../core/errors.js";
import { BatchShape } from "./iteration-cost.js";
import { loadPoolCost } from "./load-pool-cost.js";
import { RooflineCost } from "./roofline-cost.js";
import { responseOf, runTiers, sampleScenario } from "./sample-tiers.test-data.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-pool-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

/** Every layer takes 100 us and its attention 10 us, whatever the batch. Made up. */
const TABLE = "part,name,tokens,before,decodes,context,experts,us\nlayer,all,1,,,,,100\nattention,,0,0,1,16,,10\nattention,,0,0,1,64,,10\nattention,,512,0,0,0,,10\n";
const file = join(folder, "own.csv");
writeFileSync(file, TABLE);

describe("cost of a pool", () => {
  const pool = { ...sampleScenario().tiers.expert, iterationOverheadS: 0.001 };

  it("follows the profile: 32 layers of 110 us and the overhead of a step", () => {
    const batch = new BatchShape(8);
    batch.decodes = batch.sampled = 1;
    batch.kvTokens = 40;
    const cost = loadPoolCost({ ...pool, kernelProfile: file }, "tiers.expert");
    // To the tick of 1,024 ps.
    expect(Math.abs(cost.durationPs(batch) - (32 * 110e6 + 1e9))).toBeLessThan(1024);
    expect(loadPoolCost(pool, "tiers.expert")).toBeInstanceOf(RooflineCost);
    expect(cost.kvBlocks).toBe(loadPoolCost(pool, "tiers.expert").kvBlocks);
  });

  it("is what a fleet's server takes: 10 tokens in 10 steps", () => {
    const scenario = sampleScenario({ expert: { ...pool, kernelProfile: file } });
    const run = runTiers(scenario, [{ arriveAtUs: 1000, promptTokens: 100, answerTokens: 10 }]);
    expect(responseOf(run, 0)!.lastTokenAtUs).toBe(1000 + 10 * (32 * 110 + 1000));
  });

  it("refuses a profile that is not there, and a GPU that is unknown", () => {
    expect(() => loadPoolCost({ ...pool, kernelProfile: join(folder, "none.csv") }, "tiers.expert")).toThrow(DataError);
    expect(() => loadPoolCost({ ...pool, kernelProfile: folder }, "tiers.expert")).toThrow(DataError);
    expect(() => loadPoolCost({ ...pool, gpu: "L5" }, "tiers.expert")).toThrow(ConfigError);
  });
});
