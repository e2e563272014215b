import { mkdtempSync, readFileSync, rmSync, writeFileSync, appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../../core/errors.js";
import { ProtocolError } from "../protocol-error.js";
import { openJournal, type Journal } from "../write-journal.js";
import { openReceipt } from "./receipt.js";
import { TokenBook } from "./token-book.js";
import { parseTokenEntry, type TokenEntry } from "./token-entry.js";
import { encodeSigningKeys, encodeTokenDirectory, makeTokenKey, parseSigningKeys, parseTokenDirectory, type TokenSigningKey } from "./token-key.js";
import { digestOf, HOLD_S, makeReceiptKeys, TokenMint } from "./token-mint.js";
import { findIssuingKey, orderTokens, receiveTokens, TokenWallet } from "./token-wallet.js";
import { encodeToken, encodeTokenRequests, parseTokenRequests, serialOf, type Token } from "./token.js";

const ISSUER = "ledger.example", PRICE = 250, NOW = 1000;
const receiptKeys = makeReceiptKeys(), folder = mkdtempSync(join(tmpdir(), "plmm-tokens-"));
const secret = Buffer.from("only the spender knows"), claim = digestOf(secret);
let keys: TokenSigningKey[];

beforeAll(() => {
  keys = [makeTokenKey({ issuesFromS: 0, issuesUntilS: 5000, redeemsUntilS: 9000, microUsd: PRICE }), makeTokenKey({ issuesFromS: 5000, issuesUntilS: 10_000, redeemsUntilS: 14_000, microUsd: PRICE })];
});
afterAll(() => { rmSync(folder, { recursive: true }); });

class MemoryJournal implements Pick<Journal<TokenEntry>, "append"> {
  readonly entries: TokenEntry[] = [];
  append(entry: TokenEntry): void { this.entries.push(parseTokenEntry(JSON.parse(JSON.stringify(entry)))); }
}

function makeMint(entries: readonly TokenEntry[] = []): { mint: TokenMint; book: TokenBook; journal: MemoryJournal } {
  const journal = new MemoryJournal(), book = new TokenBook(entries, journal);
  return { mint: new TokenMint(keys, receiptKeys.privateKey, book), book, journal };
}

function buy(mint: TokenMint, account: string, count: number, nowS = NOW): Token[] {
  const key = findIssuingKey({ issuer: ISSUER, keys }, nowS), { requests, pending } = orderTokens(ISSUER, key, count), orderId = requests[0]!.blinded.toString("hex", 0, 8);
  mint.deposit(account, `in ${orderId}`, count * PRICE);
  return receiveTokens(key, pending, mint.issue(account, orderId, requests, nowS));
}

const reasonOf = (act: () => unknown): string => {
  try { act(); } catch (error) { if (error instanceof ProtocolError) return error.reason; throw error; }
  return "accepted";
};

describe("a token's life", () => {
  it("is bought, held, settled, and refused the second time, whoever brings it", () => {
    const { mint, book } = makeMint(), token = encodeToken(buy(mint, "ada", 1)[0]!), spending = { token, payee: "medicine", claim };
    const receipt = openReceipt(receiptKeys.publicKey, mint.redeem(spending, NOW));
    expect(receipt).toMatchObject({ payee: "medicine", claim, microUsd: PRICE, untilS: NOW + HOLD_S });
    expect(mint.redeem(spending, NOW + 5)).toEqual(mint.redeem(spending, NOW));
    expect(reasonOf(() => mint.redeem({ ...spending, payee: "finance" }, NOW))).toBe("double-spent");
    expect(reasonOf(() => mint.redeem({ ...spending, claim: digestOf(token) }, NOW))).toBe("double-spent");
    expect(reasonOf(() => { mint.settle(receipt.serial, "finance"); })).toBe("unpaid");
    mint.settle(receipt.serial, "medicine");
    mint.settle(receipt.serial, "medicine");
    expect(reasonOf(() => mint.redeem(spending, NOW))).toBe("double-spent");
    expect([book.balanceOf("ada"), book.earningsOf("medicine")]).toEqual([0, PRICE]);
  });

  it("costs what the account has, once per order, and an order's number is good for one order", () => {
    const { mint, book } = makeMint(), { requests } = orderTokens(ISSUER, keys[0]!, 2);
    mint.deposit("ada", "in", 2 * PRICE);
    mint.deposit("ada", "in", 2 * PRICE);
    expect(book.balanceOf("ada")).toBe(2 * PRICE);
    const signatures = mint.issue("ada", "1", requests, NOW);
    expect(mint.issue("ada", "1", requests, NOW + 7000)).toEqual(signatures);
    expect(book.balanceOf("ada")).toBe(0);
    expect(reasonOf(() => mint.issue("ada", "1", requests.slice(1), NOW))).toBe("replayed");
    expect(reasonOf(() => mint.issue("ada", "2", requests, NOW))).toBe("unpaid");
    expect(reasonOf(() => { mint.deposit("ada", "in", 7); })).toBe("replayed");
  });

  it("takes no changed token, no token of an unknown key, none after its epoch, and issues only under the key of the day", () => {
    const { mint } = makeMint(), token = encodeToken(buy(mint, "ada", 1)[0]!), change = (at: number): Buffer => { const copy = Buffer.from(token); copy[at]! ^= 1; return copy; };
    const redeem = (bytes: Buffer, nowS = NOW): string => reasonOf(() => mint.redeem({ token: bytes, payee: "e", claim }, nowS));
    expect([change(0), change(2), change(40), change(70), change(100), token.subarray(1)].map((bytes) => redeem(bytes))).toEqual(["malformed", "forged", "forged", "unknown-key", "forged", "malformed"]);
    expect(redeem(token, 9000)).toBe("expired");
    expect(redeem(token, 8999)).toBe("accepted");
    const old = orderTokens(ISSUER, keys[0]!, 1);
    mint.deposit("ada", "more", PRICE);
    expect(reasonOf(() => mint.issue("ada", "late", old.requests, 5000))).toMatch(/expired|unknown-key/);
    expect(buy(mint, "ada", 1, 5000)[0]!.keyId).toEqual(keys[1]!.keyId);
  });
});

describe("refunds", () => {
  it("give a fresh token that spends, once, to the payee at once and to the spender after the payee's time", () => {
    const { mint, book } = makeMint(), [first, second] = buy(mint, "ada", 2) as [Token, Token], fresh = orderTokens(ISSUER, keys[0]!, 1), other = orderTokens(ISSUER, keys[0]!, 1);
    for (const token of [first, second]) mint.redeem({ token: encodeToken(token), payee: "e", claim }, NOW);
    const refund = (token: Token, ground: Parameters<TokenMint["refund"]>[1], request = fresh.requests[0]!, nowS = NOW): Buffer => mint.refund(serialOf(token), ground, request, nowS);
    expect(reasonOf(() => refund(first, { payee: "another" }))).toBe("forged");
    expect(reasonOf(() => refund(first, { secret: Buffer.from("guess") }))).toBe("forged");
    expect(reasonOf(() => refund(first, { secret }))).toBe("unpaid");
    const signature = refund(first, { payee: "e" });
    expect(refund(first, { payee: "e" })).toEqual(signature);
    expect(reasonOf(() => refund(first, { payee: "e" }, other.requests[0]))).toBe("double-spent");
    expect(reasonOf(() => mint.redeem({ token: encodeToken(first), payee: "e", claim }, NOW))).toBe("double-spent");
    const [again] = receiveTokens(keys[0]!, fresh.pending, [signature]);
    mint.redeem({ token: encodeToken(again!), payee: "f", claim }, NOW);
    refund(second, { secret }, other.requests[0], NOW + HOLD_S);
    expect(reasonOf(() => { mint.settle(serialOf(second), "e"); })).toBe("double-spent");
    mint.settle(serialOf(again!), "f");
    expect(reasonOf(() => refund(again!, { payee: "f" }, other.requests[0]))).toBe("double-spent");
    expect(book.totals()).toEqual({ deposits: 2 * PRICE, balances: 0, out: PRICE, held: 0, settled: PRICE });
  });

  it("pay an unspent token out to an account, once", () => {
    const { mint, book } = makeMint(), token = encodeToken(buy(mint, "ada", 1)[0]!);
    mint.payOut("ada", token, NOW);
    mint.payOut("ada", token, NOW);
    expect(book.balanceOf("ada")).toBe(PRICE);
    expect(reasonOf(() => { mint.payOut("bob", token, NOW); })).toBe("double-spent");
    expect(reasonOf(() => mint.redeem({ token, payee: "e", claim }, NOW))).toBe("double-spent");
  });
});

it("keeps the sums through any order of calls, repeats and restarts", () => {
  const command = fc.record({ kind: fc.constantFrom("buy", "hold", "settle", "refund", "reclaim", "pay out", "restart"), index: fc.nat({ max: 9 }), payee: fc.constantFrom("e", "f") });
  const fresh = orderTokens(ISSUER, keys[0]!, 1).requests[0]!;
  fc.assert(fc.property(fc.array(command, { minLength: 8, maxLength: 25 }), (commands) => {
    let { mint, book, journal } = makeMint(), nowS = 100;
    const tokens = buy(mint, "ada", 3), all: TokenEntry[] = [];
    for (const { kind, index, payee } of commands) {
      const token = tokens[index % tokens.length]!, serial = serialOf(token);
      nowS += 50;
      const act = (): unknown => {
        switch (kind) {
          case "buy": return tokens.push(...buy(mint, "bob", 1, nowS));
          case "hold": return mint.redeem({ token: encodeToken(token), payee, claim }, nowS);
          case "settle": mint.settle(serial, payee); return undefined;
          case "refund": return mint.refund(serial, { payee }, fresh, nowS);
          case "reclaim": return mint.refund(serial, { secret }, fresh, nowS);
          case "pay out": mint.payOut(payee, encodeToken(token), nowS); return undefined;
          default: {
            const before = book.totals();
            all.push(...journal.entries);
            ({ mint, book, journal } = makeMint(all));
            expect(book.totals()).toEqual(before);
            return undefined;
          }
        }
      };
      reasonOf(act);
      const { deposits, balances, out, held, settled } = book.totals();
      expect(balances + out + held + settled).toBe(deposits);
      expect(Math.min(balances, out, held, settled)).toBeGreaterThanOrEqual(0);
    }
  }), { seed: 21, numRuns: 25 });
});

describe("after a restart", () => {
  it("a token that was spent stays spent, and a line that a crash cut off never counted", () => {
    const path = join(folder, "journal"), first = openJournal(path, parseTokenEntry), book = new TokenBook(first.entries, first), mint = new TokenMint(keys, receiptKeys.privateKey, book);
    const [spent, kept] = buy(mint, "ada", 2) as [Token, Token];
    mint.redeem({ token: encodeToken(spent), payee: "e", claim }, NOW);
    first.close();
    const whole = readFileSync(path), lineOfHold = whole.toString().trimEnd().lastIndexOf("\n") + 1;
    appendFileSync(path, "0123456789abcdef {\"kind\":\"hold\",\"ser");
    const second = openJournal(path, parseTokenEntry), after = new TokenMint(keys, receiptKeys.privateKey, new TokenBook(second.entries, second));
    expect(second.entries.length).toBe(3);
    expect(reasonOf(() => after.redeem({ token: encodeToken(spent), payee: "f", claim }, NOW))).toBe("double-spent");
    after.redeem({ token: encodeToken(kept), payee: "e", claim }, NOW);
    second.close();
    expect(readFileSync(path).subarray(0, whole.length)).toEqual(whole);
    for (const damaged of [whole.toString().replace("ada", "bob"), whole.toString().slice(0, 20) + whole.toString().slice(lineOfHold), whole.toString("utf8", whole.indexOf("\n") + 1)]) {
      writeFileSync(path, damaged);
      expect(() => openJournal(path, parseTokenEntry)).toThrowError(DataError);
      expect(readFileSync(path, "utf8")).toBe(damaged);
    }
  });

  it("a wallet knows its tokens and its open orders", () => {
    const { mint } = makeMint(), wallet = new TokenWallet();
    mint.deposit("ada", "in", 3 * PRICE);
    const requests = wallet.order("1", ISSUER, keys[0]!, 2), stored = wallet.encode(), signatures = mint.issue("ada", "1", requests, NOW);
    const later = TokenWallet.parse(stored);
    expect(later.order("1", ISSUER, keys[0]!, 2)).toEqual(requests);
    later.receive("1", keys[0]!, signatures);
    expect(TokenWallet.parse(later.encode()).count).toBe(2);
    mint.redeem({ token: encodeToken(later.take()), payee: "e", claim }, NOW);
    expect([later.count, later.openOrders]).toEqual([1, []]);
    expect(reasonOf(() => { later.receive("1", keys[0]!, signatures); })).toBe("replayed");
    expect([reasonOf(() => new TokenWallet().take()), reasonOf(() => TokenWallet.parse("{}"))]).toEqual(["unpaid", "malformed"]);
  });

  it("keys and directories are read back as they were", () => {
    const directory = parseTokenDirectory(encodeTokenDirectory({ issuer: ISSUER, keys })), [again] = parseSigningKeys(encodeSigningKeys(keys));
    expect(directory.keys.map(({ keyId }) => keyId)).toEqual(keys.map(({ keyId }) => keyId));
    expect(again!.keyId).toEqual(keys[0]!.keyId);
    expect([reasonOf(() => parseTokenDirectory("[]")), reasonOf(() => parseSigningKeys("{"))]).toEqual(["malformed", "malformed"]);
    expect(reasonOf(() => parseTokenDirectory(encodeTokenDirectory({ issuer: ISSUER, keys }).replace("MIIBUjA9", "MIIBUjA8")))).toBe("malformed");
    const requests = orderTokens(ISSUER, keys[0]!, 2).requests;
    expect(parseTokenRequests(encodeTokenRequests(requests), 2)).toEqual(requests);
    expect([reasonOf(() => parseTokenRequests(encodeTokenRequests(requests), 1)), reasonOf(() => parseTokenRequests(Buffer.alloc(5), 9))]).toEqual(["oversized", "malformed"]);
  });
});

it("writes down nothing that stands both beside an account and beside a spent token, except the key they share with all", () => {
  const { mint, journal } = makeMint(), tokens = [...buy(mint, "ada", 3), ...buy(mint, "bob", 3)];
  for (const [index, token] of tokens.entries()) mint.redeem({ token: encodeToken(token), payee: "e", claim: digestOf(Buffer.of(index)) }, NOW);
  const wordsOf = (...kinds: TokenEntry["kind"][]): Set<string> => new Set(journal.entries.filter(({ kind }) => kinds.includes(kind)).flatMap(({ kind: _, ...fields }) => Object.values(fields).map(String)));
  const bought = wordsOf("deposit", "issue"), spent = wordsOf("hold"), both = [...spent].filter((word) => bought.has(word));
  // The price of one token stands beside spent tokens, the price of three beside accounts.
  expect(both).toEqual([keys[0]!.keyId.toString("hex")]);
});

it("knows no receipt that the ledger did not write", () => {
  const { mint } = makeMint(), receipt = mint.redeem({ token: encodeToken(buy(mint, "ada", 1)[0]!), payee: "e", claim }, NOW);
  for (let at = 0; at < receipt.length; at++) {
    const copy = Buffer.from(receipt);
    copy[at]! ^= 1;
    expect(reasonOf(() => openReceipt(receiptKeys.publicKey, copy))).toBe("forged");
  }
  expect(reasonOf(() => openReceipt(makeReceiptKeys().publicKey, receipt))).toBe("forged");
  expect(reasonOf(() => openReceipt(receiptKeys.publicKey, receipt.subarray(0, 100)))).toBe("truncated");
});
