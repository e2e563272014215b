/**
 * What the ledger and E know together: who bought which blinded messages, and which tokens were spent. The test plays them with
 * the signing key in hand and tries to join the two.
 */
import { constants, privateEncrypt } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { rankSumTest } from "../../core/rank-tests.js";
import { blindMessage, blindSign, finalizeSignature } from "./blind-rsa.js";
import { encodePss } from "./pss-encoding.js";
import { bytesOf, inverseModulo, numberOf, raiseToPublic, randomBelow } from "./rsa-numbers.js";
import { makeTokenKey, type TokenSigningKey } from "./token-key.js";
import { challengeDigestOf, encodeTokenInput, TOKEN_VARIANT, verifyToken, type Token } from "./token.js";

/** One purchase as the ledger sees it, and the token that came of it. */
interface Purchase { readonly blinded: Buffer; readonly blindSignature: Buffer; readonly token: Token; readonly salt: Buffer }

const PEOPLE = 60;
let key: TokenSigningKey;
beforeAll(() => { key = makeTokenKey({ issuesFromS: 0, issuesUntilS: 10, redeemsUntilS: 20, microUsd: 1 }); });

/** Buys a token. @param blindOf Draws the blinding factor; an honest client draws a fresh one. */
function purchase(person: number, blindOf: () => bigint): Purchase {
  const input = { nonce: Buffer.alloc(32, person), challengeDigest: challengeDigestOf("l"), keyId: key.keyId }, salt = Buffer.alloc(48, person ^ 0xff);
  const { bytes, inverse } = blindMessage(TOKEN_VARIANT, key.publicKey, encodeTokenInput(input), { salt, blind: blindOf() });
  const blindSignature = blindSign(key.privateKey, bytes);
  return { blinded: bytes, blindSignature, salt, token: { ...input, signature: finalizeSignature(TOKEN_VARIANT, key.publicKey, encodeTokenInput(input), blindSignature, inverse) } };
}

/** The one factor that would join a purchase to a token, as the holder of the signing key works it out. */
function joiningFactor(bought: Purchase, spent: Purchase): bigint {
  const message = numberOf(encodePss(encodeTokenInput(spent.token), spent.salt, key.publicKey.bits - 1));
  const quotient = numberOf(bought.blinded) * inverseModulo(message, key.publicKey.modulus)! % key.publicKey.modulus;
  return numberOf(privateEncrypt({ key: key.privateKey, padding: constants.RSA_NO_PADDING }, bytesOf(quotient, 256)));
}

it("leaves for every purchase and every token exactly one blinding factor that joins them, and it explains both views", () => {
  const all = Array.from({ length: 8 }, (_, person) => purchase(person, () => randomBelow(key.publicKey))), n = key.publicKey.modulus;
  for (const bought of all) {
    for (const spent of all) {
      const factor = joiningFactor(bought, spent), signature = bytesOf(numberOf(bought.blindSignature) * inverseModulo(factor, n)! % n, 256);
      expect(signature).toEqual(spent.token.signature);
      expect(verifyToken(key.publicKey, { ...spent.token, signature })).toBe(true);
      const message = numberOf(encodePss(encodeTokenInput(spent.token), spent.salt, key.publicKey.bits - 1));
      expect(bytesOf(message * raiseToPublic(key.publicKey, factor) % n, 256)).toEqual(bought.blinded);
    }
  }
});

/** Scores of true pairs against false pairs: how near the joining factor lies to `expected`. */
function linkingTest(all: readonly Purchase[], expected: bigint): { readonly pValue: number; readonly auc: number } {
  const scoreOf = (bought: Purchase, spent: Purchase): number => {
    const gap = joiningFactor(bought, spent) - expected;
    return -(gap < 0n ? -gap : gap).toString(2).length - Number((gap < 0n ? -gap : gap) >> 2000n) / 2 ** 48;
  };
  const joined = all.map((each) => scoreOf(each, each)), apart = all.map((each, index) => scoreOf(each, all[(index + 1) % all.length]!));
  const { statistic, pValue } = rankSumTest(joined, apart);
  return { pValue, auc: statistic / (joined.length * apart.length) };
}

it("gives an attacker who tests the size of the joining factor nothing", () => {
  const all = Array.from({ length: PEOPLE }, (_, person) => purchase(person, () => randomBelow(key.publicKey)));
  const { pValue, auc } = linkingTest(all, 0n);
  // Blinding factors are the system's random numbers: a fair run falls outside once in 10,000.
  expect(pValue).toBeGreaterThan(1e-4);
  expect(Math.abs(auc - 0.5)).toBeLessThan(0.25);
});

it("is a test with power: clients who draw small factors are all found", () => {
  const all = Array.from({ length: PEOPLE }, (_, person) => purchase(person, () => randomBelow(key.publicKey) >> 64n));
  expect(linkingTest(all, 0n).auc).toBe(1);
});
