/** Messages in hex are those of RFC 9458 appendix A and RFC 9292 section 5. */
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  encodeBinaryRequest, encodeBinaryResponse, encodeContentEnd, encodeContentPiece, encodeIndeterminateRequest, encodeResponseHead, parseBinaryRequest, parseBinaryResponse,
} from "./binary-http.js";
import { BinaryResponseReader } from "./binary-http-stream.js";
import { ProtocolError } from "./protocol-error.js";
import { decodeVarint, encodeVarint } from "./quic-varint.js";

const text = fc.stringMatching(/^[\x20-\x7e]{0,80}$/), fields = fc.array(fc.tuple(fc.stringMatching(/^[a-z-]{1,20}$/), text), { maxLength: 5 });
const content = fc.uint8Array({ maxLength: 20_000 }).map((bytes) => Buffer.from(bytes));

const FIELDS_OF_REQUEST = "0a757365722d6167656e74346375726c2f372e31362e33206c69626375726c2f372e31362e33204f70656e53534c2f302e392e376c207a6c69622f312e322e3304686f73740f7777772e6578616d706c652e636f6d0f6163636570742d6c616e677561676506656e2c206d69";
const KNOWN_REQUEST = `0003474554056874747073000a2f68656c6c6f2e747874406c${FIELDS_OF_REQUEST}0000`;
const INDETERMINATE_REQUEST = `0203474554056874747073000a2f68656c6c6f2e747874${FIELDS_OF_REQUEST}${"00".repeat(13)}`;
const INDETERMINATE_RESPONSE = "0340660772756e6e696e670a22736c65657020313522004067046c696e6b233c2f7374796c652e6373733e3b2072656c3d7072656c6f61643b2061733d7374796c65046c696e6b243c2f7363726970742e6a733e3b2072656c3d7072656c6f61643b2061733d7363726970740040c804646174651d4d6f6e2c203237204a756c20323030392031323a32383a353320474d5406736572766572064170616368650d6c6173742d6d6f6469666965641d5765642c203232204a756c20323030392031393a31353a353620474d5404657461671422333461613338372d642d3135363865623030220d6163636570742d72616e6765730562797465730e636f6e74656e742d6c656e67746802353104766172790f4163636570742d456e636f64696e670c636f6e74656e742d747970650a746578742f706c61696e003348656c6c6f20576f726c6421204d7920636f6e74656e7420696e636c75646573206120747261696c696e672043524c462e0d0a0000";
const KNOWN_RESPONSE = "0140c8001d5468697320636f6e74656e7420636f6e7461696e732043524c462e0d0a0d07747261696c65720474657874";

it("reads the examples of RFC 9292: of known and indeterminate length, cut and padded, informational and with trailers", () => {
  const request = parseBinaryRequest(Buffer.from(KNOWN_REQUEST, "hex")), padded = Buffer.from(INDETERMINATE_REQUEST, "hex");
  expect([request.method, request.path, request.fields.length]).toEqual(["GET", "/hello.txt", 3]);
  for (let cut = 0; cut <= 12; cut++) expect(parseBinaryRequest(padded.subarray(0, padded.length - cut))).toEqual(request);
  for (const cut of [1, 2]) expect(parseBinaryRequest(Buffer.from(KNOWN_REQUEST.slice(0, -2 * cut), "hex"))).toEqual(request);
  expect(encodeIndeterminateRequest(request, padded.length).toString("hex")).toBe(INDETERMINATE_REQUEST);
  expect(encodeBinaryRequest(request, KNOWN_REQUEST.length / 2).toString("hex")).toBe(KNOWN_REQUEST);
  const response = parseBinaryResponse(Buffer.from(INDETERMINATE_RESPONSE, "hex"));
  expect([response.status, response.fields.length, response.content.toString()]).toEqual([200, 8, "Hello World! My content includes a trailing CRLF.\r\n"]);
  expect(parseBinaryResponse(Buffer.from(KNOWN_RESPONSE, "hex"))).toEqual({ status: 200, fields: [], content: Buffer.from("This content contains CRLF.\r\n") });
});

it("reads a response while it arrives, cut anywhere, and refuses one that lacks its end", () => {
  const whole = Buffer.from(INDETERMINATE_RESPONSE, "hex"), pieces = ["He", "llo", "", " there"].map((piece) => Buffer.from(piece));
  const own = Buffer.concat([encodeResponseHead({ status: 200, fields: [["a", "b"]] }), ...pieces.map(encodeContentPiece), encodeContentEnd(), Buffer.alloc(7)]);
  for (const message of [whole, own]) {
    const expected = parseBinaryResponse(message);
    fc.assert(fc.property(fc.array(fc.nat({ max: message.length }), { maxLength: 6 }), (places) => {
      const reader = new BinaryResponseReader(), ends = [...places, message.length].sort((a, b) => a - b);
      const content = ends.flatMap((end, index) => reader.push(message.subarray(index === 0 ? 0 : ends[index - 1], end)));
      reader.finish();
      expect({ status: reader.head!.status, fields: reader.head!.fields, content: Buffer.concat(content) }).toEqual(expected);
    }), { seed: 12, numRuns: 150 });
  }
  for (const [bytes, reason] of [[own.subarray(0, 4), "truncated"], [own.subarray(0, 10), "truncated"], [Buffer.concat([own, Buffer.of(1)]), "malformed"], [Buffer.concat([own.subarray(0, 8), Buffer.from("80ffffff", "hex")]), "oversized"]] as const) {
    let found = "accepted";
    try { const reader = new BinaryResponseReader(); reader.push(bytes); reader.finish(); } catch (error) { found = (error as ProtocolError).reason; }
    expect(found).toBe(reason);
  }
});

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
