/**
 * Cuts an answer, while its tokens come, into the chunks that the simulator counts (`message-sizes.ts`): batches of tokens
 * without padding; equal cells with it, whose number and total tell the padded size alone. Pure: it says what to seal now,
 * and seals nothing. The last chunk fills the answer up to its padded size.
 */
import { invariant } from "../../core/errors.js";
import { AEAD_TAG_BYTES, sealedChunkBytes, tlsWireBytes } from "../envelope.js";
import type { WireShape } from "../message-sizes.js";
import { Padding, paddedBytes } from "../padding.js";
import { fillCell, requireContent } from "./cell.js";
import { handedBytes } from "./request-shape.js";

/** A chunk to seal and send now. */
export interface PlainChunk { readonly plaintext: Buffer; readonly isLast: boolean }

/**
 * How the last chunk is known. marked: a full chunk waits for the next token or the end; sizes are the simulator's. empty: chunks
 * go at once, and an empty one ends the answer; without padding 39 bytes and one record more.
 */
export type AnswerEnd = "marked" | "empty";

/** Shapes one answer. */
export class ResponseShaper {
  private waiting: Buffer = Buffer.alloc(0);
  private tokensWaiting = 0;
  private sentCells = 0;
  private isDone = false;

  constructor(private readonly shape: WireShape, private readonly end: AnswerEnd = "marked") {}

  /** Takes the text of the next token. @throws {ProtocolError} reason malformed, for a zero byte. */
  push(token: string): PlainChunk[] {
    invariant(!this.isDone, "take no token after the end", token.length);
    const bytes = Buffer.from(token), { padding, tokensPerChunk } = this.shape;
    requireContent(bytes);
    const full = this.end === "marked" && padding === Padding.none ? this.takeBatch() : [];
    this.waiting = Buffer.concat([this.waiting, bytes]);
    this.tokensWaiting++;
    // Under constant padding, and for answers sent whole, the first byte leaves with the last.
    if (tokensPerChunk === 0 || padding === Padding.constant) return [];
    if (padding !== Padding.none) return this.takeCells();
    return this.end === "marked" ? full : this.takeBatch();
  }

  /** Ends the answer. */
  finish(): PlainChunk[] {
    invariant(!this.isDone, "end an answer once", "a second end");
    this.isDone = true;
    if (this.shape.padding === Padding.none) return [{ plaintext: this.waiting, isLast: true }];
    return this.shape.tokensPerChunk === 0 ? [this.fillWhole()] : this.fillCells();
  }

  private takeBatch(): PlainChunk[] {
    if (this.shape.tokensPerChunk === 0 || this.tokensWaiting < this.shape.tokensPerChunk) return [];
    const plaintext = this.waiting;
    [this.waiting, this.tokensWaiting] = [Buffer.alloc(0), 0];
    return [{ plaintext, isLast: false }];
  }

  /** Full cells. One is kept back, for it may become the last. */
  private takeCells(): PlainChunk[] {
    const { cellBytes } = this.shape, chunks: PlainChunk[] = [];
    while (this.waiting.length > cellBytes) {
      chunks.push({ plaintext: this.waiting.subarray(0, cellBytes), isLast: false });
      this.waiting = this.waiting.subarray(cellBytes);
      this.sentCells++;
    }
    return chunks;
  }

  /** The rest of the cells. The last one takes what the padded total leaves. */
  private fillCells(): PlainChunk[] {
    const { shape } = this, chunks = this.takeCells(), cells = this.sentCells + 1;
    const total = padded(shape, cells * shape.cellWireBytes + shape.nonceBytes), count = Math.max(1, Math.floor((total - shape.nonceBytes) / shape.cellWireBytes));
    for (let cell = cells; cell < count; cell++) {
      chunks.push({ plaintext: fillCell(this.waiting, shape.cellBytes), isLast: false });
      this.waiting = Buffer.alloc(0);
    }
    const left = total - (count - 1) * shape.cellWireBytes - shape.nonceBytes;
    return [...chunks, { plaintext: fillCell(this.waiting, lastPlaintextBytes(left)), isLast: true }];
  }

  private fillWhole(): PlainChunk {
    const { shape, waiting } = this, wire = padded(shape, tlsWireBytes(waiting.length + AEAD_TAG_BYTES + shape.nonceBytes));
    return { plaintext: fillCell(waiting, handedBytes(wire) - AEAD_TAG_BYTES - shape.nonceBytes), isLast: true };
  }
}

function padded({ padding, bucketBytes, constantResponseBytes }: WireShape, wireBytes: number): number {
  return paddedBytes(wireBytes, padding, bucketBytes, constantResponseBytes);
}

/** Plaintext of a last chunk that fills `wireBytes`, its own TLS records included. */
function lastPlaintextBytes(wireBytes: number): number { return handedBytes(wireBytes) - sealedChunkBytes(0, true); }
