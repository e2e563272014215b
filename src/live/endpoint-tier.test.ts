import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigError } from "../core/errors.js";
import { parseLiveConfig } from "./config/live-config.js";
import { KNOWN, learnedModel } from "./learned-family.fixture.js";
import { filesBelow, startTested, type TestedSystem } from "./live-system.fixture.js";

const KEY = "sk-test-0123456789abcdef";
let other: Server, received: { headers: IncomingMessage["headers"]; body: { model: string; messages: unknown[]; stream: boolean } }[] = [], upstream: TestedSystem, system: TestedSystem;

/** Streams as vLLM and Ollama do: role first, text in pieces, a reason, usage, the end; and as an endpoint that fails. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece)).on("end", () => {
    received.push({ headers: request.headers, body: JSON.parse(Buffer.concat(pieces).toString()) as never });
    if (request.url === "/broken/chat/completions") { response.writeHead(200).write('data: {"choices":[{"delta":{"content":"lul'); response.destroy(); return; }
    if (request.url !== "/v1/chat/completions" || request.headers.authorization !== `Bearer ${KEY}`) { response.writeHead(401).end(`{"error":{"message":"bad key ${request.headers.authorization ?? ""}"}}`); return; }
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const delta of [{ role: "assistant", content: null }, { content: "lul" }, { content: "ene" }]) response.write(`data: ${JSON.stringify({ id: "x", choices: [{ index: 0, delta, finish_reason: null }] })}\r\n\r\n`);
    response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\n\ndata: [DONE]\n\n');
  });
}

beforeAll(async () => {
  other = createServer(answer);
  await new Promise<void>((resolve) => { other.listen(0, "127.0.0.1", resolve); });
  upstream = await startTested();
  process.env["PLMM_TEST_EXPERT_KEY"] = KEY;
  process.env["PLMM_TEST_PERSONAL_KEY"] = upstream.apiKey;
  const origin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`, model = await learnedModel();
  system = await startTested({ tiers: `
  medicine: { kind: endpoint, url: "${origin}/v1", model: other-model, keyEnv: PLMM_TEST_EXPERT_KEY }
  it: { kind: endpoint, url: "${origin}/broken", model: other-model }
  education: { kind: endpoint, url: "${origin}/v1", model: other-model }
  general: { kind: endpoint, url: "${upstream.api}", model: personal, keyEnv: PLMM_TEST_PERSONAL_KEY }
  finance: { kind: model, model: ${model} }` });
}, 240_000);
afterAll(async () => {
  await system.end();
  await upstream.end();
  other.close();
  delete process.env["PLMM_TEST_EXPERT_KEY"];
  delete process.env["PLMM_TEST_PERSONAL_KEY"];
}, 60_000);

describe("a tier that is an OpenAI-compatible endpoint", () => {
  test("answers behind the sealed protocol and is paid like any other", async () => {
    received = [];
    const { text, report } = await system.ask(KNOWN.mixed.question);
    expect(text).toBe(KNOWN.mixed.answer);
    expect(report.consult!.tokens).toMatchObject({ expertPrompt: 9, expertAnswer: 2 });
    expect(received).toHaveLength(1);
    expect(received[0]!.body).toMatchObject({ model: "other-model", stream: true, messages: [{ role: "user", content: KNOWN.mixed.request }] });
    expect(received[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
    expect((await system.totals()).earnings["medicine"]).toBe(1000);
  }, 90_000);

  test("may be another system's personal assistant", async () => {
    const { text, report } = await system.ask(KNOWN.general.question);
    expect({ text, route: report.route }).toEqual({ text: KNOWN.general.answer, route: "general" });
  }, 90_000);

  test.each([["breaks off", KNOWN.charger], ["refuses the key", KNOWN.lesson]] as const)("that %s costs nothing, and P answers by itself", async (_, { question, alone }) => {
    const before = await system.totals(), { text, report } = await system.ask(question);
    expect({ text, route: report.route }).toEqual({ text: alone, route: "personal-fallback" });
    expect((await system.totals()).settled).toBe(before.settled);
  }, 90_000);

  test("leaves its key nowhere on disk", () => {
    for (const { path, bytes } of filesBelow(system.folder)) expect(bytes.includes(KEY), path).toBe(false);
  });
});

describe("the config of an endpoint", () => {
  const config = (tier: string): string => `tiers: { medicine: { kind: endpoint, model: m, ${tier} } }`;

  test("is of this machine, unless somebody says otherwise", () => {
    for (const url of ["http://127.0.0.1:8080/v1", "http://localhost:11434/v1", "http://[::1]:8000/v1"]) expect(() => parseLiveConfig(config(`url: "${url}"`), "c.yaml")).not.toThrow();
    for (const url of ["https://api.example.com/v1", "http://10.0.0.1/v1", "http://127.0.0.1.evil.example/v1", "ftp://127.0.0.1/v1"]) expect(() => parseLiveConfig(config(`url: "${url}"`), "c.yaml")).toThrow(ConfigError);
    expect(() => parseLiveConfig(config('url: "https://api.example.com/v1", allowRemote: true'), "c.yaml")).not.toThrow();
  });

  test("names a variable for its key and never holds the key", () => {
    expect(() => parseLiveConfig(config('url: "http://127.0.0.1:1/v1", key: sk-1'), "c.yaml")).toThrow(ConfigError);
  });
});
