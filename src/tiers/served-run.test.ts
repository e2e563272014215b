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
import { countRunBlocks } from "./run-engines.js";
import { SAMPLE_FILES, SAMPLE_RUN, sampleProfile } from "./sample-kernels.test-data.js";
import { findServedModel } from "./served-model.js";
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
