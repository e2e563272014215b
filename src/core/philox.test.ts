import { expect, test } from "vitest";
import { philox4x32 } from "./philox.js";

function block(...words: [number, number, number, number, number, number]): string {
  const out = new Uint32Array(4);
  philox4x32(...words, out);
  return Array.from(out, (word) => word.toString(16).padStart(8, "0")).join(" ");
}

// Known-answer vectors of Random123 (kat_vectors, philox4x32 with 10 rounds), the library of Salmon et al. 2011.
test("gives the published words for a counter and key of zeros", () => {
  expect(block(0, 0, 0, 0, 0, 0)).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
});

test("gives the published words for a counter and key of ones", () => {
  expect(block(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff)).toBe("408f276d 41c83b0e a20bc7c6 6d5451fd");
});

test("gives the published words for the digits of pi", () => {
  expect(block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0)).toBe("d16cfe09 94fdcceb 5001e420 24126ea1");
});

test("takes signed and unsigned forms of a word for the same word", () => {
  expect(block(-1, -2, -3, -4, -5, -6)).toBe(block(2 ** 32 - 1, 2 ** 32 - 2, 2 ** 32 - 3, 2 ** 32 - 4, 2 ** 32 - 5, 2 ** 32 - 6));
});
