import { describe, expect, it } from "vitest";
import { askRow } from "../facts/asked-row.js";
import { predictFirstToken } from "./check-first-token.js";
import { peakOpsPerS, PREFILL_PRIORS, prefillS } from "./prefill-time.js";
import type { PrefillWork } from "./prefill-time.js";
import { TARGET_TABLE, taughtValue } from "./rate-targets.js";

const CONSTANTS = Object.fromEntries(Object.entries(PREFILL_PRIORS).map(([name, { mean }]) => [name, mean]));
const WORK: PrefillWork = {
  accelerator: "NPU", promptTokens: 20, pieceTokens: undefined, bytes: 8e8, parameters: 1.5e9, bandwidthBytesPerS: 80e9, peakOpsPerS: 40e12, tokenS: 0.03,
};

describe("time to read a prompt", () => {
  it("is overhead, passes over the weights, and operations at a share of the peak", () => {
    expect(prefillS(WORK, CONSTANTS)).toBeCloseTo(0.02 + 1.5 * 0.01 + (20 * 2 * 1.5e9) / (0.15 * 40e12), 12);
  });

  it("counts whole pieces of software with fixed lengths: 20 tokens cost as much as 128, 129 as much as 256", () => {
    const seconds = (promptTokens: number): number => prefillS({ ...WORK, promptTokens, pieceTokens: 128 }, CONSTANTS);
    expect(seconds(20)).toBe(seconds(128));
    expect(seconds(129)).toBe(seconds(256));
    expect(seconds(128)).toBeCloseTo(prefillS({ ...WORK, promptTokens: 128 }, CONSTANTS), 12);
  });

  it("is that of as many decoded tokens where single tokens are taken in", () => {
    expect(prefillS({ ...WORK, pieceTokens: 1 }, CONSTANTS)).toBeCloseTo(20 * 0.03, 12);
  });

  it("takes the peak of the part that works, from the bandwidth where the chip's is not known", () => {
    const source = { cores: 4, coreScore: 2000, bandwidthBytesPerS: 50e9, gpuOpsPerS: 2e12, npuOpsPerS: undefined };
    expect([peakOpsPerS("CPU", source), peakOpsPerS("GPU", source), peakOpsPerS("NPU", source)]).toEqual([1.2e12, 2e12, 20e12]);
    expect(peakOpsPerS("CPU", { ...source, cores: 8 })).toBe(2.4e12);
  });
});

describe("time to first token", () => {
  const asked = askRow({
    chip: "", deviceClass: "phone", family: "litert", accelerator: "CPU", streamedBytes: 8e8, modelBytes: 8e8, parameters: 1.5e9, isMixture: false,
    kvBytesPerToken: 0, promptTokens: 20, bits: 4.6,
  });
  const row = { ...asked, firstTokenS: 0.6, decodePerS: 10 };

  it("holds a decode step with the software that needs one, and none elsewhere", () => {
    const rate = (value: number): { value: number; low: number; high: number } => ({ value, low: value / 2, high: value * 2 });
    expect(predictFirstToken({ family: "litert", promptTokens: 20 }, rate(40), rate(10), 1)).toEqual({ value: 0.6, low: 0.3, high: 1.2 });
    expect(predictFirstToken({ family: "mlx", promptTokens: 20 }, rate(40), rate(10), 1)).toEqual({ value: 0.5, low: 0.25, high: 1 });
  });

  it("teaches the prefill rate of rows that print none, without counting as one", () => {
    const { prefill } = TARGET_TABLE;
    expect(taughtValue(prefill, row)).toBeCloseTo(40, 12);
    expect(taughtValue(prefill, { ...row, family: "mlx" })).toBeCloseTo(20 / 0.6, 12);
    expect(taughtValue(prefill, { ...row, prefillPerS: 33 })).toBe(33);
    expect(taughtValue(prefill, { ...row, promptTokens: undefined })).toBeUndefined();
    expect(taughtValue(prefill, { ...row, firstTokenS: 0.05 })).toBeUndefined();
    expect(prefill.measured(row)).toBeUndefined();
  });
});
