/** Receipts: the ledger's word to a payee that a token is held for it. Signed with Ed25519, so nobody else can write one. */
import { sign, verify, type KeyObject } from "node:crypto";
import { forgedMessage, ProtocolError } from "../protocol-error.js";

/** What is held, for whom, and until when the payee must settle. Money in micro-USD, instants in seconds since 1970. */
export interface Receipt { readonly serial: string; readonly claim: string; readonly payee: string; readonly untilS: number; readonly microUsd: number }

const PURPOSE = Buffer.from("plmm receipt 1\0");
const DIGEST_BYTES = 32, SIGNATURE_BYTES = 64, NUMBER_BYTES = 8;
const HEAD_BYTES = 2 * DIGEST_BYTES + 2 * NUMBER_BYTES;

/** Digests, numbers, payee, signature. */
export function signReceipt(privateKey: KeyObject, { serial, claim, payee, untilS, microUsd }: Receipt): Buffer {
  const numbers = Buffer.alloc(2 * NUMBER_BYTES);
  numbers.writeBigUInt64BE(BigInt(untilS));
  numbers.writeBigUInt64BE(BigInt(microUsd), NUMBER_BYTES);
  const body = Buffer.concat([Buffer.from(serial, "hex"), Buffer.from(claim, "hex"), numbers, Buffer.from(payee)]);
  return Buffer.concat([body, sign(null, Buffer.concat([PURPOSE, body]), privateKey)]);
}

/** @throws {ProtocolError} reason truncated, or forged. */
export function openReceipt(publicKey: KeyObject, bytes: Uint8Array): Receipt {
  const bodyBytes = bytes.length - SIGNATURE_BYTES, own = Buffer.from(bytes);
  if (bodyBytes < HEAD_BYTES) throw new ProtocolError("truncated", "a receipt", `have at least ${HEAD_BYTES + SIGNATURE_BYTES} bytes`, bytes.length, "Ask the ledger again.");
  const body = own.subarray(0, bodyBytes);
  if (!verify(null, Buffer.concat([PURPOSE, body]), publicKey, own.subarray(bodyBytes))) throw forgedMessage("a receipt");
  return {
    serial: body.toString("hex", 0, DIGEST_BYTES), claim: body.toString("hex", DIGEST_BYTES, 2 * DIGEST_BYTES),
    untilS: Number(body.readBigUInt64BE(2 * DIGEST_BYTES)), microUsd: Number(body.readBigUInt64BE(2 * DIGEST_BYTES + NUMBER_BYTES)), payee: body.toString("utf8", HEAD_BYTES),
  };
}
