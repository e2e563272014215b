import { expect, it } from "vitest";
import { renderLoad } from "./render-load.js";

it("prints titles with units, what stayed idle, memory, and where the rest is", () => {
  const metrics = { "questions": 120, "ttft.p50": 0.087041, "tpot.mean": 1.349, "answered.fraction": 1, "energy.compute": 5 };
  expect(renderLoad({ metrics, idle: { asked: 64, answered: 63 }, memory: [{ name: "relay", peakBytes: 87e6 }, { name: "personal", peakBytes: 282.4e6 }] }, "out/live-load").split("\n")).toEqual([
    "Idle clients open           63 of 64", "TTFT median (s)             0.08704", "TPOT mean (ms)              1.349", "Answered                    1", "Questions asked             120",
    "Peak memory (MB)            369: relay 87, personal 282", "Written to out/live-load; see: plmm table speed --run out/live-load", "",
  ]);
});
