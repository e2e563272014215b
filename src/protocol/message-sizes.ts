/**
 * Sizes and shapes of requests and responses on the path between phone and first server, as the path observer sees them.
 *
 * Without padding an answer is sent as it is made: one chunk per `tokensPerChunk` tokens, each in its own TLS record, so
 * that total and count follow the answer. With padding the answer is a stream of equal cells, each with room for
 * `tokensPerChunk` tokens of mean length, and the padded total on the wire fixes the number of cells: size and count
 * then tell the padded size and nothing else.
 */
import type { Scenario } from "../config/scenario-schema.js";
import {
  AEAD_TAG_BYTES, HPKE_OVERHEAD_BYTES, OHTTP_NONCE_BYTES, OHTTP_REQUEST_OVERHEAD_BYTES, TLS_RECORD_LIMIT_BYTES,
  TLS_RECORD_OVERHEAD_BYTES, quicVarintBytes, sealedChunkBytes, tlsRecordCount, tlsWireBytes,
} from "./envelope.js";
import { Padding, paddedBytes, paddingCode } from "./padding.js";

/**
 * A blind token as it is spent: type 2, nonce 32, challenge digest 32, key id 32, and a signature of 256 bytes by RSA-2048.
 *
 * @source RFC 9578, section 6.1 (token type 0x0002).
 */
export const BLIND_TOKEN_BYTES = 354;

/** The protocol section as plain numbers, worked out once per run. Bytes. */
export interface WireShape {
  /** One of `Padding`. */
  readonly padding: number;
  readonly bucketBytes: number;
  readonly constantRequestBytes: number;
  readonly constantResponseBytes: number;
  /** Answer tokens in one chunk; 0 sends the answer whole. */
  readonly tokensPerChunk: number;
  /** What sealing adds to a request: 55 through a relay (Oblivious HTTP), 48 without one (HPKE to the tier's key); 354 more for a blind token. */
  readonly requestOverheadBytes: number;
  /** Response nonce: 16 through a relay; 0 without one, where the key of the answer is exported from the request's context (RFC 9180 section 9.8). */
  readonly nonceBytes: number;
  /** Plaintext of one cell of a padded stream; 0 when answers are sent whole. */
  readonly cellBytes: number;
  /** The same cell on the wire. */
  readonly cellWireBytes: number;
  /** TLS records that carry one cell. */
  readonly cellRecords: number;
}

/** Works out the numbers of a protocol section. */
export function compileWireShape(protocol: Scenario["protocol"]): WireShape {
  const cellBytes = Math.ceil(protocol.tokensPerChunk * protocol.bytesPerToken);
  const sealedCellBytes = sealedChunkBytes(cellBytes, false);
  return {
    padding: paddingCode(protocol.padding),
    bucketBytes: protocol.bucketBytes,
    constantRequestBytes: protocol.constantRequestBytes,
    constantResponseBytes: protocol.constantResponseBytes,
    tokensPerChunk: protocol.tokensPerChunk,
    requestOverheadBytes: (protocol.relay ? OHTTP_REQUEST_OVERHEAD_BYTES : HPKE_OVERHEAD_BYTES) + (protocol.payment === "account" ? 0 : BLIND_TOKEN_BYTES),
    nonceBytes: protocol.relay ? OHTTP_NONCE_BYTES : 0,
    cellBytes,
    cellWireBytes: tlsWireBytes(sealedCellBytes),
    cellRecords: tlsRecordCount(sealedCellBytes),
  };
}

/**
 * Bytes up of one request, sealed, in TLS records, padded.
 *
 * @param tokens Tokens that leave the phone. At least 0.
 * @param bytesPerToken Mean UTF-8 bytes of a token in this message. Above 0.
 */
export function requestWireBytes(shape: WireShape, tokens: number, bytesPerToken: number): number {
  const wireBytes = tlsWireBytes(Math.ceil(tokens * bytesPerToken) + shape.requestOverheadBytes);
  return paddedBytes(wireBytes, shape.padding, shape.bucketBytes, shape.constantRequestBytes);
}

/**
 * Bytes down of one whole answer, all chunks, sealed, in TLS records, padded.
 *
 * @param tokens Tokens of the answer. Integer; 0 sends nothing.
 * @param bytesPerToken Mean UTF-8 bytes of a token in this message. Above 0.
 */
export function responseWireBytes(shape: WireShape, tokens: number, bytesPerToken: number): number {
  if (!(tokens > 0)) return 0;
  const plaintextBytes = Math.ceil(tokens * bytesPerToken);
  if (shape.tokensPerChunk === 0) return padResponse(shape, tlsWireBytes(plaintextBytes + AEAD_TAG_BYTES + shape.nonceBytes));
  if (shape.padding === Padding.none) return streamedWireBytes(shape, tokens, plaintextBytes);
  return padResponse(shape, Math.ceil(plaintextBytes / shape.cellBytes) * shape.cellWireBytes + shape.nonceBytes);
}

/**
 * TLS records down of one whole answer.
 *
 * @param tokens Tokens of the answer. Integer; 0 sends nothing.
 * @param bytesPerToken Mean UTF-8 bytes of a token in this message. Above 0.
 * @returns Under padding a function of the padded size alone.
 */
export function responseChunks(shape: WireShape, tokens: number, bytesPerToken: number): number {
  if (!(tokens > 0)) return 0;
  const isStreamed = shape.tokensPerChunk > 0;
  if (isStreamed && shape.padding === Padding.none) return streamedRecords(shape, tokens, Math.ceil(tokens * bytesPerToken));
  const wireBytes = responseWireBytes(shape, tokens, bytesPerToken);
  if (isStreamed) return Math.max(1, Math.floor((wireBytes - shape.nonceBytes) / shape.cellWireBytes)) * shape.cellRecords;
  return Math.ceil(wireBytes / (TLS_RECORD_LIMIT_BYTES + TLS_RECORD_OVERHEAD_BYTES));
}

/**
 * Bytes down of an answer that is not finished: its full chunks. The last chunk waits for its tokens.
 *
 * @param madeTokens Tokens made so far. Integer, at least 1.
 * @param answerTokens Tokens of the whole answer.
 * @param bytesPerToken Mean UTF-8 bytes of a token in this message. Above 0.
 */
export function streamedSoFarBytes(shape: WireShape, madeTokens: number, answerTokens: number, bytesPerToken: number): number {
  if (madeTokens >= answerTokens) return responseWireBytes(shape, answerTokens, bytesPerToken);
  const isWhole = shape.tokensPerChunk === 0 || shape.padding === Padding.constant, chunks = isWhole ? 0 : Math.floor(madeTokens / shape.tokensPerChunk);
  if (chunks === 0) return 0;
  if (shape.padding !== Padding.none) return chunks * shape.cellWireBytes + shape.nonceBytes;
  return chunks * tlsWireBytes(sealedChunkBytes(Math.ceil(shape.tokensPerChunk * bytesPerToken), false)) + shape.nonceBytes;
}

function padResponse(shape: WireShape, wireBytes: number): number {
  return paddedBytes(wireBytes, shape.padding, shape.bucketBytes, shape.constantResponseBytes);
}

/** An unpadded stream: every chunk costs its tag, its length and its records; chunks are taken to be of mean size. */
function streamedWireBytes(shape: WireShape, tokens: number, plaintextBytes: number): number {
  const chunks = Math.ceil(tokens / shape.tokensPerChunk);
  const lengthBytes = quicVarintBytes(Math.ceil(plaintextBytes / chunks) + AEAD_TAG_BYTES);
  return shape.nonceBytes + plaintextBytes + chunks * AEAD_TAG_BYTES + (chunks - 1) * lengthBytes + 1
    + streamedRecords(shape, tokens, plaintextBytes) * TLS_RECORD_OVERHEAD_BYTES;
}

function streamedRecords(shape: WireShape, tokens: number, plaintextBytes: number): number {
  const chunks = Math.ceil(tokens / shape.tokensPerChunk);
  return chunks * tlsRecordCount(sealedChunkBytes(Math.ceil(plaintextBytes / chunks), false));
}
