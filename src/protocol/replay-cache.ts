/**
 * Remembers the requests of a time window, so that none is answered twice. Requests carry the instant at which they were sealed
 * and are refused outside the window; inside it their encapsulated keys are remembered, each different by nature. The
 * cache never forgets one too early: when it is full, new requests are refused until old ones leave the window.
 * @source RFC 9458 section 6.5 (replay, and the date of requests).
 */
import { createHash } from "node:crypto";
import { LimitError } from "../core/errors.js";
import { ProtocolError } from "./protocol-error.js";

/** How long a request may travel, how far clocks may differ, and how many requests are remembered. Whole seconds. */
export interface ReplayWindow { readonly travelS: number; readonly skewS: number; readonly mostRequests: number }

/** Two minutes, and at most 100,000 requests: about 10 MB. */
export const DEFAULT_WINDOW: ReplayWindow = { travelS: 90, skewS: 30, mostRequests: 100_000 };

/** Requests that were let in. */
export class ReplayCache {
  /** When each may be forgotten, by digest. Later entries leave later, as `nowS` never runs back. */
  private readonly leavesAtS = new Map<string, number>();
  private nowS: number;

  /** @param startS When the process began: what was sealed before is refused, for the cache of an earlier process is gone. */
  constructor(private readonly startS: number, private readonly window: ReplayWindow = DEFAULT_WINDOW) { this.nowS = startS; }

  /** Requests that are remembered. */
  get size(): number { return this.leavesAtS.size; }

  /**
   * Lets a request in, once.
   *
   * @param encapsulated The request's encapsulated key.
   * @param sealedAtS Instant that the request states inside its seal.
   * @throws {ProtocolError} expired, outside the window; replayed. {LimitError} when the cache is full.
   */
  admit(encapsulated: Uint8Array, sealedAtS: number, nowS: number): void {
    this.nowS = Math.max(this.nowS, nowS);
    this.forgetOld();
    this.requireInWindow(sealedAtS);
    const digest = createHash("sha256").update(encapsulated).digest("base64url");
    if (this.leavesAtS.has(digest)) throw new ProtocolError("replayed", "a request", "come once", "one that came before", "Seal the question again.");
    if (this.leavesAtS.size >= this.window.mostRequests) {
      throw new LimitError({ subject: "the gateway's memory of requests", rule: `hold at most ${this.window.mostRequests} within ${this.window.travelS} s`, got: this.leavesAtS.size, hint: "Ask again in a moment." });
    }
    this.leavesAtS.set(digest, this.nowS + this.window.travelS + this.window.skewS + 1);
  }

  private requireInWindow(sealedAtS: number): void {
    const { travelS, skewS } = this.window, oldest = Math.max(this.nowS - travelS, this.startS - skewS), newest = this.nowS + skewS;
    if (sealedAtS >= oldest && sealedAtS <= newest) return;
    throw new ProtocolError("expired", "the date of a request", `lie between ${oldest} and ${newest} s`, sealedAtS, "Set the clock, and seal the question again.");
  }

  private forgetOld(): void {
    for (const [digest, leavesAtS] of this.leavesAtS) {
      if (leavesAtS > this.nowS) return;
      this.leavesAtS.delete(digest);
    }
  }
}
