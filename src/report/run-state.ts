/** How far a run is, as live pages and `plmm status --watch` show it. */

/** State of a run at one moment. */
export interface RunState {
  readonly folder: string;
  readonly name: string;
  readonly planned: number;
  readonly finished: number;
  readonly failed: number;
  /** Simulated shares of the cells in flight, summed. */
  readonly inFlight: number;
  /** Processes that work on the run. */
  readonly workers: number;
  /** Seconds; null when nobody works on the run or it is too early to tell. */
  readonly leftS: number | null;
  /** Events of the living processes so far. */
  readonly events: number;
  readonly running: readonly { readonly label: string; readonly replication: number; readonly share: number }[];
  readonly scenarios: readonly { readonly label: string; readonly planned: number; readonly finished: number; readonly failed: number }[];
  readonly failures: readonly { readonly label: string; readonly replication: number; readonly message: string }[];
}

/** Share of the work that is done, failures counted. */
export function shareOf({ planned, finished, failed, inFlight }: RunState): number {
  return planned === 0 ? 1 : Math.min(1, (finished + failed + inFlight) / planned);
}

/** Whether nothing is left to wait for: every cell has ended and nobody works on the run. */
export function hasEnded({ planned, finished, failed, workers }: RunState): boolean {
  return finished + failed >= planned && workers === 0;
}
