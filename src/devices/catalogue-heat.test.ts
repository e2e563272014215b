import { describe, expect, it } from "vitest";
import { loadDataset } from "../config/load-dataset.js";
import { findPlateauUse, heatNumbers } from "./catalogue-heat.js";
import { parseDeviceFacts } from "./device-facts.js";

const facts = parseDeviceFacts(loadDataset("devices/device-facts.json"), "device-facts.json");
const heat = { sustainedFraction: 0.5, heatTauS: 40, curves: 10 };
const fact = (name: string): (typeof facts.devices)[number] => facts.devices.find((device) => device.name === name)!;

describe("assumed heat", () => {
  it("lets a slow stack run on: a device below the plateau does not slow down", () => {
    expect(heatNumbers(fact("pixel-10"), 0.2, 0.4, heat, facts).sustainedFraction.value).toBe(1);
    // Half way between the plateau and twice the plateau: 0.4 / 0.6.
    expect(heatNumbers(fact("pixel-10"), 0.6, 0.4, heat, facts).sustainedFraction.value).toBeCloseTo(2 / 3, 3);
  });

  it("never assumes more loss than the recorded phone shows, and less for classes that cool better", () => {
    expect(heatNumbers(fact("iphone-15"), 1, 0.2, heat, facts).sustainedFraction.value).toBe(0.5);
    expect(heatNumbers(fact("ipad-pro-11-m5"), 0.8, 0.4, heat, facts).sustainedFraction.value).toBe(0.75);
    expect(heatNumbers(fact("mac-mini-m4"), 0.8, 0.4, heat, facts).sustainedFraction.value).toBe(1);
  });

  it("keeps the recorded phone's fit and a device's own published figure", () => {
    expect(findPlateauUse(facts, heat, () => 0.8)).toBeCloseTo(0.4, 15);
    expect(heatNumbers(fact("iphone-17-pro"), 0.9, 0.1, heat, facts).sustainedFraction).toMatchObject({ value: 0.5, origin: "fitted" });
    expect(heatNumbers(fact("galaxy-s26"), 0.9, 0.1, heat, facts).sustainedFraction).toMatchObject({ value: 0.96, origin: "published" });
  });
});
