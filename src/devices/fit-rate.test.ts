import { describe, expect, it } from "vitest";
import { fitOf, fitRates, median, rateErrors } from "./fit-rate.js";
import type { RatePoint } from "./fit-rate.js";

const BOUNDS = { mostOverheadS: 0.06, leastRate: 0.02, mostRate: 1.05 };

/** Rows of two stacks on six chips with known lines; chip 5 is slower by a factor of 2. */
function plantedPoints(): readonly RatePoint[] {
  const points: RatePoint[] = [];
  for (const [group, accelerator, rate, overheadS] of [["a CPU", "CPU", 0.4, 0.02], ["b GPU", "GPU", 0.8, 0.002]] as const) {
    for (let chip = 0; chip < 6; chip++) {
      for (let size = 1; size <= 8; size++) {
        const bandwidthBytesPerS = 3e10 + 1e10 * chip, work = 4e8 * size;
        const seconds = (work / (rate * bandwidthBytesPerS) + overheadS) * (chip === 5 ? 2 : 1);
        points.push({ id: `${group}${chip}-${size}`, group, accelerator, soc: `chip${chip}`, work, bandwidthBytesPerS, seconds });
      }
    }
  }
  return points;
}

describe("fitRates", () => {
  it("finds planted lines and the slow chip", () => {
    const points = plantedPoints(), fit = fitRates(points, BOUNDS);
    expect(Math.abs(fit.groups.get("a CPU")!.rate / 0.4 - 1)).toBeLessThan(0.1);
    expect(Math.abs(fit.groups.get("b GPU")!.rate / 0.8 - 1)).toBeLessThan(0.1);
    expect(fit.socFactors.get("chip5")).toBeGreaterThan(0.45);
    expect(fit.socFactors.get("chip5")).toBeLessThan(0.65);
    expect(median(rateErrors(fit, points))).toBeLessThan(0.05);
  });

  it("is not moved by one wild row in ten", () => {
    const points = plantedPoints().map((point, index) => (index % 10 === 3 ? { ...point, seconds: point.seconds * 50 } : point));
    expect(Math.abs(fitRates(points, BOUNDS).groups.get("b GPU")!.rate / 0.8 - 1)).toBeLessThan(0.15);
  });

  it("takes the accelerator's line for a stack that was never measured, and nothing for an unknown accelerator", () => {
    const fit = fitRates(plantedPoints(), BOUNDS);
    expect(fitOf(fit, "new GPU", "GPU", "new chip")?.rate).toBe(fit.accelerators.get("GPU")!.rate);
    expect(fitOf(fit, "new NPU", "NPU", "new chip")).toBeUndefined();
  });

  it("keeps the factor of a chip with one row near 1", () => {
    const points = plantedPoints(), single = { ...points[0]!, id: "x", soc: "lone", seconds: points[0]!.seconds * 4 };
    const factor = fitRates([...points, single], BOUNDS).socFactors.get("lone")!;
    expect(factor).toBeGreaterThan(0.25 ** 0.5);
    expect(factor).toBeLessThan(1);
  });
});
