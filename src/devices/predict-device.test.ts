import { describe, expect, it } from "vitest";
import { loadDataset } from "../config/load-dataset.js";
import { parseDeviceFacts } from "./device-facts.js";
import type { HeatCurveFit } from "./fit-heat.js";
import { loadRateModel } from "./fit/load-rate-models.js";
import { heatInterval } from "./heat-interval.js";
import { predictDevice } from "./predict-device.js";
import type { PredictedNumber } from "./predict-device.js";

const FACTS = parseDeviceFacts(loadDataset("devices/device-facts.json"), "device-facts.json");
const { curves } = loadDataset("devices/heat-fit.json") as { readonly curves: readonly HeatCurveFit[] };
const ASKED = {
  chip: "Apple A19 Pro", deviceClass: "phone", family: "mlx", accelerator: "Metal", backend: "mlx-swift", streamedBytes: 2.263e9, modelBytes: 2.263e9, parameters: 4.02e9,
  isMixture: false, kvBytesPerToken: 147_456, promptTokens: 128, bits: 4.6, model: "Qwen3-4B", format: "Q4",
};

function predict(change: Partial<typeof ASKED> = {}): Readonly<Record<string, PredictedNumber>> {
  const ground = { model: loadRateModel, firstTokenScale: 2, facts: FACTS, heatCurves: curves, plateauUse: 0.42 };
  return Object.fromEntries(predictDevice(ground, { ...ASKED, ...change }, 16.5 * 3600).map((entry) => [entry.name, entry]));
}

describe("prediction of a device", () => {
  const numbers = predict();

  it("comes with an interval around each number, and says what was measured", () => {
    for (const { low, value, high } of Object.values(numbers)) {
      expect(low).toBeLessThanOrEqual(value);
      expect(value).toBeLessThanOrEqual(high);
    }
    expect(numbers["decode"]).toMatchObject({ origin: "measured", unit: "tokens/s" });
    // 28.3 and 25.0 tokens/s are published for it (m0132, m0133).
    expect(numbers["decode"]!.value).toBeGreaterThan(20);
    expect(numbers["decode"]!.value).toBeLessThan(33);
    expect(predict({ model: "another", format: "Q9" })["decode"]!.origin).toBe("fitted");
  });

  it("slows with heat, with context, and holds hours = energy / power", () => {
    expect(numbers["decode after 10 min"]!.value).toBeLessThanOrEqual(numbers["decode after 1 min"]!.value);
    expect(numbers["decode after 1 min"]!.value).toBeLessThan(numbers["decode"]!.value);
    expect(predict({ promptTokens: 4096 })["decode"]!.value).toBeLessThan(numbers["decode"]!.value);
    // One tau at the start is spent above the power of the end.
    const hours = numbers["battery while decoding"]!.value * numbers["power after 10 min"]!.value / 16.5;
    expect(hours).toBeLessThan(1);
    expect(hours).toBeGreaterThan(0.98);
  });

  it("draws less when hot, in step with its rate: the energy of a token stays", () => {
    const watts = (name: string): number => numbers[name]!.value;
    expect(watts("power when cold") / watts("decode")).toBeCloseTo(watts("energy"), 9);
    expect(watts("power after 10 min") / watts("decode after 10 min")).toBeCloseTo(watts("energy"), 9);
    expect(watts("power after 10 min")).toBeLessThan(0.8 * watts("power when cold"));
  });

  it("needs at least the weights in memory, and the prompt's time before the first token", () => {
    expect(numbers["peak memory"]!.high).toBeGreaterThan(2.263e9);
    expect(numbers["time to first token"]!.value).toBeCloseTo(128 / numbers["prefill"]!.value, 9);
  });
});

describe("heat of a class", () => {
  it("leaves slow stacks flat and lets fast ones fall to the plateau", () => {
    expect(heatInterval(curves, FACTS, "phone", 0.2, 0.42).fraction.value).toBe(1);
    const fast = heatInterval(curves, FACTS, "phone", 0.84, 0.42).fraction;
    expect(fast.value).toBeCloseTo(1 - FACTS.classes.phone.heatLossShare * 0.5, 9);
    expect(fast.low).toBeLessThan(fast.value);
  });
});
