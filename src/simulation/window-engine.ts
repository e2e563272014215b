/**
 * Conservative parallel run in time windows. Clients are cut into shards; a server process owns all that clients share.
 * In cycle c every shard advances its clients through window k while the server serves all events before window k, so
 * both work at the same time. Mail crosses between cycles. This is exact when the server's news cannot make a client
 * send anything that arrives less than two windows later: lookahead >= 2 * windowUs.
 *
 * Windows in which nobody has anything to do are skipped, and so are idle shards. Both follow from the state alone, so
 * any number of threads, taking shards in any order, goes through the same cycles and leaves the same bytes.
 */
import { ENDED, Gate } from "./gate.js";
import type { Mailboxes } from "./mailboxes.js";
import { NO_SHARD, ShardClaims } from "./shard-claims.js";
import { NO_WINDOW } from "./wake-calendar.js";
import { countEvents, Word, type WindowMemory } from "./window-memory.js";

/** Clients of all shards, as one thread sees them. */
export interface ShardedClients {
  /**
   * Reads the shard's inbox, then fires every client event before the end of `window`. Not called for a shard that has
   * neither mail nor anything else to do.
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

/** What one thread brings to a run. */
export interface WindowParticipant {
  /** From 0. */
  readonly thread: number;
  readonly clients: ShardedClients;
  /** Whoever brings it leads the run; all others follow. */
  readonly server?: ServerProcess;
  readonly outbox: Mailboxes;
  readonly inbox: Mailboxes;
  /** Called by the leader now and then; throws to end the run (limits). */
  readonly check: (nowUs: number, events: number) => void;
  /** Time on the clock in milliseconds, for the account of where a thread's time goes. */
  readonly clockMs: () => number;
}

/** Where the time of one thread went. Milliseconds on the clock. */
export interface ThreadTime {
  /** Serving the server process, in cycles on which several threads work. */
  readonly servingMs: number;
  /** Having nothing to do, or waiting for others. */
  readonly idleMs: number;
  readonly totalMs: number;
}

/** How a run ended for one thread. */
export interface WindowsEnd {
  /** True when the run came to its end, false when it was stopped before. */
  readonly isFinished: boolean;
  readonly time: ThreadTime;
}

const CHECK_EVERY_CYCLES = 16;
/** Busy shards in a cycle for which it is worth waking threads that sleep, as a share of all. */
const WORTH_WAKING = 1 / 4;

/** Takes part in a run until it ends. All threads of the run call this once. */
export function runWindows(memory: WindowMemory, self: WindowParticipant): WindowsEnd {
  return self.server === undefined ? new Follower(memory, self).follow() : new Leader(memory, self, self.server).lead();
}

/** One thread in a run. */
class Participation {
  protected readonly memory: WindowMemory;
  protected readonly self: WindowParticipant;
  protected readonly claims: ShardClaims;
  protected readonly gate: Gate;
  protected servingMs = 0;
  protected idleMs = 0;
  private readonly startedAtMs: number;

  constructor(memory: WindowMemory, self: WindowParticipant) {
    this.memory = memory;
    this.self = self;
    this.claims = new ShardClaims(memory.claims, memory.claimOrder, memory.threads, self.thread);
    this.gate = new Gate(memory.words);
    this.startedAtMs = self.clockMs();
  }

  /** Mail that was filled in the cycle before is read in this one. */
  protected turnMail(): void { this.self.outbox.fillSide = this.self.inbox.fillSide = this.memory.words[Word.cycle]! & 1; }

  /** Advances shards of this cycle until all are taken. */
  protected advanceShards(): void {
    const { memory: { words, nextWindow, progress }, self: { clients, outbox, thread }, claims } = this, window = words[Word.window]!;
    for (let shard = claims.take(); shard !== NO_SHARD; shard = claims.take()) {
      nextWindow[shard] = clients.advanceShard(shard, window);
      outbox.publish(shard);
    }
    progress[1 + thread] = clients.eventCount();
  }

  protected describeEnd(): WindowsEnd {
    const { servingMs, idleMs } = this;
    return { isFinished: this.memory.words[Word.isFinished] === 1, time: { servingMs, idleMs, totalMs: this.self.clockMs() - this.startedAtMs } };
  }
}

/** A thread that takes shards whenever a cycle is open. */
class Follower extends Participation {
  follow(): WindowsEnd {
    for (let round = this.enter(0); round !== ENDED; round = this.enter(round)) {
      this.turnMail();
      try {
        this.advanceShards();
      } catch (error) {
        Atomics.store(this.memory.words, Word.hasFailed, 1);
        throw error;
      } finally {
        this.gate.leave();
      }
    }
    return this.describeEnd();
  }

  private enter(last: number): number {
    const beganAtMs = this.self.clockMs(), round = this.gate.enter(last);
    this.idleMs += this.self.clockMs() - beganAtMs;
    return round;
  }
}

/** The thread that serves the server process, opens and closes the cycles, and takes shards as well. */
class Leader extends Participation {
  private readonly server: ServerProcess;

  constructor(memory: WindowMemory, self: WindowParticipant, server: ServerProcess) {
    super(memory, self);
    this.server = server;
  }

  lead(): WindowsEnd {
    const { words } = this.memory;
    try {
      this.claims.offer(0, this.memory.nextWindow, this.self.inbox.published);
      do this.goThroughCycle(); while ((words[Word.isFinished]! | Atomics.load(words, Word.hasFailed) | Atomics.load(words, Word.stop)) === 0);
    } finally {
      this.gate.end();
    }
    return this.describeEnd();
  }

  private goThroughCycle(): void {
    this.turnMail();
    if (this.memory.threads > 1 && this.claims.offeredCount > 1) this.workTogether();
    else {
      this.serve();
      this.advanceShards();
    }
    this.closeCycle();
  }

  /** The work of a cycle with whoever is there to help. */
  private workTogether(): void {
    const { memory: { words, shards }, self: { clockMs }, gate, claims: { offeredCount } } = this;
    gate.open(words[Word.cycle]! + 1, offeredCount >= shards * WORTH_WAKING);
    try {
      const beganAtMs = clockMs();
      this.serve();
      this.servingMs += clockMs() - beganAtMs;
      this.advanceShards();
    } finally {
      const doneAtMs = clockMs();
      gate.close();
      this.idleMs += clockMs() - doneAtMs;
    }
  }

  /** Serves everything before this window. */
  private serve(): void {
    const { memory, self: { inbox, outbox, check }, server } = this, { words, shards } = memory, nowUs = words[Word.window]! * memory.windowUs;
    for (let shard = 0, { unread } = outbox; shard < shards; shard++) {
      if (unread[shard] === 0) continue;
      server.accept(outbox.rows(shard), unread[shard]!);
      unread[shard] = 0;
    }
    server.advance(nowUs);
    for (let shard = 0; shard < shards; shard++) inbox.publish(shard);
    memory.progress[0] = nowUs;
    if (words[Word.cycle]! % CHECK_EVERY_CYCLES === 0) check(nowUs, countEvents(memory));
  }

  /** Ends a cycle that nobody works on any more: chooses the next window, or the end. */
  private closeCycle(): void {
    const { memory: { words, nextWindow, shards }, self, server } = this, window = words[Word.window]!;
    const inbox = self.inbox.published, outbox = self.outbox.published;
    let mail = 0, earliest = NO_WINDOW;
    for (let shard = 0; shard < shards; shard++) {
      mail |= inbox[shard]! | outbox[shard]!;
      if (nextWindow[shard]! < earliest) earliest = nextWindow[shard]!;
    }
    if (mail === 0 && earliest === NO_WINDOW && server.pendingCount() === 0) words[Word.isFinished] = 1;
    words[Word.window] = mail > 0 ? window + 1 : Math.max(window + 1, Math.min(earliest, this.serverWindow()));
    words[Word.cycle]!++;
    this.claims.offer(words[Word.window]!, nextWindow, inbox);
  }

  /** The window after the server's next event: that event is served there. */
  private serverWindow(): number {
    const next = this.server.nextEventAtUs();
    return next === Infinity ? NO_WINDOW : Math.min(NO_WINDOW, Math.floor(next / this.memory.windowUs) + 1);
  }
}
