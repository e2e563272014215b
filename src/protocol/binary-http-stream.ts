/** Binary HTTP responses of indeterminate length, read while they arrive in any pieces. @source RFC 9292 section 3.2. */
import { checkTail, parseResponseHead, type ResponseHead } from "./binary-http.js";
import { ProtocolError } from "./protocol-error.js";
import { decodeVarint } from "./quic-varint.js";

/** Largest head, and largest trailers with padding. Bytes. */
const LARGEST_SECTION_BYTES = 65_536;
/** Largest piece of content. Bytes. */
const LARGEST_PIECE_BYTES = 2 ** 20;

/** Reads one response. */
export class BinaryResponseReader {
  /** Status and fields, once they have come. */
  head: ResponseHead | undefined;
  private waiting: Buffer = Buffer.alloc(0);
  private isContentOver = false;

  /** @returns Pieces of content that are complete. @throws {ProtocolError} malformed or oversized. */
  push(bytes: Uint8Array): Buffer[] {
    this.waiting = Buffer.concat([this.waiting, bytes]);
    if (this.head === undefined) this.takeHead();
    const pieces: Buffer[] = [];
    for (let piece = this.takePiece(); piece !== undefined; piece = this.takePiece()) pieces.push(piece);
    if (this.head === undefined || this.isContentOver) this.requireSmall("a head or trailer section", this.waiting.length, LARGEST_SECTION_BYTES);
    return pieces;
  }

  /** Checks that the response is whole: parts of zero length at its end may be missing. @throws {ProtocolError} truncated or malformed. */
  finish(): void {
    const isCut = this.head === undefined || (!this.isContentOver && this.waiting.length > 0);
    if (isCut) throw new ProtocolError("truncated", "a binary HTTP response", "hold its head and whole pieces of content", `${this.waiting.length} bytes more`, "Ask again.");
    checkTail(this.waiting);
  }

  private takeHead(): void {
    this.head = parseResponseHead(this.waiting);
    if (this.head !== undefined) this.waiting = this.waiting.subarray(this.head.end);
  }

  private takePiece(): Buffer | undefined {
    if (this.head === undefined || this.isContentOver) return undefined;
    const length = decodeVarint(this.waiting, 0);
    if (length === undefined) return undefined;
    this.requireSmall("a piece of content", length.value, LARGEST_PIECE_BYTES);
    const end = length.end + length.value;
    if (this.waiting.length < end) return undefined;
    const piece = this.waiting.subarray(length.end, end);
    this.waiting = this.waiting.subarray(end);
    this.isContentOver = length.value === 0;
    return this.isContentOver ? undefined : piece;
  }

  private requireSmall(subject: string, bytes: number, most: number): void {
    if (!(bytes <= most)) throw new ProtocolError("oversized", subject, `have at most ${most} bytes`, bytes, "Send less, or in smaller pieces.");
  }
}
