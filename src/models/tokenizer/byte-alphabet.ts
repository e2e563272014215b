/**
 * A printable character for each byte, as GPT-2 and llama.cpp write the bytes of tokens in vocabulary files: printable bytes of Latin-1
 * stand for themselves, the others for the characters from U+0100 on, in order.
 *
 * @source Radford et al. 2019, release of GPT-2, encoder.py: the table is a fact of the format.
 */
import { DataError } from "../../core/errors.js";

const BYTES = 256, FIRST_REPLACEMENT = 0x100;
/** First and last bytes of the three printable ranges. */
const PRINTABLE: readonly (readonly [number, number])[] = [[0x21, 0x7e], [0xa1, 0xac], [0xae, 0xff]];

/** The character of each byte. Shape [256]. */
export const BYTE_LETTERS: readonly string[] = buildAlphabet();
const BYTE_OF: ReadonlyMap<string, number> = new Map(BYTE_LETTERS.map((character, byte) => [character, byte]));

function buildAlphabet(): string[] {
  let replaced = 0;
  return Array.from({ length: BYTES }, (_, byte) => {
    const isPrintable = PRINTABLE.some(([first, last]) => byte >= first && byte <= last);
    return String.fromCharCode(isPrintable ? byte : FIRST_REPLACEMENT + replaced++);
  });
}

/** Bytes as characters. */
export function spellBytes(bytes: Uint8Array): string { return Array.from(bytes, (byte) => BYTE_LETTERS[byte]!).join(""); }

/**
 * Characters as bytes.
 *
 * @throws {DataError} for a character outside of the alphabet.
 */
export function unspellBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const byte = BYTE_OF.get(character);
    if (byte !== undefined) return byte;
    throw new DataError({ subject: "a token", rule: "be spelled in the alphabet of bytes", got: text, hint: "Use a vocabulary of the byte-level kind of GPT-2." });
  });
}
