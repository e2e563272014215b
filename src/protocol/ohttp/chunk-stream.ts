/**
 * Framing of chunked Oblivious HTTP: each chunk after its length, the last one after a zero. The last chunk is sealed
 * under the associated data "final", so a cut stream never passes for a whole one.
 * @source Pauly and Thomson, draft-ietf-ohai-chunked-ohttp, sections on the request and response formats.
 */
import { AEAD_TAG_BYTES } from "../envelope.js";
import { ProtocolError } from "../protocol-error.js";
import { decodeVarint, encodeVarint } from "../quic-varint.js";

/** Associated data of a chunk. */
export const CHUNK_AAD = { middle: Buffer.alloc(0), last: Buffer.from("final") } as const;

/** Seals or opens the next chunk of a stream. */
export type ChunkCipher = (aad: Buffer, chunk: Uint8Array) => Buffer;

/** Largest sealed chunk, and largest sum of sealed chunks, that a reader takes. Bytes. */
export interface StreamLimits { readonly chunkBytes: number; readonly totalBytes: number }

/** Unless told otherwise. The draft asks for chunks of 2^14 and more; 16 MiB are some millions of tokens. */
export const DEFAULT_LIMITS: StreamLimits = { chunkBytes: 16_384 + AEAD_TAG_BYTES, totalBytes: 2 ** 24 };

/** Chunks out: `sealedChunkBytes` tells their sizes. */
export function frameChunk(seal: ChunkCipher, plaintext: Uint8Array, isLast: boolean): Buffer {
  const sealed = seal(isLast ? CHUNK_AAD.last : CHUNK_AAD.middle, plaintext);
  return Buffer.concat([isLast ? Buffer.of(0) : encodeVarint(sealed.length), sealed]);
}

/** Chunks in. Bytes may come in any pieces; what is returned is genuine and in order. */
export class ChunkReader {
  private waiting: Buffer = Buffer.alloc(0);
  private isDone = false;
  private taken = 0;

  constructor(private readonly open: ChunkCipher, private readonly limits: StreamLimits = DEFAULT_LIMITS) {}

  /**
   * Takes bytes and gives the middle chunks that are complete. A last chunk is opened by `finish`, for only the end of
   * the bytes tells where it ends.
   *
   * @throws {ProtocolError} oversized, malformed or forged; the stream is of no use afterwards.
   */
  push(bytes: Uint8Array): Buffer[] {
    this.requireOpen();
    this.waiting = Buffer.concat([this.waiting, bytes]);
    const chunks: Buffer[] = [];
    for (let chunk = this.take(); chunk !== undefined; chunk = this.take()) chunks.push(chunk);
    return chunks;
  }

  /** Opens the last chunk. @throws {ProtocolError} truncated when it has not come; forged. */
  finish(): Buffer {
    this.requireOpen();
    this.isDone = true;
    if (this.waiting[0] !== 0) {
      throw new ProtocolError("truncated", "a chunked message", "end with its last chunk", `${this.waiting.length} bytes after the chunks that came`, "Use nothing that depends on the end, and ask again.");
    }
    return this.open(CHUNK_AAD.last, this.waiting.subarray(1));
  }

  private take(): Buffer | undefined {
    const length = decodeVarint(this.waiting, 0);
    if (length === undefined) return undefined;
    // Both a stated length and a last chunk that goes on and on are bounded.
    const isLast = length.value === 0, bytes = isLast ? this.waiting.length - 1 : length.value;
    if (!(bytes <= this.limits.chunkBytes)) this.refuse("oversized", `have at most ${this.limits.chunkBytes} bytes`, bytes);
    if (this.taken + bytes > this.limits.totalBytes) this.refuse("oversized", `end a message of at most ${this.limits.totalBytes} bytes`, this.taken + bytes);
    if (isLast) {
      if (length.end !== 1) this.refuse("malformed", "mark its last with one zero byte", length.end);
      return undefined;
    }
    if (bytes < AEAD_TAG_BYTES) this.refuse("malformed", `have at least a tag of ${AEAD_TAG_BYTES} bytes`, bytes);
    const end = length.end + bytes;
    if (this.waiting.length < end) return undefined;
    const sealed = this.waiting.subarray(length.end, end);
    this.taken += bytes;
    this.waiting = this.waiting.subarray(end);
    return this.openMiddle(sealed);
  }

  private openMiddle(sealed: Buffer): Buffer {
    try {
      return this.open(CHUNK_AAD.middle, sealed);
    } catch (error) {
      this.isDone = true;
      throw error;
    }
  }

  private refuse(reason: "oversized" | "malformed", rule: string, got: number): never {
    this.isDone = true;
    throw new ProtocolError(reason, "a chunk", rule, got, "Send smaller, well-formed chunks.");
  }

  private requireOpen(): void {
    if (this.isDone) throw new ProtocolError("malformed", "a chunked message", "end after its last or its first bad chunk", "more bytes", "Begin a new message.");
  }
}
