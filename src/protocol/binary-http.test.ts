/** The two messages in hex are those of RFC 9458 appendix A. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeBinaryRequest, encodeBinaryResponse, parseBinaryRequest, parseBinaryResponse } from "./binary-http.js";
import { ProtocolError } from "./protocol-error.js";
import { decodeVarint, encodeVarint } from "./quic-varint.js";

const text = fc.stringMatching(/^[\x20-\x7e]{0,80}$/), fields = fc.array(fc.tuple(fc.stringMatching(/^[a-z-]{1,20}$/), text), { maxLength: 5 });
const content = fc.uint8Array({ maxLength: 20_000 }).map((bytes) => Buffer.from(bytes));

it("reads the truncated request and response of RFC 9458", () => {
  expect(parseBinaryRequest(Buffer.from("00034745540568747470730b6578616d706c652e636f6d012f", "hex"))).toEqual(
    { method: "GET", scheme: "https", authority: "example.com", path: "/", fields: [], content: Buffer.alloc(0) });
  expect(parseBinaryResponse(Buffer.from("0140c8", "hex"))).toEqual({ status: 200, fields: [], content: Buffer.alloc(0) });
});

it("gives back every request and response, padded or not", () => {
  fc.assert(fc.property(fc.nat({ max: 30_000 }), fields, content, fc.integer({ min: 200, max: 599 }), (padded, own, body, status) => {
    const request = { method: "POST", scheme: "https", authority: "e", path: "/ask", fields: own, content: body };
    expect(parseBinaryRequest(encodeBinaryRequest(request, padded))).toEqual(request);
    expect(encodeBinaryRequest(request, padded).length).toBeGreaterThanOrEqual(padded);
    expect(parseBinaryResponse(encodeBinaryResponse({ status, fields: own, content: body }, padded))).toEqual({ status, fields: own, content: body });
  }), { seed: 3, numRuns: 200 });
});

it("refuses padding that is not zero, lengths beyond the end and bytes that HTTP does not know", () => {
  const whole = encodeBinaryRequest({ method: "POST", scheme: "https", authority: "e", path: "/", fields: [["a", "b"]], content: Buffer.from("hello") }, 64);
  for (const bytes of [Buffer.concat([whole, Buffer.of(1)]), whole.subarray(0, 3), Buffer.from("01", "hex"), Buffer.from("0003474554", "hex"), Buffer.from("000a", "hex"), Buffer.from("00010a0161016100", "hex")]) {
    expect(() => parseBinaryRequest(bytes)).toThrowError(ProtocolError);
  }
  expect(() => parseBinaryResponse(Buffer.from("014060", "hex"))).toThrowError(ProtocolError);
});

it("reads the integers of RFC 9000 appendix A.1 and gives back all others", () => {
  for (const [text, value] of [["9d7f3e7d", 494_878_333], ["7bbd", 15_293], ["25", 37], ["4025", 37]] as const) expect(decodeVarint(Buffer.from(text, "hex"), 0)?.value).toBe(value);
  expect(decodeVarint(Buffer.from("c2197c5eff14e88c", "hex"), 0)?.value).toBe(Infinity);
  fc.assert(fc.property(fc.maxSafeNat(), (value) => { expect(decodeVarint(encodeVarint(value), 0)?.value).toBe(value); }), { seed: 1, numRuns: 500 });
});
