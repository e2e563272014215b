/**
 * The closed P-E workload on the window engine: clients are advanced alone inside windows, and only what reaches the tier
 * is put in order. As in the fleet, a client wakes once per request: the end of its device service follows in closed form,
 * and a question for the expert is posted with the instant of its arrival.
 */
import { BucketQueue } from "../simulation/bucket-queue.js";
import type { Mailboxes } from "../simulation/mailboxes.js";
import { allocateMail, type MailMemory } from "../simulation/mailboxes.js";
import { allocateWakes, WakeCalendar, type WakeMemory } from "../simulation/wake-calendar.js";
import type { ServerProcess, ShardedClients } from "../simulation/window-engine.js";
import { allocateWindows, type WindowMemory } from "../simulation/window-memory.js";
import { RequestDraws } from "./closed-network-draws.js";
import { CLOSED_NETWORK as W, serversOfClosedNetwork } from "./closed-network-workload.js";

/** Half of link + fastest device + link: no answer can cause an arrival at the tier sooner than two windows. */
const WINDOW_US = (2 * W.linkDelayUs + Math.min(...W.deviceServiceUs)) / 2;
const SHARDS = 16;

/** Doubles per client. */
const STRIDE = 4;
/** Next end of thinking; while the client waits for an answer, the thinking that will follow it. */
const THINK = 0;
/** Instant at which the request began that waits for an answer. */
const ASKED_AT = 1;
/** Requests drawn. */
const REQUESTS = 2;

/** A question on its way to the tier: client, arrival, service and downlink. Doubles per row. */
const QUESTION_STRIDE = 4;
/** An answer on its way back: client and instant of the response. */
const ANSWER_STRIDE = 2;

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
    outbox: allocateMail(SHARDS, capacity, QUESTION_STRIDE), inbox: allocateMail(SHARDS, capacity, ANSWER_STRIDE),
    windows: allocateWindows(SHARDS, threads, WINDOW_US),
  };
}

/** Exact totals of one thread. Latencies in microseconds. */
export interface ClosedTotals { events: number; requests: number; latencyUs: number }

/** The workload's clients, as one thread sees them. */
export class ClosedClients implements ShardedClients {
  private readonly memory: ClosedMemory;
  private readonly state: Float64Array;
  private readonly calendar: WakeCalendar;
  private readonly inbox: Mailboxes;
  private readonly outbox: Mailboxes;
  private readonly endUs: number;
  private readonly draws = new RequestDraws();
  private events = 0;
  private requests = 0;
  private latencyUs = 0;

  constructor(memory: ClosedMemory, inbox: Mailboxes, outbox: Mailboxes, endUs: number) {
    this.memory = memory;
    this.state = memory.state;
    this.calendar = new WakeCalendar(memory.wakes);
    this.inbox = inbox;
    this.outbox = outbox;
    this.endUs = endUs;
  }

  eventCount(): number { return this.events; }
  get found(): ClosedTotals { return { events: this.events, requests: this.requests, latencyUs: this.latencyUs }; }

  /** Starts the clients of a shard: all think. */
  begin(shard: number): void {
    const { clients } = this.memory;
    for (let client = firstOf(shard, clients); client < firstOf(shard + 1, clients); client++) {
      this.draws.seek(client, 0);
      this.think(shard, client, this.draws.thinkUs(), 0);
    }
  }

  advanceShard(shard: number, window: number): number {
    const { calendar, endUs } = this, untilUs = Math.min((window + 1) * WINDOW_US, endUs + 1);
    this.readMail(shard, window);
    const count = calendar.take(shard, window), { taken } = calendar;
    for (let i = 0; i < count; i++) this.advance(shard, taken[i]!, untilUs, window);
    return calendar.nextWindow(shard, window);
  }

  private readMail(shard: number, window: number): void {
    const { state, inbox } = this, count = inbox.unread[shard]!, rows = inbox.rows(shard);
    for (let row = 0; row < count * ANSWER_STRIDE; row += ANSWER_STRIDE) {
      const client = rows[row]!, o = client * STRIDE, answeredAtUs = rows[row + 1]!;
      this.events++;
      this.requests++;
      this.latencyUs += answeredAtUs - state[o + ASKED_AT]!;
      this.think(shard, client, answeredAtUs + state[o + THINK]!, window);
    }
    inbox.unread[shard] = 0;
  }

  /** Notes when a client's thinking ends, and wakes it then unless the run is over. */
  private think(shard: number, client: number, untilUs: number, window: number): void {
    this.state[client * STRIDE + THINK] = untilUs;
    if (untilUs <= this.endUs) this.calendar.put(shard, client, Math.max(window, Math.floor(untilUs / WINDOW_US)));
  }

  /** Fires a client's requests that begin before `untilUs`. */
  private advance(shard: number, client: number, untilUs: number, window: number): void {
    const { state, draws, endUs } = this, o = client * STRIDE, deviceUs = W.deviceServiceUs[client & 3]!;
    let askedAtUs = state[o + THINK]!, request = state[o + REQUESTS]!;
    while (askedAtUs < untilUs) {
      const doneAtUs = askedAtUs + deviceUs;
      draws.seek(client, ++request);
      this.events += doneAtUs <= endUs ? 2 : 1;
      if (draws.asksExpert()) {
        state[o + REQUESTS] = request;
        state[o + ASKED_AT] = askedAtUs;
        state[o + THINK] = draws.thinkUs();
        this.askExpert(shard, client, doneAtUs + draws.uplinkUs());
        return;
      }
      if (doneAtUs <= endUs) {
        this.requests++;
        this.latencyUs += deviceUs;
      }
      askedAtUs = doneAtUs + draws.thinkUs();
    }
    state[o + REQUESTS] = request;
    this.think(shard, client, askedAtUs, window);
  }

  private askExpert(shard: number, client: number, arrivalAtUs: number): void {
    if (arrivalAtUs > this.endUs) return;
    const row = this.outbox.append(shard), { rows } = this.outbox.memory;
    rows[row] = client;
    rows[row + 1] = arrivalAtUs;
    rows[row + 2] = this.draws.serviceUs();
    rows[row + 3] = this.draws.downlinkUs();
  }
}

/** The tier: first come, first served, by exponential servers. */
export class ClosedTier implements ServerProcess {
  events = 0;
  private readonly memory: ClosedMemory;
  private readonly inbox: Mailboxes;
  private readonly endUs: number;
  private readonly arrivals = new BucketQueue();
  private readonly servers: ServerHeap;
  /** Service and downlink of the question that each client waits for. Shape [clients, 2]. */
  private readonly work: Float64Array;

  constructor(memory: ClosedMemory, inbox: Mailboxes, endUs: number) {
    this.memory = memory;
    this.inbox = inbox;
    this.endUs = endUs;
    this.servers = new ServerHeap(serversOfClosedNetwork(memory.clients));
    this.work = new Float64Array(2 * memory.clients);
  }

  accept(rows: Float64Array, count: number): void {
    for (let row = 0; row < count * QUESTION_STRIDE; row += QUESTION_STRIDE) {
      const client = rows[row]!;
      this.work[2 * client] = rows[row + 2]!;
      this.work[2 * client + 1] = rows[row + 3]!;
      this.arrivals.push(rows[row + 1]!, client);
    }
  }

  advance(untilUs: number): void {
    const { arrivals, servers, work, inbox, endUs } = this, { rows } = inbox.memory;
    while (arrivals.peekTimeUs() < untilUs) {
      arrivals.pop();
      const client = arrivals.key, doneAtUs = servers.serve(arrivals.timeUs, work[2 * client]!), answeredAtUs = doneAtUs + work[2 * client + 1]!;
      this.events += doneAtUs <= endUs ? 2 : 1;
      if (answeredAtUs > endUs) continue;
      const row = inbox.append(shardOf(client, this.memory.clients));
      rows[row] = client;
      rows[row + 1] = answeredAtUs;
    }
  }

  nextEventAtUs(): number { return this.arrivals.peekTimeUs(); }
  pendingCount(): number { return this.arrivals.size; }
}

/** Servers that take questions first come, first served: a 4-ary heap of the instants at which they are free. */
class ServerHeap {
  private readonly freeAtUs: Float64Array;

  constructor(servers: number) { this.freeAtUs = new Float64Array(servers); }

  /** Gives a question to the server that is free first. Returns the instant at which its service ends. */
  serve(arrivalAtUs: number, serviceUs: number): number {
    const { freeAtUs } = this, count = freeAtUs.length, doneAtUs = Math.max(arrivalAtUs, freeAtUs[0]!) + serviceUs;
    let hole = 0;
    for (let child = 1; child < count; child = 4 * hole + 1) {
      const end = Math.min(child + 4, count);
      let first = child, firstUs = freeAtUs[child]!;
      for (let sibling = child + 1; sibling < end; sibling++) {
        if (freeAtUs[sibling]! < firstUs) firstUs = freeAtUs[first = sibling]!;
      }
      if (firstUs >= doneAtUs) break;
      freeAtUs[hole] = firstUs;
      hole = first;
    }
    freeAtUs[hole] = doneAtUs;
    return doneAtUs;
  }
}

function firstOf(shard: number, clients: number): number { return Math.floor((shard * clients) / SHARDS); }
function shardOf(client: number, clients: number): number { return Math.floor(((client + 1) * SHARDS - 1) / clients); }
