import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { runCli } from "../run-cli.js";

const FOLDER = mkdtempSync(join(tmpdir(), "plmm-devices-check-"));
const HEADER = "measurement_id,device,soc,device_class,backend_family,accelerator_class,model,quant,bytes_mb,bytes_basis,mem_bw_gbs,mem_bw_basis,decode_tps,eta_bw";
const ROWS = ["x1,a phone,Made Up 1,phone,llama.cpp,CPU,Llama-3.2-1B,Q4_0,770,file,60,made up,30,", "x2,a phone,Made Up 1,phone,llama.cpp,CPU,Qwen3-4B,Q4_0,2400,file,60,made up,11,",
  "x3,a phone,Made Up 1,phone,new engine,NPU,Qwen3-4B,?,2400,file,60,made up,12,"];

afterAll(() => { rmSync(FOLDER, { recursive: true }); });

async function check(text: string, ...flags: readonly string[]): Promise<{ readonly out: string; readonly error: string }> {
  const file = join(FOLDER, "rows.csv"), out: string[] = [], error: string[] = [];
  writeFileSync(file, text);
  const spies = [vi.spyOn(process.stdout, "write").mockImplementation((chunk) => { out.push(String(chunk)); return true; }),
    vi.spyOn(process.stderr, "write").mockImplementation((chunk) => { error.push(String(chunk)); return true; }),
    vi.spyOn(console, "error").mockImplementation((...words) => { error.push(words.join(" ")); })];
  try { await runCli(["devices", "check", file, ...flags]); } finally { for (const spy of spies) spy.mockRestore(); process.exitCode = 0; }
  return { out: out.join(""), error: error.join("") };
}

interface CheckJson { readonly targets: readonly { readonly target: string; readonly all: { readonly rows: number }; readonly calibrationRows: number; readonly rows: readonly { readonly id: string; readonly predicted: number }[] }[]; }

describe("plmm devices check", () => {
  it("predicts rows of an unknown chip without looking at their speed", async () => {
    const first = JSON.parse((await check([HEADER, ...ROWS].join("\n"), "--json")).out) as CheckJson;
    const faster = JSON.parse((await check([HEADER, ...ROWS.map((row) => row.replace(/,(\d+),$/, ",5,"))].join("\n"), "--json")).out) as CheckJson;
    expect(first.targets.map(({ target, all }) => [target, all.rows])).toEqual([["decode", 3]]);
    expect(faster.targets[0]!.rows.map(({ predicted }) => predicted)).toEqual(first.targets[0]!.rows.map(({ predicted }) => predicted));
  }, 60_000);

  it("does not score the rows that calibrate, and prints the counts", async () => {
    const { out } = await check([HEADER, ...ROWS].join("\n"), "--calibrate", "1");
    expect(out).toContain("2 rows calibrated");
    expect(out).toMatch(/all +1 /);
    expect(out).toContain("No row measures prefill (prefill_tps), memory (peak_mem_mb), energy (j_per_token), first token (ttft_ms).");
  }, 60_000);

  it("takes rows without an id, in any order of columns, and a time to first token with its prompt", async () => {
    const { out } = await check("\uFEFFttft_ms,soc,model,prompt_tokens,decode_tps\r\n900,Made Up 1,Qwen3-4B,512,?\r\n,Made Up 1,Qwen3-4B,,11\r\n", "--rows");
    expect(out).toMatch(/line 3 +Made Up 1 +measured 11 /);
    expect(out).toMatch(/first token \(s\)[^]*line 2 +Made Up 1 +measured 0\.9 /);
  }, 60_000);

  it("refuses what is no number, naming line, column and value; and an id that comes twice", async () => {
    for (const [column, bad] of [["decode_tps", "abc"], ["decode_tps", "-5"], ["decode_tps", "0"], ["decode_tps", "1e999"], ["decode_tps", "12 tok/s"], ["mem_bw_gbs", '"2,400"'], ["mem_bw_gbs", "-1"]] as const) {
      const header = HEADER.split(","), fields = ROWS[1]!.split(",");
      fields[header.indexOf(column)] = bad;
      const { out, error } = await check([HEADER, ROWS[0]!, fields.join(",")].join("\n"));
      expect(out + error).toContain(`${column} must be a number`);
      expect(out + error).toContain(`got "${bad.replaceAll('"', "")}"`);
      expect(out + error).toContain("rows.csv:3)");
    }
    const twice = await check([HEADER, ROWS[0]!, ROWS[0]!].join("\n"));
    expect(twice.out + twice.error).toMatch(/id must be different in each row, and line 2 has this one; got "x1" \(.*rows\.csv:3\)/);
  }, 60_000);

  it("refuses a table without measurements, naming the file", async () => {
    const { out, error } = await check("a,b\n1,2\n");
    expect(out + error).toMatch(/rows\.csv must have the columns/);
  }, 60_000);
});
