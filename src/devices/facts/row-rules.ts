/** Rules that leave a measured row out, from its flags and names alone: what was measured is not a cool device with the model in memory. */

const RULES: readonly (readonly [pattern: RegExp, rule: string])[] = [
  [/RAM.?cap|below-working-set|RAM.?limit/i, "memory below the working set"],
  [/\(MTP\)=yes|draft model|speculative decoding(?! \(MTP\)=no)|(?<!\()\bmtp\b/i, "speculative decoding"],
  [/(?<!un)masked affinity f|affinity.limited|pinned to (little|small)/i, "affinity-limited"],
  [/outlier/i, "flagged as outlier by its collector"],
  [/back-to-back|thermal=serious|thermal=critical|\bhot\b/i, "hot device"],
];

/** The first rule that applies, or undefined. Never looks at a speed. */
export function excludeRow(flags: string, model: string): string | undefined {
  return RULES.find(([pattern]) => pattern.test(`${flags} ${model}`))?.[1];
}
