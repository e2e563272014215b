/** Processor and wall time of a piece of work. */
import type { BenchRow } from "./bench-row.js";

/** Time taken. */
export interface Effort { readonly cpuS: number; readonly wallS: number }

/** What a piece of work gave and took. */
export interface Measured<Result> { readonly result: Result; readonly effort: Effort }

/** The part of a row that follows from events and time. */
export type Speed = Pick<BenchRow, "events" | "cpuS" | "wallS" | "eventsPerCpuS" | "eventsPerWallS" | "nsPerEvent">;

/** Runs `work` to its end and measures the processor time of the process, all threads, and the time on the clock. */
export async function measureWork<Result>(work: () => Result | Promise<Result>): Promise<Measured<Result>> {
  const startedAt = process.hrtime.bigint(), cpuBefore = process.cpuUsage();
  const result = await work();
  const cpu = process.cpuUsage(cpuBefore), wallNs = process.hrtime.bigint() - startedAt;
  return { result, effort: { cpuS: (cpu.user + cpu.system) / 1e6, wallS: Number(wallNs) / 1e9 } };
}

/** The speeds that follow from a number of events and the time they took. */
export function speedOf(events: number, effort: Effort): Speed {
  return {
    events, ...effort, eventsPerCpuS: events / effort.cpuS, eventsPerWallS: events / effort.wallS, nsPerEvent: effort.cpuS / events * 1e9,
  };
}
