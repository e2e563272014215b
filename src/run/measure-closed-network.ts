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
export async function measureClosedNetwork(sizes: readonly number[] = CLOSED_NETWORK_SIZES): Promise<BenchRow[]> {
  runClosedNetworkQueued(WARM_UP_CLIENTS, new BucketQueue());
  const rows: BenchRow[] = [];
  for (const clients of sizes) {
    rows.push(await measureQueued("bucket-queue", new BucketQueue(clients), clients));
    rows.push(await measureQueued("heap-queue", new HeapQueue(clients), clients));
  }
  return rows;
}

async function measureQueued(variant: string, queue: EventQueue, clients: number): Promise<BenchRow> {
  const { result, effort } = await measureWork(() => runClosedNetworkQueued(clients, queue));
  return {
    bench: "closed-network", variant, size: clients, threads: 1, ...speedOf(result.events, effort),
    meanLatencyS: result.meanLatencyS, expectedLatencyS: expectedClosedNetworkLatency(clients),
  };
}
