import { describe, expect, it } from "vitest";
import type { PredictedNumber } from "../devices/predict-device.js";
import { renderCell, renderPredicted, renderSeries, requireContext } from "./render-predicted.js";

const RATE: PredictedNumber = { name: "decode", unit: "tokens/s", value: 12.345, low: 8.86, high: 17.2, origin: "fitted", source: "951 rows" };

describe("predicted numbers", () => {
  it("fit into a cell with interval and the first letter of their origin", () => {
    expect(renderCell(RATE)).toBe("12.3 (8.9-17)f");
    expect(renderCell({ ...RATE, value: 1234.5, low: 886, high: 1720, origin: "measured" })).toBe("1235 (886-1720)m");
    expect(renderCell({ ...RATE, unit: "bytes", value: 1.116e9, low: 3.61e8, high: 3.46e9, origin: "assumed" })).toBe("1.12 (0.36-3.5)a");
  });

  it("stand side by side with the interval of the last", () => {
    expect(renderSeries([{ ...RATE, value: 54.4 }, { ...RATE, value: 41 }, RATE])).toBe("54/41/12 (8.9-17)f");
  });

  it("have a line each with unit, interval, origin and source", () => {
    expect(renderPredicted([RATE])[0]).toMatch(/^decode +12\.3 tokens\/s +\[8\.86, 17\.2\] +fitted +951 rows$/);
    expect(renderPredicted([{ ...RATE, unit: "bytes", value: 2e9, low: 1e9, high: 3e9 }])[0]).toMatch(/ 2 GB +\[1, 3\]/);
  });

  it("are asked behind a context of at least one token", () => {
    for (const tokens of [0, -5, NaN, 2e6]) expect(() => { requireContext(tokens); }).toThrow(/--context must be a number of tokens from 1 to 1e6/);
    expect(() => { requireContext(1); }).not.toThrow();
  });
});
