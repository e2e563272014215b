/**
 * The ledger's side of tokens: sells blind signatures to accounts, holds spent tokens for payees, settles and refunds.
 *
 * Every call can be repeated after a crash or a lost answer and does its work once: an order by its number, a spent token by
 * its claim, a refund by its blinded message. Signing is deterministic, so a repeated order gets the same signatures.
 * Instants are given from outside, in seconds since 1970.
 */
import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { forgedMessage, ProtocolError } from "../protocol-error.js";
import { blindSign } from "./blind-rsa.js";
import { signReceipt } from "./receipt.js";
import type { HeldToken, TokenBook } from "./token-book.js";
import type { TokenKey, TokenSigningKey } from "./token-key.js";
import { parseToken, serialOf, verifyToken, type Token, type TokenRequest } from "./token.js";

/** Who spends what with whom. `claim` is SHA-256 of the spender's secret, in hex. */
export interface Spending { readonly token: Uint8Array; readonly payee: string; readonly claim: string }

/** Who asks for a refund: the payee who did not serve, or the spender by the secret behind the claim. */
export type RefundGround = { readonly payee: string } | { readonly secret: Uint8Array };

/** Time in which a payee settles; afterwards the spender may take the money back. Seconds. */
export const HOLD_S = 120;

/** A key pair for receipts. */
export function makeReceiptKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } { return generateKeyPairSync("ed25519"); }

/** SHA-256 in hex. */
export function digestOf(bytes: Uint8Array): string { return createHash("sha256").update(bytes).digest("hex"); }

/** Sells, holds, settles and refunds tokens. */
export class TokenMint {
  constructor(private readonly keys: readonly TokenSigningKey[], private readonly receiptKey: KeyObject, private readonly book: TokenBook) {}

  /** Books money that came in. @throws {ProtocolError} reason replayed, when the order was something else. */
  deposit(account: string, orderId: string, microUsd: number): void {
    const known = this.book.findOrder(account, orderId);
    if (known === undefined) this.book.record({ kind: "deposit", account, orderId, microUsd });
    else if (known.kind !== "deposit" || known.microUsd !== microUsd) throw otherOrder(orderId);
  }

  /**
   * Signs blinded messages and takes their price from the account.
   *
   * @returns One blind signature per request.
   * @throws {ProtocolError} unknown-key, expired, unpaid; replayed, when the order was something else; malformed. Nothing is paid then.
   */
  issue(account: string, orderId: string, requests: readonly TokenRequest[], nowS: number): Buffer[] {
    const known = this.book.findOrder(account, orderId), digest = digestOf(Buffer.concat(requests.map(({ blinded }) => blinded)));
    const key = known?.kind === "issue" ? this.findKey(known.keyId) : this.issuingKey(requests, nowS);
    const signatures = requests.map(({ blinded }) => blindSign(key.privateKey, blinded)), microUsd = requests.length * key.microUsd;
    if (known !== undefined) {
      if (known.kind !== "issue" || known.digest !== digest) throw otherOrder(orderId);
      return signatures;
    }
    if (this.book.balanceOf(account) < microUsd) throw new ProtocolError("unpaid", "an account", `hold ${microUsd} micro-USD for ${requests.length} tokens`, this.book.balanceOf(account), "Pay in first.");
    this.book.record({ kind: "issue", account, orderId, keyId: key.keyId.toString("hex"), count: requests.length, microUsd, digest });
    return signatures;
  }

  /**
   * Holds a token for a payee. A payee serves a serial once: it settles before it answers, or keeps the serials it is serving.
   *
   * @returns A receipt; the same one for the same spending while the token is held.
   * @throws {ProtocolError} double-spent, forged, unknown-key, expired or malformed.
   */
  redeem({ token: bytes, payee, claim }: Spending, nowS: number): Buffer {
    const { token, key, serial } = this.checkToken(bytes, nowS);
    const { untilS, microUsd } = this.findRepeated(serial, payee, claim) ?? { untilS: nowS + HOLD_S, microUsd: key.microUsd };
    if (this.book.findSpent(serial) === undefined) this.book.record({ kind: "hold", serial, keyId: token.keyId.toString("hex"), payee, claim, untilS, microUsd });
    return signReceipt(this.receiptKey, { serial, claim, payee, untilS, microUsd });
  }

  /** Credits the payee for a held token; late is allowed while nobody took the money back. @throws {ProtocolError} double-spent or unpaid. */
  settle(serial: string, payee: string): void {
    const spent = this.requireHeld(serial);
    if (spent.entry.payee !== payee) throw new ProtocolError("unpaid", "a token", "be held for the payee who settles it", "another payee", "Settle your own tokens.");
    if (spent.outcome.kind === "refunded") throw doubleSpent();
    if (spent.outcome.kind === "held") this.book.record({ kind: "settle", serial });
  }

  /**
   * Signs a fresh token for one that bought nothing. The fresh one cannot be linked to the old one by anybody who did not
   * see both here, and to the account by nobody.
   *
   * @throws {ProtocolError} double-spent, when the payee settled or another token was given; unpaid, when it was never
   *   held or the payee still has time; forged, for a wrong secret or another payee; unknown-key, expired.
   */
  refund(serial: string, ground: RefundGround, request: TokenRequest, nowS: number): Buffer {
    const { entry, outcome } = this.requireHeld(serial), digest = digestOf(request.blinded);
    const isPayee = "payee" in ground, isEntitled = isPayee ? ground.payee === entry.payee : digestOf(ground.secret) === entry.claim;
    if (!isEntitled) throw forgedMessage("a claim for a refund");
    if (outcome.kind === "settled" || (outcome.kind === "refunded" && outcome.digest !== digest)) throw doubleSpent();
    const key = outcome.kind === "refunded" ? this.findKey(outcome.keyId) : this.issuingKey([request], nowS, entry.microUsd);
    const signature = blindSign(key.privateKey, request.blinded);
    if (outcome.kind === "held") {
      if (!isPayee && nowS < entry.untilS) throw new ProtocolError("unpaid", "a refund without the payee", `wait until its time to settle is over, in ${entry.untilS - nowS} s`, nowS, "Ask again then.");
      this.book.record({ kind: "refund", serial, keyId: key.keyId.toString("hex"), digest });
    }
    return signature;
  }

  /** Pays a token that bought nothing out to an account, which thereby says that it was theirs. @throws {ProtocolError} as `redeem`. */
  payOut(account: string, bytes: Uint8Array, nowS: number): void {
    const { token, key, serial } = this.checkToken(bytes, nowS), spent = this.book.findSpent(serial)?.entry;
    if (spent === undefined) this.book.record({ kind: "return", serial, keyId: token.keyId.toString("hex"), account, microUsd: key.microUsd });
    else if (spent.kind !== "return" || spent.account !== account) throw doubleSpent();
  }

  /** The same spending, made before and still held. */
  private findRepeated(serial: string, payee: string, claim: string): HeldToken["entry"] | undefined {
    const spent = this.book.findSpent(serial);
    if (spent === undefined) return undefined;
    const { entry, outcome } = spent, isSame = entry.kind === "hold" && entry.payee === payee && entry.claim === claim;
    if (!isSame || outcome.kind !== "held") throw doubleSpent();
    return entry;
  }

  private checkToken(bytes: Uint8Array, nowS: number): { readonly token: Token; readonly key: TokenKey; readonly serial: string } {
    const token = parseToken(bytes), key = this.findKey(token.keyId.toString("hex"));
    if (!verifyToken(key.publicKey, token)) throw forgedMessage("a token");
    if (nowS >= key.redeemsUntilS) throw new ProtocolError("expired", "a token", `be spent before ${key.redeemsUntilS} s`, nowS, "Spend tokens in their epoch, or have them paid out before it ends.");
    return { token, key, serial: serialOf(token) };
  }

  private issuingKey(requests: readonly TokenRequest[], nowS: number, microUsd?: number): TokenSigningKey {
    const end = requests[0]?.keyIdEnd, isOne = requests.every(({ keyIdEnd }) => keyIdEnd === end);
    const named = isOne ? this.keys.filter(({ keyId }) => keyId.at(-1) === end) : [];
    if (named.length === 0) throw unknownKey();
    const key = named.find((each) => each.issuesFromS <= nowS && nowS < each.issuesUntilS && (microUsd ?? each.microUsd) === each.microUsd);
    if (key === undefined) throw new ProtocolError("expired", "the key of token requests", "be one that issues now, at the value of what it replaces", nowS, "Fetch the directory and blind with the key of this epoch.");
    return key;
  }

  private findKey(keyId: string): TokenSigningKey {
    const key = this.keys.find((each) => each.keyId.toString("hex") === keyId);
    if (key === undefined) throw unknownKey();
    return key;
  }

  private requireHeld(serial: string): HeldToken {
    const spent = this.book.findSpent(serial);
    if (spent === undefined) throw new ProtocolError("unpaid", "a token", "be held before it is settled or refunded", "one that was never spent", "Redeem it first.");
    const { entry, outcome } = spent;
    if (entry.kind !== "hold") throw doubleSpent();
    return { entry, outcome };
  }
}

function unknownKey(): ProtocolError {
  return new ProtocolError("unknown-key", "the key of a token", "be one of the directory", "another", "Fetch the directory of token keys again.");
}

function doubleSpent(): ProtocolError {
  return new ProtocolError("double-spent", "a token", "be spent once", "one that was spent before", "Take another token.");
}

function otherOrder(orderId: string): ProtocolError {
  return new ProtocolError("replayed", "an order's number", "stand for one order", orderId, "Give every order a number of its own.");
}
