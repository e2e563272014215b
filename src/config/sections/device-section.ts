/** The phones and the model on them. */
import { z } from "zod";
import { count, fraction, namedShares, positive, positiveCount, seconds, watts } from "../quantities.js";

/** Section `devices`: which phones the fleet has, their charge, memory and heat at the start, and when the OS stops on-device inference. */
export const devicesSection = z.strictObject({
  mix: namedShares().optional().describe("Share of each device of the catalogue in the fleet. Default: every phone of the catalogue with equal share. See: plmm devices list."),
  host: z.strictObject({
    profile: z.string().describe("Profile that `plmm calibrate` wrote, relative to the working directory: speed and memory of the device `host`."),
    threads: positiveCount(1024).default(1).describe("Threads of inference; a number that was calibrated."),
    like: z.string().default("raspberry-pi-5-8gb").describe("Device of the catalogue whose heat, power, battery and flash the host has, which a calibration does not measure."),
  }).optional().describe("A calibrated machine as a device, called `host` in the mix. Without a mix every client is one."),
  startBatteryFraction: z.strictObject({ low: fraction(), high: fraction() }).default({ low: 0.35, high: 1 })
    .refine((range) => range.low <= range.high, "have low at most high")
    .describe("Charge at the start of the run, uniform."),
  baselineDrainW: watts().default(0.35).describe("Mean power of the phone without the assistant, screen use included."),
  chargeW: watts().default(15).describe("Charging power at the wall plug, after losses."),
  chargeS: seconds().default(3600 * 2.5).describe("Length of the daily charge."),
  keepLoadedS: seconds().default(300).describe("Time after the last answer for which the OS keeps P in memory; later questions load it from flash first."),
  freeMemoryFraction: z.strictObject({ low: fraction(), high: fraction() }).default({ low: 0.35, high: 0.75 })
    .refine((range) => range.low <= range.high, "have low at most high")
    .describe("Memory that the OS leaves to the assistant, of physical memory, uniform per session."),
  lowBatteryFraction: fraction().default(0.05).describe("Charge below which the OS stops on-device inference."),
  maxHeat: fraction().default(1).describe("Hottest state at which the OS still allows on-device inference; 1 never stops it."),
  screenW: watts().default(0.8).describe("Power of the screen while the user waits and reads; reported apart from compute."),
});

/** Section `personalModel`: the model file on every phone and how P uses it; speeds come from the device catalogue. */
export const personalModelSection = z.strictObject({
  model: z.string().default("llama-3.2-1b").describe("Model card of P. See: plmm models list."),
  quant: z.string().default("Q4_0").describe("Quantization of P's weights."),
  draftTokens: count(4096).default(12).describe("Tokens that P drafts before it chooses a route."),
  combine: z.enum(["rewrite", "pass-through"]).default("rewrite").describe("rewrite: P rewrites the tier's answer with personal context when the question is mixed; pass-through: the tier's answer is shown as it streams."),
  contextLimitTokens: count(1e6).default(4096).describe("Most tokens that P keeps in its context."),
  readSpeedTokensPerS: positive(1000).default(6).describe("Reading speed of a user, for the share of an answer that stalls."),
});
