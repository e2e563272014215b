/**
 * What encryption costs by size of the message and by device: bytes by the sizes of HPKE, Oblivious HTTP and TLS; time of
 * sealing and opening measured here, and scaled to other chips by single-core scores.
 */
import { DEFAULT_SUITE } from "../protocol/hpke/find-suite.js";
import { openOnce, sealOnce } from "../protocol/hpke/hpke.js";
import { OHTTP_REQUEST_OVERHEAD_BYTES, tlsWireBytes } from "../protocol/envelope.js";
import { loadFitInputs } from "../devices/fit/load-rate-models.js";
import { DEFAULT_COST, encodeKeyFile, makeKeys, openKeyFile } from "../protocol/storage/key-file.js";

/** Messages that are sealed. Bytes. */
export const PAYLOAD_BYTES = [64, 256, 1024, 2048, 4096, 16_384, 65_536] as const;
/** Chips that stand for a new, a middling and an old phone, a laptop and a board. */
export const OVERHEAD_CHIPS = ["Apple A19 Pro", "Snapdragon 8 Elite", "Google Tensor G3", "Apple M1", "Broadcom BCM2711 (RPi4)"] as const;
/** Geekbench 6 single-core score that stands for the machine of the measurement. Assumed: a server core at 2.6 GHz. */
export const HOST_CORE_SCORE = 1300;
const TURNS = 5, MESSAGES_PER_TURN = 40;

/** Bytes of one sealed request. */
export interface OverheadBytes { readonly payloadBytes: number; readonly sealedBytes: number; readonly wireBytes: number; readonly overheadFraction: number }

/** By size: Oblivious HTTP around the message, then TLS records. */
export function tabulateOverhead(): OverheadBytes[] {
  return PAYLOAD_BYTES.map((payloadBytes) => {
    const sealedBytes = payloadBytes + OHTTP_REQUEST_OVERHEAD_BYTES, wireBytes = tlsWireBytes(sealedBytes);
    return { payloadBytes, sealedBytes, wireBytes, overheadFraction: (wireBytes - payloadBytes) / payloadBytes };
  });
}

/** Seal and open of one size. Seconds of the fastest of five turns. */
export interface SealingTime { readonly payloadBytes: number; readonly sealS: number; readonly openS: number }

/** Measures both on this machine. */
export function measureSealingTimes(): SealingTime[] {
  const recipient = DEFAULT_SUITE.kem.generateKeyPair(), terms = { info: Buffer.alloc(0) }, aad = Buffer.alloc(0);
  return PAYLOAD_BYTES.map((payloadBytes) => {
    const message = Buffer.alloc(payloadBytes, 7), sealed = sealOnce(DEFAULT_SUITE, recipient, terms, aad, message);
    const sealS = fastestS(() => { sealOnce(DEFAULT_SUITE, recipient, terms, aad, message); });
    return { payloadBytes, sealS, openS: fastestS(() => { openOnce(DEFAULT_SUITE, sealed, recipient, terms, aad); }) };
  });
}

function fastestS(work: () => void): number {
  let fastest = Infinity;
  for (let turn = 0; turn < TURNS; turn++) {
    const startedAtMs = performance.now();
    for (let i = 0; i < MESSAGES_PER_TURN; i++) work();
    fastest = Math.min(fastest, (performance.now() - startedAtMs) / 1000 / MESSAGES_PER_TURN);
  }
  return fastest;
}

/** Factor from this machine's times to a chip's; undefined for a chip without a score. */
export function slowdownOf(chip: string): number | undefined {
  const score = loadFitInputs().chips.get(chip)?.coreScore;
  return score === undefined ? undefined : HOST_CORE_SCORE / score;
}

/** One guess at the secret of a sealed store with the default cost, on this machine. Seconds. */
export function measureGuess(): number {
  const bytes = encodeKeyFile(makeKeys("secret", DEFAULT_COST)), startedAtMs = performance.now();
  openKeyFile("secret", bytes, 0);
  return (performance.now() - startedAtMs) / 1000;
}
