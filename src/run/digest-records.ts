/** Fingerprints of results: equal bytes of rows give equal digests, whatever the machine, the threads or the disk. */
import { createHash } from "node:crypto";
import { canonicalChunks } from "../records/canonical-bytes.js";
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
 * Digest of a whole run: sha256 over the lines "cell key, space, records digest" in order of the cell keys, so the order in
 * which cells finished does not matter.
 */
export function digestRun(cells: readonly Pick<CellManifest, "cellKey" | "recordsSha256">[]): string {
  const lines = cells.map(({ cellKey, recordsSha256 }) => `${cellKey} ${recordsSha256}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}
