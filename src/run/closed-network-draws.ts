/** Random numbers of the closed P-E workload: one block of Philox holds all draws of one request. */
import { ln } from "../core/elementary.js";
import { philox4x32 } from "../core/philox.js";
import { CLOSED_NETWORK } from "./closed-network-workload.js";

const UNIT = 2 ** -32;
const EXPERT_WORDS = CLOSED_NETWORK.expertFraction * 2 ** 32;

/**
 * The draws of one client's n-th request. They hang on client and number alone, so engines that fire events in other
 * orders find the same events to the microsecond.
 *
 * The first word says whether the expert is asked; when it is, the word is uniform below the expert's share, and so
 * times the uplink too. The others time the thinking after the request, the expert's service and the downlink.
 */
export class RequestDraws {
  private readonly words = new Uint32Array(4);

  /** Goes to a request. Request 0 is only the thinking before the first one. */
  seek(client: number, request: number): void { philox4x32(0, request | 0, client | 0, 0, CLOSED_NETWORK.seed, 0, this.words); }

  asksExpert(): boolean { return this.words[0]! + 0.5 < EXPERT_WORDS; }
  uplinkUs(): number { return CLOSED_NETWORK.linkDelayUs + exponentialUs(CLOSED_NETWORK.linkJitterMeanUs, (this.words[0]! + 0.5) / EXPERT_WORDS); }
  thinkUs(): number { return exponentialUs(CLOSED_NETWORK.thinkMeanUs, (this.words[1]! + 0.5) * UNIT); }
  serviceUs(): number { return exponentialUs(CLOSED_NETWORK.expertServiceMeanUs, (this.words[2]! + 0.5) * UNIT); }
  downlinkUs(): number { return CLOSED_NETWORK.linkDelayUs + exponentialUs(CLOSED_NETWORK.linkJitterMeanUs, (this.words[3]! + 0.5) * UNIT); }
}

/** An exponential time by inversion, to the nearest microsecond. At most 23 means, so it fits in 31 bits. */
function exponentialUs(meanUs: number, u: number): number { return (0.5 - meanUs * ln(u)) | 0; }
