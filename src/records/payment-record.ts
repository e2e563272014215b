/** What the operator of the ledger sees: money and tokens that move, and between whom as far as the payment tells. */

/** Account of a payment with a blind token: nobody the ledger knows. */
export const UNKNOWN_ACCOUNT = -1;
/** Payee of a purchase of tokens: the ledger itself. */
export const LEDGER_PAYEE = -1;

/** One booking. */
export interface PaymentRecord {
  /** Microseconds since the start of the run. */
  readonly bookedAtUs: number;
  /** Who pays, or `UNKNOWN_ACCOUNT`. */
  readonly account: number;
  /** Who is paid: the domain of an E, the number of domains for T, or `LEDGER_PAYEE` for a purchase of tokens. */
  readonly payee: number;
  /** Questions paid for: 1, or the tokens of a purchase. */
  readonly amount: number;
}
