/** Speed of the window engine on the closed P-E workload, on one or several threads. */
import type { BenchRow } from "./bench-row.js";
import { allocateClosed, type ClosedTotals } from "./closed-network-windows.js";
import { CLOSED_NETWORK_SIZES, expectedClosedNetworkLatency, horizonOfClosedNetwork } from "./closed-network-workload.js";
import { measureWork, speedOf } from "./measure-work.js";
import { runJob } from "./error-transfer.js";
import { startPool } from "./worker-pool.js";

const WARM_UP_CLIENTS = 20_000;

/** Measures the workload at each size on 1 and on `threads` threads. */
export async function measureClosedWindows(threads: number, sizes: readonly number[] = CLOSED_NETWORK_SIZES): Promise<BenchRow[]> {
  const pool = startPool(threads), rows: BenchRow[] = [];
  try {
    for (const count of new Set([1, threads])) {
      await runClosedThreaded(WARM_UP_CLIENTS, count, pool);
      for (const clients of sizes) rows.push(await measureSize(clients, count, pool));
    }
  } finally {
    await pool.destroy();
  }
  return rows;
}

type Pool = ReturnType<typeof startPool>;

async function runClosedThreaded(clients: number, threads: number, pool: Pool): Promise<ClosedTotals> {
  const memory = allocateClosed(clients, threads), horizonUs = horizonOfClosedNetwork(clients);
  const parts = await Promise.all(Array.from({ length: threads }, (_, thread) => runJob<ClosedTotals>(pool, { kind: "closed", task: { memory, thread, horizonUs } })));
  return parts.reduce((sum, part) => ({ events: sum.events + part.events, requests: sum.requests + part.requests, latencyUs: sum.latencyUs + part.latencyUs }));
}

async function measureSize(clients: number, threads: number, pool: Pool): Promise<BenchRow> {
  const { result, effort } = await measureWork(() => runClosedThreaded(clients, threads, pool));
  return {
    bench: "closed-network", variant: "windows", size: clients, threads, ...speedOf(result.events, effort),
    meanLatencyS: result.latencyUs / result.requests / 1e6, expectedLatencyS: expectedClosedNetworkLatency(clients),
  };
}
