/** What the rows of the fleet benchmark say about growth: ratios, which carry over from machine to machine better than times. */
import type { FleetRow } from "./measure-fleet.js";

/** Gain by threads at one size. */
export interface SpeedUp {
  readonly clients: number;
  readonly threads: number;
  /** Time on the clock on one thread over that on several. */
  readonly speedUp: number;
}

/** Ratios of a set of rows. */
export interface FleetRatios {
  /** Processor time per event on one thread: the dearest size over the cheapest. */
  readonly costSpread: number;
  readonly speedUps: readonly SpeedUp[];
}

/** Ratios of rows of one machine and one session. Undefined without rows on one thread. */
export function findFleetRatios(rows: readonly FleetRow[]): FleetRatios | undefined {
  const alone = rows.filter(({ threads }) => threads === 1), costs = alone.map(({ nsPerEvent }) => nsPerEvent);
  if (costs.length === 0) return undefined;
  const speedUps = rows.flatMap(({ clients, threads, wallS }) => {
    const reference = alone.find((row) => row.clients === clients);
    return threads === 1 || reference === undefined ? [] : [{ clients, threads, speedUp: reference.wallS / wallS }];
  });
  return { costSpread: Math.max(...costs) / Math.min(...costs), speedUps };
}
