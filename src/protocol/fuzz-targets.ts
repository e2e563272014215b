/** Every parser of the protocol with a genuine message for it, to be changed by the fuzzer. */
import { generateKeyPairSync } from "node:crypto";
import { BinaryResponseReader } from "./binary-http-stream.js";
import {
  encodeBinaryRequest, encodeBinaryResponse, encodeContentEnd, encodeContentPiece, encodeIndeterminateRequest, encodeResponseHead, parseBinaryRequest, parseBinaryResponse,
} from "./binary-http.js";
import { DEFAULT_SUITE, HYBRID_SUITE } from "./hpke/find-suite.js";
import { openOnce, sealOnce, type Suite } from "./hpke/hpke.js";
import type { KeyPair, PublicKey } from "./hpke/key-groups.js";
import { encodeKeyConfigs, parseKeyConfigs } from "./ohttp/key-config.js";
import { openRequest, openResponse, sealRequest, sealResponse } from "./ohttp/oblivious-message.js";
import { beginRequest, beginResponse, RequestReader, ResponseReader } from "./ohttp/oblivious-stream.js";
import { findSpans } from "./redaction/find-spans.js";
import { sealedAtOf } from "./request-date.js";
import { encodeCoverPlan, parseCoverPlan } from "./shaping/cover-traffic.js";
import { encodeKeyFile, makeKeys, openKeyFile } from "./storage/key-file.js";
import { openStored, sealStored } from "./storage/sealed-chunks.js";
import { openReceipt, signReceipt } from "./tokens/receipt.js";
import { TokenBook } from "./tokens/token-book.js";
import { parseTokenEntry } from "./tokens/token-entry.js";
import { encodeSigningKeys, encodeTokenDirectory, makeTokenKey, parseSigningKeys, parseTokenDirectory } from "./tokens/token-key.js";
import { digestOf, TokenMint } from "./tokens/token-mint.js";
import { orderTokens, receiveTokens, TokenWallet } from "./tokens/token-wallet.js";
import { encodeToken, encodeTokenRequests, parseToken, parseTokenRequests } from "./tokens/token.js";
import { encodeJournal, parseJournal } from "./write-journal.js";

/** A parser and what it is fed. */
export interface FuzzTarget {
  readonly parser: string;
  readonly genuine: Buffer;
  /** Whether only the genuine bytes may pass. */
  readonly isSealed: boolean;
  readonly parse: (bytes: Buffer) => unknown;
}

const WORDS = Buffer.from("what is a safe dose of ibuprofen");
const NONE = Buffer.alloc(0);
const REQUEST = { method: "POST", scheme: "https", authority: "e", path: "/ask", fields: [["accept", "text/plain"]], content: WORDS } as const;
const RESPONSE = { status: 200, fields: [["content-type", "text/plain"]], content: WORDS } as const;
/** Cheap enough to be fuzzed; a file that asks for more is refused. */
const SMALL_COST = { logRounds: 2, blockSize: 1, parallel: 1 };

/** All parsers. Keys are fresh. */
export function makeFuzzTargets(): FuzzTarget[] {
  return [...messageTargets(), ...obliviousTargets("", DEFAULT_SUITE), ...obliviousTargets("hybrid ", HYBRID_SUITE), ...tokenTargets(), ...storageTargets(), ...textTargets()];
}

function messageTargets(): FuzzTarget[] {
  const response = Buffer.concat([encodeResponseHead(RESPONSE), encodeContentPiece(WORDS), encodeContentEnd()]);
  return [
    { parser: "binary request", genuine: encodeBinaryRequest(REQUEST, 96), isSealed: false, parse: parseBinaryRequest },
    { parser: "binary response", genuine: encodeBinaryResponse(RESPONSE, 96), isSealed: false, parse: parseBinaryResponse },
    { parser: "indeterminate request", genuine: encodeIndeterminateRequest(REQUEST, 96), isSealed: false, parse: parseBinaryRequest },
    { parser: "indeterminate response", genuine: response, isSealed: false, parse: (bytes) => { finish(new BinaryResponseReader(), bytes); } },
    { parser: "cover plan", genuine: encodeCoverPlan({ tokens: 9, bytesPerToken: 4, waitUs: 5, tokenUs: 6 }), isSealed: false, parse: parseCoverPlan },
  ];
}

function obliviousTargets(prefix: string, suite: Suite<KeyPair, PublicKey>): FuzzTarget[] {
  const keyPair = suite.kem.generateKeyPair(), config = { keyId: 7, publicKey: keyPair, suites: [suite] }, keys = [{ keyId: 7, keyPair, suites: [suite] }], terms = { info: NONE };
  const request = encodeBinaryRequest(REQUEST, 96), sealed = sealRequest(config, request), stream = beginRequest(config), asked = openRequest(keys, sealed.bytes).answer, out = beginResponse(asked);
  return [
    { parser: `${prefix}key configurations`, genuine: encodeKeyConfigs([config]), isSealed: false, parse: parseKeyConfigs },
    { parser: `${prefix}HPKE message`, genuine: sealOnce(suite, keyPair, terms, NONE, WORDS), isSealed: true, parse: (bytes) => openOnce(suite, bytes, keyPair, terms, NONE) },
    { parser: `${prefix}oblivious request`, genuine: sealed.bytes, isSealed: true, parse: (bytes) => openRequest(keys, bytes) },
    { parser: `${prefix}oblivious response`, genuine: sealResponse(asked, request), isSealed: true, parse: (bytes) => openResponse(sealed.answer, bytes) },
    { parser: `${prefix}request stream`, genuine: Buffer.concat([stream.sealer.next(request, false), stream.sealer.next(WORDS, true)]), isSealed: true, parse: (bytes) => { finish(new RequestReader(keys), bytes); } },
    { parser: `${prefix}response stream`, genuine: Buffer.concat([out.next(request, false), out.next(WORDS, true)]), isSealed: true, parse: (bytes) => { finish(new ResponseReader(sealed.answer), bytes); } },
  ];
}

function tokenTargets(): FuzzTarget[] {
  const key = makeTokenKey({ issuesFromS: 0, issuesUntilS: 10, redeemsUntilS: 20, microUsd: 5 }), receipts = generateKeyPairSync("ed25519"), claim = digestOf(WORDS), wallet = new TokenWallet();
  const mint = new TokenMint([key], receipts.privateKey, new TokenBook([], { append: () => undefined })), { requests, pending } = orderTokens("l", key, 2);
  mint.deposit("a", "in", 10);
  const token = encodeToken(receiveTokens(key, pending, mint.issue("a", "1", requests, 1))[0]!), receipt = { serial: claim, claim, payee: "e", untilS: 9, microUsd: 5 };
  wallet.order("1", "l", key, 2);
  return [
    { parser: "token", genuine: token, isSealed: false, parse: parseToken },
    { parser: "redeemed token", genuine: token, isSealed: true, parse: (bytes) => mint.redeem({ token: bytes, payee: "e", claim }, 1) },
    { parser: "token requests", genuine: encodeTokenRequests(requests), isSealed: false, parse: (bytes) => parseTokenRequests(bytes, 2) },
    { parser: "token directory", genuine: Buffer.from(encodeTokenDirectory({ issuer: "l", keys: [key] })), isSealed: false, parse: (bytes) => parseTokenDirectory(bytes.toString()) },
    { parser: "signing keys", genuine: Buffer.from(encodeSigningKeys([key])), isSealed: false, parse: (bytes) => parseSigningKeys(bytes.toString()) },
    { parser: "wallet", genuine: Buffer.from(wallet.encode()), isSealed: false, parse: (bytes) => TokenWallet.parse(bytes.toString()) },
    { parser: "receipt", genuine: signReceipt(receipts.privateKey, receipt), isSealed: true, parse: (bytes) => openReceipt(receipts.publicKey, bytes) },
    { parser: "journal", genuine: encodeJournal([{ kind: "deposit", account: "a", orderId: "1", microUsd: 5 }, { kind: "settle", serial: claim }]), isSealed: false, parse: (bytes) => parseJournal(bytes.toString(), parseTokenEntry, "journal") },
  ];
}

function storageTargets(): FuzzTarget[] {
  const key = Buffer.alloc(32, 1), keyFile = encodeKeyFile(makeKeys("secret", SMALL_COST));
  return [
    { parser: "stored bytes", genuine: sealStored(key, "a", WORDS), isSealed: true, parse: (bytes) => openStored(key, "a", bytes) },
    { parser: "key file", genuine: keyFile, isSealed: true, parse: (bytes) => openKeyFile("secret", bytes, 0, SMALL_COST) },
  ];
}

function textTargets(): FuzzTarget[] {
  return [
    { parser: "request date", genuine: Buffer.from("Sun, 06 Nov 1994 08:49:37 GMT"), isSealed: false, parse: (bytes) => sealedAtOf([["date", bytes.toString()]]) },
    { parser: "personal spans", genuine: Buffer.from("I am Maria Keller, 34 years old, IBAN DE89 3704 0044 0532 0130 00, 12 Baker Street, [PERSON_1]"), isSealed: false, parse: (bytes) => findSpans(bytes.toString()) },
  ];
}

/** Feeds a reader everything at once. */
function finish(reader: { push(bytes: Buffer): unknown; finish(): unknown }, bytes: Buffer): void {
  reader.push(bytes);
  reader.finish();
}
