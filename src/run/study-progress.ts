/** What a study in flight tells of itself. */

/** How far a study is. */
export interface StudyProgress {
  readonly cellCount: number;
  readonly doneCount: number;
  readonly failedCount: number;
  /** Cells that were stored before this command. */
  readonly reusedCount: number;
  /** Simulated shares of the cells in flight, summed. */
  readonly inFlight: number;
  readonly events: number;
}

/** What happened to a cell. A start is told when the cell's simulated time moves. */
export type CellEvent = Readonly<{ cellIndex: number; label: string; seed: number; replication: number }> & (
  | { readonly event: "cell-started" }
  | { readonly event: "cell-finished"; readonly wallS: number; readonly cpuS: number; readonly recordsSha256: string }
  | { readonly event: "cell-failed"; readonly message: string });
