/** Processor time of other processes, to the nanosecond, as Linux counts it for each of their threads. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { ConfigError } from "../../core/errors.js";

const NS_PER_S = 1e9;

/** @throws {ConfigError} on systems that do not count so. */
export function requireProcessCpu(): void {
  if (existsSync(`/proc/${process.pid}/schedstat`)) return;
  throw new ConfigError({ subject: "this system", rule: "be Linux with /proc/PID/schedstat", got: process.platform, hint: "Processor time of other processes is not counted finely enough elsewhere." });
}

/** Processor time of all threads of a process that live now. Seconds. */
export function measureProcessCpuS(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + threadNs(`/proc/${pid}/task/${thread}/schedstat`), 0) / NS_PER_S;
}

/** A thread may end between the listing and the reading. */
function threadNs(path: string): number {
  try {
    return Number(readFileSync(path, "utf8").split(" ")[0]);
  } catch {
    return 0;
  }
}
