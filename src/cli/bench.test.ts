import { describe, expect, it } from "vitest";
import { measureBenches } from "../run/measure-benches.js";
import { renderBenches } from "./render-benches.js";

describe("plmm bench --quick", () => {
  it("measures every engine on the same events, and writes them as tables", async () => {
    const found = await measureBenches(["hold", "closed", "world"], true, () => undefined);
    expect(found.rows.map(({ bench, variant, threads }) => `${bench} ${variant} ${threads}`)).toEqual(expect.arrayContaining([
      "hold bucket-queue 1", "hold heap-queue 1", "hold object-heap 1", "closed-network bucket-queue 1", "closed-network heap-queue 1", "closed-network windows 1",
      "world draws-alone 1", "world people 1", "world questions 1", "world texts 1",
    ]));
    for (const row of found.rows) {
      for (const value of [row.events, row.cpuS, row.wallS, row.eventsPerCpuS, row.nsPerEvent]) expect(value > 0 && value < Infinity).toBe(true);
    }
    const closed = found.rows.filter(({ bench }) => bench === "closed-network");
    expect(new Set(closed.map(({ events, meanLatencyS }) => `${events} ${meanLatencyS!}`)).size).toBe(1);
    expect(closed[0]!.meanLatencyS! / closed[0]!.expectedLatencyS!).toBeCloseTo(1, 1);
    expect(renderBenches(found)).toContain("windows");
  }, 60_000);

  it("trains a small model here and in TensorFlow.js, with the same first loss", async () => {
    const { training } = await measureBenches(["training"], true, () => undefined), ours = training.filter(({ variant }) => variant === "onnx");
    expect(new Set(training.map(({ variant }) => variant))).toEqual(new Set(["onnx", "tfjs-wasm", "product"]));
    for (const row of training) for (const value of [row.gflopPerS, row.gflopPerCpuS, row.peakRssBytes]) expect(value > 0 && value < Infinity).toBe(true);
    for (const { firstLoss } of training.filter(({ variant }) => variant !== "product")) expect(firstLoss).toBeCloseTo(ours[0]!.firstLoss, 4);
    // A fresh model knows nothing of 64 tokens.
    expect(ours[0]!.firstLoss).toBeCloseTo(Math.log(64), 1);
  }, 120_000);

  it("seals beside npm's hpke in the same run", async () => {
    const found = await measureBenches(["sealing"], true, () => undefined);
    expect(found.sealing.map(({ variant }) => variant)).toEqual(["plmm", "plmm, X-Wing and AES-256-GCM", "hpke (npm)"]);
    expect(found.sealing.every(({ microsPerMessage }) => microsPerMessage > 0)).toBe(true);
    expect(renderBenches(found)).toContain("x hpke (npm)");
  });
});
