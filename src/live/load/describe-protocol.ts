/** The protocol of a live system in the words of a scenario, so that the simulator's observers can be put beside captured ones. */
import type { LiveConfig } from "../config/live-config.js";

/**
 * Overrides of a study. Padding is the nearest that the simulator has: none; buckets of the request's step; or, where answers have a
 * fixed number of chunks, constant sizes.
 */
export function describeProtocol({ protocol, personal }: LiveConfig): readonly string[] {
  const { requestBytes, chunkBytes, answerChunks, releaseS, coverFraction } = protocol;
  const padding = answerChunks > 1 ? ["padding=constant", `constantRequestBytes=${requestBytes}`, `constantResponseBytes=${chunkBytes * answerChunks}`] : requestBytes > 1 ? ["padding=bucket", `bucketBytes=${requestBytes}`] : ["padding=none"];
  return [...padding, "relay=true", "gateway=shared", "sends=least", "payment=blind", `tokensPerPurchase=${personal.tokens}`, `releaseIntervalS=${releaseS}`, `coverFraction=${coverFraction}`, "tokensPerChunk=1"].map((key) => `protocol.${key}`);
}
