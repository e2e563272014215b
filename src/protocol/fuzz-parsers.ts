/**
 * Throws changed and random bytes at every parser of the protocol. A parser may refuse them with a ProtocolError and in no
 * other way; what is sealed opens only when it is the genuine message, whole.
 */
import { BugError } from "../core/errors.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { makeFuzzTargets, type FuzzTarget } from "./fuzz-targets.js";
import { ProtocolError } from "./protocol-error.js";

/** What came of the inputs to one parser. */
export interface FuzzTally { readonly parser: string; inputs: number; accepted: number; refused: number }

const MOST_RANDOM_BYTES = 200;

/**
 * Runs `inputs` inputs, dealt over all parsers in turn. The changes are a function of the seed; keys are fresh.
 *
 * @throws {BugError} when a parser fails in another way than refusing, or a forged message passes.
 */
export function fuzzParsers(seed: number, inputs: number): FuzzTally[] {
  const targets = makeFuzzTargets(), tallies = targets.map(({ parser }) => ({ parser, inputs: 0, accepted: 0, refused: 0 }));
  const stream = new RandomStream(seed, 0, Purpose.test);
  for (let input = 0; input < inputs; input++) {
    const target = targets[input % targets.length]!, tally = tallies[input % targets.length]!;
    const bytes = changedBytes(target.genuine, stream.seek(0, input));
    tally.inputs++;
    if (isAccepted(target, bytes, `seed ${seed}, input ${input}`)) tally.accepted++;
    else tally.refused++;
  }
  return tallies;
}

function isAccepted({ parser, genuine, isSealed, parse }: FuzzTarget, bytes: Buffer, where: string): boolean {
  try {
    parse(bytes);
  } catch (cause) {
    if (cause instanceof ProtocolError) return false;
    throw new BugError({ subject: parser, rule: "refuse bad bytes with a ProtocolError", got: bytes.toString("hex"), where, cause, hint: "Repeat with the same seed." });
  }
  if (!isSealed || bytes.equals(genuine)) return true;
  throw new BugError({ subject: parser, rule: "open the genuine message only", got: bytes.toString("hex"), where, hint: "Repeat with the same seed." });
}

/** Genuine bytes with one to four bytes set, some cut off, doubled or put between; or random bytes. */
function changedBytes(genuine: Buffer, stream: RandomStream): Buffer {
  const below = (end: number): number => Math.floor(stream.nextUniform() * end);
  const random = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, () => below(256)));
  const at = below(genuine.length);
  switch (below(6)) {
    case 0: return random(below(MOST_RANDOM_BYTES));
    case 1: return genuine.subarray(0, at);
    case 2: return Buffer.concat([genuine.subarray(0, at), random(1 + below(9)), genuine.subarray(at)]);
    case 3: return Buffer.concat([genuine.subarray(0, at), genuine.subarray(at + 1 + below(9))]);
    case 4: return Buffer.concat([genuine, genuine.subarray(at)]);
    default: {
      const copy = Buffer.from(genuine);
      for (let changes = 1 + below(4); changes > 0; changes--) copy[below(copy.length)] = below(256);
      return copy;
    }
  }
}
