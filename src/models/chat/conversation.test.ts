import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataError, LimitError } from "../../core/errors.js";
import { writeLlamaGguf } from "../quantize/write-llama-gguf.js";
import { loadLlamaRuntime } from "../runtimes/load-llama-runtime.js";
import { estimatePerplexity } from "../runtimes/perplexity.js";
import { randomModel } from "../runtimes/random-model.fixture.js";
import { logSoftmax, referenceForward } from "../runtimes/reference-forward.js";
import type { LoadedModel } from "../runtimes/runtime.js";
import { Conversation, makePrompts } from "./conversation.js";

const TEMPLATE = "{% for message in messages %}<{{ message.role }}>{{ message.content }}\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
const specials = { start: "", end: "" };
const parts = randomModel();
const folder = mkdtempSync(join(tmpdir(), "plmm-chat-"));
let model: LoadedModel;

beforeAll(async () => {
  writeLlamaGguf(join(folder, "m.gguf"), parts, "F32");
  model = await loadLlamaRuntime().load(join(folder, "m.gguf"), { contextTokens: 256, threads: 1 });
});
afterAll(async () => {
  await model.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe("prompts", () => {
  test("follow the model's template, or are the text itself", () => {
    const turns = [{ role: "user", content: "Hi" }, { role: "assistant", content: "Yes?" }, { role: "user", content: "Bye" }] as const;
    expect(makePrompts(TEMPLATE, specials)(turns)).toBe("<user>Hi\n<assistant>Yes?\n<user>Bye\n<assistant>");
    expect(makePrompts(undefined, specials)(turns)).toBe("Hi\nYes?\nBye");
    expect(() => makePrompts("{% for %}", specials)).toThrow(DataError);
  });
});

describe("a conversation", () => {
  test("streams answers, keeps what is evaluated, and goes on after a cancelled one", async () => {
    const sequence = model.openSequence(), conversation = new Conversation(model, sequence, makePrompts(TEMPLATE, specials), "Be brief.");
    let streamed = "";
    const first = await conversation.ask("One", { maxTokens: 8 }, (text) => { streamed += text; });
    expect(streamed).toBe(first.text);
    expect(first.keptTokens).toBe(0);
    const abort = new AbortController(), cut = await conversation.ask("Two", { maxTokens: 60, temperature: 1, seed: 1, signal: abort.signal }, () => { abort.abort(); });
    expect(cut.reason).toBe("cancelled");
    expect(cut.answerTokens).toBeLessThan(60);
    expect(cut.keptTokens).toBeGreaterThanOrEqual(model.encode("<system>Be brief.\n<user>One\n<assistant>").length - 1);
    const last = await conversation.ask("Three", { maxTokens: 4 }, () => undefined);
    expect(last.answerTokens).toBeGreaterThan(0);
    await sequence.dispose();
  });

  test("gives the same answer as one prompt evaluated at once", async () => {
    const sequence = model.openSequence(), conversation = new Conversation(model, sequence, makePrompts(TEMPLATE, specials));
    const first = await conversation.ask("One", { maxTokens: 3 }, () => undefined), second = await conversation.ask("Two", { maxTokens: 6 }, () => undefined);
    await sequence.rewind(0);
    await sequence.prefill(model.encode(`<user>One\n<assistant>${first.text}\n<user>Two\n<assistant>`));
    const decoded: number[] = [];
    for await (const { token } of sequence.decode({ maxTokens: 6 })) decoded.push(token);
    expect(model.decodeText(decoded)).toBe(second.text);
    await sequence.dispose();
  });

  test("drops a question that does not fit, and takes the next", async () => {
    const sequence = model.openSequence(), conversation = new Conversation(model, sequence, makePrompts(TEMPLATE, specials));
    await expect(conversation.ask("long ".repeat(200), { maxTokens: 4 }, () => undefined)).rejects.toThrow(LimitError);
    expect((await conversation.ask("short", { maxTokens: 4 }, () => undefined)).answerTokens).toBeGreaterThan(0);
    await sequence.dispose();
  });
});

describe("perplexity", () => {
  const tokens = Array.from({ length: 40 }, (_, i) => (i * 53 + 7) % 256);

  test("is that of the reference, in one window and in overlapping ones", async () => {
    for (const windowTokens of [64, 16]) {
      const { perplexity, scoredTokens } = await estimatePerplexity(model, tokens, windowTokens);
      let sum = 0;
      for (let scored = 1; scored < tokens.length;) {
        const start = scored === 1 ? 0 : scored - windowTokens / 2, end = Math.min(tokens.length, start + windowTokens);
        const { logits } = referenceForward(parts.shape, parts.weights, tokens.slice(start, end));
        for (; scored < end; scored++) sum -= logSoftmax(logits[scored - 1 - start]!)[tokens[scored]!]!;
      }
      expect(scoredTokens).toBe(tokens.length - 1);
      expect(Math.log(perplexity)).toBeCloseTo(sum / (tokens.length - 1), 2);
    }
  });
});
