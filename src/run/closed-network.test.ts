import { describe, expect, test } from "vitest";
import { BucketQueue } from "../simulation/bucket-queue.js";
import { HeapQueue } from "../simulation/heap-queue.js";
import { runClosedNetworkQueued } from "./closed-network-queued.js";
import { expectedClosedNetworkLatency, serversOfClosedNetwork } from "./closed-network-workload.js";
import { measureClosedWindows } from "./measure-closed-windows.js";
import { runClosedAlone } from "./participate-closed.js";

const CLIENTS = 10_000;

describe("the closed P-E workload", () => {
  const queued = runClosedNetworkQueued(CLIENTS, new BucketQueue());

  test("is the same to the event on both queues", () => { expect(runClosedNetworkQueued(CLIENTS, new HeapQueue())).toEqual(queued); });

  test("is the same to the event and the microsecond without a queue, on the window engine", () => {
    const { events, requests, latencyUs } = runClosedAlone(CLIENTS);
    expect({ events, requests, meanLatencyS: latencyUs / requests / 1e6 }).toEqual(queued);
  });

  test("is the same to the event and the microsecond on one and on two threads", async () => {
    const found = await measureClosedWindows(2, [CLIENTS]), { events, meanLatencyS } = queued;
    expect(found.map((row) => ({ threads: row.threads, events: row.events, meanLatencyS: row.meanLatencyS }))).toEqual([
      { threads: 1, events, meanLatencyS }, { threads: 2, events, meanLatencyS },
    ]);
  }, 60_000);

  test("finds the latency of the product form", () => {
    // To 0.5 ms: latencies spread over some 40 ms, so the mean of 1.9 million is good to 0.03 ms, less for correlated waits.
    expect(queued.meanLatencyS).toBeCloseTo(expectedClosedNetworkLatency(CLIENTS), 3);
  });

  test("counts 2.9 model events per request", () => {
    // Offloads are binomial: 3 events each, standard deviation of the mean 3 * sqrt(0.21 / 1.9e6) = 0.001.
    expect(queued.events / queued.requests).toBeCloseTo(2 + 3 * 0.3, 2);
  });
});

describe("theory of the workload", () => {
  test("holds for a small network whose two servers are mostly busy", () => {
    // Waits at load 0.93 are correlated over seconds: a run of 2000 s finds their mean to about 1 ms.
    const found = runClosedNetworkQueued(1000, new BucketQueue()).meanLatencyS;
    expect(Math.abs(found - expectedClosedNetworkLatency(1000))).toBeLessThan(0.002);
    expect(expectedClosedNetworkLatency(1000)).toBeGreaterThan(expectedClosedNetworkLatency(10_000) + 0.005);
  });

  test("falls to the latency without waiting for a large tier", () => {
    const withoutWaitingS = [0.01, 0.02, 0.04, 0.08].map((deviceS) => deviceS + 0.3 * (0.05 + 0.0065));
    const weights = withoutWaitingS.map((latencyS) => 1 / (1 + latencyS)), sum = weights.reduce((total, weight) => total + weight, 0);
    const meanS = withoutWaitingS.reduce((total, latencyS, i) => total + latencyS * weights[i]! / sum, 0);
    expect(expectedClosedNetworkLatency(1_000_000)).toBeCloseTo(meanS, 5);
  });

  test("has two servers at least", () => { expect([10, 1000, 100_000].map(serversOfClosedNetwork)).toEqual([2, 2, 200]); });
});
