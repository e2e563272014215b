import { describe, expect, it } from "vitest";
import { sampleScenario } from "./sample-tiers.test-data.js";
import { estimateCapacity } from "./estimate-capacity.js";

describe("estimateCapacity", () => {
  it("grows in proportion to replicas, and counts those that autoscaling may add", () => {
    const one = sampleScenario({ general: { gpu: "H200", model: "qwen3-32b", replicas: 1 } }), three = sampleScenario({ general: { gpu: "H200", model: "qwen3-32b", replicas: 3 } });
    const scaled = sampleScenario({ general: { gpu: "H200", model: "qwen3-32b", replicas: 1, autoscale: { minReplicas: 1, maxReplicas: 5, targetRunning: 8 } } });
    expect(estimateCapacity(three).generalTokensPerS / estimateCapacity(one).generalTokensPerS).toBeCloseTo(3, 9);
    expect(estimateCapacity(scaled).generalTokensPerS / estimateCapacity(one).generalTokensPerS).toBeCloseTo(5, 9);
  });

  it("is the batch over the time of one iteration: by hand for a batch of one, whose weights are read once per token", () => {
    const scenario = sampleScenario({ general: { gpu: "H100-SXM", model: "llama-3.1-8b", bytesPerWeight: 2, maxRunning: 1, replicas: 1, iterationOverheadS: 0 } });
    // 8.03e9 weights less the embedding table of 128,256 x 4,096, at 2 bytes, over 90% of 3.35 TB/s.
    const iterationS = ((8.03e9 - 128_256 * 4096) * 2) / (0.9 * 3.35e12);
    expect(estimateCapacity(scenario).generalTokensPerS * iterationS).toBeCloseTo(1, 2);
  });
});
