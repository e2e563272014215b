import { describe, expect, it } from "vitest";
import { decodeTime, decodeTokenS, overheadShare, USUAL_CONSTANTS } from "./decode-time.js";
import type { DecodeWork } from "./decode-time.js";

const WORK: DecodeWork = { accelerator: "CPU", bytes: 8e8, tokenBytes: 8.8e8, parameters: 1.5e9, bandwidthBytesPerS: 50e9, cores: 4, coreScore: 2000 };

describe("time of a decoded token", () => {
  it("is streaming, overhead and, on a CPU alone, the cores' work", () => {
    const time = decodeTime(WORK, USUAL_CONSTANTS);
    expect(time.streamS).toBeCloseTo(8.8e8 / (0.55 * 50e9), 12);
    expect(time.overheadS).toBeCloseTo(0.008, 12);
    expect(time.computeS).toBeCloseTo(8e8 / (4 * 8e9), 12);
    expect(decodeTime({ ...WORK, accelerator: "GPU" }, USUAL_CONSTANTS).computeS).toBe(0);
    expect(decodeTokenS(WORK, USUAL_CONSTANTS)).toBeCloseTo(time.streamS + time.overheadS + time.computeS, 12);
  });

  it("gives one thread of a chip of 800 GB/s what its core takes in, not what the memory gives", () => {
    const one = decodeTokenS({ ...WORK, bandwidthBytesPerS: 800e9, cores: 1 }, USUAL_CONSTANTS), eight = decodeTokenS({ ...WORK, bandwidthBytesPerS: 800e9, cores: 8 }, USUAL_CONSTANTS);
    expect(one / eight).toBeGreaterThan(4);
  });

  it("lets a neural engine gain little from a wide memory", () => {
    const speedup = (accelerator: string): number => decodeTime({ ...WORK, accelerator, bandwidthBytesPerS: 75e9 }, USUAL_CONSTANTS).streamS
      / decodeTime({ ...WORK, accelerator, bandwidthBytesPerS: 546e9 }, USUAL_CONSTANTS).streamS;
    expect(speedup("Metal")).toBeCloseTo(546 / 75, 9);
    expect(speedup("ANE")).toBeCloseTo((1 / 75 + 1 / 100) / (1 / 546 + 1 / 100), 9);
  });

  it("has a larger share of overhead in a smaller model, whose overhead itself is smaller", () => {
    const small = { ...WORK, bytes: 8e7, tokenBytes: 8e7, parameters: 1.5e8 };
    expect(overheadShare(small)).toBeGreaterThan(overheadShare(WORK));
    expect(decodeTime(small, USUAL_CONSTANTS).overheadS).toBeLessThan(decodeTime(WORK, USUAL_CONSTANTS).overheadS);
  });
});
