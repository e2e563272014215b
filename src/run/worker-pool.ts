/** The threads that simulate. One pool per command; its threads run `worker-cell.ts`. */
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { openOutcome, type Outcome } from "./error-transfer.js";
import type { JobResults, WorkerJob } from "./worker-cell.js";

/**
 * Starts a pool.
 *
 * @param threads Threads that are kept alive. A run on several threads needs all of them at once.
 */
export function startPool(threads: number): Piscina {
  return new Piscina({ filename: workerFile(), minThreads: threads, maxThreads: threads, concurrentTasksPerWorker: 1, atomics: "disabled" });
}

/**
 * Gives a job to a thread of the pool.
 *
 * @throws {PlmmError} of the class and with the parts that the thread raised.
 */
export async function runJob<Kind extends WorkerJob["kind"]>(pool: Piscina, job: Extract<WorkerJob, { kind: Kind }>): Promise<JobResults[Kind]> {
  return openOutcome(await pool.run(job) as Outcome<JobResults[Kind]>);
}

/** Threads load JavaScript: from the source folder, as tests run it, the built file is taken. */
function workerFile(): string {
  const beside = fileURLToPath(new URL("./worker-cell.js", import.meta.url));
  return beside.includes("/dist/") ? beside : beside.replace(/\/src\/run\/worker-cell\.js$/, "/dist/src/run/worker-cell.js");
}
