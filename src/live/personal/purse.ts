/**
 * Money of one client: tokens bought blindly, each kept on disk before it is sent, so that a crash loses none. A token that bought no
 * answer comes back: by the gateway's word, or by the client's secret once the gateway's time is over.
 */
import { randomBytes, type KeyObject } from "node:crypto";
import { z } from "zod";
import { digestOf } from "../../protocol/tokens/token-mint.js";
import { encodeToken, encodeTokenRequests, parseToken, serialOf, type Token, type TokenRequest } from "../../protocol/tokens/token.js";
import { findIssuingKey, TokenWallet } from "../../protocol/tokens/token-wallet.js";
import { AREA_NAMES, type AreaName } from "../../world/knowledge/knowledge-area.js";
import type { LedgerClient, LedgerKeys } from "../ledger/call-ledger.js";
import { reasonOf } from "../transport/live-error.js";

/** Where a purse is kept: the sealed store. */
export interface PurseKeeping { readonly load: () => string | undefined; readonly save: (text: string) => void }

/** A token that was sent and has not been confirmed. */
export interface Spend { readonly token: Token; readonly area: AreaName; readonly claimSecret: Buffer; readonly claim: string }

const base64 = z.string().transform((text) => Buffer.from(text, "base64url"));
const purseForm = z.strictObject({
  account: base64, orders: z.int(), wallet: z.string(),
  spends: z.array(z.strictObject({ token: base64, area: z.enum(AREA_NAMES), claimSecret: base64 })), spare: z.array(base64),
});

/** Fetches a refund by way of the gateway. */
export type AskRefund = (area: AreaName, token: Buffer, request: Buffer, signal: AbortSignal) => Promise<Buffer>;

const REFUND_ORDER = "refund ";

/** A purse. */
export class Purse {
  private wallet = new TokenWallet();
  private account: Buffer = randomBytes(32);
  private orders = 0;
  private readonly spends = new Map<string, Spend>();
  /** Tokens that were sent and never reached the ledger. */
  private readonly spare: Token[] = [];
  private known: LedgerKeys | undefined;
  private filling: Promise<void> | undefined;

  /** @param tokensAtOnce Tokens that are bought at a time. */
  constructor(private readonly ledger: LedgerClient, private readonly keeping: PurseKeeping, private readonly tokensAtOnce: number) {
    const text = keeping.load();
    if (text !== undefined) this.parse(text);
  }

  /** Tokens at hand, and tokens whose answer is not confirmed. */
  get counts(): { readonly ready: number; readonly open: number } { return { ready: this.wallet.count + this.spare.length, open: this.spends.size }; }

  /** Name of the account at the ledger. */
  get accountName(): string { return digestOf(this.account); }

  /** Key that receipts are checked with. */
  receiptKey(): KeyObject { return this.known!.receiptKey; }

  /** A token to send, noted as sent. @throws {LiveError} as the ledger, when none is at hand. */
  async take(area: AreaName, signal: AbortSignal): Promise<Spend> {
    this.known ??= await this.ledger.keys(signal);
    while (this.wallet.count + this.spare.length === 0) await this.fill(signal);
    const token = this.spare.shift() ?? this.wallet.take(), claimSecret = randomBytes(32), spend = { token, area, claimSecret, claim: digestOf(claimSecret) };
    this.spends.set(serialOf(token), spend);
    this.save();
    return spend;
  }

  /** The token bought its answer. */
  confirm({ token }: Spend): void {
    this.spends.delete(serialOf(token));
    this.save();
  }

  /** Gets back what bought nothing, as far as it can be had now. Each step can be repeated after a crash. */
  async recover(askRefund: AskRefund, isInWork: (spend: Spend) => boolean, signal: AbortSignal): Promise<void> {
    for (const spend of [...this.spends.values()]) if (!isInWork(spend)) await this.recoverOne(spend, askRefund, signal).catch(() => undefined);
  }

  private async recoverOne(spend: Spend, askRefund: AskRefund, signal: AbortSignal): Promise<void> {
    const serial = serialOf(spend.token);
    this.known ??= await this.ledger.keys(signal);
    const key = findIssuingKey(this.known.directory, nowS()), [request] = this.wallet.order(REFUND_ORDER + serial, this.known.directory.issuer, key, 1);
    this.save();
    try {
      const signature = await this.fetchRefund(spend, request!, askRefund, signal);
      if (signature === "paid") this.spends.delete(serial);
      else if (signature === "never held") this.putBack(spend);
      else {
        this.wallet.receive(REFUND_ORDER + serial, key, [signature]);
        this.spends.delete(serial);
      }
    } finally {
      this.save();
    }
  }

  /** By the gateway's word; when the gateway cannot be reached, by the client's secret, which the ledger takes once the gateway's time is over. */
  private async fetchRefund(spend: Spend, request: TokenRequest, askRefund: AskRefund, signal: AbortSignal): Promise<Buffer | "paid" | "never held"> {
    try {
      return await askRefund(spend.area, encodeToken(spend.token), encodeTokenRequests([request]), signal);
    } catch (error) {
      if (reasonOf(error) === "double-spent") return "paid";
      if (reasonOf(error) === "unpaid") return "never held";
    }
    try {
      return await this.ledger.refund({ claimSecret: spend.claimSecret }, serialOf(spend.token), request, signal);
    } catch (error) {
      if (reasonOf(error) === "double-spent") return "paid";
      throw error;
    }
  }

  private putBack({ token }: Spend): void {
    this.spare.push(token);
    this.spends.delete(serialOf(token));
  }

  private fill(signal: AbortSignal): Promise<void> {
    this.filling ??= this.buy(signal).finally(() => { this.filling = undefined; });
    return this.filling;
  }

  private async buy(signal: AbortSignal): Promise<void> {
    const { directory } = this.known!, key = findIssuingKey(directory, nowS());
    const open = this.wallet.openOrders.find((each) => !each.startsWith(REFUND_ORDER)), orderId = open ?? `order ${this.orders++}`;
    const requests = this.wallet.order(orderId, directory.issuer, key, this.tokensAtOnce);
    this.save();
    this.wallet.receive(orderId, key, await this.ledger.issue(this.account, orderId, requests, signal));
    this.save();
  }

  private save(): void {
    const spends = [...this.spends.values()].map(({ token, area, claimSecret }) => ({ token: encodeToken(token).toString("base64url"), area, claimSecret: claimSecret.toString("base64url") }));
    this.keeping.save(JSON.stringify({ account: this.account.toString("base64url"), orders: this.orders, wallet: this.wallet.encode(), spends, spare: this.spare.map((token) => encodeToken(token).toString("base64url")) }));
  }

  private parse(text: string): void {
    const { account, orders, wallet, spends, spare } = purseForm.parse(JSON.parse(text));
    this.account = account;
    this.orders = orders;
    this.wallet = TokenWallet.parse(wallet);
    this.spare.push(...spare.map(parseToken));
    for (const { token, area, claimSecret } of spends) {
      const parsed = parseToken(token);
      this.spends.set(serialOf(parsed), { token: parsed, area, claimSecret, claim: digestOf(claimSecret) });
    }
  }
}

function nowS(): number { return Math.floor(Date.now() / 1000); }
