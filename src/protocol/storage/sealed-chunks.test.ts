import { gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ProtocolError } from "../protocol-error.js";
import { openChunks, openStored, sealChunks, sealStored, STORED_CHUNK_BYTES } from "./sealed-chunks.js";

const key = Buffer.alloc(32, 5), HEADER = 41, SEALED_CHUNK = STORED_CHUNK_BYTES + 16;
const reasonOf = (act: () => unknown): string => {
  try { act(); } catch (error) { if (error instanceof ProtocolError) return error.reason; throw error; }
  return "accepted";
};
/** Cuts bytes at the given places. */
const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index, all) => bytes.subarray(index === 0 ? 0 : all[index - 1], end));
};

it("gives back every content, however the pieces come in and out", () => {
  const places = fc.array(fc.nat(), { maxLength: 4 }), size = fc.oneof(fc.nat({ max: 300 }), fc.constantFrom(STORED_CHUNK_BYTES - 1, STORED_CHUNK_BYTES, STORED_CHUNK_BYTES + 1, 2 * STORED_CHUNK_BYTES, 150_000));
  fc.assert(fc.property(size, places, places, (bytes, inPlaces, outPlaces) => {
    const plaintext = Buffer.alloc(bytes, "personal "), sealed = Buffer.concat([...sealChunks(key, "a", cut(plaintext, inPlaces))]);
    expect(sealed.length).toBe(HEADER + bytes + 16 * Math.max(1, Math.ceil(bytes / STORED_CHUNK_BYTES)));
    expect(Buffer.concat([...openChunks(key, "a", cut(sealed, outPlaces))]).equals(plaintext)).toBe(true);
  }), { seed: 6, numRuns: 60 });
});

it("refuses every change of a bit, another key, another context and another version", () => {
  const sealed = sealStored(key, "a", Buffer.from("insulin, twice a day"));
  for (let at = 0; at < sealed.length; at++) {
    const copy = Buffer.from(sealed);
    copy[at]! ^= 1 << (at & 7);
    expect(reasonOf(() => openStored(key, "a", copy))).toBe(at < 9 ? "malformed" : "forged");
  }
  expect(reasonOf(() => openStored(Buffer.alloc(32), "a", sealed))).toBe("forged");
  expect(reasonOf(() => openStored(key, "b", sealed))).toBe("forged");
});

it("notices chunks that are cut off, moved, repeated or taken from another file", () => {
  const plaintext = Buffer.alloc(3 * STORED_CHUNK_BYTES, 1), sealed = sealStored(key, "a", plaintext), other = sealStored(key, "a", plaintext);
  const header = sealed.subarray(0, HEADER), chunk = (from: Buffer, index: number): Buffer => from.subarray(HEADER + index * SEALED_CHUNK, HEADER + (index + 1) * SEALED_CHUNK);
  const [a, b, c] = [chunk(sealed, 0), chunk(sealed, 1), chunk(sealed, 2)] as const;
  expect(openStored(key, "a", Buffer.concat([header, a, b, c])).equals(plaintext)).toBe(true);
  for (const kept of [[a], [a, b]]) expect(reasonOf(() => openStored(key, "a", Buffer.concat([header, ...kept])))).toBe("truncated");
  for (const wrong of [[], [b], [a, c], [b, a, c], [a, a, b, c], [a, b, c, c], [a, b, chunk(other, 2)], [a, b.subarray(0, 99)]]) {
    expect(reasonOf(() => openStored(key, "a", Buffer.concat([header, ...wrong])))).toBe("forged");
  }
  expect(reasonOf(() => openStored(key, "a", header.subarray(1)))).toBe("truncated");
});

it("never seals the same bytes alike", () => { expect(sealStored(key, "a", Buffer.from("x"))).not.toEqual(sealStored(key, "a", Buffer.from("x"))); });

it("is what @noble makes of the same key, salt and chunk number", () => {
  const plaintext = Buffer.alloc(STORED_CHUNK_BYTES + 9, 2), sealed = sealStored(key, "notes", plaintext), header = sealed.subarray(0, HEADER);
  const fileKey = hkdf(sha256, key, header.subarray(9), Buffer.from("plmm stored bytes 1\0notes"), 32), nonces = ["000000000000000000000000", "000000000000000100000001"];
  const chunks = nonces.map((nonce, index) => gcm(fileKey, Buffer.from(nonce, "hex"), header).decrypt(sealed.subarray(HEADER + index * SEALED_CHUNK, HEADER + (index + 1) * SEALED_CHUNK)));
  expect(Buffer.concat(chunks).equals(plaintext)).toBe(true);
});
