/** Memory of the processes of a live system. */
import { existsSync, readFileSync } from "node:fs";

/** Most memory that a process has held at a time, pages that it shares with others included. Bytes. */
export interface ProcessMemory { readonly name: string; readonly peakBytes: number }

const PEAK = /^VmHWM:\s+(\d+) kB$/m, BYTES_PER_KB = 1024;

/** Peaks as Linux counts them; empty where there is no /proc. */
export function measureMemory(processes: readonly { readonly name: string; readonly pid?: number | undefined }[]): readonly ProcessMemory[] {
  return processes.flatMap(({ name, pid }) => {
    const file = `/proc/${pid}/status`, kilobytes = pid !== undefined && existsSync(file) ? PEAK.exec(readFileSync(file, "utf8"))?.[1] : undefined;
    return kilobytes === undefined ? [] : [{ name, peakBytes: Number(kilobytes) * BYTES_PER_KB }];
  });
}
