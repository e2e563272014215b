import { describe, expect, it } from "vitest";
import { ConfigError } from "../core/errors.js";
import type { DeviceCatalogue } from "./device-catalogue.js";
import { compileDeviceTable, MAINS_BATTERY_J } from "./device-table.js";
import { loadDeviceCatalogue } from "./load-device-catalogue.js";
import { findModelCard } from "./load-model-cards.js";
import { kvBytesPerToken, streamedBytes, weightBytes } from "./model-card.js";

const catalogue: DeviceCatalogue = loadDeviceCatalogue();
const card = findModelCard("llama-3.2-1b");

describe("device table", () => {
  it("holds every phone with equal share by default", () => {
    const table = compileDeviceTable(catalogue, undefined, card, "Q4_0", 4096), n = table.names.length;
    expect(n).toBe(catalogue.devices.filter((device) => device.class === "phone").length);
    expect(table.cumulativeShare[0]).toBeCloseTo(1 / n, 12);
    expect(table.cumulativeShare[n - 1]).toBe(1);
  });

  it("reads weights and KV at the reached bandwidth, and adds the overhead once per token", () => {
    const table = compileDeviceTable(catalogue, { "pixel-7-pro": 1 }, card, "Q4_0", 4096);
    const device = catalogue.devices.find((candidate) => candidate.name === "pixel-7-pro")!;
    const reached = device.eta.value * device.bandwidthBytesPerS.value;
    expect(table.decodeBaseS[0]).toBeCloseTo(streamedBytes(card, "Q4_0") / reached + device.decodeOverheadS.value, 12);
    expect(table.decodePerContextTokenS[0]).toBeCloseTo(32_768 / reached, 15);
    expect(table.prefillPerTokenS[0]).toBeCloseTo((2 * card.parameters) / device.prefillOpsPerS.value, 12);
  });

  it("counts weights, KV cache at the limit and runtime as the working set", () => {
    const short = compileDeviceTable(catalogue, { "pixel-10": 1 }, card, "Q4_0", 0), long = compileDeviceTable(catalogue, { "pixel-10": 1 }, card, "Q4_0", 4096);
    expect(short.workingSetBytes[0]).toBeCloseTo(weightBytes(card, "Q4_0") + catalogue.runtimeBytes.value, 3);
    expect(long.workingSetBytes[0]! - short.workingSetBytes[0]!).toBeCloseTo(4096 * kvBytesPerToken(card, 2), 3);
  });

  it("has a cliff that is never a speed-up, and is far below the rate in memory on phones", () => {
    const table = compileDeviceTable(catalogue, undefined, findModelCard("qwen3-4b"), "Q4_0", 4096);
    for (const factor of table.cliffFactor) expect(factor).toBeGreaterThan(5);
  });

  it("predicts the rates measured under a memory limit of 1 GB within a factor of 3", () => {
    // SmallThinker table (datasets/devices), Qwen3-1.7B Q4_0 at 1 GB: 0.11 tokens/s on RK3566 and 0.47 on RK3576, boards with eMMC (0.25 GB/s taken).
    const board = catalogue.devices.find((candidate) => candidate.name === "raspberry-pi-5-8gb")!;
    const withEmmc = { ...catalogue, devices: [{ ...board, flashBytesPerS: { ...board.flashBytesPerS, value: 0.25e9 } }] };
    const table = compileDeviceTable(withEmmc, { [board.name]: 1 }, findModelCard("qwen3-1.7b"), "Q4_0", 1024);
    const tokensPerS = 1 / (table.decodeBaseS[0]! * table.cliffFactor[0]!);
    expect(tokensPerS / 0.11).toBeLessThan(3);
    expect(0.47 / tokensPerS).toBeLessThan(3);
  });

  it("gives a device on the mains a battery that a day does not change", () => {
    expect(compileDeviceTable(catalogue, { "raspberry-pi-5-8gb": 1 }, card, "Q4_0", 4096).batteryJ[0]).toBe(MAINS_BATTERY_J);
  });

  it("never draws a device with share 0 at the end of the mix", () => {
    const table = compileDeviceTable(catalogue, { "pixel-10": 0.5, "iphone-16": 0.5, "galaxy-s22": 0 }, card, "Q4_0", 4096);
    expect([...table.cumulativeShare]).toEqual([0.5, 1, 1]);
  });

  it("refuses unknown names with the nearest, shares that do not sum to 1, and NaN", () => {
    expect(() => compileDeviceTable(catalogue, { "pixel-11": 1 }, card, "Q4_0", 4096)).toThrow(/Did you mean pixel-10/);
    expect(() => compileDeviceTable(catalogue, { "pixel-10": 0.5 }, card, "Q4_0", 4096)).toThrow(/sum to 1; got 0\.5/);
    expect(() => compileDeviceTable(catalogue, { "pixel-10": NaN }, card, "Q4_0", 4096)).toThrow(ConfigError);
    expect(() => compileDeviceTable(catalogue, { "pixel-10": 1 }, card, "Q9", 4096)).toThrow(ConfigError);
  });
});
