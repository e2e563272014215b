import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { packageRoot } from "../../config/load-dataset.js";
import { writeLlamaGguf } from "../../models/quantize/write-llama-gguf.js";
import { randomModel } from "../../models/runtimes/random-model.fixture.js";
import { runCli } from "../run-cli.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-models-")), model = join(folder, "m.gguf"), text = join(folder, "t.txt");
writeLlamaGguf(model, randomModel(), "F16");
writeFileSync(text, "The other day we went to the sea. ".repeat(8));

let output = "", errors = "";
beforeEach(() => {
  output = errors = "";
  vi.spyOn(process.stdout, "write").mockImplementation((written) => { output += String(written); return true; });
  vi.spyOn(process.stderr, "write").mockImplementation((written) => { errors += String(written); return true; });
  vi.spyOn(console, "log").mockImplementation((line) => { output += `${String(line)}\n`; });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

async function exitCodeOf(...args: string[]): Promise<number> {
  process.exitCode = 0;
  await runCli(["models", ...args]);
  return Number(process.exitCode);
}

describe("plmm models", () => {
  test("says so where no family was trained, and measures none", async () => {
    const empty = join(folder, "empty");
    expect(await exitCodeOf("family", empty)).toBe(0);
    expect(output).toMatch(/empty holds no trained model\. Train them: npm run train/);
    expect(await exitCodeOf("ask", empty)).toBe(0);
    expect(output).toMatch(/No trained p-small in .*the real inference is left out\. Train it: plmm train configs\/family\.yaml --only p-small/);
    expect(await exitCodeOf("measure", empty, "-o", join(folder, "q.json"))).toBe(3);
    expect(errors).toMatch(/must hold a trained model for role general/);
    expect(existsSync(join(folder, "q.json"))).toBe(false);
  });

  test("lists cards, and files to pull", async () => {
    expect(await exitCodeOf("list")).toBe(0);
    expect(output).toMatch(/smollm2-135m .*\n/);
    expect(output).toMatch(/qwen3-0\.6b +Q8_0 +Apache-2\.0 +https:/);
  });

  test("inspects a file: settings, bytes by kind, tensors, memory", async () => {
    expect(await exitCodeOf("inspect", model, "--context", "512", "--tensors")).toBe(0);
    expect(output).toMatch(/llama\.block_count +2\n/);
    expect(output).toMatch(/F16 +15 +1247232 +2494464 +16\n/);
    expect(output).toMatch(/blk\.1\.ffn_down\.weight +F16 +256 x 512/);
    expect(output).toMatch(/Memory at 512 tokens of context: \d+ MB/);
    expect(await exitCodeOf("inspect", model, "--json")).toBe(0);
    expect(JSON.parse(output.slice(output.indexOf("\n{")))).toMatchObject({ version: 3, metadata: { "general.architecture": '"llama"' } });
  });

  test("quantizes to a new file, and replaces one only when told", async () => {
    const smaller = join(folder, "q.gguf");
    expect(await exitCodeOf("quantize", model, "--to", "Q4_K", "-o", smaller)).toBe(0);
    expect(output).toMatch(/0\.291 of 2505408; 1 Q6_K, 5 F32, 14 Q4_K/);
    expect(await exitCodeOf("quantize", model, "--to", "Q4_K", "-o", smaller)).toBe(2);
    expect(errors).toMatch(/--output must be a new file/);
    expect(await exitCodeOf("quantize", model, "--to", "Q8_0", "-o", smaller, "--force")).toBe(0);
    expect(await exitCodeOf("quantize", model, "--to", "Q4K", "-o", join(folder, "none.gguf"))).toBe(2);
    expect(errors).toMatch(/Did you mean Q4_K/);
    expect(existsSync(join(folder, "none.gguf"))).toBe(false);
  });

  test("evaluates a text", async () => {
    expect(await exitCodeOf("eval", model, text, "--context", "64", "--threads", "1")).toBe(0);
    expect(output).toMatch(/perplexity \d+\.\d{4} \(95%: \d+\.\d{4} to \d+\.\d{4}/);
    expect(output).toMatch(/bits per byte, \d+ tokens in windows of 64/);
  });

  test.each<[what: string, code: number, message: RegExp, args: string[]]>([
    ["a missing model", 3, /must be a readable file; got "ENOENT"/, ["eval", join(folder, "no.gguf"), text]],
    ["a text that is no UTF-8", 3, /must be UTF-8; got "0x[0-9a-f]+" \(byte \d+\)/, ["eval", model, model]],
    ["a file that is no model", 3, /begin with "GGUF"/, ["inspect", text]],
    ["a context of nothing", 2, /--context must be a whole number/, ["eval", model, text, "--context", "0"]],
    ["threads of nothing", 2, /--threads must be a whole number/, ["eval", model, text, "--threads", "0"]],
    ["an unknown name to pull", 2, /must be an address or one of/, ["pull", "no-such-model"]],
    ["a sha256 that is none", 2, /64 hexadecimal digits/, ["pull", "qwen3-0.6b", "--sha256", "abc"]],
    ["a model larger than memory", 4, /must fit into the \d+ MB of memory.*context \d+ MB/s, ["chat", model, "--context", "1048576", "--threads", "1"]],
  ])("refuses %s", async (_, code, message, args) => {
    const free = vi.spyOn(process, "availableMemory").mockReturnValue(100e6);
    expect(await exitCodeOf(...args)).toBe(code);
    expect(errors).toMatch(message);
    free.mockRestore();
  });
});

/** A model that talks on and on: its end token has a logit of 0 among logits far above. */
function writeTalker(path: string): void {
  const parts = randomModel(), { width, vocabulary } = parts.shape, table = parts.weights.get("token_embd.weight")!.map((number) => 10 * number);
  writeLlamaGguf(path, { ...parts, weights: new Map([...parts.weights, ["token_embd.weight", table.fill(0, (vocabulary - 1) * width)]]) }, "F16");
}

/** A chat in a process of its own, so that signals are real. */
function startChat(...words: string[]): { say: (line: string) => void; until: (pattern: RegExp) => Promise<void>; interrupt: () => void; end: () => Promise<number | null> } {
  const main = join(packageRoot(), "dist", "src", "cli", "main.js"), talker = join(folder, "talker.gguf");
  writeTalker(talker);
  const child = spawn(process.execPath, [main, "models", "chat", talker, "--threads", "1", "--context", "8192", "--timings", ...words]);
  let heard = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => { heard += String(chunk); });
  const ended = new Promise<number | null>((resolve) => { child.on("close", resolve); });
  return {
    say: (line) => { child.stdin.write(`${line}\n`); },
    interrupt: () => { child.kill("SIGINT"); },
    until: async (pattern) => {
      while (!pattern.test(heard)) await new Promise((resolve) => { setTimeout(resolve, 20); });
      heard = "";
    },
    end: () => { child.stdin.end(); return ended; },
  };
}

describe.skipIf(!existsSync(join(packageRoot(), "dist", "src", "cli", "main.js")))("plmm models chat (left out where the program is not built)", () => {
  test("streams answers; Ctrl-C ends an answer and not the program", async () => {
    const chat = startChat("--temperature", "1", "--seed", "5", "--max-tokens", "7000");
    chat.say("Hello");
    await chat.until(/./);
    chat.interrupt();
    await chat.until(/ \[cancelled\]\n[^]*out at [\d.]+ tokens\/s/);
    chat.say("And now?");
    await chat.until(/./);
    chat.interrupt();
    await chat.until(/ \[cancelled\]\n[^]*\([1-9]\d* kept\)/);
    expect(await chat.end()).toBe(0);
  }, 60_000);
});
