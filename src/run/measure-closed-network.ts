/** Speed of the kernel's engines on the closed P-E workload. */
import { BucketQueue } from "../simulation/bucket-queue.js";
import type { EventQueue } from "../simulation/event-queue.js";
import { HeapQueue } from "../simulation/heap-queue.js";
import type { BenchRow } from "./bench-row.js";
import { runClosedNetworkQueued } from "./closed-network-queued.js";
import { CLOSED_NETWORK_SIZES, expectedClosedNetworkLatency } from "./closed-network-workload.js";
import { measureWork, speedOf } from "./measure-work.js";

/** Clients of the run that lets the engine compile before anything is measured. */
const WARM_UP_CLIENTS = 20_000;

/** Measures the workload on both queues, one thread. */
export function measureClosedNetwork(sizes: readonly number[] = CLOSED_NETWORK_SIZES): BenchRow[] {
  runClosedNetworkQueued(WARM_UP_CLIENTS, new BucketQueue());
  return sizes.flatMap((clients) => [
    measureQueued("bucket-queue", new BucketQueue(clients), clients),
    measureQueued("heap-queue", new HeapQueue(clients), clients),
  ]);
}

function measureQueued(variant: string, queue: EventQueue, clients: number): BenchRow {
  const { result, effort } = measureWork(() => runClosedNetworkQueued(clients, queue));
  return {
    bench: "closed-network", variant, size: clients, threads: 1, ...speedOf(result.events, effort),
    meanLatencyS: result.meanLatencyS, expectedLatencyS: expectedClosedNetworkLatency(clients),
  };
}
