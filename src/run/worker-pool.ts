/** The threads that simulate. One pool per command; its threads run `worker-cell.ts`. */
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";

/**
 * Starts a pool.
 *
 * @param threads Threads that are kept alive. A run on several threads needs all of them at once.
 */
export function startPool(threads: number): Piscina {
  return new Piscina({ filename: workerFile(), minThreads: threads, maxThreads: threads, concurrentTasksPerWorker: 1, atomics: "disabled" });
}

/** Threads load JavaScript: from the source folder, as tests run it, the built file is taken. */
function workerFile(): string {
  const beside = fileURLToPath(new URL("./worker-cell.js", import.meta.url));
  return beside.includes("/dist/") ? beside : beside.replace(/\/src\/run\/worker-cell\.js$/, "/dist/src/run/worker-cell.js");
}
