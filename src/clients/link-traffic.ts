/**
 * What the questions of one thread put on the air: bytes sent, come through and lost on the access link of the phone,
 * and the radio's energy while they move. Losses lie on this link alone; a path observer sits behind it, and so sees what
 * came up through it and all that is sent down to it. In an outage the network keeps what is sent down until its end.
 */
import type { Scenario } from "../config/scenario-schema.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { LinkTable } from "../network/link-table.js";
import { Flight, packetCount, radioActiveJ, sampleLostPackets } from "../network/transfer.js";
import { ClientField as F } from "./client-state.js";
import { ATTEMPT_SPAN, type QuestionWorld, US_PER_S } from "./question-world.js";

/** Messages of a batch of losses: up and down. */
const DIRECTIONS = 2;

/** Bytes over the links of one thread's phones. `at` is the offset of the client's row. */
export class LinkTraffic {
  readonly up: Flight = new Flight();
  readonly down: Flight = new Flight();
  private readonly state: Float64Array;
  private readonly links: LinkTable;
  private readonly protocol: Scenario["protocol"];
  private readonly flights: RandomStream;
  private readonly losses: RandomStream;
  private readonly retransmitUs: number;

  constructor({ state, links, scenario, seed, replication }: QuestionWorld) {
    this.state = state;
    this.links = links;
    this.protocol = scenario.protocol;
    this.retransmitUs = scenario.network.retransmitS * US_PER_S;
    this.flights = new RandomStream(seed, replication, Purpose.route);
    this.losses = new RandomStream(seed, replication, Purpose.loss);
  }

  /** Draws both flights of an attempt, the same at each call. */
  drawFlights(client: number, key: number, link: number): void {
    this.flights.seek(client, key);
    this.up.sample(this.flights, this.links, link, this.retransmitUs);
    this.down.sample(this.flights, this.links, link, this.retransmitUs);
  }

  /** The stream of an attempt's draws, at its start. */
  seek(client: number, key: number): RandomStream { return this.flights.seek(client, key); }

  /**
   * Puts a request on the air.
   *
   * @param flightLosses Losses of the request's flight; NaN when it has none of its own (cover traffic).
   * @param limitUs Time after which the phone breaks off: what is not on the air by then is never sent.
   * @returns Time until the last byte is on the air, if it were not broken off. Integer microseconds.
   */
  sendUp(at: number, client: number, key: number, link: number, bytes: number, flightLosses: number, limitUs: number): number {
    const { state: s } = this, lostBytes = this.sampleLostBytes(client, key * DIRECTIONS, link, bytes, 1, flightLosses);
    const wholeUs = Math.ceil((bytes + lostBytes) * this.links.uplinkUsPerByte[link]!), activeUs = Math.min(wholeUs, Math.max(0, limitUs)), share = activeUs / wholeUs;
    const lost = Math.floor(lostBytes * share), received = Math.floor(bytes * share);
    s[at + F.uplinkSentBytes]! += lost + received;
    s[at + F.uplinkReceivedBytes]! += received;
    s[at + F.uplinkLostBytes]! += lost;
    this.spend(at, link, lost + received, activeUs);
    return wholeUs;
  }

  /**
   * Takes a whole answer from the air.
   *
   * @param pieces Records in which it comes.
   * @returns Time in which its bytes, and lost ones, move. Integer microseconds.
   */
  receiveDown(at: number, client: number, key: number, link: number, bytes: number, pieces: number, flightLosses: number): number {
    const { state: s } = this, lostBytes = this.sampleLostBytes(client, key * DIRECTIONS + 1, link, bytes, pieces, flightLosses);
    const activeUs = Math.ceil((bytes + lostBytes) * this.links.downlinkUsPerByte[link]!);
    s[at + F.downlinkSentBytes]! += bytes + lostBytes;
    s[at + F.downlinkLostBytes]! += lostBytes;
    this.spend(at, link, bytes + lostBytes, activeUs);
    return activeUs;
  }

  /** Notes bytes that a tier sent to a phone which had stopped waiting: all of them are lost, and cost the phone nothing. */
  loseDown(at: number, bytes: number): void {
    this.state[at + F.downlinkSentBytes]! += bytes;
    this.state[at + F.downlinkLostBytes]! += bytes;
  }

  private sampleLostBytes(client: number, batch: number, link: number, bytes: number, pieces: number, flightLosses: number): number {
    if (bytes === 0 || this.links.lossRate[link] === 0) return 0;
    const packets = packetCount(bytes, pieces), hasFlight = !Number.isNaN(flightLosses);
    const others = sampleLostPackets(this.losses.seek(client, batch), this.links, link, hasFlight ? packets - 1 : packets);
    return Math.round(((hasFlight ? flightLosses + others : others) * bytes) / packets);
  }

  private spend(at: number, link: number, bytes: number, activeUs: number): void {
    this.state[at + F.radioJ]! += radioActiveJ(this.links, link, activeUs) + bytes * this.protocol.radioJPerByte;
  }
}

/** Number of an attempt among all of its client, for streams and attempt keys. */
export function attemptKeyOf(queryIndex: number, attempt: number): number { return queryIndex * ATTEMPT_SPAN + attempt; }
