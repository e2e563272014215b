/**
 * Throws changed and random bytes at every parser of the protocol. A parser may refuse them with a ProtocolError and in no
 * other way; what is sealed opens only when it is the genuine message, whole.
 */
import { BugError } from "../core/errors.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { encodeBinaryRequest, encodeBinaryResponse, parseBinaryRequest, parseBinaryResponse } from "./binary-http.js";
import { DEFAULT_SUITE } from "./hpke/find-suite.js";
import { openOnce, sealOnce } from "./hpke/hpke.js";
import { encodeKeyConfigs, parseKeyConfigs } from "./ohttp/key-config.js";
import { openRequest, openResponse, sealRequest, sealResponse } from "./ohttp/oblivious-message.js";
import { beginRequest, beginResponse, RequestReader, ResponseReader } from "./ohttp/oblivious-stream.js";
import { ProtocolError } from "./protocol-error.js";

/** What came of the inputs to one parser. */
export interface FuzzTally { readonly parser: string; inputs: number; accepted: number; refused: number }

interface Target {
  readonly parser: string;
  readonly genuine: Buffer;
  /** Whether only the genuine bytes may pass. */
  readonly isSealed: boolean;
  readonly parse: (bytes: Buffer) => unknown;
}

const MOST_RANDOM_BYTES = 200;

/**
 * Runs `inputs` inputs, dealt over all parsers in turn. The changes are a function of the seed; keys are fresh.
 *
 * @throws {BugError} when a parser fails in another way than refusing, or a forged message passes.
 */
export function fuzzParsers(seed: number, inputs: number): FuzzTally[] {
  const targets = makeTargets(), tallies = targets.map(({ parser }) => ({ parser, inputs: 0, accepted: 0, refused: 0 }));
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

function isAccepted({ parser, genuine, isSealed, parse }: Target, bytes: Buffer, where: string): boolean {
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

function makeTargets(): Target[] {
  const keyPair = DEFAULT_SUITE.kem.generateKeyPair(), suites = [DEFAULT_SUITE], config = { keyId: 7, publicKey: keyPair, suites }, keys = [{ keyId: 7, keyPair, suites }];
  const words = Buffer.from("what is a safe dose of ibuprofen"), none = Buffer.alloc(0), terms = { info: none };
  const request = encodeBinaryRequest({ method: "POST", scheme: "https", authority: "e", path: "/ask", fields: [["accept", "text/plain"]], content: words }, 96);
  const response = encodeBinaryResponse({ status: 200, fields: [["content-type", "text/plain"]], content: words }, 96);
  const sealed = sealRequest(config, request), stream = beginRequest(config), asked = openRequest(keys, sealed.bytes).answer, out = beginResponse(asked);
  const finish = <Reader extends { push(bytes: Buffer): unknown; finish(): unknown }>(reader: Reader, bytes: Buffer): void => { reader.push(bytes); reader.finish(); };
  return [
    { parser: "binary request", genuine: request, isSealed: false, parse: parseBinaryRequest },
    { parser: "binary response", genuine: response, isSealed: false, parse: parseBinaryResponse },
    { parser: "key configurations", genuine: encodeKeyConfigs([config]), isSealed: false, parse: parseKeyConfigs },
    { parser: "HPKE message", genuine: sealOnce(DEFAULT_SUITE, keyPair, terms, none, words), isSealed: true, parse: (bytes) => openOnce(DEFAULT_SUITE, bytes, keyPair, terms, none) },
    { parser: "oblivious request", genuine: sealed.bytes, isSealed: true, parse: (bytes) => openRequest(keys, bytes) },
    { parser: "oblivious response", genuine: sealResponse(asked, response), isSealed: true, parse: (bytes) => openResponse(sealed.answer, bytes) },
    { parser: "request stream", genuine: Buffer.concat([stream.sealer.next(request, false), stream.sealer.next(words, true)]), isSealed: true, parse: (bytes) => { finish(new RequestReader(keys), bytes); } },
    { parser: "response stream", genuine: Buffer.concat([out.next(response, false), out.next(words, true)]), isSealed: true, parse: (bytes) => { finish(new ResponseReader(sealed.answer), bytes); } },
  ];
}
