/**
 * All P-clients of a run as the window engine drives them: each shard reads its mail, wakes its clients, and advances
 * every one alone through the window.
 */
import type { Mailboxes } from "../simulation/mailboxes.js";
import { NO_WINDOW, WakeCalendar, type WakeMemory } from "../simulation/wake-calendar.js";
import type { ShardedClients } from "../simulation/window-engine.js";
import { ResponseField, RESPONSE_STRIDE } from "../tiers/tier-messages.js";
import { CLIENT_STRIDE, ClientField as F, Stage } from "./client-state.js";
import { QuestionLife } from "./question-life.js";
import type { QuestionLog } from "./question-log.js";
import type { QuestionWorld } from "./question-world.js";
import { foldBandit, type BanditMemory } from "./routing/bandit.js";
import type { NextQuestion } from "./next-question.js";

/** Model events of one question besides its messages: asked and ended. */
const EVENTS_PER_QUESTION = 2;
/** Doubles in a line of cache. */
const DOUBLES_PER_LINE = 8;

/** What one thread needs to advance clients. */
export interface FleetParts {
  readonly state: Float64Array;
  readonly wakes: WakeMemory;
  readonly bandits: BanditMemory;
  readonly world: Omit<QuestionWorld, "send" | "end">;
  readonly log: QuestionLog;
  readonly next: NextQuestion;
  readonly outbox: Mailboxes;
  readonly inbox: Mailboxes;
  readonly windowUs: number;
}

/** First client of a shard. Shards are runs of neighbours. */
export function firstClient(shard: number, shards: number, clients: number): number {
  return Math.floor((shard * clients) / shards);
}

/** The clients, as one thread sees them. */
export class Fleet implements ShardedClients {
  private readonly parts: FleetParts;
  private readonly calendar: WakeCalendar;
  private readonly life: QuestionLife;
  private events = 0;
  private shard = 0;
  /** What `touch` read, so that no compiler leaves it out. */
  touched = 0;

  constructor(parts: FleetParts) {
    this.parts = parts;
    this.calendar = new WakeCalendar(parts.wakes);
    this.life = new QuestionLife({
      ...parts.world,
      send: (row) => { this.parts.outbox.post(this.shard, row); },
      end: (ended, question) => { this.parts.log.write(ended, question); this.parts.next.schedule(ended.at, ended.client); this.events += EVENTS_PER_QUESTION; },
    });
  }

  eventCount(): number { return this.events; }

  /** Draws the people of a shard and wakes them for their first questions. */
  beginShard(shard: number, clients: number, shards: number): void {
    for (let client = firstClient(shard, shards, clients); client < firstClient(shard + 1, shards, clients); client++) {
      this.parts.next.begin(client);
      this.putWake(shard, client);
    }
  }

  advanceShard(shard: number, window: number): number {
    this.shard = shard;
    foldBandit(this.parts.bandits, shard);
    this.readMail(shard);
    const endUs = (window + 1) * this.parts.windowUs;
    const count = this.calendar.take(shard, window);
    this.touch(this.calendar.taken, count);
    for (let i = 0; i < count; i++) this.advanceClient(shard, this.calendar.taken[i]!, endUs);
    return this.calendar.nextWindow(shard, window);
  }

  /** Reads every line of cache of these clients' rows: memory sends them all at once, and not one after another. */
  private touch(clients: Int32Array, count: number): void {
    const { state } = this.parts;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const at = clients[i]! * CLIENT_STRIDE;
      for (let line = at; line < at + CLIENT_STRIDE; line += DOUBLES_PER_LINE) sum += state[line]!;
    }
    this.touched = sum;
  }

  private readMail(shard: number): void {
    const { inbox } = this.parts, count = inbox.unread[shard]!;
    if (count === 0) return;
    const rows = inbox.rows(shard);
    for (let i = 0; i < count; i++) {
      const offset = i * RESPONSE_STRIDE, client = rows[offset + ResponseField.clientId]!;
      this.life.receive(client * CLIENT_STRIDE, client, shard, rows, offset);
      this.events++;
      if (this.parts.state[client * CLIENT_STRIDE + F.stage] !== Stage.waiting) this.putWake(shard, client);
    }
    inbox.unread[shard] = 0;
  }

  /** Fires the client's own events before `endUs`. */
  private advanceClient(shard: number, client: number, endUs: number): void {
    const { state } = this.parts, at = client * CLIENT_STRIDE;
    for (;;) {
      const dueUs = this.dueAtUs(at);
      if (!(dueUs < endUs)) break;
      this.fire(shard, client, dueUs);
    }
    if (state[at + F.stage] !== Stage.waiting) this.putWake(shard, client);
  }

  private fire(shard: number, client: number, nowUs: number): void {
    const at = client * CLIENT_STRIDE;
    if (this.parts.state[at + F.stage] === Stage.backoff) this.life.retry(at, client, shard, nowUs);
    else this.life.ask(at, client, shard, nowUs);
    this.events++;
  }

  /** Instant of the client's own next event; Infinity while it waits for a tier or has nothing more to do. */
  private dueAtUs(at: number): number {
    const { state } = this.parts;
    return state[at + F.stage] === Stage.waiting ? Infinity : state[at + F.wakeAtUs]!;
  }

  private putWake(shard: number, client: number): void {
    const dueUs = this.dueAtUs(client * CLIENT_STRIDE);
    if (dueUs === Infinity) return;
    this.calendar.put(shard, client, Math.min(NO_WINDOW - 1, Math.floor(dueUs / this.parts.windowUs)));
  }
}
