/** Which of a gateway's key configurations a client seals to: the strongest, and never a weaker one than it insists on. */
import { ProtocolError } from "../protocol-error.js";
import { X_WING } from "../hpke/x-wing.js";
import type { KeyConfig } from "./key-config.js";

/** Against whom a key exchange holds: today's computers, or quantum computers too. Weaker first. */
export const STRENGTHS = ["classical", "hybrid"] as const;
/** One of `STRENGTHS`. */
export type Strength = (typeof STRENGTHS)[number];

/** Strength of a configuration. */
export function strengthOf({ suites }: KeyConfig): Strength { return suites[0]?.kem.id === X_WING.id ? "hybrid" : "classical"; }

/**
 * The strongest configuration of a list; the gateway's order decides between equals.
 *
 * @param least What the client insists on: its own setting, or the strength it has seen from this gateway before, so that
 *   nobody in between can take the stronger key out of the list.
 * @throws {ProtocolError} reason downgraded, when the list offers less; unknown-suite, for an empty list.
 */
export function chooseConfig(configs: readonly KeyConfig[], least: Strength = "classical"): KeyConfig {
  const best = [...configs].sort((a, b) => STRENGTHS.indexOf(strengthOf(b)) - STRENGTHS.indexOf(strengthOf(a)))[0];
  if (best === undefined) throw new ProtocolError("unknown-suite", "a list of key configurations", "offer one that this side knows", "none", "Update the side that is behind.");
  if (STRENGTHS.indexOf(strengthOf(best)) >= STRENGTHS.indexOf(least)) return best;
  throw new ProtocolError("downgraded", "a list of key configurations", `offer a ${least} key exchange`, strengthOf(best), "Ask the operator; somebody in between may have taken the stronger key away.");
}
