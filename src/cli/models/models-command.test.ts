import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { packageRoot } from "../../config/load-dataset.js";
import { writeLlamaOnnx } from "../../models/onnx/write-llama-onnx.js";
import { writeLlamaGguf } from "../../models/quantize/write-llama-gguf.js";
import { randomModel, SMALL_SHAPE } from "../../models/runtimes/random-model.fixture.js";
import { learnTokenizer } from "../../models/tokenizer/learn-tokenizer.js";
import { captureCli } from "../captured-cli.test-data.js";

const cli = captureCli("models");

const folder = mkdtempSync(join(tmpdir(), "plmm-models-")), model = join(folder, "m.gguf"), text = join(folder, "t.txt"), onnx = join(folder, "m.onnx");
writeLlamaGguf(model, randomModel(), "F16");
const tokenizer = learnTokenizer(["the other one, the other one in there"], { size: SMALL_SHAPE.vocabulary, specials: ["<end>"] });
writeLlamaOnnx(onnx, { shape: SMALL_SHAPE, tokenizer, endName: "<end>" }, randomModel().weights);
const cutOnnx = join(folder, "cut.onnx"), brokenOnnx = join(folder, "nan.onnx"), brokenWeights = new Map(randomModel().weights);
writeFileSync(cutOnnx, readFileSync(onnx).subarray(0, 1_000_000));
brokenWeights.set("blk.1.ffn_up.weight", brokenWeights.get("blk.1.ffn_up.weight")!.map((number, i) => (i === 5 ? NaN : number)));
writeLlamaOnnx(brokenOnnx, { shape: SMALL_SHAPE, tokenizer, endName: "<end>" }, brokenWeights);
writeFileSync(text, "The other day we went to the sea. ".repeat(8));

afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe("plmm models", () => {
  test("says so where no family was trained, and measures none", async () => {
    const empty = join(folder, "empty");
    expect(await cli.exitCodeOf("family", empty)).toBe(0);
    expect(cli.output).toMatch(/empty holds no trained model\. Train them: npm run train/);
    expect(await cli.exitCodeOf("ask", empty)).toBe(3);
    expect(cli.errors).toMatch(/member p-small of the family must be finished.*Train it: plmm train configs\/family\.yaml --only p-small/s);
    expect(await cli.exitCodeOf("measure", empty, "-o", join(folder, "q.json"))).toBe(3);
    expect(cli.errors).toMatch(/must hold a trained model for role general/);
    expect(existsSync(join(folder, "q.json"))).toBe(false);
  });

  test("lists cards, and files to pull", async () => {
    expect(await cli.exitCodeOf("list")).toBe(0);
    expect(cli.output).toMatch(/smollm2-135m .*\n/);
    expect(cli.output).toMatch(/qwen3-0\.6b +Q8_0 +0\.64 GB +Apache-2\.0 +https:/);
  });

  test("says of a file to pull that is there whether it is the right one", async () => {
    const digest = createHash("sha256").update(readFileSync(text)).digest("hex");
    expect(await cli.exitCodeOf("pull", "qwen3-0.6b", "-o", text, "--sha256", digest)).toBe(0);
    expect(cli.output).toMatch(new RegExp(`is there already\\.\nsha256 ${digest} as expected`));
    expect(await cli.exitCodeOf("pull", "https://example.org/m.gguf", "-o", text)).toBe(0);
    expect(cli.output).toMatch(/nothing to compare with/);
  });

  test("inspects a file: settings, bytes by kind, tensors, memory", async () => {
    expect(await cli.exitCodeOf("inspect", model, "--context", "512", "--tensors")).toBe(0);
    expect(cli.output).toMatch(/llama\.block_count +2\n/);
    expect(cli.output).toMatch(/F16 +15 +1247232 +2494464 +16\n/);
    expect(cli.output).toMatch(/blk\.1\.ffn_down\.weight +F16 +256 x 512/);
    expect(cli.output).toMatch(/Memory at 512 tokens of context: \d+ MB/);
    expect(await cli.exitCodeOf("inspect", model, "--json")).toBe(0);
    expect(JSON.parse(cli.output.slice(cli.output.indexOf("\n{")))).toMatchObject({ version: 3, metadata: { "general.architecture": '"llama"' } });
  });

  test("quantizes to a new file, and replaces one only when told", async () => {
    const smaller = join(folder, "q.gguf");
    expect(await cli.exitCodeOf("quantize", model, "--to", "Q4_K", "-o", smaller)).toBe(0);
    expect(cli.output).toMatch(/0\.291 of 2505408; 1 Q6_K, 5 F32, 14 Q4_K/);
    expect(await cli.exitCodeOf("quantize", model, "--to", "Q4_K", "-o", smaller)).toBe(2);
    expect(cli.errors).toMatch(/--output must be a new file/);
    expect(await cli.exitCodeOf("quantize", model, "--to", "Q8_0", "-o", smaller, "--force")).toBe(0);
    expect(await cli.exitCodeOf("quantize", model, "--to", "Q4K", "-o", join(folder, "none.gguf"))).toBe(2);
    expect(cli.errors).toMatch(/Did you mean Q4_K/);
    expect(existsSync(join(folder, "none.gguf"))).toBe(false);
  });

  test("evaluates a text", async () => {
    expect(await cli.exitCodeOf("eval", model, text, "--context", "64", "--threads", "1")).toBe(0);
    expect(cli.output).toMatch(/perplexity \d+\.\d{4} \(95%: \d+\.\d{4} to \d+\.\d{4}/);
    expect(cli.output).toMatch(/bits per byte, \d+ tokens in windows of 64/);
  });

  test("inspects an ONNX file: settings, inputs, operators, numbers by type, tensors, memory", async () => {
    expect(await cli.exitCodeOf("inspect", onnx, "--context", "512", "--tensors")).toBe(0);
    expect(cli.output).toMatch(/operator sets +ai\.onnx 18, com\.microsoft 1\n/);
    expect(cli.output).toMatch(/plmm\.shape +\{"vocabulary":264,"width":256/);
    expect(cli.output).toMatch(/input pastKeys\.1 +float32 \[batch, 4, past, 32\]\n/);
    expect(cli.output).toMatch(/operators .*2 GroupQueryAttention/);
    expect(cli.output).toMatch(/blk\.1\.ffn_down\.weight +float32 +256 x 512/);
    expect(cli.output).toMatch(/Weights of the model: 1248512\nMemory at 512 tokens of context: \d+ MB/);
    expect(await cli.exitCodeOf("inspect", onnx, "--json")).toBe(0);
    expect(JSON.parse(cli.output.slice(cli.output.indexOf("\n{")))).toMatchObject({ producer: "plmm-lab", parameters: 1_248_512, operators: { GroupQueryAttention: 2 } });
  });

  test("quantizes, prunes and evaluates ONNX files", async () => {
    const smaller = join(folder, "q.onnx"), pruned = join(folder, "p.onnx");
    expect(await cli.exitCodeOf("prune", onnx, "--channels", "256", "--smallest", "0.1", "-o", pruned)).toBe(0);
    expect(await cli.exitCodeOf("quantize", pruned, "--to", "int4-block", "-o", smaller)).toBe(0);
    expect(cli.output).toMatch(/q\.onnx: \d+ bytes, 0\.1\d+ of \d+\n/);
    expect(await cli.exitCodeOf("eval", smaller, text, "--threads", "1", "--json")).toBe(0);
    expect(JSON.parse(cli.output.slice(cli.output.indexOf("\n{")))).toMatchObject({ windowTokens: 512, perplexity: expect.any(Number) as number });
    expect(await cli.exitCodeOf("quantize", onnx, "--to", "int4-blok", "-o", join(folder, "none.onnx"))).toBe(2);
    expect(cli.errors).toMatch(/Did you mean int4-block/);
    expect(await cli.exitCodeOf("prune", model, "-o", join(folder, "none.gguf"))).toBe(2);
    expect(cli.errors).toMatch(/must say what to prune/);
    expect(readdirSync(folder).filter((name) => name.includes("none"))).toEqual([]);
  });

  test.each<[what: string, code: number, message: RegExp, args: string[], freeBytes?: number]>([
    ["a missing model", 3, /must be a readable file; got "ENOENT"/, ["eval", join(folder, "no.gguf"), text]],
    ["a text that is no UTF-8", 3, /must be UTF-8; got "0x[0-9a-f]+" \(byte \d+\)/, ["eval", model, model]],
    ["a file that is no model", 3, /begin with "GGUF"/, ["inspect", text]],
    ["an ONNX file cut short", 3, /cut\.onnx must/, ["eval", cutOnnx, text]],
    ["a longer context than an ONNX model was made for", 4, /must be at most the 512 tokens/, ["eval", onnx, text, "--context", "1024"], 1e9],
    ["an ONNX model larger than memory", 4, /must fit into the \d+ MB of memory.*context \d+ MB/s, ["chat", onnx, "--context", "512", "--threads", "1"], 20e6],
    ["a kind of the other format", 2, /for an ONNX file; got "Q4_K"/, ["quantize", onnx, "--to", "Q4_K", "-o", join(folder, "none.onnx")]],
    ["weights that are no numbers", 3, /must hold finite weights; got NaN/, ["quantize", brokenOnnx, "--to", "int8", "-o", join(folder, "none.onnx")]],
    ["a context of nothing", 2, /--context must be a whole number/, ["eval", model, text, "--context", "0"]],
    ["threads of nothing", 2, /--threads must be a whole number/, ["eval", model, text, "--threads", "0"]],
    ["a temperature below 0", 2, /--temperature must be a number from 0 to 100; got -1/, ["chat", model, "--temperature", "-1"]],
    ["a temperature that is no number", 2, /--temperature must .*; got NaN/, ["chat", model, "--temperature", "warm"]],
    ["a seed that is not whole", 2, /--seed must be a whole number/, ["chat", model, "--seed", "0.5"]],
    ["an answer of no tokens", 2, /--max-tokens must be a whole number above 0; got 0/, ["chat", model, "--max-tokens", "0"]],
    ["threads that are no number", 2, /--threads must be a whole number/, ["ask", "--threads", "many"]],
    ["an unknown name to pull", 2, /must be an address or one of/, ["pull", "no-such-model"]],
    ["a sha256 that is none", 2, /64 hexadecimal digits/, ["pull", "qwen3-0.6b", "--sha256", "abc"]],
    ["a folder to pull to", 2, /--output must be a file/, ["pull", "qwen3-0.6b", "-o", folder]],
    ["a file to pull that is there with other bytes", 3, /t\.txt must have sha256 9465e63a[0-9a-f]{56}; got "[0-9a-f]{64}"/, ["pull", "qwen3-0.6b", "-o", text]],
    ["a model larger than memory", 4, /must fit into the \d+ MB of memory.*context \d+ MB/s, ["chat", model, "--context", "1048576", "--threads", "1"]],
  ])("refuses %s, and leaves no file", async (_, code, message, args, freeBytes = 100e6) => {
    const free = vi.spyOn(process, "availableMemory").mockReturnValue(freeBytes);
    expect(await cli.exitCodeOf(...args)).toBe(code);
    expect(cli.errors).toMatch(message);
    expect(readdirSync(folder).filter((name) => name.includes("none"))).toEqual([]);
    free.mockRestore();
  });
});

/** A model that talks on and on: its end token has a logit of 0 among logits far above. */
function writeTalker(path: string): void {
  const parts = randomModel(), { width, vocabulary } = parts.shape, table = parts.weights.get("token_embd.weight")!.map((number) => 10 * number);
  writeLlamaGguf(path, { ...parts, weights: new Map([...parts.weights, ["token_embd.weight", table.fill(0, (vocabulary - 1) * width)]]) }, "F16");
}

/** A chat in a process of its own, so that signals are real. */
function startChat(file: string, ...words: string[]): { say: (line: string | Uint8Array) => void; until: (pattern: RegExp) => Promise<void>; interrupt: () => void; end: () => Promise<number | null> } {
  const main = join(packageRoot(), "dist", "src", "cli", "main.js");
  const child = spawn(process.execPath, [main, "models", "chat", file, "--threads", "1", "--timings", ...words]);
  let heard = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => { heard += String(chunk); });
  const ended = new Promise<number | null>((resolve) => { child.on("close", resolve); });
  return {
    say: (line) => {
      child.stdin.write(line);
      child.stdin.write("\n");
    },
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
    const talker = join(folder, "talker.gguf");
    writeTalker(talker);
    const chat = startChat(talker, "--context", "8192", "--temperature", "1", "--seed", "5", "--max-tokens", "7000");
    await chat.until(/was made for 512 tokens of context; what it says beyond them may make no sense\.\n/);
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

  test("goes on after a question that is too long, or no text, with a model in ONNX", async () => {
    const chat = startChat(onnx, "--context", "64", "--max-tokens", "5");
    chat.say("long ".repeat(200));
    await chat.until(/LimitError: the prompt must fit into the context of 64 tokens/);
    chat.say(Uint8Array.of(0x68, 0xff, 0xfe));
    await chat.until(/DataError: the question must be UTF-8/);
    chat.say("Hello");
    await chat.until(/out at [\d.]+ tokens\/s/);
    expect(await chat.end()).toBe(0);
  }, 60_000);
});
