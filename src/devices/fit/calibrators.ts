/** Rows that may be shown to the fit before it predicts others of the same chip, stack and accelerator. */
import type { Measurement } from "../facts/measurement.js";

/** Chip, stack and accelerator: rows of one block err together. */
export function blockOf(row: Measurement): string {
  return `${row.chip}|${row.family}|${row.accelerator}`;
}

/** One row per chip, stack and accelerator: that whose id has the smallest hash. */
export function chooseCalibrators(rows: readonly Measurement[]): ReadonlySet<Measurement> {
  const chosen = new Map<string, Measurement>();
  for (const row of rows) {
    const key = blockOf(row), best = chosen.get(key);
    if (best === undefined || hashOf(row.id) < hashOf(best.id)) chosen.set(key, row);
  }
  return new Set(chosen.values());
}

/** FNV-1a, 32 bits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
