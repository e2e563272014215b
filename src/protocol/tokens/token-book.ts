/**
 * The ledger's book of accounts and spent tokens: the state that its journal adds up to. Money is neither made nor lost:
 * deposits = balances + value of tokens that are out + held + settled.
 */
import { invariant } from "../../core/errors.js";
import type { Journal } from "../write-journal.js";
import type { TokenEntry } from "./token-entry.js";

/** A token that is spent. */
export type SpentToken = Extract<TokenEntry, { kind: "hold" | "return" }>;
/** What became of a held token. */
export type Outcome = { readonly kind: "held" } | { readonly kind: "settled" } | { readonly kind: "refunded"; readonly keyId: string; readonly digest: string };

/** How a token was spent, and what became of it. */
export interface SpentState { readonly entry: SpentToken; readonly outcome: Outcome }
/** A token that was spent with a payee. */
export interface HeldToken extends SpentState { readonly entry: Extract<TokenEntry, { kind: "hold" }> }

/** Sums over the book. Micro-USD. */
export interface BookTotals { readonly deposits: number; readonly balances: number; readonly out: number; readonly held: number; readonly settled: number }

type OrderEntry = Extract<TokenEntry, { kind: "deposit" | "issue" }>;

/** Accounts, orders and spent tokens. */
export class TokenBook {
  private readonly balances = new Map<string, number>();
  private readonly earnings = new Map<string, number>();
  private readonly orders = new Map<string, OrderEntry>();
  private readonly spent = new Map<string, { readonly entry: SpentToken; outcome: Outcome }>();
  private sums = { deposits: 0, out: 0, held: 0, settled: 0 };

  /** @param entries What the journal held; @param journal takes what comes. */
  constructor(entries: Iterable<TokenEntry>, private readonly journal: Pick<Journal<TokenEntry>, "append">) {
    for (const entry of entries) this.apply(entry);
  }

  /** Writes down and then applies. An entry that cannot be written changes nothing. */
  record(entry: TokenEntry): void {
    this.journal.append(entry);
    this.apply(entry);
  }

  /** Money of an account. Micro-USD. */
  balanceOf(account: string): number { return this.balances.get(account) ?? 0; }

  /** Money that a payee has earned. Micro-USD. */
  earningsOf(payee: string): number { return this.earnings.get(payee) ?? 0; }

  /** What an account's order was booked as. Orders are numbered by the account, so that a repeated one is known. */
  findOrder(account: string, orderId: string): OrderEntry | undefined { return this.orders.get(orderKey({ account, orderId })); }

  /** How a token was spent, and what became of it. */
  findSpent(serial: string): SpentState | undefined { return this.spent.get(serial); }

  /** Sums that must agree. */
  totals(): BookTotals { return { ...this.sums, balances: [...this.balances.values()].reduce((sum, balance) => sum + balance, 0) }; }

  private apply(entry: TokenEntry): void {
    switch (entry.kind) {
      case "deposit":
        this.orders.set(orderKey(entry), entry);
        this.sums.deposits += entry.microUsd;
        return this.credit(entry.account, entry.microUsd);
      case "issue":
        this.orders.set(orderKey(entry), entry);
        this.sums.out += entry.microUsd;
        return this.credit(entry.account, -entry.microUsd);
      case "hold":
        this.sums.held += entry.microUsd;
        return this.spend(entry, { kind: "held" });
      case "return":
        this.credit(entry.account, entry.microUsd);
        return this.spend(entry, { kind: "settled" });
      case "settle": return this.settle(entry.serial);
      case "refund": return this.refund(entry);
      default: return entry satisfies never;
    }
  }

  private credit(account: string, microUsd: number): void { this.balances.set(account, this.balanceOf(account) + microUsd); }

  private spend(entry: SpentToken, outcome: Outcome): void {
    invariant(!this.spent.has(entry.serial), "book every token as spent once", entry.serial);
    this.spent.set(entry.serial, { entry, outcome });
    this.sums.out -= entry.microUsd;
  }

  private settle(serial: string): void {
    const { entry } = this.close(serial, { kind: "settled" });
    this.sums.settled += entry.microUsd;
    if (entry.kind === "hold") this.earnings.set(entry.payee, this.earningsOf(entry.payee) + entry.microUsd);
  }

  private refund({ serial, keyId, digest }: Extract<TokenEntry, { kind: "refund" }>): void {
    const { entry } = this.close(serial, { kind: "refunded", keyId, digest });
    this.sums.out += entry.microUsd;
  }

  private close(serial: string, outcome: Outcome): { readonly entry: SpentToken } {
    const spent = this.spent.get(serial);
    invariant(spent?.outcome.kind === "held", "settle or refund what is held, once", serial);
    spent.outcome = outcome;
    this.sums.held -= spent.entry.microUsd;
    return spent;
  }
}

function orderKey({ account, orderId }: { readonly account: string; readonly orderId: string }): string { return JSON.stringify([account, orderId]); }
