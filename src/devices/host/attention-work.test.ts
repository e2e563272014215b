import { describe, expect, it } from "vitest";
import { flashWork, paddedWindow, plainPairs, usesFlash } from "./attention-work.js";
import type { HostStep } from "./host-step.js";

const step = (asked: Partial<HostStep>): HostStep => ({ kind: "decode", threads: 1, tokens: 1, context: 0, sequences: 1, ...asked });

describe("flash attention", () => {
  it("sees what is before a token, and passes by the rest of a window of whole 256", () => {
    expect(flashWork({ heads: 4 }, step({ context: 99 }))).toEqual({ pairs: 400, passed: 4 * 156, tiles: 0, looks: 0, share: 1 });
    expect(flashWork({ heads: 1 }, step({ kind: "prefill", tokens: 3, context: 255 }))).toEqual({ pairs: 256 + 257 + 258, passed: 3 * 512 - 771, tiles: 0, looks: 0, share: 1 });
  });

  it("gives threads heads while the window is short, and halves of the window from 512 on, however much of them is seen", () => {
    const share = (context: number, heads = 4, sequences = 1): number => flashWork({ heads }, step({ threads: 2, context, sequences })).share;
    expect(share(200)).toBe(0.5);
    expect(share(200, 3)).toBeCloseTo(2 / 3, 12);
    expect(share(259)).toBeCloseTo(256 / 260, 12);
    expect(share(511)).toBe(0.5);
    expect(share(600)).toBeCloseTo(384 / 601, 12);
    expect(share(600, 4, 2)).toBe(0.5);
  });

  it("computes whole tiles of 64 by 64 that hold a visible pair, and looks at all of the window", () => {
    const tiles = (tokens: number, context: number, heads: number, threads = 1): number[] => {
      const work = flashWork({ heads }, step({ kind: "prefill", tokens, context, threads }));
      return [work.tiles, work.looks, work.pairs, work.share];
    };
    expect(tiles(64, 0, 1)).toEqual([1, 4, 0, 1]);
    expect(tiles(128, 0, 2)).toEqual([2 * (1 + 2), 2 * 2 * 4, 0, 1]);
    expect(tiles(128, 64, 1)).toEqual([2 + 3, 2 * 4, 0, 1]);
    expect(tiles(65, 0, 1)).toEqual([1 + 2, 2 * 4, 0, 1]);
    // 400 rows in portions of 50: every portion ends a tile, and so does every head.
    expect(tiles(100, 0, 4, 2)).toEqual([4 * (1 + 2), 8 * 4, 0, 0.5]);
  });

  it("is for many tokens what a count of pairs says, and little more", () => {
    const { tiles } = flashWork({ heads: 1 }, step({ kind: "prefill", tokens: 4096 }));
    expect(tiles * 64 * 64 / (4096 * 4097 / 2)).toBeCloseTo(1, 1);
  });
});

describe("plain attention", () => {
  it("counts every pair of the window, which llama.cpp fills up to whole 256", () => {
    expect(plainPairs({ heads: 2 }, step({ context: 9, sequences: 3 }), 10)).toBe(60);
    expect(plainPairs({ heads: 1 }, step({ kind: "prefill", tokens: 100, context: 200 }), 512)).toBe(51_200);
    expect([0, 255, 256].map((context) => paddedWindow({ context, tokens: 1 }))).toEqual([256, 256, 512]);
  });

  it("is for heads that leave something over in vectors of 64", () => {
    expect([32, 64, 80, 96, 128, 256].filter(usesFlash)).toEqual([64, 128, 256]);
  });
});
