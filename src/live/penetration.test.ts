import { connect as connectTcp } from "node:net";
import { randomBytes } from "node:crypto";
import { connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginRequest } from "../protocol/ohttp/oblivious-stream.js";
import { sealRequest } from "../protocol/ohttp/oblivious-message.js";
import { MESSAGE_FORMS } from "../protocol/ohttp/request-head.js";
import { chooseConfig } from "../protocol/ohttp/choose-config.js";
import type { KeyConfig } from "../protocol/ohttp/key-config.js";
import { makeReceiptKeys } from "../protocol/tokens/token-mint.js";
import { signReceipt } from "../protocol/tokens/receipt.js";
import { encodeToken, serialOf, TOKEN_BYTES } from "../protocol/tokens/token.js";
import { ResponseReader, RequestReader, beginResponse } from "../protocol/ohttp/oblivious-stream.js";
import { encodeEvent, encodeGatewayRequest, parseEvent, parseGatewayRequest, type ConsultEvent } from "./consult/consult-message.js";
import { makeGatewayKeys, openKeyConfigs, signKeyConfigs } from "./gateway/gateway-keys.js";
import { KNOWN } from "./learned-family.fixture.js";
import { BOUNDS, PATIENCE_MS, startAttacked, type AttackedParts, type TestedClient } from "./penetration.fixture.js";
import { originOf } from "./processes/plan-processes.js";
import { ProtocolClient } from "./transport/call-protocol.js";
import { readBody } from "./transport/read-body.js";
import { serveProtocol, type LiveServer } from "./transport/serve-protocol.js";
import { generateKeyPairSync } from "node:crypto";

const { mixed, charger } = KNOWN, TYPE = { "content-type": MESSAGE_FORMS.chunked.requestMediaType };
let parts: AttackedParts, gateway: ProtocolClient;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  parts = await startAttacked();
  gateway = new ProtocolClient(originOf(parts.gatewayPort));
}, 240_000);
afterAll(async () => {
  for (const close of closers) await close();
  gateway.close();
  await parts.close();
}, 60_000);

const soon = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS);
const keysOf = async (): Promise<KeyConfig[]> => openKeyConfigs(parts.identity, (await gateway.fetch({ path: "/keys", method: "GET", signal: soon() })).bytes);

/** A consult sealed by hand, and what opens its answer. */
async function sealConsult(client: TestedClient, question: string = mixed.request): Promise<{ readonly body: Buffer; readonly read: (bytes: Buffer) => ConsultEvent[] }> {
  const { token, claim } = await client.purse.take("medicine", soon()), { sealer, answer } = beginRequest(chooseConfig(await keysOf()));
  const body = sealer.next(encodeGatewayRequest({ kind: "consult", area: "medicine", question, maxTokens: 48, token: encodeToken(token), claim }, 1024), true);
  return { body, read: (bytes) => { const reader = new ResponseReader(answer), chunks = reader.push(bytes); return [...chunks, reader.finish()].map(parseEvent); } };
}

const post = (body: Uint8Array, headers: Readonly<Record<string, string>> = TYPE): Promise<{ status: number; bytes: Buffer }> => gateway.fetch({ path: "/gateway", body, headers, signal: soon() });

/** A relay of an attacker: hands on, and does to answers what it likes. */
async function evilRelay(spoil: (answer: Buffer, path: string) => Buffer | undefined): Promise<number> {
  const server: LiveServer = await serveProtocol(async (request, response) => {
    const isKeys = request.url === "/keys", body = isKeys ? undefined : await readBody(request, { largestBytes: 65_536, withinMs: PATIENCE_MS });
    const { status, bytes } = await gateway.fetch({ path: request.url, method: isKeys ? "GET" : "POST", headers: TYPE, signal: soon(), ...(body === undefined ? {} : { body }) });
    const spoilt = spoil(bytes, request.url);
    response.writeHead(status);
    if (spoilt === undefined) response.stream.destroy(); else response.end(spoilt);
  }, 0, () => undefined);
  closers.push(() => server.close());
  return server.port;
}

/** Everything still works, and nobody has paid for an attack. */
async function expectUp(): Promise<void> { expect(await parts.clientOf().ask("medicine", mixed.request)).toBe(mixed.reply); }

test("an honest client is served, and gets a receipt that holds", async () => {
  const client = parts.clientOf();
  expect(await client.ask("medicine", mixed.request)).toBe(mixed.reply);
  expect(client.purse.counts).toEqual({ ready: 3, open: 0 });
}, 90_000);

describe("replay", () => {
  test("of a request that was answered is refused, at once and while it is being answered", async () => {
    const { body, read } = await sealConsult(parts.clientOf()), before = parts.asked.length, answers = await Promise.all([post(body), post(body)]), again = await post(body);
    const ends = [...answers, again].map(({ bytes }) => read(bytes).at(-1)!);
    expect(ends.filter((end) => "end" in end)).toHaveLength(1);
    expect(ends.filter((end) => "refused" in end && end.refused.reason === "replayed")).toHaveLength(2);
    expect(parts.asked.length - before).toBe(1);
  }, 90_000);

  test("of a token in a request sealed anew, and a request with a date of yesterday, are refused", async () => {
    const { token, claim } = await parts.clientOf().purse.take("medicine", soon()), before = parts.asked.length, keys = chooseConfig(await keysOf()), nowS = Math.floor(Date.now() / 1000);
    const outcomes: unknown[] = [];
    for (const sealedAtS of [nowS, nowS, nowS - 86_400, nowS + 86_400]) {
      const { sealer, answer } = beginRequest(keys), reader = new ResponseReader(answer);
      const { bytes } = await post(sealer.next(encodeGatewayRequest({ kind: "consult", area: "medicine", question: mixed.request, maxTokens: 48, token: encodeToken(token), claim }, 1024, sealedAtS), true));
      const end = [...reader.push(bytes), reader.finish()].map(parseEvent).at(-1)!;
      outcomes.push("refused" in end ? end.refused.reason : Object.keys(end)[0]);
    }
    expect(outcomes).toEqual(["end", "double-spent", "expired", "expired"]);
    expect(parts.asked.length - before).toBe(1);
  }, 90_000);

  test("of a request that was recorded before the gateway's last start opens nothing", async () => {
    const { body } = await sealConsult(parts.clientOf()), other = await startAttacked();
    closers.push(() => other.close());
    const client = new ProtocolClient(originOf(other.gatewayPort)), { status } = await client.fetch({ path: "/gateway", body, headers: TYPE, signal: soon() });
    client.close();
    expect([400, 422]).toContain(status);
    expect(other.asked).toHaveLength(0);
  }, 120_000);
});

describe("downgrade and key confusion", () => {
  test("a relay that hands out keys of its own, or takes the hybrid key away, is found out", async () => {
    const foreign = generateKeyPairSync("ed25519").privateKey, own = signKeyConfigs(foreign, makeGatewayKeys("hybrid"));
    const swap = await evilRelay((answer, path) => path === "/keys" ? own : answer), strip = await evilRelay((answer, path) => path === "/keys" ? Buffer.concat([answer.subarray(0, 64), answer.subarray(-45)]) : answer);
    for (const relayPort of [swap, strip]) await expect(parts.clientOf({ relayPort }).ask("medicine", mixed.request)).rejects.toMatchObject({ reason: "forged" });
    await expectUp();
  }, 90_000);

  test("a gateway that offers less than the client insists on is refused", async () => {
    const classical = await startAttacked("classical");
    closers.push(() => classical.close());
    await expect(classical.clientOf({ leastStrength: "hybrid" }).ask("medicine", mixed.request)).rejects.toMatchObject({ reason: "downgraded" });
    expect(await classical.clientOf().ask("medicine", mixed.request)).toBe(mixed.reply);
  }, 120_000);

  test("messages under another key identifier, suite, form or media type do not open", async () => {
    const { body } = await sealConsult(parts.clientOf()), [first, second] = await keysOf(), changed = (at: number, value: number): Buffer => { const copy = Buffer.from(body); copy[at] = value; return copy; };
    const used = new Set([first!.keyId, second!.keyId]), free = Array.from({ length: 256 }, (_, id) => id).find((id) => !used.has(id))!;
    expect((await post(changed(0, free))).status).toBe(422);
    expect((await post(changed(0, second!.keyId))).status).toBe(422);
    expect((await post(changed(4, 3))).status).toBe(422);
    expect([400, 413]).toContain((await post(sealRequest(first!, Buffer.from("x")).bytes)).status);
    expect((await post(body, { "content-type": "message/ohttp-req" })).status).toBe(400);
    await expectUp();
  }, 90_000);

  test("the answer to one request does not open as that to another", async () => {
    const [a, b] = [await sealConsult(parts.clientOf()), await sealConsult(parts.clientOf(), charger.request)], { bytes } = await post(a.body);
    expect(() => b.read(bytes)).toThrow(expect.objectContaining({ reason: "forged" }) as Error);
  }, 90_000);
});

describe("truncation, reordering and change of answers", () => {
  test.each([
    ["cut in the middle", (answer: Buffer) => answer.subarray(0, answer.length >> 1)], ["cut at its last byte", (answer: Buffer) => answer.subarray(0, -1)], ["not sent", () => undefined],
    ["with one bit turned over", (answer: Buffer) => { const copy = Buffer.from(answer); copy[answer.length - 9]! ^= 1; return copy; }],
    ["with its first two chunks exchanged", swapChunks], ["without its first chunk", (answer: Buffer) => { const { nonce, chunks, last } = chunksOf(answer); return Buffer.concat([nonce, ...chunks.slice(1), last]); }],
    ["with its last chunk only", (answer: Buffer) => { const { nonce, last } = chunksOf(answer); return Buffer.concat([nonce, last]); }],
    ["twice", (answer: Buffer) => Buffer.concat([answer, answer])],
  ] as const)("an answer %s is refused, and the token that it cost is not spent again", async (_, spoil) => {
    const relayPort = await evilRelay((answer, path) => path === "/keys" ? answer : spoil(answer)), client = parts.clientOf({ relayPort });
    await expect(client.ask("medicine", mixed.request)).rejects.toMatchObject({ reason: expect.stringMatching(/forged|truncated|unreachable|malformed|oversized/) as string });
    expect(client.purse.counts.open).toBe(1);
    await expectUp();
  }, 90_000);
});

/** Nonce, middle chunks with their lengths, and the rest of an answer under AES-256. */
function chunksOf(answer: Buffer): { readonly nonce: Buffer; readonly chunks: Buffer[]; readonly last: Buffer } {
  const chunks: Buffer[] = [];
  let at = 32;
  while (answer[at] !== 0) {
    const end = at + 2 + (answer.readUInt16BE(at) & 0x3fff);
    chunks.push(answer.subarray(at, end));
    at = end;
  }
  return { nonce: answer.subarray(0, 32), chunks, last: answer.subarray(at) };
}

function swapChunks(answer: Buffer): Buffer {
  const { nonce, chunks: [first, second, ...more], last } = chunksOf(answer);
  return Buffer.concat([nonce, second!, first!, ...more, last]);
}

describe("oversized, malformed and slow clients", () => {
  test("bodies beyond the limit and bytes of no meaning are refused by relay and gateway", async () => {
    const relay = new ProtocolClient(originOf(parts.relayPort));
    closers.push(() => { relay.close(); return Promise.resolve(); });
    for (const client of [gateway, relay]) {
      const statusOf = async (body: Uint8Array): Promise<number> => (await client.fetch({ path: "/gateway", body, headers: TYPE, signal: soon() })).status;
      expect(await statusOf(Buffer.alloc(BOUNDS.largestRequestBytes + 1))).toBe(413);
      expect(await statusOf(Buffer.alloc(0))).toBe(400);
      for (let i = 0; i < 50; i++) expect([400, 422]).toContain(await statusOf(randomBytes(i * 7)));
      expect((await client.fetch({ path: "/../keys", method: "GET", signal: soon() })).status).toBe(404);
    }
    await expectUp();
  }, 120_000);

  test("sealed nonsense is refused inside the sealing, so that the relay does not learn it", async () => {
    const { sealer, answer } = beginRequest(chooseConfig(await keysOf())), { status, bytes } = await post(sealer.next(Buffer.from("not binary HTTP"), true)), reader = new ResponseReader(answer);
    expect(status).toBe(200);
    expect([...reader.push(bytes), reader.finish()].map(parseEvent)).toEqual([{ refused: { status: 400, reason: "malformed" } }]);
  }, 90_000);

  test("those who trickle are cut off, and hold up nobody", async () => {
    const session = connect(originOf(parts.gatewayPort)), silent = Array.from({ length: 60 }, () => connectTcp(parts.gatewayPort, "127.0.0.1"));
    session.on("error", () => undefined);
    for (const socket of silent) socket.on("error", () => undefined);
    const statuses = Array.from({ length: 30 }, () => new Promise<number>((resolve) => {
      const stream = session.request({ ":method": "POST", ":path": "/gateway", ...TYPE });
      stream.on("response", (headers) => { resolve(Number(headers[":status"])); });
      stream.on("error", () => { resolve(0); });
      stream.write(Buffer.alloc(1));
    }));
    await expectUp();
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([408]));
    session.destroy();
    for (const socket of silent) socket.destroy();
    await sleep(0);
    await expectUp();
  }, 120_000);
});

describe("payments", () => {
  test("one token for two consults at once buys one", async () => {
    const { token, claim } = await parts.clientOf().purse.take("medicine", soon()), keys = chooseConfig(await keysOf()), before = parts.asked.length;
    const events = await Promise.all((["medicine", "it", "medicine"] as const).map(async (area, i) => {
      const { sealer, answer } = beginRequest(keys), reader = new ResponseReader(answer), ownClaim = i === 2 ? claim : randomBytes(32).toString("hex");
      const { bytes } = await post(sealer.next(encodeGatewayRequest({ kind: "consult", area, question: mixed.request, maxTokens: 48, token: encodeToken(token), claim: ownClaim }, 1024), true));
      return [...reader.push(bytes), reader.finish()].map(parseEvent).at(-1)!;
    }));
    expect(events.filter((event) => "end" in event)).toHaveLength(1);
    expect(events.filter((event) => "refused" in event && event.refused.reason === "double-spent")).toHaveLength(2);
    expect(parts.asked.length - before).toBe(1);
  }, 90_000);

  test("forged tokens buy nothing, and a served token gives no refund", async () => {
    const client = parts.clientOf(), keys = chooseConfig(await keysOf()), before = parts.asked.length;
    const send = async (request: Parameters<typeof encodeGatewayRequest>[0]): Promise<ConsultEvent> => {
      const { sealer, answer } = beginRequest(keys), reader = new ResponseReader(answer), { bytes } = await post(sealer.next(encodeGatewayRequest(request, 1024), true));
      return [...reader.push(bytes), reader.finish()].map(parseEvent).at(-1)!;
    };
    const forged = Buffer.concat([Buffer.of(0, 2), randomBytes(TOKEN_BYTES - 2)]), claim = "0".repeat(64);
    expect(await send({ kind: "consult", area: "medicine", question: mixed.request, maxTokens: 48, token: forged, claim })).toMatchObject({ refused: {} });
    expect(parts.asked.length).toBe(before);
    const { token, claim: own } = await client.purse.take("medicine", soon()), blinded = Buffer.concat([Buffer.of(0, 2, 0), randomBytes(256)]);
    expect(await send({ kind: "consult", area: "medicine", question: mixed.request, maxTokens: 48, token: encodeToken(token), claim: own })).toHaveProperty("end");
    expect(await send({ kind: "refund", area: "medicine", token: encodeToken(token), request: blinded })).toEqual({ refused: { status: 409, reason: "double-spent" } });
  }, 90_000);

  test("nobody is paid who cannot prove to be the payee", async () => {
    const ledger = new ProtocolClient(originOf(parts.ledgerPort)), { token, claim } = await parts.clientOf().purse.take("medicine", soon());
    const statusOf = async (path: string, body: object, secret: string): Promise<number> =>
      (await ledger.fetch({ path, body: Buffer.from(JSON.stringify(body)), headers: { "plmm-payee": "medicine", "plmm-payee-secret": secret }, signal: soon() })).status;
    expect(await statusOf("/redeem", { token: encodeToken(token).toString("base64url"), claim }, randomBytes(32).toString("base64url"))).toBe(401);
    expect(await statusOf("/settle", { serial: serialOf(token) }, "")).toBe(401);
    expect((await ledger.fetch({ path: "/issue", body: Buffer.from("{}"), signal: soon() })).status).toBe(400);
    ledger.close();
    await expectUp();
  }, 90_000);

  test("a gateway that makes up receipts, or shows those of others, is found out", async () => {
    const gatewayKey = generateKeyPairSync("ed25519"), keys = makeGatewayKeys("hybrid"), forger = makeReceiptKeys().privateKey;
    const fake = await serveProtocol(async (request, response) => {
      if (request.url === "/keys") { response.writeHead(200).end(signKeyConfigs(gatewayKey.privateKey, keys)); return; }
      const reader = new RequestReader(keys), pieces = reader.push(await readBody(request, { largestBytes: 65_536, withinMs: PATIENCE_MS })), { request: asked } = parseGatewayRequest(Buffer.concat([...pieces, reader.finish()]));
      const receipt = signReceipt(forger, { serial: "0".repeat(64), claim: asked.kind === "consult" ? asked.claim : "", payee: asked.kind === "consult" ? asked.area : "", untilS: 1, microUsd: 1 });
      const timings = { arrivedAtUs: 1, admittedAtUs: 1, firstTokenAtUs: 1, lastTokenAtUs: 1 }, tokens = { expertPrompt: 1, expertAnswer: 1, generalPrompt: 0, generalAnswer: 0 };
      response.writeHead(200).end(beginResponse(reader.answer!).next(encodeEvent({ end: { receipt: receipt.toString("base64url"), timings, tokens } }, 64), true));
    }, 0, () => undefined);
    closers.push(() => fake.close());
    const client = parts.clientOf({ relayPort: fake.port, identity: gatewayKey.publicKey });
    await expect(client.ask("medicine", mixed.request)).rejects.toMatchObject({ reason: "forged" });
    expect(client.purse.counts.open).toBe(1);
  }, 90_000);
});

describe("what observers have, alone and together", () => {
  test("the relay has who, when and how much; sizes do not tell questions apart", async () => {
    const first = parts.seen.length;
    await parts.clientOf({ clientId: 41 }).ask("medicine", mixed.request);
    await parts.clientOf({ clientId: 42 }).ask("it", charger.request);
    const [a, b] = parts.seen.slice(first);
    expect(Object.keys(a!).sort()).toEqual(["chunks", "clientId", "requestAtUs", "requestBytes"]);
    expect([a!.clientId, b!.clientId]).toEqual([41, 42]);
    expect(a!.requestBytes).toBe(b!.requestBytes);
    expect(JSON.stringify([a, b])).not.toMatch(/Karane|charger|medicine/);
  }, 90_000);

  test("at a fixed rate empty chunks leave where there is no text, and the answer is the same", async () => {
    const paced = await startAttacked("hybrid", 4), bytesOf = ({ seen }: AttackedParts): number => seen.at(-1)!.chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
    closers.push(() => paced.close());
    await expectUp();
    expect(await paced.clientOf().ask("medicine", mixed.request)).toBe(mixed.reply);
    expect(bytesOf(paced)).toBeGreaterThan(bytesOf(parts) + 64);
  }, 120_000);

  test("the expert has the least question and no name: what says who asks has become a pseudonym", async () => {
    const name = "Vineft Nundeppe", client = parts.clientOf({ profile: [name] }), before = parts.asked.length;
    await client.ask("medicine", `is Karane right for ${name}?`);
    const given = JSON.stringify(parts.asked.slice(before));
    expect(given).toContain("Karane");
    expect(given).not.toContain("Nundeppe");
    expect(given).not.toContain("clientId");
  }, 90_000);

  test("relay and expert together join who and what by time, as the threat model says, and learn no account and nothing that was not asked", async () => {
    const first = parts.seen.length, before = parts.asked.length, people = [51, 52, 53], questions = [mixed.request, charger.request, KNOWN.domain.request];
    for (const [i, clientId] of people.entries()) await parts.clientOf({ clientId }).ask((["medicine", "it", "finance"] as const)[i]!, questions[i]!);
    const joined = parts.asked.slice(before).map(({ request, atUs }) => {
      // The last exchange that had begun when the expert was asked.
      const exchange = parts.seen.slice(first).filter(({ requestAtUs }) => requestAtUs <= atUs + 1000).at(-1)!;
      return { who: exchange.clientId, what: request.messages.at(-1)!.content };
    });
    expect(joined).toEqual(people.map((who, i) => ({ who, what: questions[i] })));
    const both = JSON.stringify([parts.seen.slice(first), parts.asked.slice(before)]);
    expect(both).not.toMatch(/account|token|secret|Nundeppe|Klinofone.*allergy/);
  }, 90_000);

  test("logs hold no question, answer or token", async () => {
    await expectUp();
    expect(JSON.stringify(parts.log)).not.toMatch(/Karane|lulene|charger|watt/);
  }, 90_000);
});
