/** Collusion of the relay with E: each request that E opened is put down to a phone, by when it passed the relay and how large it was. */

/** A request at one place. */
export interface Arrival {
  readonly atUs: number;
  readonly bytes: number;
}

/** The longest way from phone to tier that the colluders think of. */
const LONGEST_TRANSIT_US = 30e6;

/**
 * For each request at the tier the one at the relay that fits best: of equal size the latest before it, else the latest of all.
 *
 * @param passed At the relay, in order of time. @param opened At the tier, in any order.
 * @returns Place in `passed`; -1 where nothing passed in the half minute before.
 */
export function matchArrivals(passed: readonly Arrival[], opened: readonly Arrival[]): Int32Array {
  return Int32Array.from(opened, ({ atUs, bytes }) => {
    let latest = -1;
    for (let i = lastBefore(passed, atUs); i >= 0 && passed[i]!.atUs >= atUs - LONGEST_TRANSIT_US; i--) {
      if (latest < 0) latest = i;
      if (passed[i]!.bytes === bytes) return i;
    }
    return latest;
  });
}

/** Place of the last one at or before an instant; -1 when there is none. */
function lastBefore(passed: readonly Arrival[], atUs: number): number {
  let low = -1, high = passed.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (passed[middle]!.atUs <= atUs) low = middle; else high = middle;
  }
  return low;
}
