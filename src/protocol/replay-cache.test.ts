import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LimitError } from "../core/errors.js";
import { DEFAULT_SUITE } from "./hpke/find-suite.js";
import { openRequest, sealRequest } from "./ohttp/oblivious-message.js";
import { beginRequest, RequestReader } from "./ohttp/oblivious-stream.js";
import { ProtocolError } from "./protocol-error.js";
import { ReplayCache } from "./replay-cache.js";
import { dateField, sealedAtOf } from "./request-date.js";

const WINDOW = { travelS: 90, skewS: 30, mostRequests: 8 }, key = (index: number): Buffer => Buffer.from(`key ${index}`);
const outcomeOf = (act: () => unknown): string => {
  try { act(); } catch (error) {
    if (error instanceof ProtocolError) return error.reason;
    if (error instanceof LimitError) return "full";
    throw error;
  }
  return "accepted";
};

describe("the replay cache", () => {
  it("lets every request in once inside its window, and outside of it never", () => {
    const cache = new ReplayCache(0, WINDOW), admit = (index: number, sealedAtS: number, nowS: number): string => outcomeOf(() => { cache.admit(key(index), sealedAtS, nowS); });
    expect([admit(1, 1000, 1000), admit(1, 1000, 1000), admit(1, 1000, 1090), admit(1, 1000, 1091)]).toEqual(["accepted", "replayed", "replayed", "expired"]);
    expect([admit(2, 1122, 1091), admit(2, 1121, 1091), admit(3, 1001, 1091), admit(4, 1000, 1091)]).toEqual(["expired", "accepted", "accepted", "expired"]);
    expect(admit(5, NaN, 1091)).toBe("expired");
  });

  it("refuses what was sealed before it began, so that a restart opens no door", () => {
    const cache = new ReplayCache(5000, WINDOW);
    expect(outcomeOf(() => { cache.admit(key(1), 4969, 5001); })).toBe("expired");
    expect(outcomeOf(() => { cache.admit(key(1), 4970, 5001); })).toBe("accepted");
  });

  it("says that it is full, and takes new requests once old ones have left", () => {
    const cache = new ReplayCache(0, WINDOW);
    for (let index = 0; index < 8; index++) cache.admit(key(index), 100, 100);
    expect(outcomeOf(() => { cache.admit(key(9), 100, 100); })).toBe("full");
    expect(outcomeOf(() => { cache.admit(key(9), 221, 221); })).toBe("accepted");
    expect(cache.size).toBe(1);
  });

  it("never lets the same request in twice, in any order of times, and stays within its bounds", () => {
    fc.assert(fc.property(fc.array(fc.record({ index: fc.nat({ max: 12 }), sealedAtS: fc.nat({ max: 600 }), stepS: fc.nat({ max: 40 }) }), { maxLength: 60 }), (requests) => {
      const cache = new ReplayCache(0, WINDOW), taken = new Set<string>();
      let nowS = 0;
      for (const { index, sealedAtS, stepS } of requests) {
        nowS += stepS;
        // A request states one instant for good: it is part of what is sealed.
        const request = `${index} ${sealedAtS}`;
        if (outcomeOf(() => { cache.admit(Buffer.from(request), sealedAtS, nowS); }) === "accepted") {
          expect(taken.has(request)).toBe(false);
          taken.add(request);
        }
        expect(cache.size).toBeLessThanOrEqual(8);
      }
    }), { seed: 23, numRuns: 300 });
  });
});

it("dates requests as HTTP does, and asks for exactly one date", () => {
  expect(dateField(784_111_777)).toEqual(["date", "Sun, 06 Nov 1994 08:49:37 GMT"]);
  expect(sealedAtOf([["a", "b"], dateField(1_700_000_000)])).toBe(1_700_000_000);
  for (const fields of [[], [["date", "soon"]], [dateField(1), dateField(1)]] as [string, string][][]) expect(outcomeOf(() => sealedAtOf(fields))).toBe("malformed");
});

describe("limits", () => {
  const keyPair = DEFAULT_SUITE.kem.generateKeyPair(), config = { keyId: 1, publicKey: keyPair, keyPair, suites: [DEFAULT_SUITE] };

  it("refuse a whole request that is too large", () => {
    const { bytes } = sealRequest(config, Buffer.alloc(1000));
    expect(outcomeOf(() => openRequest([config], bytes, 1000))).toBe("oversized");
    expect(outcomeOf(() => openRequest([config], bytes, 1055))).toBe("accepted");
  });

  it("refuse a stream that goes on for ever, in chunks however small, and one whose last chunk does", () => {
    const { sealer } = beginRequest(config), reader = new RequestReader([config], { chunkBytes: 200, totalBytes: 1000 });
    let chunks = 0;
    expect(outcomeOf(() => { for (; chunks < 1000; chunks++) reader.push(sealer.next(Buffer.alloc(0), false)); })).toBe("oversized");
    expect(chunks).toBe(Math.floor(1000 / 16));
    const other = beginRequest(config).sealer, second = new RequestReader([config], { chunkBytes: 200, totalBytes: 300 });
    expect(outcomeOf(() => { second.push(other.next(Buffer.alloc(150), false)); second.push(other.next(Buffer.alloc(150), true)); })).toBe("oversized");
  });
});
