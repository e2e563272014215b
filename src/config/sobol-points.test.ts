import { describe, expect, it } from "vitest";
import { MOST_SOBOL_DIMENSIONS, sobolPoints } from "./sobol-points.js";

describe("sobolPoints", () => {
  it("gives the first points that Joe and Kuo print for three dimensions", () => {
    // Output of "sobol 10 3 new-joe-kuo-6.21201", https://web.maths.unsw.edu.au/~fkuo/sobol/
    expect(sobolPoints(8, 3)).toEqual([
      [0, 0, 0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625], [0.875, 0.875, 0.125], [0.625, 0.125, 0.875], [0.125, 0.625, 0.375],
    ]);
  });

  it("puts one of the first 256 points into each 256th of every axis", () => {
    const points = sobolPoints(256, MOST_SOBOL_DIMENSIONS);
    for (let dimension = 0; dimension < MOST_SOBOL_DIMENSIONS; dimension++) {
      expect(new Set(points.map((point) => Math.floor(point[dimension]! * 256))).size).toBe(256);
    }
  });

  it("fills all 16 x 16 boxes of the first two axes with the first 256 points, being a (0, 2)-sequence", () => {
    const boxes = sobolPoints(256, 2).map(([x, y]) => Math.floor(x! * 16) * 16 + Math.floor(y! * 16));
    expect(new Set(boxes).size).toBe(256);
  });

  it("has different axes", () => {
    const points = sobolPoints(64, MOST_SOBOL_DIMENSIONS);
    const axes = Array.from({ length: MOST_SOBOL_DIMENSIONS }, (_, dimension) => points.map((point) => point[dimension]).join());
    expect(new Set(axes).size).toBe(MOST_SOBOL_DIMENSIONS);
  });
});
