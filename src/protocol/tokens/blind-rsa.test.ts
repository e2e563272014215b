/** Expected values: RFC 9474 appendix A and RFC 9578 appendix B.2 as figures. */
import { constants, createPrivateKey, privateEncrypt } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../protocol-error.js";
import { BLIND_RSA_KEY, BLIND_RSA_VECTORS, TOKEN_VECTORS } from "./blind-rsa-vectors.test-data.js";
import { BLIND_VARIANTS, blindMessage, blindSign, finalizeSignature, prepareMessage, verifyBlindRsa } from "./blind-rsa.js";
import { encodePss } from "./pss-encoding.js";
import { bytesOf, inverseModulo, numberOf, randomBelow, rsaPublicKeyOf } from "./rsa-numbers.js";
import { signingKeyOf } from "./token-key.js";
import { encodeToken, encodeTokenInput, encodeTokenRequests, parseToken, TOKEN_VARIANT, verifyToken, type TokenInput } from "./token.js";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const privateKey = createPrivateKey({ key: { ...BLIND_RSA_KEY }, format: "jwk" }), key = rsaPublicKeyOf(privateKey);
const VARIANT_NAMES = Object.keys(BLIND_VARIANTS) as (keyof typeof BLIND_VARIANTS)[];

describe("published vectors", () => {
  it.each(BLIND_RSA_VECTORS.map((vector) => [vector.name, vector] as const))("blinds, signs, finalizes and verifies %s", (name, vector) => {
    const variant = BLIND_VARIANTS[name as keyof typeof BLIND_VARIANTS], input = hex(vector.input_msg), inverse = numberOf(hex(vector.inv));
    if (vector.encoded_msg !== undefined) expect(encodePss(input, hex(vector.salt), key.bits - 1).toString("hex")).toBe(vector.encoded_msg);
    const blinded = blindMessage(variant, key, input, { salt: hex(vector.salt), blind: inverseModulo(inverse, key.modulus)! });
    expect(blinded.bytes.toString("hex")).toBe(vector.blinded_msg);
    expect(blinded.inverse).toBe(inverse);
    expect(blindSign(privateKey, blinded.bytes).toString("hex")).toBe(vector.blind_sig);
    expect(finalizeSignature(variant, key, input, hex(vector.blind_sig), inverse).toString("hex")).toBe(vector.sig);
    for (const other of VARIANT_NAMES) expect(verifyBlindRsa(BLIND_VARIANTS[other], key, input, hex(vector.sig))).toBe(BLIND_VARIANTS[other].saltBytes === variant.saltBytes);
  });

  it("knows all four variants", () => { expect(BLIND_RSA_VECTORS.map(({ name }) => name)).toEqual(VARIANT_NAMES); });

  it.each(TOKEN_VECTORS)("makes the token of RFC 9578 with nonce $nonce", (vector) => {
    const signing = signingKeyOf(createPrivateKey({ key: Buffer.from(vector.skS, "base64"), format: "der", type: "pkcs8" }), { issuesFromS: 0, issuesUntilS: 1, redeemsUntilS: 1, microUsd: 1 });
    expect(signing.spki.toString("hex")).toBe(vector.pkS);
    const published = parseToken(hex(vector.token)), input: TokenInput = { nonce: hex(vector.nonce), challengeDigest: published.challengeDigest, keyId: signing.keyId };
    const blinded = blindMessage(TOKEN_VARIANT, signing.publicKey, encodeTokenInput(input), { salt: hex(vector.salt), blind: numberOf(hex(vector.blind)) });
    expect(encodeTokenRequests([{ keyIdEnd: signing.keyId.at(-1)!, blinded: blinded.bytes }]).toString("hex")).toBe(vector.token_request);
    expect(blindSign(signing.privateKey, blinded.bytes).toString("hex")).toBe(vector.token_response);
    const signature = finalizeSignature(TOKEN_VARIANT, signing.publicKey, encodeTokenInput(input), hex(vector.token_response), blinded.inverse);
    expect(encodeToken({ ...input, signature }).toString("hex")).toBe(vector.token);
    expect(verifyToken(signing.publicKey, published)).toBe(true);
  });
});

it("gives a signature of every message, and of no other", () => {
  fc.assert(fc.property(fc.constantFrom(...VARIANT_NAMES), fc.uint8Array({ maxLength: 100 }), (name, message) => {
    const variant = BLIND_VARIANTS[name], prepared = prepareMessage(variant, message), { bytes, inverse } = blindMessage(variant, key, prepared);
    const signature = finalizeSignature(variant, key, prepared, blindSign(privateKey, bytes), inverse);
    expect(prepared.length).toBe(message.length + variant.prefixBytes);
    expect(verifyBlindRsa(variant, key, prepared, signature)).toBe(true);
    expect(verifyBlindRsa(variant, key, Buffer.concat([prepared, Buffer.of(0)]), signature)).toBe(false);
  }), { seed: 9, numRuns: 12 });
});

it("refuses a signature of another message, a wrong size and a number beyond the modulus", () => {
  const variant = BLIND_VARIANTS["RSABSSA-SHA384-PSS-Randomized"], prepared = Buffer.from("a"), { bytes, inverse } = blindMessage(variant, key, prepared);
  const other = blindSign(privateKey, blindMessage(variant, key, Buffer.from("b")).bytes);
  for (const wrong of [
    () => finalizeSignature(variant, key, prepared, other, inverse), () => finalizeSignature(variant, key, prepared, other.subarray(1), inverse),
    () => blindSign(privateKey, bytes.subarray(1)), () => blindSign(privateKey, bytesOf(key.modulus + 1n, 512)),
  ]) expect(wrong).toThrowError(ProtocolError);
});

it("inverts modulo the modulus, and draws numbers below it", () => {
  fc.assert(fc.property(fc.bigInt({ min: 2n, max: 10_000n }), fc.bigInt({ min: 0n, max: 20_000n }), (modulus, value) => {
    const inverse = inverseModulo(value, modulus);
    if (inverse !== undefined) expect(inverse * value % modulus).toBe(1n);
    else expect([...Array(Number(modulus)).keys()].some((candidate) => BigInt(candidate) * value % modulus === 1n)).toBe(false);
  }), { seed: 4, numRuns: 100 });
  for (let draw = 0; draw < 20; draw++) expect(randomBelow(key) < key.modulus).toBe(true);
  expect(privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, bytesOf(1n, 512))).toEqual(bytesOf(1n, 512));
});
