/** Long fuzzing of the protocol's parsers: `node dist/scripts/fuzz-protocol.js [inputs] [seed]`, a million inputs when nothing is said. */
import { fuzzParsers } from "../src/protocol/fuzz-parsers.js";

const [inputs = "1000000", seed = "1"] = process.argv.slice(2);
if (![inputs, seed].every((word) => /^\d{1,9}$/.test(word)) || Number(inputs) === 0) {
  console.error(`inputs must be a whole number above 0 and seed one from 0 on; got ${inputs} and ${seed}.\nUsage: node dist/scripts/fuzz-protocol.js [inputs] [seed]`);
  process.exit(2);
}
const startedAtMs = performance.now();
for (const { parser, inputs: given, accepted, refused } of fuzzParsers(Number(seed), Number(inputs))) {
  console.log(`${parser.padEnd(22)} ${given} inputs, ${refused} refused, ${accepted} accepted`);
}
console.log(`${inputs} inputs in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s: no crash, no forged message accepted.`);
