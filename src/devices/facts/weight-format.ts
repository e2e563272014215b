/** Weight formats from the names that sources print: bits of a weight with its scales, and the class that kernels treat alike. */

/** Bits per weight by name, first match wins: block formats of llama.cpp, and groups of 32 to 128 elsewhere. */
const BITS: readonly (readonly [RegExp, number])[] = [
  [/1\.58/, 2.2], [/^1-bit|tq1|iq1|^q1/i, 1.25], [/bf16|f16|fp16/i, 16], [/4w|8da4w|spinquant|qlora|qat/i, 4.6], [/int4\/int8/i, 8.5],
  [/q2|w2|iq2/i, 2.7], [/q3|iq3/i, 3.7], [/q4_k|q4 \(k/i, 4.9], [/q4|int4|w4|wi4|4-?bit|iq4|fp4|mixed 2\/4\/8|wna8/i, 4.6], [/q5/i, 5.6], [/q6/i, 6.6],
  [/q8|int8|w8|8-?bit|fp8/i, 8.5],
];
/** What Ollama and most repositories serve when nothing is said: Q4_K_M. */
const USUAL_BITS = 4.9;

/** Bits per weight of a format; of the model's own name where the format is not said; the usual 4-bit else. */
export function bitsOf(format: string, model: string): number {
  for (const text of [format, model]) {
    const found = BITS.find(([pattern]) => pattern.test(text));
    if (found !== undefined) return found[1];
  }
  return /-mlx/.test(model) ? 4.6 : USUAL_BITS;
}

/** Class of a width: 16-bit, 8-bit, 6-bit, 4-bit, lower. */
export function formatClass(bits: number): string {
  return bits > 12 ? "16-bit" : bits > 7 ? "8-bit" : bits > 5.2 ? "6-bit" : bits > 4 ? "4-bit" : "lower";
}

/** A format's name without case, blanks and brackets, to compare names. Empty where it is not said. */
export function formatKey(format: string): string {
  return format.toLowerCase().replace(/[ _()?]+/g, "");
}
