/**
 * Time, losses and radio energy of moving bytes over a link.
 *
 * A message is cut into packets. One of them, the flight, is the one that everything waits for: each loss of it costs a
 * retransmission time. The others are lost and repeated behind it (fast retransmit), which costs air time and bytes only.
 */
import type { RandomStream } from "../core/random-stream.js";
import type { LinkTable } from "./link-table.js";

/** Payload of a full packet: 1500 bytes of Ethernet less IPv6 (40) and TCP with time stamps (32). @source RFC 8200 section 3; RFC 9293 section 3.1; RFC 7323 section 3.2. */
export const PACKET_BYTES = 1428;
/** Most losses of one packet that are counted. */
const MOST_LOSSES = 8;

/** The flight of one message. One object is used again for every message. */
export class Flight {
  /** Propagation, exponential jitter, and a retransmission time for each loss. Integer microseconds, at least the state's one-way delay. */
  delayUs = 0;
  /** Times it was lost: geometric, cut at 8. */
  losses = 0;

  /** Draws the flight of a message. Takes two draws. */
  sample(stream: RandomStream, table: LinkTable, state: number, retransmitUs: number): void {
    const jitterUs = table.jitterUs[state]! * stream.nextExponential(), loss = table.lossFraction[state]!;
    this.losses = 0;
    for (let luck = stream.nextUniform(); luck < loss && this.losses < MOST_LOSSES; luck /= loss) this.losses++;
    this.delayUs = Math.ceil(table.oneWayDelayUs[state]! + jitterUs + this.losses * retransmitUs);
  }
}

/**
 * Packets that carry a message.
 *
 * @param bytes Bytes of the whole message.
 * @param pieces Pieces that are flushed one by one, as the chunks of a stream are: each starts a packet. At least 1.
 */
export function packetCount(bytes: number, pieces: number): number {
  return pieces * Math.ceil(bytes / pieces / PACKET_BYTES);
}

/**
 * Losses of packets until all have come through: negative binomial, by the geometric runs between losses.
 *
 * @param packets Packets that must come through. Integer, 0 or more.
 * @returns Integer, at most 8 per packet.
 */
export function sampleLostPackets(stream: RandomStream, table: LinkTable, state: number, packets: number): number {
  const rate = table.lossRate[state]!, most = packets * MOST_LOSSES;
  if (packets === 0 || rate === 0) return 0;
  let lost = 0;
  for (let through = Math.floor(stream.nextExponential() / rate); through < packets && lost < most; lost++) through += Math.floor(stream.nextExponential() / rate);
  return lost;
}

/** Energy of the radio while bytes move. @param activeUs Time in which they do. @returns Joules. */
export function radioActiveJ(table: LinkTable, state: number, activeUs: number): number {
  return table.radioW[state]! * activeUs * 1e-6;
}

/**
 * Energy of the radio for the rest of an exchange: tail power while it waits and streams, and the tail after the last byte.
 *
 * @param waitUs Time from the last byte up to the first byte down; the radio sleeps after its tail.
 * @param streamUs Time from the first to the last byte down.
 * @returns Joules.
 * @source Tail-energy model of Balasubramanian et al. 2009 (IMC) and Huang et al. 2012 (MobiSys).
 */
export function radioLingerJ(table: LinkTable, state: number, waitUs: number, streamUs: number): number {
  const tailUs = table.tailUs[state]!;
  return table.tailW[state]! * (Math.min(waitUs, tailUs) + Math.max(0, streamUs) + tailUs) * 1e-6;
}
