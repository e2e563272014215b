/** Real chunks, sealed for real, beside the sizes that the simulator counts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { protocolSection } from "../../config/sections/network-section.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { tlsRecordCount, tlsWireBytes } from "../envelope.js";
import { DEFAULT_SUITE } from "../hpke/find-suite.js";
import { compileWireShape, requestWireBytes, responseChunks, responseWireBytes, streamedSoFarBytes, type WireShape } from "../message-sizes.js";
import { openRequest, sealRequest } from "../ohttp/oblivious-message.js";
import { beginResponse, ResponseReader } from "../ohttp/oblivious-stream.js";
import { ProtocolError } from "../protocol-error.js";
import { fillCell, readCell } from "./cell.js";
import { drawsCover, encodeCoverPlan, isCoverRequest, nextCoverUs, parseCoverPlan, playCover } from "./cover-traffic.js";
import { FixedRate } from "./fixed-rate.js";
import { requestPlaintextBytes } from "./request-shape.js";
import { ResponseShaper, type AnswerEnd, type PlainChunk } from "./response-shaper.js";

const keyPair = DEFAULT_SUITE.kem.generateKeyPair(), key = { keyId: 1, keyPair, publicKey: keyPair, suites: [DEFAULT_SUITE] };
const shapeOf = (overrides: object): WireShape => compileWireShape(protocolSection.parse({ relay: true, ...overrides }));

/** Sends an answer for real. @returns wire bytes of each flush and the text that arrived. */
function send(shape: WireShape, tokens: readonly string[], end: AnswerEnd = "marked"): { wire: number[]; records: number; text: string } {
  const { bytes, answer } = sealRequest(key, Buffer.from("q")), out = beginResponse(openRequest([key], bytes).answer), reader = new ResponseReader(answer), shaper = new ResponseShaper(shape, end);
  const chunks: PlainChunk[] = [...tokens.flatMap((token) => shaper.push(token)), ...shaper.finish()], sealed = chunks.map(({ plaintext, isLast }) => out.next(plaintext, isLast));
  const opened = [...sealed.flatMap((piece) => reader.push(piece)), reader.finish()];
  // The nonce travels with the first chunk, in its record; the simulator counts it beside them.
  const wire = sealed.map((piece) => tlsWireBytes(piece.length));
  return { wire, records: sealed.reduce((sum, piece) => sum + tlsRecordCount(piece.length), 0), text: Buffer.concat(opened.map(readCell)).toString() };
}
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const tokensOf = (count: number, bytes: number): string[] => Array.from({ length: count }, (_, index) => String(index % 10).repeat(bytes));

describe("answers on the wire are the simulator's", () => {
  const anyShape = fc.record({ padding: fc.constantFrom("none", "bucket", "power-of-two", "constant"), tokensPerChunk: fc.integer({ min: 1, max: 16 }), bytesPerToken: fc.integer({ min: 2, max: 8 }) });

  it("in total and in number of records, under every padding, and arrive whole", () => {
    fc.assert(fc.property(anyShape, fc.integer({ min: 1, max: 300 }), (overrides, count) => {
      const shape = shapeOf(overrides), bytes = overrides.bytesPerToken, tokens = tokensOf(count, bytes), { wire, records, text } = send(shape, tokens);
      expect(text).toBe(tokens.join(""));
      // Chunks of an unpadded answer are counted as of mean size; a partly filled last one may differ by a byte of its length.
      const slack = overrides.padding === "none" && count % overrides.tokensPerChunk !== 0 ? Math.ceil(count / overrides.tokensPerChunk) : 0;
      expect(Math.abs(sum(wire) - responseWireBytes(shape, count, bytes))).toBeLessThanOrEqual(slack);
      expect(records).toBe(responseChunks(shape, count, bytes));
    }), { seed: 17, numRuns: 120 });
  });

  it("also of answers that are sent whole", () => {
    for (const padding of ["none", "bucket", "power-of-two", "constant"]) {
      const shape = shapeOf({ padding, tokensPerChunk: 0 });
      for (const count of [1, 10, 100, 900]) {
        const shaper = new ResponseShaper(shape), chunks = [...tokensOf(count, 4).flatMap((token) => shaper.push(token)), ...shaper.finish()];
        expect(chunks.length).toBe(1);
        expect(tlsWireBytes(chunks[0]!.plaintext.length + 16 + shape.nonceBytes)).toBe(responseWireBytes(shape, count, 4));
      }
    }
  });

  it("at every moment: nothing is early, and what waits is one chunk at most", () => {
    for (const padding of ["none", "bucket", "constant"]) {
      const shape = shapeOf({ padding, tokensPerChunk: 3, bytesPerToken: 4 }), shaper = new ResponseShaper(shape), tokens = tokensOf(30, 4);
      let sent = 0;
      for (const [index, token] of tokens.entries()) {
        sent += shaper.push(token).length;
        const counted = streamedSoFarBytes(shape, index + 1, 31, 4), chunks = counted === 0 ? 0 : Math.round((counted - shape.nonceBytes) / shape.cellWireBytes);
        expect(sent === chunks || sent === chunks - 1).toBe(true);
      }
    }
  });

  it("sends without waiting when an empty chunk ends the answer: 39 bytes and a record more", () => {
    const shape = shapeOf({ padding: "none", tokensPerChunk: 1 }), shaper = new ResponseShaper(shape, "empty");
    expect(shaper.push("a").map(({ plaintext }) => plaintext.toString())).toEqual(["a"]);
    expect(shaper.finish()).toEqual([{ plaintext: Buffer.alloc(0), isLast: true }]);
    const tokens = tokensOf(20, 4), [marked, empty] = [send(shape, tokens), send(shape, tokens, "empty")];
    expect([sum(empty.wire) - sum(marked.wire), empty.records - marked.records, empty.text]).toEqual([39, 1, marked.text]);
  });

  it("shows one size and one number of chunks for every answer that a constant holds", () => {
    const shape = shapeOf({ padding: "constant", tokensPerChunk: 4 });
    expect(new Set([1, 7, 200].map((count) => JSON.stringify(send(shape, tokensOf(count, 3)).wire))).size).toBe(1);
  });
});

it("makes requests as large on the wire as the simulator says, for every size and padding", () => {
  fc.assert(fc.property(fc.constantFrom("none", "bucket", "power-of-two", "constant"), fc.boolean(), fc.integer({ min: 1, max: 40_000 }), (padding, relay, bytes) => {
    const shape = shapeOf({ padding, relay }), plaintextBytes = requestPlaintextBytes(shape, bytes), wire = tlsWireBytes(plaintextBytes + shape.requestOverheadBytes);
    expect(plaintextBytes).toBeGreaterThanOrEqual(bytes);
    expect(wire - requestWireBytes(shape, bytes, 1)).toBeGreaterThanOrEqual(0);
    expect(wire - requestWireBytes(shape, bytes, 1)).toBeLessThanOrEqual(padding === "bucket" || padding === "power-of-two" || padding === "constant" ? 22 : 0);
  }), { seed: 3, numRuns: 600 });
});

it("fills cells and reads them back, and takes no zero bytes for content", () => {
  fc.assert(fc.property(fc.string({ maxLength: 40 }).filter((text) => !text.includes("\0")), fc.nat({ max: 60 }), (text, more) => {
    const content = Buffer.from(text);
    expect(readCell(fillCell(content, content.length + more)).toString()).toBe(text);
  }), { seed: 2, numRuns: 200 });
  for (const wrong of [() => fillCell(Buffer.of(1, 0), 9), () => fillCell(Buffer.alloc(3, 1), 2), () => new ResponseShaper(shapeOf({})).push("a\0")]) expect(wrong).toThrowError(ProtocolError);
});

describe("release at a fixed rate", () => {
  it("shows the same instants whatever comes when, loses nothing and keeps the order", () => {
    fc.assert(fc.property(fc.array(fc.record({ atUs: fc.nat({ max: 5000 }), isPush: fc.boolean() }), { maxLength: 40 }), fc.integer({ min: 1, max: 500 }), (steps, periodUs) => {
      const rate = new FixedRate<number>(100, periodUs), released: { atUs: number; chunk?: number }[] = [], pushed: number[] = [];
      for (const [index, { atUs, isPush }] of [...steps].sort((a, b) => a.atUs - b.atUs).entries()) {
        if (isPush) { rate.push(index); pushed.push(index); }
        released.push(...rate.release(atUs));
        expect(released.length).toBe(atUs < 100 ? 0 : Math.floor((atUs - 100) / periodUs) + 1);
      }
      rate.end();
      released.push(...rate.release(Infinity));
      expect(released.map(({ atUs }) => atUs)).toEqual(released.map((_, beat) => 100 + beat * periodUs));
      expect(released.flatMap(({ chunk }) => chunk ?? [])).toEqual(pushed);
      expect(rate.nextUs).toBe(undefined);
    }), { seed: 5, numRuns: 200 });
  });
});

describe("cover", () => {
  const plan = { tokens: 40, bytesPerToken: 4, waitUs: 300_000, tokenUs: 25_000 };

  it("looks like an answer of the planned size, paced as planned", () => {
    for (const padding of ["none", "bucket", "constant"]) {
      const shape = shapeOf({ padding, tokensPerChunk: 2, bytesPerToken: 4 }), chunks = [...playCover(shape, plan)], real = new ResponseShaper(shape);
      const expected = [...tokensOf(40, 4).flatMap((token) => real.push(token)), ...real.finish()];
      expect(chunks.map(({ plaintext }) => plaintext.length)).toEqual(expected.map(({ plaintext }) => plaintext.length));
      expect(chunks.every(({ atUs }, index) => index === 0 || atUs >= chunks[index - 1]!.atUs)).toBe(true);
      expect(chunks.at(-1)!.atUs).toBe(300_000 + 39 * 25_000);
    }
  });

  it("is asked for inside the seal, within limits", () => {
    const request = Buffer.concat([encodeCoverPlan(plan), Buffer.alloc(50)]);
    expect([isCoverRequest(request), isCoverRequest(Buffer.from("what is"))]).toEqual([true, false]);
    expect(parseCoverPlan(request)).toEqual(plan);
    for (const wrong of [{ tokens: 9000 }, { tokens: 0 }, { bytesPerToken: 65 }, { waitUs: 60_000_001 }, { tokenUs: 1_000_001 }]) expect(() => parseCoverPlan(encodeCoverPlan({ ...plan, ...wrong }))).toThrowError(ProtocolError);
    expect(() => parseCoverPlan(request.subarray(0, 20))).toThrowError(ProtocolError);
  });

  it("comes for the stated share of questions, or at the stated rate", () => {
    const stream = new RandomStream(1, 0, Purpose.test).seek(0, 0), count = 4000;
    expect(Array.from({ length: count }, () => drawsCover(stream, 0.3)).filter(Boolean).length / count).toBeCloseTo(0.3, 1);
    let nowUs = 0;
    for (let index = 0; index < count; index++) nowUs = nextCoverUs(stream, nowUs, 60);
    expect(nowUs / count / 60_000_000).toBeCloseTo(1, 1);
  });
});
