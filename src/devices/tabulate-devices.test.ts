import { describe, expect, it } from "vitest";
import { loadDeviceCatalogue } from "./load-device-catalogue.js";
import { findModelCard } from "./load-model-cards.js";
import { INTERACTIVE_RULE, tabulateDevices } from "./tabulate-devices.js";

const cases = tabulateDevices(loadDeviceCatalogue(), ["smollm2-360m", "llama-3.2-1b", "llama-3.1-8b"].map(findModelCard), ["Q4_K_M", "F16"]);

describe("cases of devices", () => {
  it("are every model in every format on every device", () => {
    expect(cases.length).toBe(loadDeviceCatalogue().devices.length * 6);
    expect(new Set(cases.map(({ device, model, quant }) => `${device} ${model} ${quant}`)).size).toBe(cases.length);
  });

  it("fit when memory holds them, and nothing that does not fit is interactive", () => {
    for (const each of cases) {
      expect(each.fit === "fits").toBe(each.freeBytes >= each.workingSetBytes);
      if (each.isInteractive) expect(each.fit).toBe("fits");
    }
    // 8e9 weights of 16 bits are 16 GB: no phone of the catalogue has as much.
    expect(cases.filter(({ model, quant, deviceClass }) => model === "llama-3.1-8b" && quant === "F16" && deviceClass === "phone").some(({ fit }) => fit === "fits")).toBe(false);
  });

  it("slow down with heat, never below the plateau, and with size", () => {
    for (const each of cases.filter(({ fit }) => fit !== "refused")) {
      expect(each.coldTokensPerS).toBeGreaterThanOrEqual(each.after1MinTokensPerS);
      expect(each.after1MinTokensPerS).toBeGreaterThanOrEqual(each.after5MinTokensPerS);
      expect(each.after5MinTokensPerS).toBeGreaterThanOrEqual(each.after10MinTokensPerS);
    }
    const rateOf = (model: string): number => cases.find((each) => each.device === "iphone-17-pro" && each.model === model && each.quant === "Q4_K_M")!.coldTokensPerS;
    expect(rateOf("smollm2-360m")).toBeGreaterThan(rateOf("llama-3.2-1b"));
  });

  it("spend the battery: hours at the plateau's power are its energy but for the first minutes, answers times energy are all of it", () => {
    const each = cases.find(({ device, model, quant }) => device === "iphone-17-pro" && model === "llama-3.2-1b" && quant === "Q4_K_M")!;
    const device = loadDeviceCatalogue().devices.find(({ name }) => name === "iphone-17-pro")!;
    const missingJ = device.batteryJ.value - each.batteryH! * 3600 * each.powerW, coldW = each.powerW / device.sustainedFraction.value;
    // While it heats up it draws more: in all one time constant of the difference.
    expect(missingJ).toBeCloseTo(device.heatTauS.value * (coldW - each.powerW), 6);
    expect(each.energyPerTokenJ! * each.coldTokensPerS).toBeCloseTo(coldW, 9);
    expect(each.answersPerCharge! * each.energyPerAnswerJ!).toBeCloseTo(device.batteryJ.value, 6);
    expect(each.energyPerAnswerJ!).toBeGreaterThan(each.energyPerTokenJ! * INTERACTIVE_RULE.answerTokens);
  });
});
