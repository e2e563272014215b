import fc from "fast-check";
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { PlmmError } from "../../core/errors.js";
import { AREA_NAMES } from "../../world/knowledge/knowledge-area.js";
import { makeGatewayKeys, openKeyConfigs, signKeyConfigs } from "../gateway/gateway-keys.js";
import { parseLedgerBody } from "../ledger/ledger-messages.js";
import { parseChatRequest } from "../openai/chat-request.js";
import { encodeEvent, encodeGatewayRequest, parseEvent, parseGatewayRequest, type ConsultEvent, type GatewayRequest } from "./consult-message.js";

const bytes = (length: number): fc.Arbitrary<Buffer> => fc.uint8Array({ minLength: length, maxLength: length }).map((each) => Buffer.from(each)), area = fc.constantFrom(...AREA_NAMES);
const requests: fc.Arbitrary<GatewayRequest> = fc.oneof(
  fc.record({ kind: fc.constant("consult" as const), area, question: fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" }), maxTokens: fc.integer({ min: 1, max: 4096 }), token: bytes(354), claim: bytes(32).map((each) => each.toString("hex")) }),
  fc.record({ kind: fc.constant("refund" as const), area, token: bytes(354), request: bytes(259) }),
);
const events: fc.Arbitrary<ConsultEvent> = fc.oneof(
  fc.record({ text: fc.string({ unit: "grapheme" }) }), fc.record({ refund: fc.record({ signature: fc.constant("AAAA") }) }),
  fc.record({ refused: fc.record({ status: fc.integer({ min: 400, max: 599 }), reason: fc.constantFrom("busy", "unpaid") }) }),
);

test("requests and events come back as they were, and their sizes are multiples of the step", () => {
  fc.assert(fc.property(requests, fc.constantFrom(1, 64, 1024), (request, step) => {
    const encoded = encodeGatewayRequest(request, step, 1_700_000_000);
    expect(encoded.length % step).toBe(0);
    expect(parseGatewayRequest(encoded)).toEqual({ request, sealedAtS: 1_700_000_000 });
  }), { seed: 11, numRuns: 300 });
  fc.assert(fc.property(events, fc.constantFrom(1, 64), (event, step) => {
    const encoded = encodeEvent(event, step);
    expect(encoded.length % step).toBe(0);
    expect(parseEvent(encoded)).toEqual(event);
  }), { seed: 12, numRuns: 300 });
});

test("whatever comes, parsers refuse it with a typed error or take it", () => {
  const identity = generateKeyPairSync("ed25519"), keys = signKeyConfigs(identity.privateKey, makeGatewayKeys("hybrid"));
  const whole = [encodeGatewayRequest({ kind: "refund", area: "it", token: Buffer.alloc(354, 1), request: Buffer.alloc(259, 2) }, 1), encodeEvent({ text: "x" }, 64), keys, Buffer.from('{"model":"m","messages":[{"role":"user","content":"x"}]}'), Buffer.from('{"serial":"00"}')];
  const parsers = [parseGatewayRequest, parseEvent, (each: Uint8Array) => openKeyConfigs(identity.publicKey, each), parseChatRequest, (each: Uint8Array) => parseLedgerBody("/settle", each), (each: Uint8Array) => parseLedgerBody("/issue", each)];
  fc.assert(fc.property(fc.constantFrom(...whole), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }), fc.nat(), (source, changes, cut) => {
    const changed = Buffer.from(source.subarray(0, source.length - (cut % 3 === 0 ? cut % source.length : 0)));
    for (const [at, value] of changes) if (changed.length > 0) changed[at % changed.length] = value;
    for (const parse of parsers) {
      try {
        parse(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(PlmmError);
      }
    }
  }), { seed: 13, numRuns: 2000 });
});
