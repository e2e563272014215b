/** What a thread of the pool does: one part of a cell that runs on several threads, a whole cell with its findings, or a part of a benchmark. */
import type { ClosedTotals } from "./closed-network-windows.js";
import { captureErrors, type Outcome } from "./error-transfer.js";
import { type ClosedTask, participateClosed } from "./participate-closed.js";
import { plainPart, type PlainPart } from "./part-transfer.js";
import { participate, type PartTask } from "./participate.js";
import { findCell, type CellTask, type StoredOutcome } from "./run-cell.js";

/** A job for a thread. */
export type WorkerJob =
  | { readonly kind: "part"; readonly task: PartTask }
  | { readonly kind: "cell"; readonly task: CellTask }
  | { readonly kind: "closed"; readonly task: ClosedTask };

/** Entry point of a pool thread. */
export default function work(job: WorkerJob): Outcome<PlainPart | StoredOutcome | ClosedTotals> {
  return captureErrors(() => perform(job));
}

function perform(job: WorkerJob): PlainPart | StoredOutcome | ClosedTotals {
  switch (job.kind) {
    case "part": return plainPart(participate(job.task));
    case "cell": return findCell(job.task);
    case "closed": return participateClosed(job.task);
    default: return job satisfies never;
  }
}
