/**
 * Conservative parallel run in time windows. Clients are cut into shards; a server process owns all that clients share.
 * In cycle c every shard advances its clients through window k while the server serves all events before window k, so
 * both work at the same time. Mail crosses between cycles. This is exact when the server's news cannot make a client
 * send anything that arrives less than two windows later: lookahead >= 2 * windowUs.
 *
 * Windows in which nobody has anything to do are skipped. The next window is a function of the state alone, so any
 * number of threads, claiming shards in any order, walks through the same cycles and leaves the same bytes.
 */
import { Barrier } from "./barrier.js";
import type { Mailboxes } from "./mailboxes.js";
import { NO_WINDOW } from "./wake-calendar.js";

/** Clients of all shards, as one thread sees them. */
export interface ShardedClients {
  /**
   * Reads the shard's inbox, then fires every client event before the end of `window`.
   *
   * @returns The next window in which the shard has something to do without new mail, or NO_WINDOW.
   */
  advanceShard(shard: number, window: number): number;
  /** Model events that this thread has fired so far. */
  eventCount(): number;
}

/** What the clients share: a process that is served by one thread. */
export interface ServerProcess {
  accept(rows: Float64Array, count: number): void;
  advance(untilUs: number): void;
  nextEventAtUs(): number;
  pendingCount(): number;
}

/** Shared words of one run. */
export interface WindowMemory {
  /** Words named by `Word`. */
  readonly words: Int32Array;
  /** Next busy window of each shard. Shape [shards]. */
  readonly nextWindow: Int32Array;
  /** Simulated instant reached, and events fired by each thread. Shape [1 + threads]. */
  readonly progress: Float64Array;
  /** Order in which shards are claimed: a permutation. Shape [shards]. */
  readonly claimOrder: Int32Array;
  readonly windowUs: number;
  readonly shards: number;
  readonly threads: number;
}

/** Positions in `WindowMemory.words`; the first ones belong to the barrier. */
const Word = { window: 2, cycle: 3, claimed: 4, stop: 5, finished: 6, failed: 7, serverWindow: 8, serverPending: 9, count: 16 } as const;

/** Makes the shared words of a run. */
export function allocateWindows(shards: number, threads: number, windowUs: number): WindowMemory {
  const words = new Int32Array(new SharedArrayBuffer(Word.count * 4));
  words[Word.serverWindow] = NO_WINDOW;
  return {
    words, windowUs, shards, threads,
    nextWindow: new Int32Array(new SharedArrayBuffer(shards * 4)),
    progress: new Float64Array(new SharedArrayBuffer((1 + threads) * 8)),
    claimOrder: Int32Array.from({ length: shards }, (_, shard) => shard),
  };
}

/** Asks a run to stop at the end of its cycle. Safe from any thread. */
export function requestStop(memory: WindowMemory): void { Atomics.store(memory.words, Word.stop, 1); }

/** What one thread brings to a run. */
export interface WindowParticipant {
  /** 0 serves the server process too. */
  readonly thread: number;
  readonly clients: ShardedClients;
  /** Present on thread 0. */
  readonly server?: ServerProcess;
  readonly outbox: Mailboxes;
  readonly inbox: Mailboxes;
  /** Called by thread 0 now and then; throws to end the run (limits). */
  readonly check: (nowUs: number, events: number) => void;
}

const CHECK_EVERY_CYCLES = 16;

/**
 * Takes part in a run until it ends. All threads of the run call this once.
 *
 * @returns True when the run came to its end, false when it was stopped before.
 */
export function runWindows(memory: WindowMemory, self: WindowParticipant): boolean {
  const { words } = memory, barrier = new Barrier(words, memory.threads);
  for (;;) {
    const window = words[Word.window]!, cycle = words[Word.cycle]!;
    self.outbox.fillSide = self.inbox.fillSide = cycle & 1;
    try {
      if (self.server !== undefined) serve(memory, self, self.server, window, cycle);
      claimShards(memory, self, window);
    } catch (error) {
      Atomics.store(words, Word.failed, 1);
      barrier.wait(() => { closeCycle(memory, self); });
      throw error;
    }
    barrier.wait(() => { closeCycle(memory, self); });
    if (Atomics.load(words, Word.failed) === 1 || Atomics.load(words, Word.stop) === 1) return false;
    if (words[Word.finished] === 1) return true;
  }
}

function serve(memory: WindowMemory, self: WindowParticipant, server: ServerProcess, window: number, cycle: number): void {
  for (let shard = 0; shard < memory.shards; shard++) {
    const count = self.outbox.count(shard);
    if (count > 0) server.accept(self.outbox.rows(shard), count);
    self.outbox.clear(shard);
  }
  server.advance(window * memory.windowUs);
  const next = server.nextEventAtUs();
  memory.words[Word.serverWindow] = next === Infinity ? NO_WINDOW : Math.min(NO_WINDOW, Math.floor(next / memory.windowUs) + 1);
  memory.words[Word.serverPending] = server.pendingCount();
  memory.progress[0] = window * memory.windowUs;
  if (cycle % CHECK_EVERY_CYCLES === 0) self.check(window * memory.windowUs, countEvents(memory));
}

function claimShards(memory: WindowMemory, self: WindowParticipant, window: number): void {
  const { words, claimOrder, nextWindow, shards } = memory;
  for (;;) {
    const claim = memory.threads === 1 ? words[Word.claimed]!++ : Atomics.add(words, Word.claimed, 1);
    if (claim >= shards) break;
    const shard = claimOrder[claim]!;
    nextWindow[shard] = self.clients.advanceShard(shard, window);
  }
  memory.progress[1 + self.thread] = self.clients.eventCount();
}

/** Ends a cycle: one thread, with all others waiting. Chooses the next window or the end. */
function closeCycle(memory: WindowMemory, self: WindowParticipant): void {
  const { words, nextWindow, shards } = memory, window = words[Word.window]!, cycle = words[Word.cycle]!;
  let hasMail = false, earliest = NO_WINDOW;
  for (let shard = 0; shard < shards; shard++) {
    if (self.outbox.filledCount(shard) > 0 || self.inbox.filledCount(shard) > 0) hasMail = true;
    if (nextWindow[shard]! < earliest) earliest = nextWindow[shard]!;
  }
  if (!hasMail && earliest === NO_WINDOW && words[Word.serverPending] === 0) words[Word.finished] = 1;
  words[Word.window] = hasMail ? window + 1 : Math.max(window + 1, Math.min(earliest, words[Word.serverWindow]!));
  words[Word.cycle] = cycle + 1;
  words[Word.claimed] = 0;
}

function countEvents(memory: WindowMemory): number {
  let events = 0;
  for (let thread = 0; thread < memory.threads; thread++) events += memory.progress[1 + thread]!;
  return events;
}
