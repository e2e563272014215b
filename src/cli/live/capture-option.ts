/** The option that has a live system captured. */
import type { LiveConfig } from "../../live/config/live-config.js";

/** For commands that start a system. */
export const CAPTURE_OPTION = {
  type: "string", requiresArg: true,
  describe: "Write down in this empty folder what each observer has: bytes on the path before and behind the relay, sizes and instants at the relay, words at the experts, bookings at the ledger. Nothing beyond that",
  defaultDescription: "nothing is captured",
} as const;

/** A config with its capture. */
export function withCapture(config: LiveConfig, capture: string | undefined): LiveConfig { return capture === undefined ? config : { ...config, capture }; }
