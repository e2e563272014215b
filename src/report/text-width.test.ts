import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataError } from "../core/errors.js";
import { findFont } from "./load-font.js";
import { parseWoff } from "./parse-woff.js";
import { textWidth, wrapText } from "./text-width.js";

/** Advance widths by character code, from the cmap (format 4) and hmtx tables of a TrueType font, as fractions of the font size. */
function readAdvances(font: Uint8Array): Map<number, number> {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const tables = new Map(Array.from({ length: view.getUint16(4) }, (_, i) => {
    const entry = 12 + i * 16;
    return [Buffer.from(font.subarray(entry, entry + 4)).toString("latin1"), view.getUint32(entry + 8)] as const;
  }));
  const unitsPerEm = view.getUint16(tables.get("head")! + 18), metricCount = view.getUint16(tables.get("hhea")! + 34);
  const cmap = tables.get("cmap")!, hmtx = tables.get("hmtx")!;
  const advances = new Map<number, number>();
  for (let t = 0; t < view.getUint16(cmap + 2); t++) {
    const at = cmap + view.getUint32(cmap + 8 + t * 8);
    if (view.getUint16(at) !== 4) continue;
    const segments = view.getUint16(at + 6) / 2;
    for (let s = 0; s < segments; s++) {
      const end = view.getUint16(at + 14 + 2 * s), start = view.getUint16(at + 16 + 2 * segments + 2 * s);
      const delta = view.getInt16(at + 16 + 4 * segments + 2 * s), rangeAt = at + 16 + 6 * segments + 2 * s, range = view.getUint16(rangeAt);
      for (let code = start; code <= end && code < 0xffff; code++) {
        const listed = range === 0 ? code : view.getUint16(rangeAt + range + 2 * (code - start));
        const glyph = range !== 0 && listed === 0 ? 0 : (listed + delta) & 0xffff;
        if (glyph !== 0) advances.set(code, view.getUint16(hmtx + 4 * Math.min(glyph, metricCount - 1)) / unitsPerEm);
      }
    }
  }
  return advances;
}

describe("widths of text", () => {
  for (const weight of [400, 700] as const) {
    const path = findFont(weight);
    it.skipIf(path === undefined)(`are those of the bundled font, weight ${weight}${path === undefined ? " (skipped: @fontsource/inter is not installed)" : ""}`, () => {
      const advances = readAdvances(parseWoff(readFileSync(path!), path!));
      for (let code = 32; code < 127; code++) expect(textWidth(String.fromCharCode(code), 1, weight)).toBeCloseTo(advances.get(code)!, 2);
      for (const character of "±−–…↓↑·×") expect(textWidth(character, 1, weight), character).toBeCloseTo(advances.get(character.codePointAt(0)!)!, 2);
    });
  }

  it("add up and grow with the size", () => {
    expect(textWidth("ab", 20)).toBeCloseTo(textWidth("a", 20) + textWidth("b", 20), 10);
    expect(textWidth("ab", 20)).toBeCloseTo(2 * textWidth("ab", 10), 10);
    expect(textWidth("ab", 20, 700)).toBeGreaterThan(textWidth("ab", 20));
    expect(textWidth("", 20)).toBe(0);
  });

  it("cut lines between words", () => {
    const lines = wrapText("one two three four five", 60, 12);
    expect(lines.join(" ")).toBe("one two three four five");
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(60);
  });
});

describe("cut lines", () => {
  it("keep a unit with its number", () => {
    for (let width = 20; width < 200; width++) {
      for (const line of wrapText("answers fastest (3.05 s) of all", width, 12)) expect(line.startsWith("s)")).toBe(false);
    }
  });
});

describe("web fonts", () => {
  it("that are not fonts are refused", () => {
    expect(() => parseWoff(new Uint8Array(100), "x.woff")).toThrow(DataError);
  });
});
