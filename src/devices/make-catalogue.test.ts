import { describe, expect, it } from "vitest";
import { loadDataset, loadDatasetText } from "../config/load-dataset.js";
import { DataError } from "../core/errors.js";
import { parseDeviceCatalogue } from "./device-catalogue.js";
import { parseDeviceFacts } from "./device-facts.js";
import type { HeatSummary } from "./fit-heat.js";
import { loadFitInputs } from "./fit/load-rate-models.js";
import { parseRateFitFile } from "./fit/rate-fit-file.js";
import { loadDeviceCatalogue } from "./load-device-catalogue.js";
import { makeCatalogue } from "./make-catalogue.js";

function makeFromCommittedTables(): unknown {
  const inputs = loadFitInputs();
  return makeCatalogue({
    inputs, fit: parseRateFitFile(loadDataset("devices/rate-fit.json"), "rate-fit.json", inputs.fingerprints),
    facts: parseDeviceFacts(loadDataset("devices/device-facts.json"), "device-facts.json"),
    heat: (loadDataset("devices/heat-fit.json") as { summary: HeatSummary }).summary,
  });
}

describe("device catalogue", () => {
  const catalogue = loadDeviceCatalogue();

  it("is what the stored parameters make of the committed tables", () => {
    expect(JSON.parse(JSON.stringify(makeFromCommittedTables()))).toEqual(loadDataset("devices/catalogue.json"));
  }, 120_000);

  it("holds at least 30 real devices, 30 of them phones or tablets", () => {
    expect(catalogue.devices.length).toBeGreaterThanOrEqual(30);
    expect(catalogue.devices.filter((device) => device.class === "phone" || device.class === "tablet").length).toBeGreaterThanOrEqual(30);
  });

  it("names a source for every number, and rows that exist for every measured one", () => {
    const tables = loadDatasetText("devices/device-measurements.csv") + loadDatasetText("devices/energy-measurements.csv");
    const ids = new Set([...tables.matchAll(/^([me]\d+),/gm)].map((match) => match[1]));
    for (const device of catalogue.devices) {
      for (const value of Object.values(device) as unknown[]) {
        if (typeof value !== "object") continue;
        const { source, rows, origin } = value as { source: string; rows?: readonly string[]; origin: string };
        expect(source.length).toBeGreaterThan(5);
        if (origin === "measured") expect(rows?.length).toBeGreaterThan(0);
        for (const row of rows ?? []) expect(ids.has(row)).toBe(true);
      }
    }
  });

  it("predicts the clean single stack, llama.cpp on M2, within 15% of its published 7B rate", () => {
    // llama.cpp discussion 4167: M2 with 10 GPU cores, LLaMA 7B v2 Q4_0 (3.83 GB): 21.91 tokens/s.
    // The catalogue asks for the stack at a usual 4-bit format, between its builds, and not for that row.
    const device = catalogue.devices.find((candidate) => candidate.name === "macbook-air-m2")!;
    const tokensPerS = 1 / (3.826e9 / (device.eta.value * device.bandwidthBytesPerS.value) + device.decodeOverheadS.value);
    expect(Math.abs(tokensPerS / 21.91 - 1)).toBeLessThan(0.15);
  });

  it("refuses a bandwidth use above 1.05, a negative power and NaN", () => {
    const change = (field: string, value: number): unknown => {
      const first = catalogue.devices[0]! as unknown as Record<string, object>;
      return { ...catalogue, devices: [{ ...first, [field]: { ...first[field], value } }] };
    };
    for (const [field, value] of [["eta", 1.06], ["computeW", -1], ["bandwidthBytesPerS", NaN], ["sustainedFraction", 0]] as const) {
      expect(() => parseDeviceCatalogue(change(field, value), "test")).toThrow(DataError);
    }
    expect(() => parseDeviceCatalogue(change("eta", 1.05), "test")).not.toThrow();
  });
});
