/**
 * The closed P-E workload on the window engine: clients are advanced alone inside windows, and only what reaches the tier
 * is put in order. As in the fleet, a client wakes once per request: the end of its device service follows in closed form,
 * and a question for the expert is posted with the instant of its arrival and the draws of its request.
 */
import { allocateMail, type Mailboxes, type MailMemory } from "../simulation/mailboxes.js";
import { allocateWakes, WakeCalendar, type WakeMemory } from "../simulation/wake-calendar.js";
import type { ShardedClients } from "../simulation/window-engine.js";
import { allocateWindows, type WindowMemory } from "../simulation/window-memory.js";
import { RequestDraws } from "./closed-network-draws.js";
import { CLOSED_NETWORK as W } from "./closed-network-workload.js";

/** Half of link + fastest device + link: no answer can cause an arrival at the tier sooner than two windows. Microseconds. */
export const WINDOW_US: number = (2 * W.linkDelayUs + Math.min(...W.deviceServiceUs)) / 2;
/** Enough for several threads, few enough that a shard has work in each window. */
const SHARDS = 16;

/** Doubles per client. */
const STRIDE = 2;
/** End of the thinking that goes on; the beginning of its request while a client waits for an answer. */
const ASK_AT = 0;
/** Requests drawn. */
const REQUESTS = 1;

/** Doubles of a question on its way to the tier, and their places. */
export const QUESTION_STRIDE = 5;
/** Places in a question: who asks, when it arrives, and times that were drawn with it. */
export const Question = { client: 0, arrivalAtUs: 1, serviceUs: 2, downlinkUs: 3, thinkUs: 4 } as const;
/** Doubles of an answer on its way back. */
const ANSWER_STRIDE = 3;
/** Places in an answer: to whom, instant of the response, and the thinking after it. */
export const Answer = { client: 0, responseAtUs: 1, thinkUs: 2 } as const;

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
      const client = rows[row + Answer.client]!, responseAtUs = rows[row + Answer.responseAtUs]!;
      this.events++;
      this.requests++;
      this.latencyUs += responseAtUs - state[client * STRIDE + ASK_AT]!;
      this.think(shard, client, responseAtUs + rows[row + Answer.thinkUs]!, window);
    }
    inbox.unread[shard] = 0;
  }

  /** Notes when a client's thinking ends, and wakes it then unless the run is over. */
  private think(shard: number, client: number, untilUs: number, window: number): void {
    this.state[client * STRIDE + ASK_AT] = untilUs;
    if (untilUs <= this.endUs) this.calendar.put(shard, client, Math.max(window, Math.floor(untilUs / WINDOW_US)));
  }

  /** Fires a client's requests that begin before `untilUs`. */
  private advance(shard: number, client: number, untilUs: number, window: number): void {
    const { state, draws, endUs } = this, o = client * STRIDE, deviceUs = W.deviceServiceUs[client & 3]!;
    let askAtUs = state[o + ASK_AT]!, request = state[o + REQUESTS]!;
    while (askAtUs < untilUs) {
      const doneAtUs = askAtUs + deviceUs;
      draws.seek(client, ++request);
      this.events += doneAtUs <= endUs ? 2 : 1;
      if (draws.asksExpert()) {
        state[o + ASK_AT] = askAtUs;
        state[o + REQUESTS] = request;
        this.askExpert(shard, client, doneAtUs + draws.uplinkUs());
        return;
      }
      if (doneAtUs <= endUs) {
        this.requests++;
        this.latencyUs += deviceUs;
      }
      askAtUs = doneAtUs + draws.thinkUs();
    }
    state[o + REQUESTS] = request;
    this.think(shard, client, askAtUs, window);
  }

  private askExpert(shard: number, client: number, arrivalAtUs: number): void {
    if (arrivalAtUs > this.endUs) return;
    const { outbox, draws } = this, row = outbox.append(shard), { rows } = outbox.memory;
    rows[row + Question.client] = client;
    rows[row + Question.arrivalAtUs] = arrivalAtUs;
    rows[row + Question.serviceUs] = draws.serviceUs();
    rows[row + Question.downlinkUs] = draws.downlinkUs();
    rows[row + Question.thinkUs] = draws.thinkUs();
  }
}

/** First client of a shard. */
function firstOf(shard: number, clients: number): number { return Math.floor((shard * clients) / SHARDS); }
/** Shard of a client. */
export function shardOf(client: number, clients: number): number { return Math.floor(((client + 1) * SHARDS - 1) / clients); }
