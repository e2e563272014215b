/**
 * Padding of message sizes: how many bytes an observer sees for a message of a given size.
 * Every kind is never smaller than the message, monotone, and idempotent (a padded size stays as it is).
 * Overhead: bucket below one bucket; power-of-two below 100 %; constant below one constant; Padme at most about 12 %.
 */
import type { Scenario } from "../config/scenario-schema.js";

/** Codes of the padding kinds, for the hot path. Padme has no config name yet; experiments on padding use it. */
export const Padding = { none: 0, bucket: 1, powerOfTwo: 2, constant: 3, padme: 4 } as const;

/** Code of a padding kind as the config names it. */
export function paddingCode(kind: Scenario["protocol"]["padding"]): number {
  switch (kind) {
    case "none": return Padding.none;
    case "bucket": return Padding.bucket;
    case "power-of-two": return Padding.powerOfTwo;
    case "constant": return Padding.constant;
    default: return kind satisfies never;
  }
}

/**
 * Size of a message after padding.
 *
 * @param bytes Integer from 0 to 2^31. 0 stays 0: what is not sent is not padded.
 * @param code One of `Padding`.
 * @param bucketBytes Step of kind bucket. Integer; 0 and 1 leave the size as it is.
 * @param constantBytes Size of every message under kind constant; a larger message takes a multiple. Integer; 0 and 1 likewise.
 */
export function paddedBytes(bytes: number, code: number, bucketBytes: number, constantBytes: number): number {
  if (bytes <= 0) return 0;
  switch (code) {
    case Padding.bucket: return multipleAtLeast(bytes, bucketBytes);
    case Padding.powerOfTwo: return powerOfTwoAtLeast(bytes);
    case Padding.constant: return multipleAtLeast(bytes, constantBytes);
    case Padding.padme: return padmeBytes(bytes);
    default: return bytes;
  }
}

/**
 * Padme: rounds up so that a size of E = floor(log2 L) bits keeps floor(log2 E) + 1 of them; an observer learns
 * O(log log L) bits of the size.
 *
 * @param bytes Integer from 1 to 2^31.
 * @source Nikitin, Barman, Lueks, Underwood, Hubaux and Ford 2019, Reducing Metadata Leakage from Encrypted Files and
 *   Communication with PURBs, PoPETs 2019(4), algorithm 1; the paper bounds the overhead by about 12 %.
 */
export function padmeBytes(bytes: number): number {
  if (bytes <= 2) return bytes;
  const exponent = floorLog2(bytes);
  const keptBits = floorLog2(exponent) + 1;
  return multipleAtLeast(bytes, 1 << (exponent - keptBits));
}

function multipleAtLeast(bytes: number, step: number): number {
  return step > 1 ? Math.ceil(bytes / step) * step : bytes;
}

function powerOfTwoAtLeast(bytes: number): number {
  // One bit less than the answer, then doubled: 1 << 31 would be negative.
  return bytes <= 1 ? bytes : (1 << floorLog2(bytes - 1)) * 2;
}

/** floor(log2 value) for an integer from 1 to 2^32 - 1. */
function floorLog2(value: number): number {
  return 31 - Math.clz32(value);
}
