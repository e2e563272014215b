/** The closed P-E workload with one event queue for all: each client has one event waiting, whose key names its stage. */
import { ln } from "../core/elementary.js";
import { LogHistogram } from "../core/log-histogram.js";
import { RandomStream } from "../core/random-stream.js";
import type { EventQueue } from "../simulation/event-queue.js";
import { CLOSED_NETWORK, type ClosedNetworkRun, horizonOfClosedNetwork, serversOfClosedNetwork } from "./closed-network-workload.js";

/** What ends when a client's event fires. A key is client << STAGE_BITS | stage. */
const Stage = { thinking: 0, device: 1, uplink: 2, service: 3, downlink: 4 } as const;
const STAGE_BITS = 3;
const STAGE_MASK = (1 << STAGE_BITS) - 1;

/** Purposes of the two streams. */
const CLIENT_DRAWS = 0, TIER_DRAWS = 1;

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
  private readonly clientDraws = new RandomStream(CLOSED_NETWORK.seed, 0, CLIENT_DRAWS);
  private readonly tierDraws = new RandomStream(CLOSED_NETWORK.seed, 0, TIER_DRAWS);
  private readonly askedAtUs: Float64Array;
  /** Downlink delay of the answer that is being made for a client. */
  private readonly downlinkUs: Float64Array;
  /** Batches that a client has drawn. */
  private readonly batches: Uint32Array;
  /** Clients waiting for a server, as a ring. A client waits at most once. */
  private readonly waiting: Int32Array;
  private waitingFirst = 0;
  private waitingCount = 0;
  private freeServers: number;
  private served = 0;
  private readonly latencies = new LogHistogram();

  constructor(clients: number, queue: EventQueue) {
    this.queue = queue;
    this.askedAtUs = new Float64Array(clients);
    this.downlinkUs = new Float64Array(clients);
    this.batches = new Uint32Array(clients);
    this.waiting = new Int32Array(clients);
    this.freeServers = serversOfClosedNetwork(clients);
    for (let client = 0; client < clients; client++) this.think(client, 0, this.clientDraws.seek(client, 0).nextUniform());
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
    else this.answer(client, nowUs, this.nextBatch(client).nextUniform());
  }

  private schedule(client: number, stage: number, atUs: number): void { this.queue.push(atUs, (client << STAGE_BITS) | stage); }

  private nextBatch(client: number): RandomStream { return this.clientDraws.seek(client, ++this.batches[client]!); }

  private think(client: number, nowUs: number, u: number): void {
    this.schedule(client, Stage.thinking, nowUs + exponentialUs(CLOSED_NETWORK.thinkMeanUs, u));
  }

  private ask(client: number, nowUs: number): void {
    this.askedAtUs[client] = nowUs;
    this.schedule(client, Stage.device, nowUs + CLOSED_NETWORK.deviceServiceUs[client & 3]!);
  }

  private decide(client: number, nowUs: number): void {
    const draws = this.nextBatch(client), think = draws.nextUniform();
    if (draws.nextUniform() < CLOSED_NETWORK.expertFraction) this.schedule(client, Stage.uplink, nowUs + linkUs(draws.nextUniform()));
    else this.answer(client, nowUs, think);
  }

  private arrive(client: number, nowUs: number): void {
    if (this.freeServers === 0) {
      this.waiting[(this.waitingFirst + this.waitingCount++) % this.waiting.length] = client;
      return;
    }
    this.freeServers--;
    this.serve(client, nowUs);
  }

  private serve(client: number, nowUs: number): void {
    const draws = this.tierDraws.seek(0, this.served++), serviceUs = exponentialUs(CLOSED_NETWORK.expertServiceMeanUs, draws.nextUniform());
    this.downlinkUs[client] = linkUs(draws.nextUniform());
    this.schedule(client, Stage.service, nowUs + serviceUs);
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
    this.serve(next, nowUs);
  }

  private answer(client: number, nowUs: number, thinkDraw: number): void {
    this.latencies.add(nowUs - this.askedAtUs[client]!);
    this.think(client, nowUs, thinkDraw);
  }
}

/** An exponential time by inversion. Whole microseconds. */
function exponentialUs(meanUs: number, u: number): number { return Math.round(meanUs * -ln(u)); }

function linkUs(u: number): number { return CLOSED_NETWORK.linkDelayUs + exponentialUs(CLOSED_NETWORK.linkJitterMeanUs, u); }
