/** Fingerprints of results: equal bytes of rows give equal digests, whatever the machine, the threads or the disk. */
import { createHash } from "node:crypto";
import { canonicalChunks } from "../records/canonical-bytes.js";
import type { FleetTotals } from "../records/fleet-totals.js";
import { RECORD_SCHEMAS, type CellManifest, type CellTables } from "./result-store.js";

/**
 * Digest of the rows of one cell.
 *
 * @param tables Each in canonical order.
 * @returns sha256 over the canonical bytes of request, wire, truth and usage, one after another. 64 hex digits.
 */
export function digestRecords(tables: CellTables): string {
  const hash = createHash("sha256");
  for (const { name } of RECORD_SCHEMAS) {
    for (const chunk of canonicalChunks(tables[name as keyof CellTables])) hash.update(chunk);
  }
  return hash.digest("hex");
}

/**
 * Digest of the totals over all questions, kept as rows or not: sums, then the two lanes of the questions' own hash, little-endian.
 *
 * @returns 64 hex digits.
 */
export function digestTotals({ sums, digest }: Pick<FleetTotals, "sums" | "digest">): string {
  const bytes = new DataView(new ArrayBuffer(sums.length * 8 + digest.length * 4));
  sums.forEach((sum, i) => { bytes.setFloat64(i * 8, sum, true); });
  digest.forEach((lane, i) => { bytes.setUint32(sums.length * 8 + i * 4, lane, true); });
  return createHash("sha256").update(bytes).digest("hex");
}

/** Digest of a cell: sha256 of the text "rows digest, space, totals digest". */
export function digestCell(rowsSha256: string, totalsSha256: string): string {
  return createHash("sha256").update(`${rowsSha256} ${totalsSha256}`).digest("hex");
}

/**
 * Digest of a whole run: sha256 over the lines "cell index, space, records digest" in order of the plan, so neither the order in
 * which cells finished nor the code that names them matters.
 */
export function digestRun(cells: readonly Pick<CellManifest, "cellIndex" | "recordsSha256">[]): string {
  const ordered = [...cells].sort((a, b) => a.cellIndex - b.cellIndex);
  return createHash("sha256").update(ordered.map(({ cellIndex, recordsSha256 }) => `${cellIndex} ${recordsSha256}\n`).join("")).digest("hex");
}
