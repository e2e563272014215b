/**
 * Cells: plaintexts of one size. Content is text in UTF-8 without zero bytes, and zero bytes fill the rest, at any place: the
 * filling costs no field of its own, and content that spans cells needs no marks.
 */
import { ProtocolError } from "../protocol-error.js";

const FILLING = 0;

/** Fills content up to `bytes`. @throws {ProtocolError} malformed, for content with zero bytes; oversized. */
export function fillCell(content: Uint8Array, bytes: number): Buffer {
  requireContent(content);
  if (content.length > bytes) throw new ProtocolError("oversized", "the content of a cell", `have at most ${bytes} bytes`, content.length, "Spread it over more cells.");
  return Buffer.concat([content], bytes);
}

/** What is in a cell besides filling. */
export function readCell(cell: Uint8Array): Buffer {
  return Buffer.from(cell.filter((byte) => byte !== FILLING));
}

/** @throws {ProtocolError} reason malformed, for content with zero bytes, which would be taken for filling. */
export function requireContent(content: Uint8Array): void {
  if (content.includes(FILLING)) throw new ProtocolError("malformed", "the content of a cell", "be text without zero bytes", "a zero byte", "Encode it as text.");
}
