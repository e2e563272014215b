/** Links between phone, relay and tiers. */
import { z } from "zod";
import { bitRate, bytes, count, fraction, joulesPerByte, numberBetween, positiveCount, probabilityShares, seconds, watts } from "../quantities.js";
import { origin } from "../origin.js";

const linkState = z.strictObject({
  meanDwellS: seconds({ min: 1 }).describe("Mean time in the state (exponential)."),
  next: probabilityShares(["wifi", "5g", "4g", "3g", "offline"]).describe("Chances of the state after it."),
  uplinkBitPerS: bitRate(), downlinkBitPerS: bitRate(),
  oneWayDelayS: seconds().describe("Smallest one-way delay to the relay."),
  jitterS: seconds().describe("Mean of the exponential delay on top."),
  lossFraction: fraction().describe("Chance that a packet is lost on this link and sent again. It costs bytes, air time and energy; a retransmission time too where the message waits for it."),
  radioW: watts().describe("Power of the radio while it sends or receives."),
  tailW: watts().describe("Power after the last byte."),
  tailS: seconds().describe("Time the radio stays up after the last byte."),
  ...origin,
});

/** Section `network`: a Markov chain of link states per phone, exponential dwell times, and the fixed delays behind the relay. */
export const networkSection = z.strictObject({
  states: z.strictObject({
    wifi: linkState.prefault({ meanDwellS: 5400, next: { "5g": 0.45, "4g": 0.5, offline: 0.05 }, uplinkBitPerS: 30e6, downlinkBitPerS: 80e6, oneWayDelayS: 0.008, jitterS: 0.004, lossFraction: 0.005, radioW: 0.8, tailW: 0.12, tailS: 0.24, origin: "published", source: "radio: Huang et al., MobiSys 2012 (LTE/WiFi power and tail), rates and dwell times assumed" }),
    "5g": linkState.prefault({ meanDwellS: 1500, next: { wifi: 0.5, "4g": 0.45, offline: 0.05 }, uplinkBitPerS: 25e6, downlinkBitPerS: 150e6, oneWayDelayS: 0.012, jitterS: 0.006, lossFraction: 0.01, radioW: 2.2, tailW: 0.9, tailS: 8, origin: "assumed", source: "between 4G (Huang et al. 2012) and 5G studies; not measured here" }),
    "4g": linkState.prefault({ meanDwellS: 1500, next: { wifi: 0.5, "5g": 0.25, "3g": 0.15, offline: 0.1 }, uplinkBitPerS: 8e6, downlinkBitPerS: 25e6, oneWayDelayS: 0.025, jitterS: 0.012, lossFraction: 0.015, radioW: 1.9, tailW: 1.06, tailS: 11.6, origin: "published", source: "radio: Huang et al., MobiSys 2012 (LTE 1060 mW tail of 11.6 s), rates and dwell times assumed" }),
    "3g": linkState.prefault({ meanDwellS: 600, next: { "4g": 0.85, offline: 0.15 }, uplinkBitPerS: 0.8e6, downlinkBitPerS: 3e6, oneWayDelayS: 0.075, jitterS: 0.035, lossFraction: 0.03, radioW: 1.3, tailW: 0.8, tailS: 8.1, origin: "published", source: "radio: Huang et al., MobiSys 2012 (3G DCH tail 8.1 s), rates and dwell times assumed" }),
    offline: linkState.prefault({ meanDwellS: 420, next: { "4g": 0.6, wifi: 0.3, "3g": 0.1 }, uplinkBitPerS: 1, downlinkBitPerS: 1, oneWayDelayS: 0.01, jitterS: 0, lossFraction: 0, radioW: 0, tailW: 0, tailS: 0, origin: "assumed", source: "dwell time assumed" }),
  }).prefault({}),
  retransmitS: seconds().default(0.3).describe("Time until a lost packet that its message waits for is sent again."),
  relayDelayS: seconds().default(0.005).describe("One-way delay from the relay to a tier."),
  backboneDelayS: seconds().default(0.008).describe("One-way delay between an E and T."),
});

/** Section `protocol`: sizes on the wire, how padding and cover traffic hide them, and the cost of sealing. */
export const protocolSection = z.strictObject({
  relay: z.boolean().default(true).describe("Oblivious relay between phone and tiers: the path observer sees the relay's address only."),
  padding: z.enum(["none", "bucket", "power-of-two", "constant"]).default("none").describe("Shape of message sizes on the wire."),
  bucketBytes: bytes().default(1024).describe("Bucket of padding \"bucket\"."),
  constantRequestBytes: bytes().default(16_384).describe("Size of every request under padding \"constant\"; a larger one takes a multiple."),
  constantResponseBytes: bytes().default(16_384).describe("Size of every response under padding \"constant\"; a larger one takes a multiple."),
  releaseIntervalS: seconds().default(0).describe("Fixed rate: a tier sends chunks only at multiples of this time after the request came, padding cells included; 0 sends them when they are made."),
  gateway: z.enum(["per-domain", "shared"]).default("per-domain").describe("Behind the relay: one gateway for each E, so that the relay knows the domain, or one for all."),
  sends: z.enum(["context", "question", "least"]).default("least").describe("Words that E and T are sent: the question with P's personal context, the question as asked, or the least that P must ask. Attacks on content read them; sizes do not depend on it."),
  payment: z.enum(["account", "blind", "blind-scheduled"]).default("account").describe("How questions are paid: from an account, with blind tokens bought when the wallet is empty, or with blind tokens bought once a day at a random time."),
  tokensPerPurchase: positiveCount(10_000).default(20).describe("Blind tokens bought at once; a question costs one."),
  tokensPerChunk: count(10_000).default(1).describe("Answer tokens in one response chunk; 0 sends the answer whole."),
  coverFraction: fraction().default(0).describe("Chance that a question which P answers alone also sends a dummy exchange shaped like a real one."),
  redactFraction: fraction().default(0.9).describe("Sensitive attributes that P finds and replaces before it asks E. T under policy t-only sees them in clear."),
  bytesPerToken: numberBetween(0.5, 16).default(4.2).describe("Mean UTF-8 bytes of one token."),
  bytesPerTokenSpread: numberBetween(0, 1).default(0.12).describe("Coefficient of variation of the mean bytes per token between messages."),
  sealS: seconds().default(0.0004).describe("Time to redact and encrypt a request on the phone, before its share per byte."),
  radioJPerByte: joulesPerByte().default(0).describe("Energy per byte on top of the radio's power."),
});
