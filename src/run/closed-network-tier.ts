/** The expert tier of the closed P-E workload on the window engine: exponential servers, first come, first served. */
import type { Mailboxes } from "../simulation/mailboxes.js";
import type { ServerProcess } from "../simulation/window-engine.js";
import { ArrivalWindows } from "./closed-network-arrivals.js";
import { Answer, Question, shardOf, WINDOW_US } from "./closed-network-windows.js";
import { serversOfClosedNetwork } from "./closed-network-workload.js";

/** Serves the questions of all shards. */
export class ClosedTier implements ServerProcess {
  /** Model events: arrivals and ends of service up to the horizon. */
  events = 0;
  private readonly clients: number;
  private readonly inbox: Mailboxes;
  private readonly endUs: number;
  private readonly arrivals = new ArrivalWindows(WINDOW_US);
  private readonly servers: ServerHeap;

  /** @param endUs Horizon. No question arrives after it, and no answer is posted that would. */
  constructor(clients: number, inbox: Mailboxes, endUs: number) {
    this.clients = clients;
    this.inbox = inbox;
    this.endUs = endUs;
    this.servers = new ServerHeap(serversOfClosedNetwork(clients));
  }

  accept(questions: Float64Array, count: number): void { this.arrivals.file(questions, count); }

  /** @param untilUs Start of a window. */
  advance(untilUs: number): void {
    const { arrivals } = this, untilWindow = Math.floor(untilUs / WINDOW_US);
    while (arrivals.size > 0 && arrivals.window < untilWindow) this.serveWindow();
    arrivals.window = Math.max(arrivals.window, untilWindow);
  }

  nextEventAtUs(): number { return this.arrivals.firstWindowAtUs(); }
  pendingCount(): number { return this.arrivals.size; }

  private serveWindow(): void {
    const { arrivals, servers, inbox, endUs } = this, answers = inbox.memory.rows, count = arrivals.take(), { rows, order } = arrivals;
    for (let i = 0; i < count; i++) {
      const question = order[i]!, doneAtUs = servers.serve(rows[question + Question.arrivalAtUs]!, rows[question + Question.serviceUs]!);
      const client = rows[question + Question.client]!, responseAtUs = doneAtUs + rows[question + Question.downlinkUs]!;
      this.events += doneAtUs <= endUs ? 2 : 1;
      if (responseAtUs > endUs) continue;
      const answer = inbox.append(shardOf(client, this.clients));
      answers[answer + Answer.client] = client;
      answers[answer + Answer.responseAtUs] = responseAtUs;
      answers[answer + Answer.thinkUs] = rows[question + Question.thinkUs]!;
    }
  }
}

/** Servers as a 4-ary heap of the instants at which they are free: which of them serves makes no difference. */
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
