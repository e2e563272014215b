/** The closed P-E workload with one event queue for all: each client has one event waiting, whose key names its stage. */
import { LogHistogram } from "../core/log-histogram.js";
import type { EventQueue } from "../simulation/event-queue.js";
import { RequestDraws } from "./closed-network-draws.js";
import { CLOSED_NETWORK, type ClosedNetworkRun, horizonOfClosedNetwork, serversOfClosedNetwork } from "./closed-network-workload.js";

/** What ends when a client's event fires. A key is client << STAGE_BITS | stage. */
const Stage = { thinking: 0, device: 1, uplink: 2, service: 3, downlink: 4 } as const;
const STAGE_BITS = 3;
const STAGE_MASK = (1 << STAGE_BITS) - 1;

/**
 * Runs the workload to its horizon.
 *
 * @param clients Below 2^28, so that keys are 32-bit integers.
 * @param queue Empty.
 */
export function runClosedNetworkQueued(clients: number, queue: EventQueue): ClosedNetworkRun {
  return new QueuedNetwork(clients, queue).run(horizonOfClosedNetwork(clients));
}

class QueuedNetwork {
  private readonly queue: EventQueue;
  private readonly draws = new RequestDraws();
  private readonly askedAtUs: Float64Array;
  /** Requests that a client has made. */
  private readonly requests: Uint32Array;
  /** Drawn with a client's request: its service and downlink at the expert, and the thinking after it. */
  private readonly serviceUs: Int32Array;
  private readonly downlinkUs: Int32Array;
  private readonly thinkUs: Int32Array;
  /** Clients waiting for a server, as a ring. A client waits at most once. */
  private readonly waiting: Int32Array;
  private waitingFirst = 0;
  private waitingCount = 0;
  private freeServers: number;
  private readonly latencies = new LogHistogram();

  constructor(clients: number, queue: EventQueue) {
    this.queue = queue;
    this.askedAtUs = new Float64Array(clients);
    this.requests = new Uint32Array(clients);
    this.serviceUs = new Int32Array(clients);
    this.downlinkUs = new Int32Array(clients);
    this.thinkUs = new Int32Array(clients);
    this.waiting = new Int32Array(clients);
    this.freeServers = serversOfClosedNetwork(clients);
    for (let client = 0; client < clients; client++) {
      this.draws.seek(client, 0);
      this.schedule(client, Stage.thinking, this.draws.thinkUs());
    }
  }

  run(untilUs: number): ClosedNetworkRun {
    const { queue } = this;
    let events = 0;
    while (queue.pop() && queue.timeUs <= untilUs) {
      events++;
      const key = queue.key | 0;
      this.fire(key >> STAGE_BITS, key & STAGE_MASK, queue.timeUs);
    }
    return { events, requests: this.latencies.count, meanLatencyS: this.latencies.mean / 1e6 };
  }

  private fire(client: number, stage: number, nowUs: number): void {
    if (stage === Stage.thinking) this.ask(client, nowUs);
    else if (stage === Stage.device) this.decide(client, nowUs);
    else if (stage === Stage.uplink) this.arrive(client, nowUs);
    else if (stage === Stage.service) this.leave(client, nowUs);
    else this.answer(client, nowUs);
  }

  private schedule(client: number, stage: number, atUs: number): void { this.queue.push(atUs, (client << STAGE_BITS) | stage); }

  private ask(client: number, nowUs: number): void {
    this.askedAtUs[client] = nowUs;
    this.schedule(client, Stage.device, nowUs + CLOSED_NETWORK.deviceServiceUs[client & 3]!);
  }

  private decide(client: number, nowUs: number): void {
    const { draws } = this;
    draws.seek(client, ++this.requests[client]!);
    this.thinkUs[client] = draws.thinkUs();
    if (!draws.asksExpert()) { this.answer(client, nowUs); return; }
    this.serviceUs[client] = draws.serviceUs();
    this.downlinkUs[client] = draws.downlinkUs();
    this.schedule(client, Stage.uplink, nowUs + draws.uplinkUs());
  }

  private arrive(client: number, nowUs: number): void {
    if (this.freeServers === 0) {
      this.waiting[(this.waitingFirst + this.waitingCount++) % this.waiting.length] = client;
      return;
    }
    this.freeServers--;
    this.schedule(client, Stage.service, nowUs + this.serviceUs[client]!);
  }

  private leave(client: number, nowUs: number): void {
    this.schedule(client, Stage.downlink, nowUs + this.downlinkUs[client]!);
    if (this.waitingCount === 0) {
      this.freeServers++;
      return;
    }
    const next = this.waiting[this.waitingFirst]!;
    this.waitingFirst = (this.waitingFirst + 1) % this.waiting.length;
    this.waitingCount--;
    this.schedule(next, Stage.service, nowUs + this.serviceUs[next]!);
  }

  private answer(client: number, nowUs: number): void {
    this.latencies.add(nowUs - this.askedAtUs[client]!);
    this.schedule(client, Stage.thinking, nowUs + this.thinkUs[client]!);
  }
}
