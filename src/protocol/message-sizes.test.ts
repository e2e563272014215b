import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { protocolSection } from "../config/sections/network-section.js";
import { compileWireShape, requestWireBytes, responseChunks, responseWireBytes, type WireShape } from "./message-sizes.js";

const BYTES_PER_TOKEN = 4.2;

function shapeOf(overrides: Record<string, unknown>): WireShape {
  return compileWireShape(protocolSection.parse(overrides));
}

describe("without padding", () => {
  it("sends 100 tokens of 4.2 bytes as 420 + 55 + 22 through a relay and 420 + 48 + 22 without one", () => {
    expect(requestWireBytes(shapeOf({ relay: true }), 100, BYTES_PER_TOKEN)).toBe(497);
    expect(requestWireBytes(shapeOf({ relay: false }), 100, BYTES_PER_TOKEN)).toBe(490);
  });

  it("answers 100 tokens one by one in 100 records: nonce 16 + 420 + 100 (tag 16 + length 1 + record 22)", () => {
    const shape = shapeOf({ relay: true, tokensPerChunk: 1 });
    expect(responseChunks(shape, 100, BYTES_PER_TOKEN)).toBe(100);
    expect(responseWireBytes(shape, 100, BYTES_PER_TOKEN)).toBe(16 + 420 + 100 * (16 + 1 + 22));
  });

  it("answers whole in one record up to 2^14 bytes: 420 + nonce 16 + tag 16 + record 22", () => {
    const shape = shapeOf({ relay: true, tokensPerChunk: 0 });
    expect(responseWireBytes(shape, 100, BYTES_PER_TOKEN)).toBe(474);
    expect(responseChunks(shape, 100, BYTES_PER_TOKEN)).toBe(1);
    expect(responseChunks(shape, 4000, BYTES_PER_TOKEN)).toBe(2);
  });

  it("leaves the last chunk partly filled: 10 tokens by 4 are 3 chunks", () => {
    expect(responseChunks(shapeOf({ tokensPerChunk: 4 }), 10, BYTES_PER_TOKEN)).toBe(3);
  });

  it("sends nothing for an answer of no tokens, and NaN tokens count as none", () => {
    for (const tokens of [0, NaN]) {
      expect(responseWireBytes(shapeOf({}), tokens, BYTES_PER_TOKEN)).toBe(0);
      expect(responseChunks(shapeOf({}), tokens, BYTES_PER_TOKEN)).toBe(0);
    }
  });
});

describe("with constant padding", () => {
  it.each([0, 1, 4, 16])("shows one size and one count for every answer that fits, with %i tokens per chunk", (tokensPerChunk) => {
    const shape = shapeOf({ padding: "constant", constantResponseBytes: 16_384, tokensPerChunk });
    const seen = new Set<string>();
    for (let tokens = 1; tokens <= 300; tokens++) {
      seen.add(`${responseWireBytes(shape, tokens, 3.7)} ${responseChunks(shape, tokens, 3.7)}`);
      seen.add(`${responseWireBytes(shape, tokens, 4.6)} ${responseChunks(shape, tokens, 4.6)}`);
    }
    expect(seen.size).toBe(1);
    expect([...seen][0]).toMatch(/^16384 /);
  });

  it("shows one size for every request that fits, with and without a relay", () => {
    for (const relay of [true, false]) {
      const shape = shapeOf({ padding: "constant", constantRequestBytes: 8192, relay });
      expect(new Set([1, 50, 500, 1900].map((tokens) => requestWireBytes(shape, tokens, BYTES_PER_TOKEN)))).toEqual(new Set([8192]));
      expect(requestWireBytes(shape, 2000, BYTES_PER_TOKEN)).toBe(16_384);
    }
  });
});

const anyShape = fc.record({
  padding: fc.constantFrom("none", "bucket", "power-of-two", "constant"), relay: fc.boolean(),
  tokensPerChunk: fc.nat({ max: 64 }),
}).map(shapeOf);

it("has room for the answer, and grows with it, under every shape", () => {
  fc.assert(fc.property(anyShape, fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 2, max: 8, noNaN: true }), (shape, tokens, bytesPerToken) => {
    const bytes = responseWireBytes(shape, tokens, bytesPerToken), chunks = responseChunks(shape, tokens, bytesPerToken);
    expect(bytes).toBeGreaterThanOrEqual(Math.ceil(tokens * bytesPerToken) + chunks * 22);
    expect(Number.isInteger(bytes) && Number.isInteger(chunks) && chunks >= 1).toBe(true);
    expect(responseWireBytes(shape, tokens + 1, bytesPerToken)).toBeGreaterThanOrEqual(bytes);
    expect(responseChunks(shape, tokens + 1, bytesPerToken)).toBeGreaterThanOrEqual(chunks);
  }), { seed: 7, numRuns: 1000 });
});

it("lets the number of chunks tell no more than the padded size, under every padding", () => {
  fc.assert(fc.property(fc.constantFrom("bucket", "power-of-two", "constant"), fc.nat({ max: 32 }), fc.boolean(), (padding, tokensPerChunk, relay) => {
    const shape = shapeOf({ padding, tokensPerChunk, relay });
    const chunksBySize = new Map<number, number>();
    for (let tokens = 1; tokens < 2000; tokens += 7) {
      const bytes = responseWireBytes(shape, tokens, BYTES_PER_TOKEN), chunks = responseChunks(shape, tokens, BYTES_PER_TOKEN);
      expect(chunksBySize.get(bytes) ?? chunks).toBe(chunks);
      chunksBySize.set(bytes, chunks);
    }
  }), { seed: 11, numRuns: 60 });
});
