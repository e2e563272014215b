import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TextStream } from "./text-stream.js";

const decode = (bytes: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(bytes));

describe("text of tokens that are single bytes", () => {
  test("comes out whole letter by whole letter", () => {
    const stream = new TextStream(decode), pieces = [...Buffer.from("é日😀a")].map((byte) => stream.push(byte));
    expect(pieces).toEqual(["", "é", "", "", "日", "", "", "", "😀", "a"]);
    expect(stream.flush()).toBe("");
  });

  test("is never lost nor repeated, whatever the bytes", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const stream = new TextStream(decode), pieces = [...Buffer.from(text)].map((byte) => stream.push(byte));
      expect(pieces.join("") + stream.flush()).toBe(text);
    }), { seed: 2, numRuns: 300 });
  });

  test("is the same as decoded at once, for bytes that are no UTF-8", () => {
    const bytes = fc.array(fc.oneof(fc.constantFrom(0xff, 0xc3, 0xa9, 0xe6, 0x97, 0xa5, 0xf0, 0x9f, 0x98, 0x80), fc.nat(255)), { maxLength: 40 });
    fc.assert(fc.property(bytes, (noise) => {
      const stream = new TextStream(decode), pieces = noise.map((byte) => stream.push(byte));
      expect(pieces.join("") + stream.flush()).toBe(decode(noise));
    }), { seed: 4, numRuns: 2000 });
  });

  test("does not wait for ever", () => {
    const stream = new TextStream(decode);
    expect([0xff, 0xff, 0xff, 0xff, 0xff].map((byte) => stream.push(byte)).join("").length).toBeGreaterThan(0);
    expect(new TextStream(decode).push(0xc3)).toBe("");
  });
});
