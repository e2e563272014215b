/**
 * The closed P-E workload on the window engine: clients are advanced alone inside windows, and only what reaches the tier
 * is put in order. A client's n-th request draws one block of Philox: think time, offload, uplink, downlink; the tier
 * draws service times from blocks of its own.
 */
import { ln } from "../core/elementary.js";
import { philox4x32 } from "../core/philox.js";
import { BucketQueue } from "../simulation/bucket-queue.js";
import { entityOfKey, eventKey } from "../simulation/event-queue.js";
import { HeapQueue } from "../simulation/heap-queue.js";
import { allocateMail, type MailMemory, Mailboxes } from "../simulation/mailboxes.js";
import { allocateWakes, WakeCalendar, type WakeMemory } from "../simulation/wake-calendar.js";
import { allocateWindows, type ServerProcess, type ShardedClients, type WindowMemory } from "../simulation/window-engine.js";
import { CLOSED_NETWORK as W, serversOfClosedNetwork } from "./closed-network-workload.js";

/** Half of link + fastest device + link: no answer can cause an arrival at the tier sooner than two windows. */
const WINDOW_US = (2 * W.linkDelayUs + Math.min(...W.deviceServiceUs)) / 2;
const SHARDS = 64;
const SEED = 1;
const UNIT = 2 ** -32;
/** Doubles per client: next instant, start of the request, stage, request number. */
const STRIDE = 4;
const AT = 0, START = 1, STAGE = 2, DRAW = 3;
const THINKING = 0, SERVING = 1, RETURNING = 2;

/** Shared memory of one run of the workload. */
export interface ClosedMemory {
  readonly clients: number;
  readonly state: Float64Array;
  readonly wakes: WakeMemory;
  readonly outbox: MailMemory;
  readonly inbox: MailMemory;
  readonly windows: WindowMemory;
}

/** Takes the memory for `clients` clients on `threads` threads. */
export function allocateClosed(clients: number, threads: number): ClosedMemory {
  const capacity = Math.ceil(clients / SHARDS) + 64;
  return {
    clients, state: new Float64Array(new SharedArrayBuffer(clients * STRIDE * 8)), wakes: allocateWakes(SHARDS, clients),
    outbox: allocateMail(SHARDS, capacity, 2), inbox: allocateMail(SHARDS, capacity, 2), windows: allocateWindows(SHARDS, threads, WINDOW_US),
  };
}

/** Exact totals of one thread. Latencies in microseconds. */
export interface ClosedTotals { events: number; requests: number; latencyUs: number }

/** The workload's clients, as one thread sees them. */
export class ClosedClients implements ShardedClients {
  readonly totals: ClosedTotals = { events: 0, requests: 0, latencyUs: 0 };
  private readonly memory: ClosedMemory;
  private readonly calendar: WakeCalendar;
  private readonly inbox: Mailboxes;
  private readonly outbox: Mailboxes;
  private readonly endUs: number;
  private readonly words = new Uint32Array(4);

  constructor(memory: ClosedMemory, inbox: Mailboxes, outbox: Mailboxes, endUs: number) {
    this.memory = memory;
    this.calendar = new WakeCalendar(memory.wakes);
    this.inbox = inbox;
    this.outbox = outbox;
    this.endUs = endUs;
  }

  eventCount(): number { return this.totals.events; }

  /** Starts the clients of a shard: all think. */
  begin(shard: number): void {
    const { memory: { state, clients } } = this;
    for (let client = firstOf(shard, clients); client < firstOf(shard + 1, clients); client++) {
      this.draw(client, 0);
      state[client * STRIDE + AT] = Math.round(W.thinkMeanUs * -ln((this.words[0]! + 0.5) * UNIT));
      this.wake(shard, client, 0);
    }
  }

  advanceShard(shard: number, window: number): number {
    const { calendar, endUs } = this, untilUs = Math.min((window + 1) * WINDOW_US, endUs + 1);
    this.readMail(shard, window);
    for (let client = calendar.take(shard, window); client >= 0;) {
      const following = calendar.follow(client);
      if (calendar.claim(shard, client, window)) this.advance(shard, client, untilUs, window);
      client = following;
    }
    return calendar.nextWindow(shard, window);
  }

  private readMail(shard: number, window: number): void {
    const { inbox, memory: { state } } = this, count = inbox.count(shard), rows = inbox.rows(shard);
    for (let i = 0; i < count; i++) {
      const client = rows[2 * i]!;
      state[client * STRIDE + AT] = rows[2 * i + 1]!;
      this.wake(shard, client, window);
    }
    inbox.clear(shard);
  }

  private wake(shard: number, client: number, window: number): void {
    const atUs = this.memory.state[client * STRIDE + AT]!;
    if (atUs <= this.endUs) this.calendar.put(shard, client, Math.max(window, Math.floor(atUs / WINDOW_US)));
  }

  /** Fires a client's events before `untilUs`. */
  private advance(shard: number, client: number, untilUs: number, window: number): void {
    const { memory: { state }, totals, words } = this, o = client * STRIDE, serviceUs = W.deviceServiceUs[client & 3]!;
    let atUs = state[o + AT]!;
    while (atUs < untilUs) {
      totals.events++;
      if (state[o + STAGE] === THINKING) {
        state[o + START] = atUs;
        state[o + STAGE] = SERVING;
        atUs += serviceUs;
        continue;
      }
      this.draw(client, ++state[o + DRAW]!);
      if (state[o + STAGE] === SERVING && (words[1]! + 0.5) * UNIT < W.expertFraction) {
        state[o + STAGE] = RETURNING;
        this.offload(shard, client, atUs);
        return;
      }
      totals.requests++;
      totals.latencyUs += atUs - state[o + START]!;
      state[o + STAGE] = THINKING;
      atUs += Math.round(W.thinkMeanUs * -ln((words[0]! + 0.5) * UNIT));
    }
    state[o + AT] = atUs;
    this.wake(shard, client, window);
  }

  private offload(shard: number, client: number, nowUs: number): void {
    const offset = this.outbox.append(shard), { rows } = this.outbox.memory;
    rows[offset] = client;
    rows[offset + 1] = nowUs + W.linkDelayUs + Math.round(W.linkJitterMeanUs * -ln((this.words[2]! + 0.5) * UNIT));
  }

  private draw(client: number, request: number): void { philox4x32(0, request, client, 0, SEED, 0, this.words); }
}

/** The tier: first come, first served, by exponential servers. */
export class ClosedTier implements ServerProcess {
  events = 0;
  private readonly memory: ClosedMemory;
  private readonly inbox: Mailboxes;
  private readonly endUs: number;
  private readonly arrivals = new BucketQueue();
  private readonly free = new HeapQueue();
  private readonly words = new Uint32Array(4);
  private served = 0;

  constructor(memory: ClosedMemory, inbox: Mailboxes, endUs: number) {
    this.memory = memory;
    this.inbox = inbox;
    this.endUs = endUs;
    for (let server = 0; server < serversOfClosedNetwork(memory.clients); server++) this.free.push(0, server);
  }

  accept(rows: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) if (rows[2 * i + 1]! <= this.endUs) this.arrivals.push(rows[2 * i + 1]!, eventKey(rows[2 * i]!, 0));
  }

  advance(untilUs: number): void {
    const { arrivals, free, words, inbox } = this, { rows } = inbox.memory;
    while (arrivals.peekTimeUs() < untilUs) {
      arrivals.pop();
      free.pop();
      philox4x32(0, this.served++, 0, 1, SEED, 0, words);
      const doneUs = Math.max(arrivals.timeUs, free.timeUs) + Math.round(W.expertServiceMeanUs * -ln((words[0]! + 0.5) * UNIT));
      const client = entityOfKey(arrivals.key);
      free.push(doneUs, free.key);
      this.events += doneUs <= this.endUs ? 2 : 1;
      const offset = inbox.append(Math.floor(((client + 1) * SHARDS - 1) / this.memory.clients));
      rows[offset] = client;
      rows[offset + 1] = doneUs + W.linkDelayUs + Math.round(W.linkJitterMeanUs * -ln((words[1]! + 0.5) * UNIT));
    }
  }

  nextEventAtUs(): number { return this.arrivals.peekTimeUs(); }
  pendingCount(): number { return this.arrivals.size; }
}

function firstOf(shard: number, clients: number): number { return Math.floor((shard * clients) / SHARDS); }
