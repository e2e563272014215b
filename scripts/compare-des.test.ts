import { expect, test } from "vitest";
import { renderComparison } from "./compare-des.js";

test("the comparison is one Markdown table with rates in millions and latencies in milliseconds", () => {
  const table = renderComparison([{
    bench: "closed-network", variant: "some engine", size: 10_000, threads: 1, events: 5e6, cpuS: 0.5, wallS: 1,
    eventsPerCpuS: 1e7, eventsPerWallS: 5e6, nsPerEvent: 100, meanLatencyS: 0.0547, expectedLatencyS: 0.0546,
  }]);
  expect(table.split("\n")).toEqual([
    "| engine | clients | threads | events (M) | M events per CPU-second | ns per event | mean latency (ms) | in theory (ms) |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    "| some engine | 10,000 | 1 | 5.00 | 10.00 | 100 | 54.7 | 54.6 |",
  ]);
});
