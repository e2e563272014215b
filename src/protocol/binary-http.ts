/**
 * Binary HTTP: the content of an encapsulated message, of known length, or of indeterminate length where content is made while
 * it is sent. Informational responses and trailers are read over. Zero bytes after a message are padding and say nothing,
 * and zero bytes at its end may be missing.
 * @source RFC 9292 sections 3.1 to 3.8.
 */
import { ProtocolError } from "./protocol-error.js";
import { decodeVarint, encodeVarint } from "./quic-varint.js";

/** Field lines: lower-case names, values of visible ASCII. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** A request. */
export interface BinaryRequest { readonly method: string; readonly scheme: string; readonly authority: string; readonly path: string; readonly fields: Fields; readonly content: Buffer }

/** A final response. */
export interface BinaryResponse { readonly status: number; readonly fields: Fields; readonly content: Buffer }

/** Framing indicators; those of indeterminate length are two more. */
const REQUEST = 0, RESPONSE = 1, INDETERMINATE = 2;
/** Ends fields and content of indeterminate length. */
const END: Buffer = Buffer.of(0);
const FINAL_STATUS = { least: 200, largest: 599 };
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;

/** @param paddedBytes Size to which zero bytes are added; a longer message stays as it is. */
export function encodeBinaryRequest({ method, scheme, authority, path, fields, content }: BinaryRequest, paddedBytes = 0): Buffer {
  return pad([encodeVarint(REQUEST), ...[method, scheme, authority, path].map(encodeText), encodeFields(fields), encodeBytes(content)], paddedBytes);
}

/** @param paddedBytes As for requests. */
export function encodeBinaryResponse({ status, fields, content }: BinaryResponse, paddedBytes = 0): Buffer {
  return pad([encodeVarint(RESPONSE), encodeVarint(status), encodeFields(fields), encodeBytes(content)], paddedBytes);
}

/** A response of indeterminate length up to its content; pieces of content and the end follow. */
export function encodeResponseHead({ status, fields }: Pick<BinaryResponse, "status" | "fields">): Buffer {
  return Buffer.concat([encodeVarint(RESPONSE + INDETERMINATE), encodeVarint(status), ...fields.flat().map(encodeText), END]);
}

/** A piece of content of indeterminate length. An empty one is nothing, for a length of zero is the end. */
export function encodeContentPiece(content: Uint8Array): Buffer { return content.length === 0 ? Buffer.alloc(0) : encodeBytes(content); }

/** The end of the content, and no trailers. */
export function encodeContentEnd(): Buffer { return Buffer.concat([END, END]); }

/** A request of indeterminate length, whole. */
export function encodeIndeterminateRequest({ method, scheme, authority, path, fields, content }: BinaryRequest, paddedBytes = 0): Buffer {
  const control = [method, scheme, authority, path].map(encodeText), lines = fields.flat().map(encodeText);
  return pad([encodeVarint(REQUEST + INDETERMINATE), ...control, ...lines, END, encodeContentPiece(content), encodeContentEnd()], paddedBytes);
}

/** @throws {ProtocolError} malformed or truncated. */
export function parseBinaryRequest(bytes: Uint8Array): BinaryRequest {
  const reader = new MessageReader(bytes);
  reader.form(REQUEST, "request");
  const [method, scheme, authority, path] = [reader.text(), reader.text(), reader.text(), reader.text()] as const;
  if (method === "" || scheme === "") throw malformed("name a method and a scheme", "an empty one");
  return { method, scheme, authority, path, ...reader.rest() };
}

/** @throws {ProtocolError} malformed or truncated. */
export function parseBinaryResponse(bytes: Uint8Array): BinaryResponse {
  const reader = new MessageReader(bytes);
  reader.form(RESPONSE, "response");
  return { status: reader.status(), ...reader.rest() };
}

/** What comes before the content of a response of indeterminate length, and where the content begins. */
export interface ResponseHead { readonly status: number; readonly fields: Fields; readonly end: number }

/** Reads a head while it arrives. @returns Nothing while it has not all come. @throws {ProtocolError} reason malformed. */
export function parseResponseHead(bytes: Uint8Array): ResponseHead | undefined {
  const reader = new MessageReader(bytes, false);
  try {
    reader.form(RESPONSE, "response");
    return { status: reader.status(), fields: reader.fields(), end: reader.position };
  } catch (error) {
    if (error instanceof ProtocolError && error.reason === "truncated") return undefined;
    throw error;
  }
}

/** Checks what comes after the content of a message of indeterminate length: trailers and padding. @throws {ProtocolError} malformed or truncated. */
export function checkTail(bytes: Uint8Array): void {
  const reader = new MessageReader(bytes);
  reader.expectIndeterminate();
  reader.trailers();
}

/** Reads forward over one message; every read is checked against the end. */
class MessageReader {
  private readonly bytes: Buffer;
  private at = 0;
  private isIndeterminate = false;

  /** @param isWhole Whether the end of the bytes is the end of the message. */
  constructor(bytes: Uint8Array, private readonly isWhole = true) { this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length); }

  get position(): number { return this.at; }

  expectIndeterminate(): void { this.isIndeterminate = true; }

  /** The final status; informational ones and their fields are read over. */
  status(): number {
    let status = this.integer();
    for (; status >= 100 && status < FINAL_STATUS.least; status = this.integer()) this.fields();
    if (!(status >= FINAL_STATUS.least && status <= FINAL_STATUS.largest)) throw malformed("have a status of 100 to 599", status);
    return status;
  }

  integer(): number {
    const found = decodeVarint(this.bytes, this.at);
    if (found === undefined) throw cutOff("hold the integer that its framing promises", "its end");
    this.at = found.end;
    return found.value;
  }

  block(): Buffer {
    const bytes = this.integer(), end = this.at + bytes;
    if (!(end <= this.bytes.length)) throw cutOff("hold as many bytes as it states", `${this.bytes.length - this.at} of ${bytes}`);
    this.at = end;
    return this.bytes.subarray(end - bytes, end);
  }

  text(): string {
    const text = this.block().toString("latin1");
    if (!VALUE.test(text)) throw malformed("have control data of visible ASCII", "another byte");
    return text;
  }

  /** Reads the framing indicator. */
  form(kind: number, name: string): void {
    const indicator = this.integer();
    if (indicator !== kind && indicator !== kind + INDETERMINATE) throw malformed(`begin as a ${name}`, "another framing indicator");
    this.isIndeterminate = indicator !== kind;
  }

  fields(): Fields {
    const reader = this.isIndeterminate ? this : new MessageReader(this.block()), fields: [string, string][] = [];
    while (reader.isIndeterminate ? !this.takesEnd() : !reader.isAtEnd()) {
      const name = reader.block().toString("latin1"), value = reader.text();
      if (!NAME.test(name)) throw malformed("have field names of lower-case tokens", "another byte");
      fields.push([name, value]);
    }
    return fields;
  }

  /** Fields, content, trailers and padding; parts left out at the end are empty, as the RFC allows. */
  rest(): { fields: Fields; content: Buffer } {
    const fields = this.isAtEnd() ? [] : this.fields(), content = this.isAtEnd() ? Buffer.alloc(0) : this.content();
    this.trailers();
    return { fields, content };
  }

  trailers(): void {
    if (!this.isAtEnd()) this.fields();
    if (this.bytes.subarray(this.at).some((byte) => byte !== 0)) throw malformed("end in zero bytes of padding", "another byte");
  }

  private content(): Buffer {
    if (!this.isIndeterminate) return this.block();
    const pieces: Buffer[] = [];
    while (!this.takesEnd()) pieces.push(this.block());
    return Buffer.concat(pieces);
  }

  /** Steps over the end of a part of indeterminate length; the end of the message is one too. */
  private takesEnd(): boolean {
    if (this.isAtEnd()) return this.requireWhole();
    const next = decodeVarint(this.bytes, this.at);
    if (next?.value !== 0) return false;
    this.at = next.end;
    return true;
  }

  private requireWhole(): true {
    if (!this.isWhole) throw cutOff("go on", "its end so far");
    return true;
  }

  private isAtEnd(): boolean { return this.at === this.bytes.length; }
}

function encodeBytes(bytes: Uint8Array): Buffer { return Buffer.concat([encodeVarint(bytes.length), bytes]); }

function encodeText(text: string): Buffer { return encodeBytes(Buffer.from(text, "latin1")); }

function encodeFields(fields: Fields): Buffer { return encodeBytes(Buffer.concat(fields.flat().map(encodeText))); }

function pad(parts: readonly Buffer[], paddedBytes: number): Buffer {
  const message = Buffer.concat(parts);
  return message.length >= paddedBytes ? message : Buffer.concat([message], paddedBytes);
}

function cutOff(rule: string, got: unknown): ProtocolError {
  return new ProtocolError("truncated", "a binary HTTP message", rule, got, "Send all of it.");
}

function malformed(rule: string, got: unknown): ProtocolError {
  return new ProtocolError("malformed", "a binary HTTP message", rule, got, "Encode it again as RFC 9292 says.");
}
