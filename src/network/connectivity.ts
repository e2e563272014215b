/**
 * Connectivity of one phone as a semi-Markov process: exponential dwell times, a jump chain between states. The
 * n-th change of a client is a function of (seed, replication, client, n), so nothing but the current state is kept.
 */
import { sampleIndex } from "../core/distributions.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { LINK_STATES, type LinkTable, stationaryCumulative } from "./link-table.js";

const STATES = LINK_STATES.length;

/** Draws changes of connectivity. After each call the new state is in `state` and `untilUs`. */
export class Connectivity {
  /** Code of the state. */
  state = 0;
  /** End of the state. Integer microseconds. */
  untilUs = 0;
  private readonly table: LinkTable;
  private readonly stream: RandomStream;
  private readonly start: Float64Array;
  private readonly nextRows: readonly Float64Array[];

  constructor(table: LinkTable, seed: number, replication: number) {
    this.table = table;
    this.stream = new RandomStream(seed, replication, Purpose.network);
    this.start = stationaryCumulative(table);
    this.nextRows = LINK_STATES.map((_, from) => table.nextCumulative.subarray(from * STATES, (from + 1) * STATES));
  }

  /** The state at time 0, in its long-run law. Dwell times have no memory, so the first is like any other. */
  begin(client: number): void {
    this.stream.seek(client, 0);
    this.state = sampleIndex(this.stream, this.start);
    this.untilUs = this.dwellUs(this.state);
  }

  /** The state after `state`, which ends at `untilUs` and is the client's `changeIndex`-th, from 0. */
  change(client: number, changeIndex: number, state: number, untilUs: number): void {
    this.stream.seek(client, changeIndex + 1);
    this.state = sampleIndex(this.stream, this.nextRows[state]!);
    this.untilUs = untilUs + this.dwellUs(this.state);
  }

  private dwellUs(state: number): number {
    return 1 + Math.ceil(this.stream.nextExponential() * this.table.meanDwellUs[state]!);
  }
}
