/**
 * Bytes at rest: a header, then chunks of AES-256-GCM, so that large files are sealed and opened piece by piece. The key of a
 * file is derived from its random salt and from its context, so no nonce is used twice and no file passes for another. A
 * chunk's nonce is its number and whether it is the last: chunks that are lost, moved or cut off are noticed.
 * @source The construction is STREAM: Hoang, Reyhanitabar, Rogaway and Vizar 2015, CRYPTO, section 7.
 */
import { hkdfSync, randomBytes } from "node:crypto";
import { AEAD_TAG_BYTES } from "../envelope.js";
import { openAead, sealAead } from "../hpke/aead.js";
import { ProtocolError } from "../protocol-error.js";

const CIPHER = "aes-256-gcm";
/** Size of keys. Bytes. */
export const STORAGE_KEY_BYTES = 32;
/** Plaintext of one chunk. Bytes. */
export const STORED_CHUNK_BYTES = 65_536;

const MAGIC = Buffer.from("PLMMSEAL"), VERSION = 1, SALT_BYTES = 32, NONCE_BYTES = 12;
const HEADER_BYTES = MAGIC.length + 1 + SALT_BYTES;

/** Seals bytes that come in any pieces. @param context What the bytes are; opening asks for the same. */
export function* sealChunks(key: Uint8Array, context: string, plaintext: Iterable<Uint8Array>): Generator<Buffer, void> {
  const salt = randomBytes(SALT_BYTES), header = Buffer.concat([MAGIC, Buffer.of(VERSION), salt]), fileKey = deriveFileKey(key, salt, context);
  yield header;
  for (const { piece, index, isLast } of numberPieces(plaintext, STORED_CHUNK_BYTES)) yield sealAead(CIPHER, fileKey, nonceOf(index, isLast), header, piece);
  fileKey.fill(0);
}

/**
 * Opens what `sealChunks` sealed. Every piece that is given is genuine and in order; the whole is whole when the generator ends.
 *
 * @throws {ProtocolError} malformed, for another format or version; forged, for a wrong key or context and for changed,
 *   moved or cut bytes; truncated, when whole chunks are missing at the end.
 */
export function* openChunks(key: Uint8Array, context: string, sealed: Iterable<Uint8Array>): Generator<Buffer, void> {
  const { header, body } = splitHeader(sealed), fileKey = deriveFileKey(key, header.subarray(MAGIC.length + 1), context);
  for (const { piece, index, isLast } of numberPieces(body, STORED_CHUNK_BYTES + AEAD_TAG_BYTES)) yield openPiece(fileKey, header, piece, index, isLast);
  fileKey.fill(0);
}

/** `sealChunks` in one piece. */
export function sealStored(key: Uint8Array, context: string, plaintext: Uint8Array): Buffer { return Buffer.concat([...sealChunks(key, context, [plaintext])]); }

/** `openChunks` in one piece: everything or nothing. @throws {ProtocolError} as there. */
export function openStored(key: Uint8Array, context: string, sealed: Uint8Array): Buffer { return Buffer.concat([...openChunks(key, context, [sealed])]); }

function openPiece(fileKey: Buffer, header: Buffer, piece: Buffer, index: number, isLast: boolean): Buffer {
  try {
    return openAead(CIPHER, fileKey, nonceOf(index, isLast), header, piece);
  } catch (error) {
    if (isLast && opensAs(fileKey, header, piece, index)) {
      throw new ProtocolError("truncated", "a sealed file", "end with its last chunk", `${index + 1} whole chunks`, "Bring it back from a copy.");
    }
    throw error;
  }
}

/** Whether a piece is a genuine one from before the end. */
function opensAs(fileKey: Buffer, header: Buffer, piece: Buffer, index: number): boolean {
  try {
    return openAead(CIPHER, fileKey, nonceOf(index, false), header, piece).length > 0;
  } catch {
    return false;
  }
}

function splitHeader(sealed: Iterable<Uint8Array>): { readonly header: Buffer; readonly body: Iterable<Uint8Array> } {
  const parts = sealed[Symbol.iterator]();
  let front: Buffer = Buffer.alloc(0);
  for (let next = parts.next(); front.length < HEADER_BYTES; next = parts.next()) {
    if (next.done === true) break;
    front = Buffer.concat([front, next.value]);
    if (front.length >= HEADER_BYTES) break;
  }
  if (front.length < HEADER_BYTES) throw new ProtocolError("truncated", "a sealed file", `begin with a header of ${HEADER_BYTES} bytes`, front.length, "Bring it back from a copy.");
  const header = front.subarray(0, HEADER_BYTES);
  if (!header.subarray(0, MAGIC.length).equals(MAGIC) || header[MAGIC.length] !== VERSION) {
    throw new ProtocolError("malformed", "a sealed file", `be of version ${VERSION}`, header.toString("latin1", 0, MAGIC.length + 1), "Open it with the version that wrote it.");
  }
  return { header, body: { *[Symbol.iterator](): Generator<Uint8Array> {
    yield front.subarray(HEADER_BYTES);
    for (let next = parts.next(); next.done !== true; next = parts.next()) yield next.value;
  } } };
}

interface NumberedPiece { readonly piece: Buffer; readonly index: number; readonly isLast: boolean }

/** Bytes in pieces of one size; the last one may be smaller, and is empty only when there are no bytes at all. */
function* numberPieces(parts: Iterable<Uint8Array>, size: number): Generator<NumberedPiece> {
  let waiting: Buffer = Buffer.alloc(0), index = 0;
  for (const part of parts) {
    waiting = waiting.length === 0 ? Buffer.from(part.buffer, part.byteOffset, part.length) : Buffer.concat([waiting, part]);
    for (; waiting.length > size; index++) {
      yield { piece: waiting.subarray(0, size), index, isLast: false };
      waiting = waiting.subarray(size);
    }
  }
  yield { piece: waiting, index, isLast: true };
}

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES, 0);
  nonce.writeBigUInt64BE(BigInt(index));
  nonce.writeUInt8(isLast ? 1 : 0, NONCE_BYTES - 1);
  return nonce;
}

function deriveFileKey(key: Uint8Array, salt: Uint8Array, context: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, salt, `plmm stored bytes 1\0${context}`, STORAGE_KEY_BYTES));
}
