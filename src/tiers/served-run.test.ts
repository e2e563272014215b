/** Importers of runs and profiles: what they read, and what they refuse by name of file and line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DataError } from "../core/errors.js";
import { findServedGpu } from "./load-gpu-profiles.js";
import { loadKernelProfile, loadServedRun } from "./load-served-run.js";
import { loadPublishedSummary } from "./load-published-summary.js";
import { parseProfileTable } from "./profile-table.js";
import { countRunBlocks, profiledEngines } from "./run-engines.js";
import { SAMPLE_FILES, SAMPLE_RUN, sampleProfile } from "./sample-kernels.test-data.js";
import { findServedModel, readModelShape } from "./served-model.js";
import { parseServedRun } from "./served-run.js";
import type { RunFiles } from "./served-run.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-run-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

function refusal(action: () => unknown): DataError {
  try { action(); } catch (error) { expect(error).toBeInstanceOf(DataError); return error as DataError; }
  throw new DataError({ subject: "a bad input", rule: "be refused", got: "accepted", hint: "Check the test." });
}

const withRequests = (edit: (line: string) => string): RunFiles => ({ ...SAMPLE_RUN, requests: edit(SAMPLE_RUN.requests) });

describe("a served run", () => {
  it("counts from when the engine took a request in where the client's clock is another", () => {
    const run = parseServedRun(SAMPLE_RUN, "run");
    expect(run.isTimedAtClient).toBe(false);
    expect(run.requests).toEqual([
      { arrivedAtS: 0, promptTokens: 50, answerTokens: 11, ttftS: 0.5, tpotS: 0.1, latencyS: 1.5 },
      { arrivedAtS: 0.5, promptTokens: 51, answerTokens: 1, ttftS: 0.25, tpotS: 0, latencyS: 0.25 },
    ]);
  });

  it("knows the engine: lanes of a mixture, its card by name, settings that vLLM resolves by default", () => {
    const { engine, card, hardware } = parseServedRun(SAMPLE_RUN, "run");
    expect(card.name).toBe("qwen3-30b-a3b");
    expect(engine).toMatchObject({ dataParallel: 2, isExpertParallel: true, blockTokens: 16, memoryFraction: 0.9, schedulesAhead: true, prefixCache: true, bytesPerWeight: 2, kvBlocks: undefined, capturedTokens: 256 });
    expect(hardware).toMatchObject({ gpu: "RTXPRO6000", hopS: 2e-5, linkBytesPerS: 16e9 });
  });

  it("takes KV capacity from the run, or else from what weights leave in memory: less with all experts on one GPU", () => {
    const gpu = findServedGpu("RTXPRO6000", "test"), blocks = (changes: Record<string, unknown>): number =>
      countRunBlocks(parseServedRun({ ...SAMPLE_RUN, meta: { ...SAMPLE_RUN.meta, ...changes } }, "run"), gpu);
    expect(blocks({ kv_cache: { num_gpu_blocks: 2588 } })).toBe(2588);
    const shared = blocks({}), alone = blocks({ engine_kwargs: { ...SAMPLE_RUN.meta.engine_kwargs, data_parallel_size: 1 } });
    // 64 of 128 experts of 3 x 2048 x 768 weights in each of 48 layers, in 2 bytes; a block holds 16 x 98,304 bytes.
    expect(Math.abs((shared - alone) - 48 * 64 * 3 * 2048 * 768 * 2 / (16 * 98_304))).toBeLessThanOrEqual(1);
  });

  it("reads a model's own config, with routed and shared experts", () => {
    const card = findServedModel("some/new-model", {
      hidden_size: 100, num_hidden_layers: 3, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 20, intermediate_size: 400, vocab_size: 1000,
      n_routed_experts: 16, num_experts_per_tok: 4, moe_intermediate_size: 50, n_shared_experts: 1,
    }, "config.json");
    expect([card.experts, card.activeExperts, card.feedForwardSize]).toEqual([16, 4, 50]);
    expect(card.parameters - card.activeParameters).toBe(3 * 12 * 3 * 100 * 50);
  });

  it("knows experts by every family's names, and layers without them", () => {
    const shape = { hidden_size: 100, num_hidden_layers: 4, num_attention_heads: 4, head_dim: 20, intermediate_size: 400, vocab_size: 1000, moe_intermediate_size: 50 };
    const read = (fields: Readonly<Record<string, unknown>>): readonly number[] => {
      const card = findServedModel("some/mixture", readModelShape({ text_config: { ...shape, ...fields } }, "config.json"), "config.json");
      return [card.experts, card.activeExperts, card.parameters - card.activeParameters];
    };
    const idle = 12 * 3 * 100 * 50;
    for (const [all, working] of [["num_experts", "num_experts_per_tok"], ["num_local_experts", "experts_per_token"], ["n_routed_experts", "num_experts_per_tok"], ["moe_num_experts", "moe_top_k"]] as const) {
      expect(read({ [all]: 16, [working]: 4 })).toEqual([16, 4, 4 * idle]);
    }
    expect(read({ num_experts: 16, num_experts_per_tok: 4, first_k_dense_replace: 1 })).toEqual([16, 4, 3 * idle]);
    expect(read({ num_experts: 16, num_experts_per_tok: 4, decoder_sparse_step: 2 })).toEqual([16, 4, 2 * idle]);
    expect(read({ num_experts: 0, moe_intermediate_size: null, num_experts_per_tok: null })).toEqual([1, 1, 0]);
    expect(readModelShape({ nodes: [] }, "config.json")).toBeUndefined();
    expect(refusal(() => readModelShape({ hidden_size: 100 }, "config.json")).subject).toBe("num_hidden_layers");
    expect(refusal(() => read({ num_experts: 16 })).subject).toBe("num_experts_per_tok");
    expect(refusal(() => readModelShape({ ...shape, kv_lora_rank: 512 }, "config.json")).subject).toBe("kv_lora_rank");
  });

  it("takes what is left out from the resolved settings, the cluster, or vLLM's defaults, and tells what it does not replay", () => {
    const { engine_kwargs: _asked, ...rest } = SAMPLE_RUN.meta, engineOf = (meta: unknown, config: unknown = SAMPLE_RUN.config): unknown => parseServedRun({ ...SAMPLE_RUN, meta, config }, "run").engine;
    expect(engineOf({ ...rest, kv_cache: {}, resolved_config: {}, hardware: {} })).toMatchObject({ tensorParallel: 1, dataParallel: 2, isExpertParallel: true, maxRunning: 256, tokenBudget: 2048 });
    expect(parseServedRun({ ...SAMPLE_RUN, meta: {} }, "run").card.name).toBe("qwen3-30b-a3b");
    const resolved = { scheduler_config: { max_num_seqs: 64, max_num_batched_tokens: 512, enable_chunked_prefill: false, policy: "priority" }, cache_config: { block_size: 32, cache_dtype: "fp8_e5m2", num_gpu_blocks: 77 },
      parallel_config: { tensor_parallel_size: 2, data_parallel_size: 1 }, model_config: { quantization: "compressed-tensors" }, speculative_config: { method: "eagle" } };
    expect(engineOf({ model: "Qwen/Qwen3-32B-quantized.w4a16", resolved_config: resolved })).toMatchObject({
      tensorParallel: 2, dataParallel: 1, maxRunning: 64, tokenBudget: 512, blockTokens: 32, kvBlocks: 77, bytesPerKvElement: 1, bytesPerWeight: 4.156 / 8,
      unreplayed: ["prompts in one piece (enable_chunked_prefill false)", "the queue's order (policy priority)", "speculative decoding"],
    });
    expect(parseServedRun({ ...SAMPLE_RUN, config: { ...SAMPLE_RUN.config, link_bw: [900, 16], link_latency: [0, 20000] } }, "run").hardware).toMatchObject({ hopS: 2e-5, linkBytesPerS: 16e9 });
    expect(refusal(() => engineOf({ ...rest, engine_kwargs: { pipeline_parallel_size: 2 } })).subject).toBe("pipeline parallelism");
    expect(refusal(() => engineOf(rest, { nodes: [{ instances: [{ pd_type: "decode" }] }] })).subject).toBe("pd_type");
  });

  it("is replayed on any GPU that was profiled, when it says the GPU's memory and link", () => {
    const instances = [1, 2].map(() => ({ hardware: "XPU-7", npu_mem: { mem_size: 80 } })), config = { ...SAMPLE_RUN.config, nodes: [{ instances }] };
    expect(profiledEngines(parseServedRun({ ...SAMPLE_RUN, config }, "run"), undefined, sampleProfile(), 0).cost.kvBlocks).toBeGreaterThan(1000);
    expect(refusal(() => profiledEngines(parseServedRun({ ...SAMPLE_RUN, config: { nodes: [{ instances }] } }, "run"), undefined, sampleProfile(), 0)).subject).toContain("link_bw");
    expect(refusal(() => profiledEngines(parseServedRun({ ...SAMPLE_RUN, config: { ...config, nodes: [{ instances: [{}] }] } }, "run"), undefined, sampleProfile(), 0)).subject).toContain("memory");
  });

  it("refuses a mixture without its experts' times, and experts' times for a dense model", () => {
    const mixture = parseServedRun(SAMPLE_RUN, "run"), dense = parseServedRun({ ...SAMPLE_RUN, meta: { ...SAMPLE_RUN.meta, model: "Qwen/Qwen3-32B" } }, "run"), gpu = findServedGpu("RTXPRO6000", "test");
    expect(refusal(() => profiledEngines(mixture, gpu, sampleProfile({ "moe.csv": undefined }), 0)).rule).toContain("moe.csv");
    expect(refusal(() => profiledEngines(dense, gpu, sampleProfile(), 0)).rule).toContain("dense model");
  });

  it("refuses bad requests by line: NaN, a negative instant, arrivals that go back, instants out of order, no queued_ts on another clock", () => {
    const cases: readonly (readonly [(line: string) => string, string])[] = [
      [(text) => text.replace('"first_token_ts":8,', '"first_token_ts":NaN,'), "requests.jsonl:1"],
      [(text) => text.replace('"last_token_ts":9', '"last_token_ts":-9'), "requests.jsonl:1"],
      [(text) => text.split("\n").reverse().join("\n"), "requests.jsonl:2"],
      [(text) => text.replace('"first_token_ts":8,', '"first_token_ts":12,'), "requests.jsonl:1"],
      [(text) => text.replace('"queued_ts":7.5,', ""), "requests.jsonl:1"],
      [(text) => text.replace('"output_toks":11', '"output_toks":0'), "requests.jsonl:1"],
    ];
    for (const [edit, where] of cases) expect(refusal(() => parseServedRun(withRequests(edit), "run")).message).toContain(where);
    expect(refusal(() => parseServedRun({ ...SAMPLE_RUN, requests: "" }, "run")).rule).toContain("at least one");
    expect(refusal(() => parseServedRun({ ...SAMPLE_RUN, meta: { ...SAMPLE_RUN.meta, engine_kwargs: { max_num_seqs: -1 } } }, "run")).subject).toBe("engine_kwargs.max_num_seqs");
    expect(refusal(() => parseServedRun({ ...SAMPLE_RUN, meta: { ...SAMPLE_RUN.meta, model: "no/such" } }, "run")).hint).toContain("plmm models list");
    expect(refusal(() => findServedGpu("", "run")).hint).toContain("plmm tiers list");
  });

  it("comes from a folder that may carry another simulator's summary", () => {
    writeFileSync(join(folder, "requests.jsonl"), SAMPLE_RUN.requests);
    writeFileSync(join(folder, "meta.json"), JSON.stringify(SAMPLE_RUN.meta));
    expect(refusal(() => loadServedRun(folder)).subject).toContain("config.json");
    writeFileSync(join(folder, "config.json"), "{");
    expect(refusal(() => loadServedRun(folder)).rule).toBe("be JSON");
    writeFileSync(join(folder, "config.json"), JSON.stringify(SAMPLE_RUN.config));
    expect(loadServedRun(folder).requests.length).toBe(2);
    expect(loadPublishedSummary(folder).size).toBe(0);
    writeFileSync(join(folder, "summary.txt"), "Metric  vLLM  Sim  Diff%\nTTFT Mean   200.0   210.0   +5.0%\n");
    expect(loadPublishedSummary(folder).get("ttftS mean")).toBeCloseTo(0.05, 12);
  });
});

describe("a kernel profile", () => {
  it("loads from profile-tpN, with the experts of profile-tp1 beside it", () => {
    for (const [place, names] of [["profile-tp2", ["dense.csv", "attention.csv"]], ["profile-tp1", ["moe.csv"]]] as const) {
      mkdirSync(join(folder, place));
      for (const name of names) writeFileSync(join(folder, place, name), SAMPLE_FILES[name]!);
    }
    const profile = loadKernelProfile(folder, 2);
    expect(profile.experts!.at(64, 4)).toBe(60);
    expect(profile.perSequence.size).toBe(0);
    expect(profile.skew.share(0, 0, 64, 100)).toBe(0);
    expect(refusal(() => loadKernelProfile(folder, 4)).rule).toContain("profile-tp4");
  });

  it("reads places of the skew table, and the mean of all where there is none", () => {
    const { skew } = sampleProfile();
    expect([skew.share(0, 0, 64, 1024), skew.share(0, 0, 64, 1025), skew.share(60, 0, 3, 10), skew.share(0, 0, 65, 10), skew.share(0, 0, 1, 10)])
      .toEqual([0.25, 0.5, 0.125, (0.25 + 0.5 + 0.125) / 3, 0]);
  });

  it("refuses tables with a missing file, an unknown or missing column, no rows, NaN, a negative time, an unknown bucket", () => {
    const message = (changes: Readonly<Record<string, string | undefined>>): string => refusal(() => sampleProfile(changes)).message;
    expect(message({ "attention.csv": undefined })).toContain("sample/attention.csv must be there");
    expect(message({ "dense.csv": "layer,tokens,time_us,watts\na,1,2,3\n" })).toContain("Remove or rename the column watts");
    expect(message({ "dense.csv": "layer,time_us\na,1\n" })).toContain("Add the column tokens");
    expect(message({ "moe.csv": "tokens,activated_experts,time_us\n" })).toContain("no rows");
    expect(message({ "dense.csv": "layer,tokens,time_us\na,1,2\na,2,NaN\n" })).toContain("dense.csv:3");
    expect(message({ "dense.csv": "layer,tokens,time_us\na,1,-2\n" })).toContain("dense.csv:2");
    expect(message({ "skew_fit.csv": SAMPLE_FILES["skew_fit.csv"]!.replace("kvB>1k", "huge") })).toContain("skew bucket");
  });

  it("comes from one table of our own as well", () => {
    const text = "part,name,tokens,before,decodes,context,experts,us\nonce,table,1,,,,,3\nlayer,matrices,1,,,,,10\nlayer,matrices,100,,,,,110\nsequence,output,1,,,,,100\n"
      + "attention,,0,0,1,16,,10\nattention,,0,0,1,64,,14\nexperts,,1,,,,2,20\n";
    const profile = parseProfileTable(text, "own.csv");
    expect([profile.dense.get("matrices")!.at(50.5), profile.attention.at(0, 0, 1, 40), profile.experts!.at(1, 2), profile.perSequence.get("output")!.at(9)]).toEqual([60, 12, 20, 100]);
    writeFileSync(join(folder, "own.csv"), text);
    expect(loadKernelProfile(join(folder, "own.csv"), 1).dense.size).toBe(2);
    expect(refusal(() => parseProfileTable(text.replace("sequence", "sequel"), "own.csv")).message).toContain("own.csv:5");
  });
});
