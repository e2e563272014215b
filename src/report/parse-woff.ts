/**
 * The web font format WOFF 1.0 back to a plain TrueType font, which the PNG renderer needs.
 * A WOFF file is a table directory with each table deflated; nothing else changes.
 *
 * @source W3C Recommendation "WOFF File Format 1.0", 13 December 2012, sections 3 to 5; OpenType specification, "Table directory".
 */
import { inflateSync } from "node:zlib";
import { DataError } from "../core/errors.js";

const WOFF_HEADER_BYTES = 44;
const WOFF_ENTRY_BYTES = 20;
const FONT_HEADER_BYTES = 12;
const FONT_ENTRY_BYTES = 16;

/**
 * Unpacks a WOFF font.
 *
 * @returns Bytes of a TrueType or OpenType font.
 * @throws {DataError} when the bytes are not WOFF 1.0.
 */
export function parseWoff(woff: Uint8Array, where: string): Uint8Array {
  const view = new DataView(woff.buffer, woff.byteOffset, woff.byteLength);
  if (!(woff.length >= WOFF_HEADER_BYTES && view.getUint32(0) === 0x774f4646)) {
    throw new DataError({ subject: "the font of figures", rule: "be a WOFF 1.0 file", got: `${woff.length} bytes`, where, hint: "Install the packages again with: npm ci" });
  }
  const tableCount = view.getUint16(12);
  const font = new Uint8Array(view.getUint32(16));
  const out = new DataView(font.buffer);
  writeFontHeader(out, view.getUint32(4), tableCount);
  let offset = FONT_HEADER_BYTES + tableCount * FONT_ENTRY_BYTES;
  for (let t = 0; t < tableCount; t++) {
    const entry = WOFF_HEADER_BYTES + t * WOFF_ENTRY_BYTES;
    const from = view.getUint32(entry + 4), packedLength = view.getUint32(entry + 8), length = view.getUint32(entry + 12);
    const packed = woff.subarray(from, from + packedLength);
    font.set(packedLength < length ? inflateSync(packed) : packed, offset);
    const fields = [view.getUint32(entry), view.getUint32(entry + 16), offset, length];
    fields.forEach((field, i) => { out.setUint32(FONT_HEADER_BYTES + t * FONT_ENTRY_BYTES + 4 * i, field); });
    offset += (length + 3) & ~3;
  }
  return font;
}

function writeFontHeader(out: DataView, flavour: number, tableCount: number): void {
  const entrySelector = Math.floor(Math.log2(tableCount));
  const searchRange = 16 * 2 ** entrySelector;
  out.setUint32(0, flavour);
  out.setUint16(4, tableCount);
  out.setUint16(6, searchRange);
  out.setUint16(8, entrySelector);
  out.setUint16(10, tableCount * 16 - searchRange);
}
