/** Speed of the window engine on the closed P-E workload, on one or several threads. */
import type { BenchRow } from "./bench-row.js";
import { allocateClosed, type ClosedMemory, ClosedClients, ClosedTier, type ClosedTotals } from "./closed-network-windows.js";
import { CLOSED_NETWORK_SIZES, expectedClosedNetworkLatency, horizonOfClosedNetwork } from "./closed-network-workload.js";
import { measureWork, speedOf } from "./measure-work.js";
import { Barrier } from "../simulation/barrier.js";
import { Mailboxes } from "../simulation/mailboxes.js";
import { runWindows } from "../simulation/window-engine.js";
import { startPool } from "./worker-pool.js";

/** One thread's part in a run of the workload. */
export interface ClosedTask { readonly memory: ClosedMemory; readonly thread: number; readonly horizonUs: number }

/** What one thread found, and the processor time of the whole process until then is measured outside. */
export function participateClosed({ memory, thread, horizonUs }: ClosedTask): ClosedTotals {
  const { windows } = memory, inbox = new Mailboxes(memory.inbox), outbox = new Mailboxes(memory.outbox);
  const clients = new ClosedClients(memory, inbox, outbox, horizonUs);
  for (let shard = thread; shard < windows.shards; shard += windows.threads) clients.begin(shard);
  new Barrier(windows.words, windows.threads).wait(() => undefined);
  const tier = thread === 0 ? new ClosedTier(memory, inbox, horizonUs) : undefined;
  runWindows(windows, { thread, clients, inbox, outbox, check: () => undefined, ...(tier === undefined ? {} : { server: tier }) });
  const { found } = clients;
  return { ...found, events: found.events + (tier?.events ?? 0) };
}

/** Runs the workload on the calling thread. */
export function runClosedAlone(clients: number): ClosedTotals {
  return participateClosed({ memory: allocateClosed(clients, 1), thread: 0, horizonUs: horizonOfClosedNetwork(clients) });
}

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
  const parts = await Promise.all(Array.from({ length: threads }, (_, thread) => pool.run({ kind: "closed", task: { memory, thread, horizonUs } }) as Promise<ClosedTotals>));
  return parts.reduce((sum, part) => ({ events: sum.events + part.events, requests: sum.requests + part.requests, latencyUs: sum.latencyUs + part.latencyUs }));
}

async function measureSize(clients: number, threads: number, pool: Pool): Promise<BenchRow> {
  const { result, effort } = await measureWork(() => runClosedThreaded(clients, threads, pool));
  return {
    bench: "closed-network", variant: "windows", size: clients, threads, ...speedOf(result.events, effort),
    meanLatencyS: result.latencyUs / result.requests / 1e6, expectedLatencyS: expectedClosedNetworkLatency(clients),
  };
}
