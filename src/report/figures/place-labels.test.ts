import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textWidth } from "../text-width.js";
import { FONT_SIZES } from "../theme.js";
import { lineObstacles, placeLabels } from "./place-labels.js";
import { linearScale, logScale, logTicks, paddedDomain } from "./scales.js";

describe("labels", () => {
  it("stand to the right of a lone point", () => {
    const [place] = placeLabels([{ x: 100, y: 50, radius: 6, text: "cascade" }], 640, 400);
    expect(place).toEqual({ x: 111, y: 50 });
  });

  it("stay inside and do not cover each other where there is room", () => {
    const point = fc.record({ x: fc.integer({ min: 100, max: 540 }), y: fc.integer({ min: 60, max: 340 }) });
    fc.assert(fc.property(point, point, (a, b) => {
      const points = [a, b].map((at, i) => ({ ...at, radius: 6, text: `label ${i}` }));
      const places = placeLabels(points, 640, 400);
      const width = textWidth("label 0", FONT_SIZES.label);
      for (const { x, y } of places) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(640);
        expect(y).toBeGreaterThanOrEqual(8);
      }
      const [first, second] = places as [{ x: number; y: number }, { x: number; y: number }];
      expect(Math.abs(first.x - second.x) >= width - 0.01 || Math.abs(first.y - second.y) >= 15.99).toBe(true);
    }), { seed: 5, numRuns: 300 });
  });

  it("of many marks on each other make a column beside them, in their order, and cover nothing", () => {
    const points = [3, 1, 4, 0, 2].map((rank) => ({ x: 600, y: 100 + 3 * rank, radius: 8, text: `policy ${rank}` })), places = placeLabels(points, 640, 400);
    const inOrder = points.map((point, i) => ({ ...point, at: places[i]! })).sort((a, b) => a.y - b.y);
    for (const [rank, { at, text }] of inOrder.entries()) {
      expect(at.y).toBeCloseTo(106 + 16 * (rank - 2), 9);
      expect(at.x).toBe(inOrder[0]!.at.x);
      expect(at.x + textWidth(text, FONT_SIZES.label)).toBeLessThan(582.01);
    }
    expect(placeLabels([...points, { x: 100, y: 50, radius: 6, text: "cascade" }], 640, 400).at(-1)).toEqual({ x: 111, y: 50 });
  });

  it("keep inside when a crowd is at the edge", () => {
    const places = placeLabels(Array.from({ length: 6 }, (_, rank) => ({ x: 30, y: 5 + rank, radius: 8, text: `policy ${rank}` })), 640, 400);
    for (const { x, y } of places) expect(x > 30 && y >= 8).toBe(true);
  });

  it("step aside for lines", () => {
    const [place] = placeLabels([{ x: 100, y: 50, radius: 6, text: "cascade" }], 640, 400, lineObstacles({ x: 100, y: 50 }, { x: 300, y: 50 }));
    expect(place!.y === 50 && place!.x > 100).toBe(false);
  });
});

describe("scales", () => {
  it("give back the value of a pixel", () => {
    for (const scale of [linearScale([0.4, 1], [0, 640]), logScale([0.5, 20], [400, 0])]) {
      for (const value of [0.5, 0.7, 1]) expect(scale.toValue(scale.toPixel(value))).toBeCloseTo(value, 10);
    }
  });

  it("have round ticks", () => {
    expect(logTicks([2.5, 17])).toEqual([3, 4, 5, 6, 8, 10, 15]);
    expect(logTicks([0.004, 30])).toEqual([0.01, 0.1, 1, 10]);
    expect(logTicks([900, 1.1e6])).toEqual([1000, 10_000, 100_000, 1_000_000]);
    expect(paddedDomain([1, 3, NaN], 0.5, 0)).toEqual([0, 4]);
  });
});
