import { describe, expect, it } from "vitest";
import { allocateMail, Mailboxes } from "./mailboxes.js";
import { NO_WINDOW } from "./wake-calendar.js";
import { runWindows, type ServerProcess, type ShardedClients } from "./window-engine.js";
import { allocateWindows, requestStop } from "./window-memory.js";

const SHARDS = 4;
const WINDOW_US = 1000;
/** An answer's row: the number it carries. A question's row: that number, and the instant at which the server has it. */
const STRIDE = 2;

/** What happened, in order. */
type Visit = readonly [shard: number, window: number, mail: readonly number[]];

/** Clients that act in the given windows: each shard asks one question in each, numbered by its window. */
class ScriptedClients implements ShardedClients {
  readonly visits: Visit[] = [];
  constructor(private readonly windows: readonly (readonly number[])[], private readonly inbox: Mailboxes, private readonly outbox: Mailboxes) {}

  eventCount(): number { return this.visits.length; }

  advanceShard(shard: number, window: number): number {
    const { inbox, outbox } = this, mail = Array.from({ length: inbox.unread[shard]! }, (_, row) => inbox.rows(shard)[row * STRIDE]!);
    inbox.unread[shard] = 0;
    this.visits.push([shard, window, mail]);
    if (this.windows[shard]!.includes(window)) outbox.post(shard, Float64Array.of(window, window * WINDOW_US + 1500));
    return this.windows[shard]!.find((later) => later > window) ?? NO_WINDOW;
  }
}

/** Answers each question to the last shard, once its instant is reached. */
class Echo implements ServerProcess {
  private waiting: { readonly atUs: number; readonly number: number }[] = [];
  constructor(private readonly inbox: Mailboxes) {}

  accept(rows: Float64Array, count: number): void {
    for (let row = 0; row < count; row++) this.waiting.push({ number: rows[row * STRIDE]!, atUs: rows[row * STRIDE + 1]! });
  }

  advance(untilUs: number): void {
    for (const { number } of this.waiting.filter(({ atUs }) => atUs < untilUs)) this.inbox.post(SHARDS - 1, Float64Array.of(number, 0));
    this.waiting = this.waiting.filter(({ atUs }) => atUs >= untilUs);
  }

  nextEventAtUs(): number { return Math.min(Infinity, ...this.waiting.map(({ atUs }) => atUs)); }
  pendingCount(): number { return this.waiting.length; }
}

function run(windows: readonly (readonly number[])[], prepare: (memory: ReturnType<typeof allocateWindows>) => void = () => undefined): { visits: readonly Visit[]; isFinished: boolean } {
  const memory = allocateWindows(SHARDS, 1, WINDOW_US), inbox = new Mailboxes(allocateMail(SHARDS, 8, STRIDE)), outbox = new Mailboxes(allocateMail(SHARDS, 8, STRIDE));
  const clients = new ScriptedClients(windows, inbox, outbox);
  prepare(memory);
  const { isFinished } = runWindows(memory, { thread: 0, clients, server: new Echo(inbox), inbox, outbox, check: () => undefined, clockMs: () => 0 });
  return { visits: clients.visits, isFinished };
}

describe("a run in windows", () => {
  it("visits every shard first, then the ones with something to do, in windows in which there is something to do", () => {
    const { visits, isFinished } = run([[], [70], [5000], []]);
    expect(visits.slice(0, SHARDS).map(([shard, window]) => [shard, window])).toEqual([[0, 0], [1, 0], [2, 0], [3, 0]]);
    expect(visits.slice(SHARDS).filter(([shard]) => shard < 3)).toEqual([[1, 70, []], [2, 5000, []]]);
    expect(isFinished).toBe(true);
  });

  it("delivers an answer in the window after the one in which the server gave it, to a shard that was idle", () => {
    const { visits } = run([[], [70], [5000], []]);
    // Asked in window 70, there at 71,500 us: served in the cycle of window 72, read in window 73.
    expect(visits.filter(([shard, , mail]) => shard === 3 && mail.length > 0)).toEqual([[3, 73, [70]], [3, 5003, [5000]]]);
  });

  it("ends only when the server has nothing left", () => {
    const { visits } = run([[3], [], [], []]);
    expect(visits.at(-1)).toEqual([3, 6, [3]]);
  });

  it("takes shards in the order of claims", () => {
    const { visits } = run([[], [], [], []], (memory) => { memory.claimOrder.set([2, 0, 3, 1]); });
    expect(visits.map(([shard]) => shard)).toEqual([2, 0, 3, 1]);
  });

  it("says so when it was stopped before its end", () => {
    expect(run([[9], [], [], []], requestStop)).toMatchObject({ isFinished: false, visits: { length: SHARDS } });
  });
});
