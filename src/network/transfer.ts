/** Time and radio energy of moving bytes over a link. */
import type { RandomStream } from "../core/random-stream.js";
import type { LinkTable } from "./link-table.js";

const MOST_LOSSES = 8;

/**
 * Delay of one flight: propagation, exponential jitter, and a retransmission time for each time it is lost.
 *
 * @returns Integer microseconds, at least the state's one-way delay.
 * @remarks The number of losses is geometric, cut at 8.
 */
export function sampleFlightUs(stream: RandomStream, table: LinkTable, state: number, retransmitUs: number): number {
  let delayUs = table.oneWayDelayUs[state]! + table.jitterUs[state]! * stream.nextExponential();
  let luck = stream.nextUniform();
  const loss = table.lossFraction[state]!;
  for (let losses = 0; luck < loss && losses < MOST_LOSSES; losses++) {
    delayUs += retransmitUs;
    luck /= loss;
  }
  return Math.ceil(delayUs);
}

/**
 * Energy of the radio for one exchange: full power while bytes move, tail power while it waits and streams, and the tail
 * after the last byte.
 *
 * @param activeUs Time in which bytes move.
 * @param waitUs Time from the last byte up to the first byte down; the radio sleeps after its tail.
 * @param streamUs Time from the first to the last byte down.
 * @returns Joules.
 * @source Tail-energy model of Balasubramanian et al. 2009 (IMC) and Huang et al. 2012 (MobiSys).
 */
export function radioEnergyJ(table: LinkTable, state: number, activeUs: number, waitUs: number, streamUs: number): number {
  const tailUs = table.tailUs[state]!;
  const lingerUs = Math.min(waitUs, tailUs) + Math.max(0, streamUs) + tailUs;
  return (table.radioW[state]! * activeUs + table.tailW[state]! * lingerUs) * 1e-6;
}
