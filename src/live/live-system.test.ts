import { statSync } from "node:fs";
import { join } from "node:path";
import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { samplePerson } from "../world/people/person.js";
import { KNOWN, LIVE_PERSON, LIVE_WORLD } from "./learned-family.fixture.js";
import { filesBelow, startTested, type TestedSystem } from "./live-system.fixture.js";
import { livePaths, loadLiveState } from "./processes/live-state.js";

let system: TestedSystem;
beforeAll(async () => { system = await startTested(); }, 240_000);
afterAll(async () => { await system.end(); }, 60_000);

describe("the critical path", () => {
  test("P answers from personal context alone, and nothing leaves", async () => {
    const before = await system.totals(), { text, report } = await system.ask(KNOWN.personal.question);
    expect(text).toBe(KNOWN.personal.answer);
    expect(report.route).toBe("personal");
    expect(await system.totals()).toEqual(before);
  }, 90_000);

  test.each([
    ["a personal and a domain fact are combined by P", KNOWN.mixed, "expert"], ["a plain domain question is handed on", KNOWN.domain, "expert"],
    ["an expert that does not know asks T", KNOWN.lesson, "expert-general"], ["what no expert covers goes to T", KNOWN.general, "general"],
  ] as const)("%s", async (_, { question, answer, area }, route) => {
    const before = await system.totals(), { text, report } = await system.ask(question), after = await system.totals();
    expect(text).toBe(answer);
    expect(report).toMatchObject({ route, area });
    expect(after.earnings[area]! - (before.earnings[area] ?? 0)).toBe(1000);
    expect(after.held).toBe(0);
    expect(after.deposits).toBe(after.balances + after.out + after.held + after.settled);
  }, 90_000);

  test("its instants come in the order in which things happened", async () => {
    const { report: { startedAtUs, prefilledAtUs, decidedAtUs, consult, combinedAtUs, firstTokenAtUs, lastTokenAtUs } } = await system.ask(KNOWN.mixed.question);
    const { sealedAtUs, openedAtUs, timings: { arrivedAtUs, admittedAtUs, firstTokenAtUs: tierFirst, lastTokenAtUs: tierLast } } = consult!;
    const instants = [startedAtUs, prefilledAtUs, decidedAtUs, sealedAtUs, arrivedAtUs, admittedAtUs, tierFirst, tierLast];
    // Clocks of processes agree to a millisecond or so.
    instants.slice(1).forEach((instant, i) => { expect(instant).toBeGreaterThan(instants[i]! - 20_000); });
    expect(openedAtUs).toBeGreaterThan(tierFirst - 20_000);
    expect(combinedAtUs).toBeGreaterThan(openedAtUs);
    expect(lastTokenAtUs).toBeGreaterThanOrEqual(firstTokenAtUs);
  }, 90_000);
});

describe("P's OpenAI-compatible API, asked by the openai client", () => {
  const clientOf = (key = system.apiKey): OpenAI => new OpenAI({ baseURL: system.api, apiKey: key, maxRetries: 0, timeout: 90_000 });

  test("lists everybody's assistant", async () => {
    expect((await clientOf().models.list()).data.map(({ id }) => id)).toEqual(["personal", "personal-1", "personal-2", "personal-3"]);
  });

  test("answers whole, with usage", async () => {
    const { choices, usage } = await clientOf().chat.completions.create({ model: "personal", messages: [{ role: "user", content: KNOWN.mixed.question }] });
    expect(choices[0]).toMatchObject({ message: { role: "assistant", content: KNOWN.mixed.answer }, finish_reason: "stop" });
    expect(usage!.total_tokens).toBe(usage!.prompt_tokens + usage!.completion_tokens);
    expect(usage!.completion_tokens).toBeGreaterThan(0);
  }, 90_000);

  test("streams, with usage at the end when it is asked for", async () => {
    const stream = await clientOf().chat.completions.create({ model: "personal", stream: true, stream_options: { include_usage: true }, messages: [{ role: "user", content: KNOWN.chat.question }] });
    const pieces: string[] = [];
    let usage: unknown, reason: unknown;
    for await (const chunk of stream) {
      const piece = chunk.choices[0]?.delta.content ?? "";
      if (piece !== "") pieces.push(piece);
      reason = chunk.choices[0]?.finish_reason ?? reason;
      usage = chunk.usage ?? usage;
    }
    expect(pieces.join("")).toBe(KNOWN.chat.answer);
    expect(pieces.length).toBeGreaterThan(1);
    expect(reason).toBe("stop");
    expect(usage).toMatchObject({ completion_tokens: expect.any(Number) as number });
  }, 90_000);

  test("takes content in parts and refuses wrong keys, models and requests with OpenAI's errors", async () => {
    const messages = [{ role: "user" as const, content: [{ type: "text" as const, text: KNOWN.personal.question }] }];
    expect((await clientOf().chat.completions.create({ model: "personal", messages })).choices[0]!.message.content).toBe(KNOWN.personal.answer);
    await expect(clientOf("wrong").models.list()).rejects.toBeInstanceOf(AuthenticationError);
    await expect(clientOf().chat.completions.create({ model: "gpt-4", messages })).rejects.toBeInstanceOf(NotFoundError);
    await expect(clientOf().chat.completions.create({ model: "personal", messages, n: 2 })).rejects.toBeInstanceOf(BadRequestError);
    await expect(clientOf().chat.completions.create({ model: "personal", messages: [{ role: "user", content: " " }] })).rejects.toBeInstanceOf(BadRequestError);
  }, 90_000);

  test("is closed to web pages and to other host names", async () => {
    const url = `${system.api}/models`, authorization = `Bearer ${system.apiKey}`;
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
    expect((await fetch(url, { headers: { authorization, origin: "https://evil.example" } })).status).toBe(401);
  });
});

describe("an expert's server, asked by the openai client", () => {
  test("streams and answers several at once", async () => {
    const client = new OpenAI({ baseURL: `http://127.0.0.1:${system.portOf("experts")}/v1`, apiKey: "none", maxRetries: 0, timeout: 90_000 });
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(["finance", "it", "medicine", "education"]);
    const known = [KNOWN.mixed, KNOWN.charger, KNOWN.domain], answers = await Promise.all([...known, ...known].map(({ area, request }) =>
      client.chat.completions.create({ model: area, messages: [{ role: "user", content: request }] })));
    expect(answers.map(({ choices }) => choices[0]!.message.content)).toEqual([...known, ...known].map(({ reply }) => reply));
  }, 90_000);
});

describe("what is left on disk", () => {
  test("holds no word of what was asked or answered and no value of the person, and only its owner can read it", async () => {
    await system.ask(KNOWN.mixed.question);
    const words = [...Object.values(samplePerson(LIVE_WORLD, LIVE_PERSON).values).filter((value) => value.length >= 5), ...Object.values(KNOWN).flatMap(({ question }) => [question, question.split(" ").at(-1)!]), "Karane", "lulene"];
    const files = filesBelow(system.folder);
    expect(statSync(join(system.folder, "people", "0")).mode & 0o077).toBe(0);
    expect(files.map(({ path }) => path)).toContain(livePaths.log(system.folder));
    expect(files.some(({ path }) => path.startsWith(join(system.folder, "people", "0")))).toBe(true);
    for (const { path, bytes } of files) {
      for (const word of words) expect(bytes.includes(word), `${path} holds ${word}`).toBe(false);
      if (!path.endsWith(".sealed") && !path.endsWith("vault.keys")) expect(statSync(path).mode & 0o077, path).toBe(0);
    }
  }, 90_000);

  test("tells other commands where the parts are, and no secret", () => {
    const state = loadLiveState(system.folder)!;
    expect(state.processes.map(({ name }) => name)).toEqual(["ledger", "experts", "general", "gateway", "relay", "personal"]);
    expect(JSON.stringify(state)).not.toContain(system.apiKey);
  });
});
