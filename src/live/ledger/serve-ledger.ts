/**
 * The ledger: sells tokens to accounts, holds spent ones for payees, settles and refunds. Its state is an append-only journal, each
 * entry on disk before its answer leaves, so it may be killed at any instant.
 */
import { createPrivateKey, createPublicKey, timingSafeEqual, type KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Http2ServerRequest } from "node:http2";
import { digestOf, makeReceiptKeys, TokenMint } from "../../protocol/tokens/token-mint.js";
import { TokenBook } from "../../protocol/tokens/token-book.js";
import { parseTokenEntry } from "../../protocol/tokens/token-entry.js";
import { encodeSigningKeys, encodeTokenDirectory, makeTokenKey, parseSigningKeys, type TokenSigningKey } from "../../protocol/tokens/token-key.js";
import { ProtocolError } from "../../protocol/protocol-error.js";
import { parseToken, parseTokenRequests, serialOf } from "../../protocol/tokens/token.js";
import { openJournal } from "../../protocol/write-journal.js";
import type { Booking } from "../capture/observations.js";
import type { Lines } from "../capture/write-lines.js";
import { nowUs } from "../clock.js";
import type { Log } from "../log-event.js";
import { LiveError } from "../transport/live-error.js";
import { readBody } from "../transport/read-body.js";
import { serveProtocol, type LiveServer } from "../transport/serve-protocol.js";
import { writeSecretFile } from "../write-secret-file.js";
import { parseLedgerBody, PAYEE_HEADERS, type LedgerPath } from "./ledger-messages.js";

/** How a ledger is run. */
export interface LedgerTask {
  /** Folder of journal and keys. */
  readonly folder: string;
  readonly port: number;
  /** Digest of each payee's secret, by name. */
  readonly payees: Readonly<Record<string, string>>;
  /** Tokens that a new account can pay for. */
  readonly startTokens: number;
  readonly bodyWithinMs: number;
  /** Takes what the ledger's operator sees. */
  readonly seen?: Lines<Booking>;
}

/** Name of the one issuer. */
export const LEDGER_ISSUER = "ledger.plmm.test";
/** Price of a token. Micro-USD. */
const TOKEN_MICRO_USD = 1000;
const EPOCH_S = 30 * 86_400;
const MOST_TOKENS_AT_ONCE = 256, LARGEST_BODY_BYTES = 262_144;

/** What a running ledger answers from. */
interface Ledger { readonly mint: TokenMint; readonly book: TokenBook; readonly directory: string; readonly receiptKey: string; readonly task: LedgerTask; readonly log: Log }

/** Starts a ledger on its journal. @throws {DataError} when the journal is damaged. */
export async function serveLedger(task: LedgerTask, log: Log): Promise<LiveServer> {
  mkdirSync(task.folder, { recursive: true, mode: 0o700 });
  const keys = loadKeys(join(task.folder, "token-keys.json")), receiptKey = loadReceiptKey(join(task.folder, "receipt-key.pem"));
  const journal = openJournal(join(task.folder, "journal"), parseTokenEntry), book = new TokenBook(journal.entries, journal);
  const ledger: Ledger = {
    book, task, log, mint: new TokenMint(keys, receiptKey, book), directory: encodeTokenDirectory({ issuer: LEDGER_ISSUER, keys }),
    receiptKey: createPublicKey(receiptKey).export({ format: "der", type: "spki" }).toString("base64url"),
  };
  const server = await serveProtocol(async (request, response) => {
    const answer = await answerOf(ledger, request);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }, task.port, log);
  return { port: server.port, close: async () => { await server.close(); journal.close(); task.seen?.close(); } };
}

async function answerOf(ledger: Ledger, request: Http2ServerRequest): Promise<object> {
  const { book, task, directory, receiptKey } = ledger;
  switch (request.url) {
    case "/health": return { status: "ok" };
    case "/directory": return { directory, receiptKey };
    case "/totals": return { ...book.totals(), earnings: Object.fromEntries(Object.keys(task.payees).map((payee) => [payee, book.earningsOf(payee)])) };
    case "/issue": case "/redeem": case "/settle": case "/refund":
      return change(ledger, request.url, request, await readBody(request, { largestBytes: LARGEST_BODY_BYTES, withinMs: task.bodyWithinMs }));
    default: throw new LiveError("not-found", "a request to the ledger", "be of a path that it has", "another", "Update the side that is behind.");
  }
}

function change({ mint, book, task, log }: Ledger, path: LedgerPath, request: Http2ServerRequest, body: Buffer): object {
  const nowS = Math.floor(Date.now() / 1000);
  switch (path) {
    case "/issue": {
      const { secret, orderId, requests } = parseLedgerBody(path, body), account = digestOf(secret), wanted = parseTokenRequests(requests, MOST_TOKENS_AT_ONCE);
      mint.deposit(account, "start", task.startTokens * TOKEN_MICRO_USD);
      const signatures = mint.issue(account, orderId, wanted, nowS);
      task.seen?.write({ kind: "bought", atUs: nowUs(), account, tokens: signatures.length });
      log("issued", { tokens: signatures.length });
      return { signatures: signatures.map((each) => each.toString("base64url")) };
    }
    case "/redeem": {
      const { token, claim } = parseLedgerBody(path, body);
      requireUnsettled(book, token);
      const payee = payeeOf(task, request), receipt = mint.redeem({ token, claim, payee }, nowS);
      task.seen?.write({ kind: "spent", atUs: nowUs(), payee, serial: serialOf(parseToken(token)) });
      log("reserved");
      return { receipt: receipt.toString("base64url") };
    }
    case "/settle":
      mint.settle(parseLedgerBody(path, body).serial, payeeOf(task, request));
      log("settled");
      return {};
    case "/refund": {
      const { serial, request: wanted, secret } = parseLedgerBody(path, body), ground = secret === undefined ? { payee: payeeOf(task, request) } : { secret };
      const signature = mint.refund(serial, ground, parseTokenRequests(wanted, 1)[0]!, nowS);
      task.seen?.write({ kind: "refunded", atUs: nowUs(), serial });
      log("released");
      return { signature: signature.toString("base64url") };
    }
    default: return path satisfies never;
  }
}

/** A token that has paid is spent, also for who spent it: a receipt is given again only while the answer is under way. */
function requireUnsettled(book: TokenBook, token: Buffer): void {
  const spent = book.findSpent(serialOf(parseToken(token)));
  if (spent === undefined || spent.outcome.kind === "held") return;
  throw new ProtocolError("double-spent", "a token", "pay for one answer", "one that has paid, or was paid back", "Take another token.");
}

/** Who is to be paid. @throws {LiveError} unauthorized. */
function payeeOf({ payees }: LedgerTask, { headers }: Http2ServerRequest): string {
  const name = String(headers[PAYEE_HEADERS.name] ?? ""), wanted = Object.hasOwn(payees, name) ? payees[name] : undefined;
  const given = digestOf(Buffer.from(String(headers[PAYEE_HEADERS.secret] ?? ""), "base64url"));
  if (wanted !== undefined && timingSafeEqual(Buffer.from(wanted), Buffer.from(given))) return name;
  throw new LiveError("unauthorized", "a payee", "be one of the config and prove it", "another", "Give the secret that belongs to the name.");
}

function loadKeys(path: string): TokenSigningKey[] {
  if (existsSync(path)) return parseSigningKeys(readFileSync(path, "utf8"));
  const fromS = Math.floor(Date.now() / 1000);
  const keys = [makeTokenKey({ issuesFromS: fromS, issuesUntilS: fromS + EPOCH_S, redeemsUntilS: fromS + 2 * EPOCH_S, microUsd: TOKEN_MICRO_USD })];
  writeSecretFile(path, encodeSigningKeys(keys));
  return keys;
}

function loadReceiptKey(path: string): KeyObject {
  if (!existsSync(path)) writeSecretFile(path, makeReceiptKeys().privateKey.export({ format: "pem", type: "pkcs8" }) as string);
  return createPrivateKey(readFileSync(path));
}
