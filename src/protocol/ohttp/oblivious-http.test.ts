/** Figures: RFC 9458 appendix A; the appendix of draft-ietf-ohai-chunked-ohttp. The same files in PLMM_DATA hold no more cases than these two. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { protocolSection } from "../../config/sections/network-section.js";
import { OHTTP_REQUEST_OVERHEAD_BYTES, sealedChunkBytes, tlsWireBytes } from "../envelope.js";
import { AEADS } from "../hpke/aead.js";
import { DEFAULT_SUITE } from "../hpke/find-suite.js";
import { DH_KEMS } from "../hpke/dh-kem.js";
import { sealOnce } from "../hpke/hpke.js";
import { KDFS } from "../hpke/labeled-kdf.js";
import { compileWireShape, requestWireBytes, responseWireBytes } from "../message-sizes.js";
import { ProtocolError } from "../protocol-error.js";
import { encodeKeyConfig, encodeKeyConfigs, parseKeyConfig, parseKeyConfigs } from "./key-config.js";
import { openRequest, openResponse, sealRequest, sealResponse } from "./oblivious-message.js";
import { beginRequest, beginResponse, RequestReader, ResponseReader } from "./oblivious-stream.js";
import type { GatewayKey } from "./request-head.js";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const WHOLE = {
  skR: "3c168975674b2fa8e465970b79c8dcf09f1c741626480bd4c6162fc5b6a98e1a", skE: "bc51d5e930bda26589890ac7032f70ad12e4ecb37abb1b65b1256c9c48999c73",
  config: "01002031e1f05a740102115220e9af918f738674aec95f54db6e04eb705aae8e79815500080001000100010003",
  request: "010020000100014b28f881333e7c164ffc499ad9796f877f4e1051ee6d31bad19dec96c208b4726374e469135906992e1268c594d2a10c695d858c40a026e7965e7d86b83dd440b2c0185204b4d63525",
  nonce: "c789e7151fcba46158ca84b04464910d", response: "c789e7151fcba46158ca84b04464910d86f9013e404feea014e7be4a441f234f857fbd",
};
const CHUNKED = {
  skR: "1c190d72acdbe4dbc69e680503bb781a932c70a12c8f3754434c67d8640d8698", skE: "b26d565f3f875ed480d1abced3d665159650c99174fd0b124ac4bda0c64ae324",
  config: "010020668eb21aace159803974a4c67f08b4152d29bed10735fd08f98ccdd6fe09570800080001000100010003",
  request: "010020000100018811eb457e100811c40a0aa71340a1b81d804bb986f736f2f566a7199761a0321c2ad24942d4d692563012f2980c8fef437a336b9b2fc938ef77a5834f1d2e33d8fd25577afe31bd1c79d094f76b6250ae6549b473ecd950501311001c6c1395d0ef7c1022297966307b8a7f",
  nonce: "bcce7f4cb921309ba5d62edf1769ef09", response: "bcce7f4cb921309ba5d62edf1769ef091179bf1cc87fa0e2c02de4546945aa3d1e4812b348b5bd4c594c16b6170b07b475845d1f3200ed9d8a796617a5b27265f4d73247f639",
};
const CONTENT = hex("00034745540568747470730b6578616d706c652e636f6d012f"), ANSWER = hex("0140c8");
const x25519 = DH_KEMS.x25519;
const suites = [DEFAULT_SUITE, { ...DEFAULT_SUITE, aead: AEADS.chaCha20Poly1305 }];
const keyOf = (secret: string): GatewayKey => ({ keyId: 1, keyPair: x25519.parsePrivateKey(hex(secret)), suites });
const own: GatewayKey = { keyId: 9, keyPair: x25519.generateKeyPair(), suites }, config = { keyId: 9, publicKey: own.keyPair, suites };

describe("published examples", () => {
  it("seals and opens the request and response of RFC 9458 to the byte", () => {
    const { bytes, answer } = sealRequest(parseKeyConfig(hex(WHOLE.config)), CONTENT, x25519.parsePrivateKey(hex(WHOLE.skE)));
    expect(bytes.toString("hex")).toBe(WHOLE.request);
    const opened = openRequest([own, keyOf(WHOLE.skR)], bytes);
    expect(opened.content).toEqual(CONTENT);
    expect(sealResponse(opened.answer, ANSWER, hex(WHOLE.nonce)).toString("hex")).toBe(WHOLE.response);
    expect(openResponse(answer, hex(WHOLE.response))).toEqual(ANSWER);
  });

  it("seals and opens the chunks of the draft to the byte, arriving one byte at a time", () => {
    const { sealer, answer } = beginRequest(parseKeyConfig(hex(CHUNKED.config)), x25519.parsePrivateKey(hex(CHUNKED.skE)));
    const request = Buffer.concat([sealer.next(CONTENT.subarray(0, 12), false), sealer.next(CONTENT.subarray(12), false), sealer.next(Buffer.alloc(0), true)]);
    expect(request.toString("hex")).toBe(CHUNKED.request);
    const gateway = new RequestReader([keyOf(CHUNKED.skR)]);
    const chunks = [...request].flatMap((byte) => gateway.push(Buffer.of(byte)));
    expect(Buffer.concat([...chunks, gateway.finish()])).toEqual(CONTENT);
    const out = beginResponse(gateway.answer!, hex(CHUNKED.nonce));
    const response = Buffer.concat([out.next(ANSWER.subarray(0, 1), false), out.next(ANSWER.subarray(1), false), out.next(Buffer.alloc(0), true)]);
    expect(response.toString("hex")).toBe(CHUNKED.response);
    const client = new ResponseReader(answer);
    expect(Buffer.concat([...[...response].flatMap((byte) => client.push(Buffer.of(byte))), client.finish()])).toEqual(ANSWER);
  });

  it("reads and writes the key configuration, alone and in a list", () => {
    const parsed = parseKeyConfig(hex(WHOLE.config));
    expect(parsed.suites.map(({ aead }) => aead.id)).toEqual([1, 3]);
    expect(encodeKeyConfig(parsed).toString("hex")).toBe(WHOLE.config);
    expect(parseKeyConfigs(encodeKeyConfigs([parsed, config])).map(({ keyId }) => keyId)).toEqual([1, 9]);
  });
});

describe("what is refused", () => {
  const reasonOf = (act: () => unknown): string => {
    try { act(); } catch (error) { if (error instanceof ProtocolError) return error.reason; throw error; }
    return "accepted";
  };

  it("names the reason: unknown key, suite, cut head, changed byte, answer to another request, wrong form", () => {
    const { bytes, answer } = sealRequest(config, CONTENT), other = sealRequest(config, CONTENT), changed = (at: number): Buffer => { const copy = Buffer.from(bytes); copy[at]! ^= 1; return copy; };
    expect(reasonOf(() => openRequest([own], changed(0)))).toBe("unknown-key");
    expect(reasonOf(() => openRequest([own], changed(6)))).toBe("unknown-suite");
    expect(reasonOf(() => openRequest([own], bytes.subarray(0, 38)))).toBe("truncated");
    for (let at = 7; at < bytes.length; at++) expect(reasonOf(() => openRequest([own], changed(at)))).toBe("forged");
    // Bit 1 of the AEAD turns 1 into 3, which the key offers as well: a downgrade that the info catches.
    const downgraded = Buffer.from(bytes); downgraded[6]! ^= 2;
    expect(reasonOf(() => openRequest([own], downgraded))).toBe("forged");
    const response = sealResponse(openRequest([own], bytes).answer, ANSWER);
    expect(openResponse(answer, response)).toEqual(ANSWER);
    expect(reasonOf(() => openResponse(other.answer, response))).toBe("forged");
    expect(reasonOf(() => openResponse(answer, response.subarray(0, 15)))).toBe("truncated");
    expect(reasonOf(() => { const reader = new RequestReader([own]); reader.push(bytes); reader.finish(); })).not.toBe("accepted");
  });

  it("never takes a cut, reordered, repeated or oversized stream for a whole one", () => {
    const { bytes, answer } = sealRequest(config, CONTENT), secret = openRequest([own], bytes).answer;
    const out = beginResponse(secret), [first, second, last] = [out.next(Buffer.from("one"), false), out.next(Buffer.from("two"), false), out.next(Buffer.from("end"), true)];
    const nonce = first.subarray(0, 16), one = first.subarray(16);
    const read = (parts: readonly Uint8Array[]): string => {
      const reader = new ResponseReader(answer);
      return [...parts.flatMap((part) => reader.push(part)), reader.finish()].join(" ");
    };
    expect(read([first, second, last])).toBe("one two end");
    for (const parts of [[first, second], [first, last], [nonce, second, one, last], [first, one, second, last], [first, second, last, Buffer.of(0)], [nonce], [first, second, last.subarray(0, 10)]]) {
      expect(reasonOf(() => read(parts))).toMatch(/forged|truncated/);
    }
    expect(reasonOf(() => read([nonce, hex("80ffffff")]))).toBe("oversized");
    expect(reasonOf(() => read([nonce, hex("ffffffffffffffff")]))).toBe("oversized");
    expect(reasonOf(() => read([first, second, Buffer.concat([Buffer.of(0), Buffer.alloc(20_000)])]))).toBe("oversized");
  });

  it("shows a relay the key's identifier, an encapsulated key and a size, and the same content never twice alike", () => {
    const [a, b] = [sealRequest(config, CONTENT).bytes, sealRequest(config, CONTENT).bytes];
    expect(a.subarray(0, 7)).toEqual(b.subarray(0, 7));
    expect(a.subarray(7).equals(b.subarray(7))).toBe(false);
    expect(a.includes(CONTENT.subarray(2, 10))).toBe(false);
  });
});

describe("simulated sizes are the sizes of real messages", () => {
  const relayed = (overrides: object): ReturnType<typeof compileWireShape> => compileWireShape(protocolSection.parse({ relay: true, padding: "none", ...overrides }));

  it("of requests, through a relay and without one, and of whole answers", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12_000 }), (bytes) => {
      const content = Buffer.alloc(bytes), { bytes: sealed } = sealRequest(config, content);
      expect(sealed.length).toBe(bytes + OHTTP_REQUEST_OVERHEAD_BYTES);
      expect(requestWireBytes(relayed({}), bytes, 1)).toBe(tlsWireBytes(sealed.length));
      const direct = sealOnce(DEFAULT_SUITE, own.keyPair, { info: Buffer.alloc(0) }, Buffer.alloc(0), content);
      expect(requestWireBytes(relayed({ relay: false }), bytes, 1)).toBe(tlsWireBytes(direct.length));
      expect(responseWireBytes(relayed({ tokensPerChunk: 0 }), bytes, 1)).toBe(tlsWireBytes(sealResponse(openRequest([own], sealed).answer, content).length));
    }), { seed: 2, numRuns: 60 });
  });

  it("of answers in chunks, each chunk flushed on its own", () => {
    for (const [tokens, tokensPerChunk, bytesPerToken] of [[100, 1, 4], [64, 16, 5], [300, 4, 8], [1, 1, 3]] as const) {
      const out = beginResponse(openRequest([own], sealRequest(config, CONTENT).bytes).answer), chunks = tokens / tokensPerChunk;
      const pieces = Array.from({ length: chunks }, (_, index) => out.next(Buffer.alloc(tokensPerChunk * bytesPerToken), index === chunks - 1));
      const wire = pieces.reduce((sum, piece) => sum + tlsWireBytes(piece.length), 0);
      expect(responseWireBytes(relayed({ tokensPerChunk }), tokens, bytesPerToken)).toBe(wire);
      expect(pieces.at(-1)!.length - (chunks === 1 ? 16 : 0)).toBe(sealedChunkBytes(tokensPerChunk * bytesPerToken, true));
    }
  });
});

it("streams under larger keys too: P-256, SHA-512, AES-256", () => {
  const suite = { kem: DH_KEMS.p256, kdf: KDFS.hkdfSha512, aead: AEADS.aes256Gcm }, key = { keyId: 3, keyPair: suite.kem.generateKeyPair(), suites: [suite] };
  const { bytes, answer } = sealRequest(parseKeyConfig(encodeKeyConfig({ keyId: 3, publicKey: key.keyPair, suites: [suite] })), CONTENT);
  expect(openResponse(answer, sealResponse(openRequest([key], bytes).answer, ANSWER))).toEqual(ANSWER);
});
