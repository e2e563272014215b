/** Chunked Oblivious HTTP: requests and answers that are opened while they arrive. @source draft-ietf-ohai-chunked-ohttp. */
import { randomBytes } from "node:crypto";
import { invariant } from "../../core/errors.js";
import { openAead, sealAead } from "../hpke/aead.js";
import { nonceOf, type HpkeOpener, type HpkeSealer } from "../hpke/hpke-context.js";
import { setupRecipient, setupSender } from "../hpke/hpke.js";
import type { KeyPair } from "../hpke/key-groups.js";
import { ProtocolError } from "../protocol-error.js";
import { ChunkReader, DEFAULT_LIMITS, frameChunk, type ChunkCipher, type StreamLimits } from "./chunk-stream.js";
import type { KeyConfig } from "./key-config.js";
import { chooseKey, encodeRequestHead, infoOf, MESSAGE_FORMS, type GatewayKey } from "./request-head.js";
import { deriveAnswerKeys, responseNonceBytes, type AnswerKeys, type AnswerSecret } from "./response-keys.js";

const FORM = MESSAGE_FORMS.chunked;

/** Seals the chunks of one message, in order. The first piece carries what comes before the chunks. */
export class ChunkSealer {
  private isDone = false;

  constructor(private front: Buffer, private readonly seal: ChunkCipher) {}

  /** @returns Bytes to send now: `sealedChunkBytes`, and the front with the first chunk. */
  next(plaintext: Uint8Array, isLast: boolean): Buffer {
    invariant(!this.isDone, "seal nothing after the last chunk", plaintext.length);
    this.isDone = isLast;
    const bytes = Buffer.concat([this.front, frameChunk(this.seal, plaintext, isLast)]);
    this.front = Buffer.alloc(0);
    return bytes;
  }
}

/** A request that is being sent, and what opens its answer. */
export interface RequestStream { readonly sealer: ChunkSealer; readonly answer: AnswerSecret }

/** Begins a chunked request. @param ephemeral Given by tests of published vectors only. */
export function beginRequest({ keyId, publicKey, suites }: KeyConfig, ephemeral?: KeyPair): RequestStream {
  const suite = suites[0]!, head = encodeRequestHead(keyId, suite);
  const { encapsulated, sealer } = setupSender(suite, publicKey, { info: infoOf(FORM, head) }, undefined, ephemeral);
  const chunks = new ChunkSealer(Buffer.concat([head, encapsulated]), (aad, chunk) => sealer.seal(aad, chunk));
  return { sealer: chunks, answer: { suite, encapsulated, secret: exportAnswerSecret(sealer, suite) } };
}

/** Begins the chunked answer to a request. @param responseNonce Given by tests of published vectors only. */
export function beginResponse(answer: AnswerSecret, responseNonce: Buffer = randomBytes(responseNonceBytes(answer.suite))): ChunkSealer {
  const keys = deriveAnswerKeys(answer, responseNonce);
  return new ChunkSealer(responseNonce, numbered(keys, sealAead));
}

/** Opens a chunked request while it arrives. */
export class RequestReader {
  private front: Buffer = Buffer.alloc(0);
  private chunks: ChunkReader | undefined;
  /** What seals the answer, once the head has come. */
  answer: AnswerSecret | undefined;

  constructor(private readonly keys: readonly GatewayKey[], private readonly limits: StreamLimits = DEFAULT_LIMITS) {}

  /** @throws {ProtocolError} for every message that is not genuine. */
  push(bytes: Uint8Array): Buffer[] {
    if (this.chunks !== undefined) return this.chunks.push(bytes);
    this.front = Buffer.concat([this.front, bytes]);
    const chosen = chooseKey(this.keys, this.front);
    if (chosen === undefined) return [];
    const { key, suite, head, encapsulated, bodyStart } = chosen;
    const opener = setupRecipient(suite, encapsulated, key.keyPair, { info: infoOf(FORM, head) });
    this.answer = { suite, encapsulated, secret: exportAnswerSecret(opener, suite) };
    this.chunks = new ChunkReader((aad, chunk) => opener.open(aad, chunk), this.limits);
    return this.chunks.push(this.front.subarray(bodyStart));
  }

  /** The last chunk. @throws {ProtocolError} truncated when it has not come. */
  finish(): Buffer { return finishChunks(this.chunks); }
}

/** Opens a chunked answer while it arrives. */
export class ResponseReader {
  private front: Buffer = Buffer.alloc(0);
  private chunks: ChunkReader | undefined;

  constructor(private readonly answer: AnswerSecret, private readonly limits: StreamLimits = DEFAULT_LIMITS) {}

  /** @throws {ProtocolError} for every message that is not genuine. */
  push(bytes: Uint8Array): Buffer[] {
    if (this.chunks !== undefined) return this.chunks.push(bytes);
    this.front = Buffer.concat([this.front, bytes]);
    const split = responseNonceBytes(this.answer.suite);
    if (this.front.length < split) return [];
    this.chunks = new ChunkReader(numbered(deriveAnswerKeys(this.answer, this.front.subarray(0, split)), openAead), this.limits);
    return this.chunks.push(this.front.subarray(split));
  }

  /** The last chunk. @throws {ProtocolError} truncated when it has not come. */
  finish(): Buffer { return finishChunks(this.chunks); }
}

function finishChunks(chunks: ChunkReader | undefined): Buffer {
  if (chunks !== undefined) return chunks.finish();
  throw new ProtocolError("truncated", "a chunked message", "hold at least its head", "less", "Send it again.");
}

/** A cipher that counts its chunks into the nonce. */
function numbered({ cipher, key, baseNonce }: AnswerKeys, work: typeof sealAead): ChunkCipher {
  let sequence = 0;
  return (aad, chunk) => {
    const done = work(cipher, key, nonceOf(baseNonce, sequence), aad, chunk);
    sequence++;
    return done;
  };
}

function exportAnswerSecret(context: HpkeSealer | HpkeOpener, suite: AnswerSecret["suite"]): Buffer {
  return context.exportSecret(Buffer.from(FORM.response), responseNonceBytes(suite));
}
