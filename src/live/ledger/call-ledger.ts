/** Calls to the ledger. All can be repeated: the ledger does each once. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { encodeTokenRequests, type TokenRequest } from "../../protocol/tokens/token.js";
import { parseTokenDirectory, type TokenDirectory } from "../../protocol/tokens/token-key.js";
import { ProtocolClient } from "../transport/call-protocol.js";
import { errorOfStatus } from "../transport/live-error.js";
import { PAYEE_HEADERS, type LedgerInput, type LedgerPath } from "./ledger-messages.js";

/** Name and secret of who is paid. */
export interface Payee { readonly name: string; readonly secret: Buffer }

/** Keys of the ledger: of tokens, and of receipts. */
export interface LedgerKeys { readonly directory: TokenDirectory; readonly receiptKey: KeyObject }

const base64 = z.string().transform((text) => Buffer.from(text, "base64url"));
const ANSWERS = {
  "/issue": z.object({ signatures: z.array(base64) }), "/redeem": z.object({ receipt: base64 }),
  "/settle": z.object({}), "/refund": z.object({ signature: base64 }),
} as const;
const keysForm = z.object({ directory: z.string(), receiptKey: base64 });

/** A connection to the ledger. */
export class LedgerClient {
  private readonly client: ProtocolClient;

  constructor(origin: string) { this.client = new ProtocolClient(origin); }

  /** Keys as published. */
  async keys(signal: AbortSignal): Promise<LedgerKeys> {
    const { status, bytes } = await this.client.fetch({ path: "/directory", method: "GET", signal });
    if (status !== 200) throw errorOfStatus(status, "the ledger");
    const { directory, receiptKey } = keysForm.parse(JSON.parse(bytes.toString("utf8")));
    return { directory: parseTokenDirectory(directory), receiptKey: createPublicKey({ key: receiptKey, format: "der", type: "spki" }) };
  }

  /** Buys blind signatures. */
  async issue(secret: Buffer, orderId: string, requests: readonly TokenRequest[], signal: AbortSignal): Promise<Buffer[]> {
    return (await this.post("/issue", { secret: secret.toString("base64url"), orderId, requests: encodeTokenRequests(requests).toString("base64url") }, signal)).signatures;
  }

  /** Holds a token for a payee. @returns The receipt. */
  async redeem(payee: Payee, token: Buffer, claim: string, signal: AbortSignal): Promise<Buffer> {
    return (await this.post("/redeem", { token: token.toString("base64url"), claim }, signal, payee)).receipt;
  }

  /** Pays the payee for a held token. */
  async settle(payee: Payee, serial: string, signal: AbortSignal): Promise<void> { await this.post("/settle", { serial }, signal, payee); }

  /** Gives the value of a held token back as a fresh one: on the word of the payee, or by the spender's secret once the payee's time is over. */
  async refund(ground: Payee | { readonly claimSecret: Buffer }, serial: string, request: TokenRequest, signal: AbortSignal): Promise<Buffer> {
    const body = { serial, request: encodeTokenRequests([request]).toString("base64url") };
    if ("claimSecret" in ground) return (await this.post("/refund", { ...body, secret: ground.claimSecret.toString("base64url") }, signal)).signature;
    return (await this.post("/refund", body, signal, ground)).signature;
  }

  close(): void { this.client.close(); }

  private async post<Path extends LedgerPath>(path: Path, body: LedgerInput<Path>, signal: AbortSignal, payee?: Payee): Promise<z.output<(typeof ANSWERS)[Path]>> {
    const headers = payee === undefined ? {} : { [PAYEE_HEADERS.name]: payee.name, [PAYEE_HEADERS.secret]: payee.secret.toString("base64url") };
    const { status, bytes } = await this.client.fetch({ path, headers, body: Buffer.from(JSON.stringify(body)), signal });
    if (status !== 200) throw errorOfStatus(status, "the ledger");
    return ANSWERS[path].parse(JSON.parse(bytes.toString("utf8"))) as z.output<(typeof ANSWERS)[Path]>;
  }
}
