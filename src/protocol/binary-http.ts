/**
 * Binary HTTP with known lengths: the content of an encapsulated message. Informational responses are read over;
 * trailers are read over. Zero bytes after a message are padding and say nothing.
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

/** Framing indicators of the known-length forms. */
const REQUEST = 0, RESPONSE = 1;
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

/** @throws {ProtocolError} reason malformed. */
export function parseBinaryRequest(bytes: Uint8Array): BinaryRequest {
  const reader = new MessageReader(bytes);
  if (reader.integer() !== REQUEST) throw malformed("begin as a request of known length", "another framing indicator");
  const [method, scheme, authority, path] = [reader.text(), reader.text(), reader.text(), reader.text()] as const;
  if (method === "" || scheme === "") throw malformed("name a method and a scheme", "an empty one");
  return { method, scheme, authority, path, ...reader.rest() };
}

/** @throws {ProtocolError} reason malformed. */
export function parseBinaryResponse(bytes: Uint8Array): BinaryResponse {
  const reader = new MessageReader(bytes);
  if (reader.integer() !== RESPONSE) throw malformed("begin as a response of known length", "another framing indicator");
  let status = reader.integer();
  for (; status >= 100 && status < FINAL_STATUS.least; status = reader.integer()) reader.fields();
  if (!(status >= FINAL_STATUS.least && status <= FINAL_STATUS.largest)) throw malformed("have a status of 100 to 599", status);
  return { status, ...reader.rest() };
}

/** Reads forward over one message; every read is checked against the end. */
class MessageReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Uint8Array) { this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length); }

  integer(): number {
    const found = decodeVarint(this.bytes, this.at);
    if (found === undefined) throw malformed("hold the integer that its framing promises", "its end");
    this.at = found.end;
    return found.value;
  }

  block(): Buffer {
    const bytes = this.integer(), end = this.at + bytes;
    if (!(end <= this.bytes.length)) throw malformed("hold as many bytes as it states", `${this.bytes.length - this.at} of ${bytes}`);
    this.at = end;
    return this.bytes.subarray(end - bytes, end);
  }

  text(): string {
    const text = this.block().toString("latin1");
    if (!VALUE.test(text)) throw malformed("have control data of visible ASCII", "another byte");
    return text;
  }

  fields(): Fields {
    const reader = new MessageReader(this.block()), fields: [string, string][] = [];
    while (reader.at < reader.bytes.length) {
      const name = reader.block().toString("latin1"), value = reader.text();
      if (!NAME.test(name)) throw malformed("have field names of lower-case tokens", "another byte");
      fields.push([name, value]);
    }
    return fields;
  }

  /** Fields, content, trailers and padding; parts left out at the end are empty, as the RFC allows. */
  rest(): { fields: Fields; content: Buffer } {
    const fields = this.isAtEnd() ? [] : this.fields(), content = this.isAtEnd() ? Buffer.alloc(0) : this.block();
    if (!this.isAtEnd()) this.fields();
    if (this.bytes.subarray(this.at).some((byte) => byte !== 0)) throw malformed("end in zero bytes of padding", "another byte");
    return { fields, content };
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

function malformed(rule: string, got: unknown): ProtocolError {
  return new ProtocolError("malformed", "a binary HTTP message", rule, got, "Encode it again as RFC 9292 says.");
}
