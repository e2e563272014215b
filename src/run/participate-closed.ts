/** One thread's part in the closed P-E workload on the window engine. */
import { Barrier } from "../simulation/barrier.js";
import { Mailboxes } from "../simulation/mailboxes.js";
import { runWindows } from "../simulation/window-engine.js";
import { ClosedTier } from "./closed-network-tier.js";
import { allocateClosed, ClosedClients, type ClosedMemory, type ClosedTotals } from "./closed-network-windows.js";
import { horizonOfClosedNetwork } from "./closed-network-workload.js";

/** One thread's part in a run of the workload. */
export interface ClosedTask { readonly memory: ClosedMemory; readonly thread: number; readonly horizonUs: number }

/** What one thread found, and the processor time of the whole process until then is measured outside. */
export function participateClosed({ memory, thread, horizonUs }: ClosedTask): ClosedTotals {
  const { windows } = memory, inbox = new Mailboxes(memory.inbox), outbox = new Mailboxes(memory.outbox);
  const clients = new ClosedClients(memory, inbox, outbox, horizonUs);
  for (let shard = thread; shard < windows.shards; shard += windows.threads) clients.begin(shard);
  new Barrier(windows.words, windows.threads).wait(() => undefined);
  const tier = thread === 0 ? new ClosedTier(memory.clients, inbox, horizonUs) : undefined;
  runWindows(windows, { thread, clients, inbox, outbox, check: () => undefined, clockMs: () => performance.now(), ...(tier === undefined ? {} : { server: tier }) });
  const { found } = clients;
  return { ...found, events: found.events + (tier?.events ?? 0) };
}

/** Runs the workload on the calling thread. */
export function runClosedAlone(clients: number): ClosedTotals {
  return participateClosed({ memory: allocateClosed(clients, 1), thread: 0, horizonUs: horizonOfClosedNetwork(clients) });
}
