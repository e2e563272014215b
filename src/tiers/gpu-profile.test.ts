/** The shipped profiles against figures of the data sheets, and the checks of the file. */
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../core/errors.js";
import { parseGpuProfiles, peakFlopsPerS } from "./gpu-profile.js";
import { findGpuProfile, loadGpuProfiles } from "./load-gpu-profiles.js";

describe("GPU profiles", () => {
  it("hold what NVIDIA's data sheets state: H100 SXM 3.35 TB/s and 989 TFLOP/s dense BF16, L4 300 GB/s at 72 W", () => {
    const h100 = findGpuProfile("H100-SXM"), l4 = findGpuProfile("L4");
    expect(h100.hardware.bandwidthBytesPerS).toBe(3.35e12);
    expect(Math.floor(h100.hardware.peakBf16FlopsPerS / 1e12)).toBe(989);
    expect([l4.hardware.bandwidthBytesPerS, l4.hardware.powerW]).toEqual([300e9, 72]);
  });

  it("name the GPUs of the design, each number with its origin", () => {
    expect(loadGpuProfiles().map(({ name }) => name)).toEqual(["A100-SXM-80GB", "H100-SXM", "H200", "L4", "L40S", "RTX-4090", "RTX-PRO-6000"]);
    for (const gpu of loadGpuProfiles()) for (const part of [gpu.hardware, gpu.efficiency, gpu.link, gpu.rent]) expect(part.source.length).toBeGreaterThan(10);
  });

  it("compute 8-bit weights in BF16 on an A100, which has no FP8 units", () => {
    expect(peakFlopsPerS(findGpuProfile("A100-SXM-80GB"), 1)).toBe(312e12);
    expect(peakFlopsPerS(findGpuProfile("H100-SXM"), 1)).toBeGreaterThan(1.9e15);
  });

  it("suggest the nearest name for an unknown GPU, and refuse a file with a hole", () => {
    expect(() => findGpuProfile("H100-SMX", "tiers.general.gpu")).toThrow(/Did you mean H100-SXM\?/);
    expect(() => findGpuProfile("H100-SMX")).toThrow(ConfigError);
    const broken = structuredClone(loadGpuProfiles()) as unknown as { hardware: { memoryBytes: number } }[];
    broken[0]!.hardware.memoryBytes = NaN;
    expect(() => parseGpuProfiles({ about: "", gpus: broken }, "x.json")).toThrow(DataError);
  });
});
