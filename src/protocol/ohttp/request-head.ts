/** The head of an encapsulated request: which key and which methods. Bound to the request as the HPKE info. */
import { OHTTP_HEADER_BYTES } from "../envelope.js";
import type { Suite } from "../hpke/hpke.js";
import type { KeyPair, PublicKey } from "../hpke/key-groups.js";
import { ProtocolError } from "../protocol-error.js";

/** A key of the gateway with the suites it accepts. */
export interface GatewayKey { readonly keyId: number; readonly keyPair: KeyPair; readonly suites: readonly Suite<KeyPair, PublicKey>[] }

/** The two forms of a message: whole, or in chunks. Each has its own labels, so neither can pass for the other. */
export const MESSAGE_FORMS = {
  whole: { request: "message/bhttp request", response: "message/bhttp response", requestMediaType: "message/ohttp-req", responseMediaType: "message/ohttp-res" },
  chunked: { request: "message/bhttp chunked request", response: "message/bhttp chunked response", requestMediaType: "message/ohttp-chunked-req", responseMediaType: "message/ohttp-chunked-res" },
} as const;
/** One of `MESSAGE_FORMS`. */
export type MessageForm = (typeof MESSAGE_FORMS)[keyof typeof MESSAGE_FORMS];

/** Key identifier, KEM, KDF and AEAD. 7 bytes. @source RFC 9458 section 4.3. */
export function encodeRequestHead(keyId: number, { kem, kdf, aead }: Suite<KeyPair, PublicKey>): Buffer {
  const head = Buffer.alloc(OHTTP_HEADER_BYTES);
  head.writeUInt8(keyId);
  [kem.id, kdf.id, aead.id].forEach((id, index) => head.writeUInt16BE(id, 1 + 2 * index));
  return head;
}

/** The info that HPKE binds: label, a zero byte, head. */
export function infoOf(form: MessageForm, head: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(form.request), Buffer.of(0), head]);
}

/** What a head asks for, when the gateway has it. */
export interface ChosenKey { readonly key: GatewayKey; readonly suite: Suite<KeyPair, PublicKey>; readonly head: Buffer; readonly encapsulated: Buffer; readonly bodyStart: number }

/** Bytes before the body of a request: head and encapsulated key; nothing while they have not all come. */
export function chooseKey(keys: readonly GatewayKey[], bytes: Buffer): ChosenKey | undefined {
  if (bytes.length < OHTTP_HEADER_BYTES) return undefined;
  const key = keys.find(({ keyId }) => keyId === bytes[0]);
  if (key === undefined) throw new ProtocolError("unknown-key", "the key identifier of a request", "be one that the gateway publishes", bytes[0], "Fetch the key configuration again.");
  const [kemId, kdfId, aeadId] = [bytes.readUInt16BE(1), bytes.readUInt16BE(3), bytes.readUInt16BE(5)];
  const suite = key.suites.find(({ kem, kdf, aead }) => kem.id === kemId && kdf.id === kdfId && aead.id === aeadId);
  if (suite === undefined) throw new ProtocolError("unknown-suite", "the suite of a request", "be one that the key's configuration offers", [kemId, kdfId, aeadId], "Fetch the key configuration again.");
  const bodyStart = OHTTP_HEADER_BYTES + suite.kem.encapsulatedBytes;
  if (bytes.length < bodyStart) return undefined;
  return { key, suite, head: bytes.subarray(0, OHTTP_HEADER_BYTES), encapsulated: Buffer.from(bytes.subarray(OHTTP_HEADER_BYTES, bodyStart)), bodyStart };
}
