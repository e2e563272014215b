/**
 * The build and protocol of a row whose table prints families only. A measured series shows in how it spells its models: "LLAMA3_2_1B_SPINQUANT"
 * is one project's. So a row without a build takes that of rows on other chips with the same stack and the very same spelling.
 */
import type { Measurement } from "./measurement.js";

/** Rows with a build by stack, accelerator and spelling. */
export type SpellingIndex = ReadonlyMap<string, readonly Measurement[]>;

/** Indexes the rows that name their build. */
export function indexSpellings(rows: readonly Measurement[]): SpellingIndex {
  const index = new Map<string, Measurement[]>();
  for (const row of rows) {
    if (row.backend === undefined) continue;
    const own = index.get(keyOf(row));
    if (own === undefined) index.set(keyOf(row), [row]); else own.push(row);
  }
  return index;
}

/** The row with the build and protocol that most rows of other chips have with its spelling; unchanged when it names one, or none is found. */
export function nameBuild(row: Measurement, index: SpellingIndex): Measurement {
  if (row.backend !== undefined) return row;
  const others = (index.get(keyOf(row)) ?? []).filter((other) => other.chip !== row.chip), sameFormat = others.filter((other) => other.format === row.format);
  const counts = new Map<string, { readonly row: Measurement; count: number }>();
  for (const other of sameFormat.length > 0 ? sameFormat : others) {
    const key = `${other.backend ?? ""}|${other.protocol ?? ""}`, known = counts.get(key);
    if (known === undefined) counts.set(key, { row: other, count: 1 }); else known.count++;
  }
  const best = [...counts.values()].reduce<{ readonly row: Measurement; readonly count: number } | undefined>(
    (most, entry) => (most === undefined || entry.count > most.count ? entry : most), undefined);
  return best === undefined ? row : { ...row, backend: best.row.backend, protocol: best.row.protocol };
}

function keyOf(row: Measurement): string {
  return `${row.family}|${row.accelerator}|${row.model}`;
}
