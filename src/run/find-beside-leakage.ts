/** What experiment 02 finds beside its fleet: encryption by size and device, theft of the device, and inversion of embeddings. */
import { describeTheft, SECRET_CHOICES, type TheftRow } from "../privacy/theft.js";
import { renderRows } from "../report/render-rows.js";
import { EMBEDDING_MODEL, type InversionRow, measureInversion } from "./measure-inversion.js";
import { measureGuess, measureSealingTimes, OVERHEAD_CHIPS, slowdownOf, tabulateOverhead, type SealingTime } from "./measure-overhead.js";
import type { BesideFindings } from "./run-experiment.js";

const S_PER_DAY = 86_400;
/** A thief's machines, and how long they work. Assumed. */
const THIEF = { processors: 1000, timeS: 30 * S_PER_DAY };
/** Time of a guess in the small form, so that it is the same on every machine. */
const SMALL_GUESS_S = 0.5;
/** People whose questions are embedded; a fifth of them are attacked. */
const EMBEDDED_PEOPLE = 1000;

/** Bytes and theft in both forms; times, and embeddings of a real model, in the full one. */
export async function findBesideLeakage(isSmall: boolean): Promise<BesideFindings> {
  const overhead = tabulateOverhead(), guessS = isSmall ? SMALL_GUESS_S : measureGuess(), theft = SECRET_CHOICES.map((choice) => describeTheft(choice, guessS, THIEF.timeS, THIEF.processors));
  const small = { overhead, theft: theft.map(({ secret, found, leakageBits }) => ({ secret, found: round(found), leakageBits: round(leakageBits) })) };
  if (isSmall) return { small, data: {}, tables: {} };
  const times = measureSealingTimes(), inversion = await measureInversion(EMBEDDED_PEOPLE);
  return {
    small, data: { overhead, "sealing-times": times, theft, inversion },
    tables: { "overhead-bytes": renderBytes(), "overhead-times": renderTimes(times), theft: renderTheft(theft, guessS), inversion: renderInversion(inversion) },
  };
}

function renderBytes(): string {
  const rows = tabulateOverhead().map(({ payloadBytes, sealedBytes, wireBytes, overheadFraction }) => [payloadBytes, sealedBytes, wireBytes, `${(100 * overheadFraction).toFixed(1)}%`]);
  return renderRows(["message, bytes", "sealed (OHTTP), bytes", "on the wire (TLS), bytes", "overhead"], rows, "md");
}

function renderTimes(times: readonly SealingTime[]): string {
  const chips = OVERHEAD_CHIPS.map((chip) => ({ chip, slowdown: slowdownOf(chip) })).filter(({ slowdown }) => slowdown !== undefined);
  const rows = times.map(({ payloadBytes, sealS, openS }) => [payloadBytes, ms(sealS), ms(openS), ...chips.map(({ slowdown }) => ms(sealS * slowdown!))]);
  return `${renderRows(["message, bytes", "seal here, ms", "open here, ms", ...chips.map(({ chip }) => `seal, ${chip}, ms`)], rows, "md")}\nThis machine: measured. Chips: scaled by single-core scores of datasets/devices/chip-cpus.csv (Geekbench 6, rounded), this machine's score assumed.\n`;
}

function renderTheft(rows: readonly TheftRow[], guessS: number): string {
  const cells = rows.map(({ secret, minEntropyBits, guesses, found, leakageBits }) => [secret, round(minEntropyBits), guesses, found > 0.999999 ? 1 : Number(found.toPrecision(3)), round(leakageBits)]);
  return `${renderRows(["secret", "min-entropy, bits", "guesses", "store opened", "leakage, bits"], cells, "md")}\n${THIEF.processors} processors for ${THIEF.timeS / S_PER_DAY} days (assumed), ${guessS.toFixed(2)} s per guess (scrypt of the store, measured). A thief with the key opens every store.\n`;
}

function renderInversion(rows: readonly InversionRow[]): string {
  const percent = ({ value, low, high }: InversionRow["words"]): string => `${(100 * value).toFixed(0)}% (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)})`;
  const cells = rows.map(({ kind, attackedTexts, words, wordsPrior, rouge, rougePrior }) => [kind, attackedTexts, percent(words), percent(wordsPrior), percent(rouge), percent(rougePrior)]);
  return `${renderRows(["question", "attacked", "its words, given back", "by guessing", "ROUGE-L of the nearest known", "of any known"], cells, "md")}\nLast states of ${EMBEDDING_MODEL} on llama.cpp; the attacker knows the questions of four fifths of the people. With 95% intervals over people.\n`;
}

function ms(seconds: number): number { return Number((seconds * 1000).toPrecision(3)); }
function round(value: number): number { return Number(value.toPrecision(5)); }
