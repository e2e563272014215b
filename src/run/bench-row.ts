/** One measured line of `plmm bench`. */

/** A speed measurement. Only speeds of one machine and one session can be compared. */
export interface BenchRow {
  /** Workload: "hold", "closed-network", ... */
  readonly bench: string;
  /** What did the work: a queue, an engine. */
  readonly variant: string;
  /** Pending events of a hold model, clients of a network. */
  readonly size: number;
  readonly threads: number;
  /** Model events: what an engine does inside is not counted. */
  readonly events: number;
  /** Processor time of all threads. */
  readonly cpuS: number;
  readonly wallS: number;
  readonly eventsPerCpuS: number;
  readonly eventsPerWallS: number;
  /** Processor time per event. */
  readonly nsPerEvent: number;
  /** Mean latency that the simulation found, to show that it did the work. */
  readonly meanLatencyS?: number;
  /** What theory says of it, for a long run. */
  readonly expectedLatencyS?: number;
}
