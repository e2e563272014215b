/** Long fuzzing of the protocol's parsers: `node dist/scripts/fuzz-protocol.js [inputs] [seed]`, a million inputs when nothing is said. */
import { fuzzParsers } from "../src/protocol/fuzz-parsers.js";

const [inputs = "1000000", seed = "1"] = process.argv.slice(2);
const startedAtMs = performance.now();
for (const { parser, inputs: given, accepted, refused } of fuzzParsers(Number(seed), Number(inputs))) {
  console.log(`${parser.padEnd(20)} ${given} inputs, ${refused} refused, ${accepted} accepted`);
}
console.log(`${inputs} inputs in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s: no crash, no forged message accepted.`);
