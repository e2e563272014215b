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
    expect(out).toContain("No row measures prefill (prefill_tps), memory (peak_mem_mb), energy (j_per_token).");
  }, 60_000);

  it("refuses a table without measurements, naming the file", async () => {
    const { out, error } = await check("a,b\n1,2\n");
    expect(out + error).toMatch(/rows\.csv must have the columns/);
  }, 60_000);
});
