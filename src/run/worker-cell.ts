/** What a thread of the pool does: one part of a cell that runs on several threads, or a whole cell with its findings. */
import { findCell, type CellTask, type StoredOutcome } from "./run-cell.js";
import { plainPart, type PlainPart } from "./part-transfer.js";
import { participate, type PartTask } from "./participate.js";

/** A job for a thread. */
export type WorkerJob = { readonly kind: "part"; readonly task: PartTask } | { readonly kind: "cell"; readonly task: CellTask };

/** Entry point of a pool thread. */
export default function work(job: WorkerJob): PlainPart | StoredOutcome {
  switch (job.kind) {
    case "part": return plainPart(participate(job.task));
    case "cell": return findCell(job.task);
    default: return job satisfies never;
  }
}
