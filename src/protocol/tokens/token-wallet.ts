/**
 * The client's side of tokens: blinds, unblinds, and hands each token out once. Its state is plain text for the sealed
 * store and is to be stored before a request leaves: who loses the blinding factor has paid for nothing.
 */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { ProtocolError } from "../protocol-error.js";
import { blindMessage, finalizeSignature } from "./blind-rsa.js";
import type { TokenDirectory, TokenKey } from "./token-key.js";
import { challengeDigestOf, encodeToken, encodeTokenInput, parseToken, TOKEN_BYTES, TOKEN_PART_BYTES, TOKEN_VARIANT, type Token, type TokenInput, type TokenRequest } from "./token.js";

/** A token on its way: asked for, not signed yet. */
export interface PendingToken { readonly input: TokenInput; readonly inverse: bigint }

/** Tokens to be sent for, and what is kept until they come. */
export interface TokenOrder { readonly requests: readonly TokenRequest[]; readonly pending: readonly PendingToken[] }

/** The key of a directory that issues now. @throws {ProtocolError} reason expired. */
export function findIssuingKey({ keys }: TokenDirectory, nowS: number): TokenKey {
  const key = keys.find(({ issuesFromS, issuesUntilS }) => issuesFromS <= nowS && nowS < issuesUntilS);
  if (key === undefined) throw new ProtocolError("expired", "a directory of token keys", "hold a key that issues now", nowS, "Fetch it again.");
  return key;
}

/** Blinds fresh tokens. */
export function orderTokens(issuer: string, key: TokenKey, count: number): TokenOrder {
  const challengeDigest = challengeDigestOf(issuer), keyIdEnd = key.keyId.at(-1)!;
  const blinded = Array.from({ length: count }, () => {
    const input = { nonce: randomBytes(TOKEN_PART_BYTES), challengeDigest, keyId: key.keyId };
    return { input, ...blindMessage(TOKEN_VARIANT, key.publicKey, encodeTokenInput(input)) };
  });
  return { requests: blinded.map(({ bytes }) => ({ keyIdEnd, blinded: bytes })), pending: blinded.map(({ input, inverse }) => ({ input, inverse })) };
}

/**
 * Unblinds what the mint signed.
 *
 * @throws {ProtocolError} reason truncated, for another number of signatures; forged, when one does not hold.
 */
export function receiveTokens(key: TokenKey, pending: readonly PendingToken[], blindSignatures: readonly Uint8Array[]): Token[] {
  if (pending.length !== blindSignatures.length) throw new ProtocolError("truncated", "an issue of tokens", `hold ${pending.length} signatures`, blindSignatures.length, "Repeat the order under its number.");
  return pending.map(({ input, inverse }, index) => ({
    ...input, signature: finalizeSignature(TOKEN_VARIANT, key.publicKey, encodeTokenInput(input), blindSignatures[index]!, inverse),
  }));
}

const walletForm = z.strictObject({
  ready: z.array(z.base64url()),
  orders: z.record(z.string(), z.array(z.strictObject({ nonce: z.base64url(), challenge: z.base64url(), keyId: z.base64url(), inverse: z.string().regex(/^[0-9a-f]+$/), blinded: z.base64url() }))),
});

/** Tokens and open orders of one person. */
export class TokenWallet {
  private readonly ready: Token[] = [];
  private readonly orders = new Map<string, TokenOrder>();

  /** Tokens that can be spent. */
  get count(): number { return this.ready.length; }

  /** Numbers of the orders that are under way. */
  get openOrders(): readonly string[] { return [...this.orders.keys()]; }

  /** Begins an order, or gives the one of that number again. */
  order(orderId: string, issuer: string, key: TokenKey, count: number): readonly TokenRequest[] {
    const order = this.orders.get(orderId) ?? orderTokens(issuer, key, count);
    this.orders.set(orderId, order);
    return order.requests;
  }

  /** Ends an order. @throws {ProtocolError} as `receiveTokens`; the order stays open. */
  receive(orderId: string, key: TokenKey, blindSignatures: readonly Uint8Array[]): void {
    const order = this.orders.get(orderId);
    if (order === undefined) throw new ProtocolError("replayed", "an order's number", "be one that is under way", orderId, "Ask for tokens first.");
    this.ready.push(...receiveTokens(key, order.pending, blindSignatures));
    this.orders.delete(orderId);
  }

  /** A token to spend; it is not given out again. @throws {ProtocolError} reason unpaid. */
  take(): Token {
    const token = this.ready.shift();
    if (token === undefined) throw new ProtocolError("unpaid", "a wallet", "hold a token", 0, "Order tokens first.");
    return token;
  }

  /** The whole state. */
  encode(): string {
    const orders = [...this.orders].map(([orderId, { requests, pending }]) => [orderId, pending.map(({ input, inverse }, index) => ({
      nonce: input.nonce.toString("base64url"), challenge: input.challengeDigest.toString("base64url"), keyId: input.keyId.toString("base64url"),
      inverse: inverse.toString(16), blinded: requests[index]!.blinded.toString("base64url"),
    }))] as const);
    return JSON.stringify({ ready: this.ready.map((token) => encodeToken(token).toString("base64url")), orders: Object.fromEntries(orders) });
  }

  /** @throws {ProtocolError} reason malformed. */
  static parse(text: string): TokenWallet {
    const wallet = new TokenWallet(), { ready, orders } = parseWalletForm(text), bytesOf = (part: string): Buffer => Buffer.from(part, "base64url");
    wallet.ready.push(...ready.map((token) => parseToken(bytesOf(token))));
    for (const [orderId, entries] of Object.entries(orders)) {
      wallet.orders.set(orderId, {
        requests: entries.map(({ keyId, blinded }) => ({ keyIdEnd: bytesOf(keyId).at(-1) ?? 0, blinded: bytesOf(blinded) })),
        pending: entries.map(({ nonce, challenge, keyId, inverse }) => ({ input: { nonce: bytesOf(nonce), challengeDigest: bytesOf(challenge), keyId: bytesOf(keyId) }, inverse: BigInt(`0x${inverse}`) })),
      });
    }
    return wallet;
  }
}

function parseWalletForm(text: string): z.output<typeof walletForm> {
  try {
    return walletForm.parse(JSON.parse(text));
  } catch {
    throw new ProtocolError("malformed", "a wallet", `hold tokens of ${TOKEN_BYTES} bytes and open orders`, `${text.length} characters`, "Bring it back from a copy.");
  }
}
