/**
 * What observers really had of a run of the live system: the same records as the simulator's observers, taken from captured bytes,
 * opened requests and bookings, each with the truth about it for the scorer.
 */
import type { ColumnTable } from "../../records/column-table.js";
import type { ObservedPayment } from "./ledger-observer.js";
import type { ObservedPrompt } from "./prompt-observer.js";

/** A request as a tier's operator read it, and the answer on the wire. */
export interface CapturedPrompt extends ObservedPrompt {
  /** Sizes of the answer's TLS records on the path, in order. */
  readonly chunkBytes: readonly number[];
}

/** Views besides the path's, which is the wire table of the run itself. */
export interface CapturedView {
  /** Rows of `RELAY_SCHEMA`. */
  readonly relay: ColumnTable;
  /** Rows of `RELAY_SCHEMA`: exchanges on the link between relay and gateway, as someone there tells them apart. */
  readonly gatewayLink: ColumnTable;
  readonly prompts: readonly CapturedPrompt[];
  /** The same with what experts that ask back were told; absent where they ask nothing. */
  readonly askedBack?: readonly ObservedPrompt[];
  readonly payments: readonly ObservedPayment[];
}
