import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadDeviceCatalogue } from "../../devices/load-device-catalogue.js";
import { runCli } from "../run-cli.js";

interface Told { readonly name: string; readonly value: number; readonly low: number; readonly high: number; readonly origin: string; readonly source: string; }
interface ToldDevice { readonly name: string; readonly soc: string; readonly build?: string; readonly class: string; readonly fit: string; readonly batteryJ: { readonly value: number }; readonly predicted: readonly Told[]; }
interface ToldDevices { readonly workload: object; readonly devices: readonly ToldDevice[]; }

/** What an issue of a device always tells; hours where there is a battery. */
const NAMES = ["decode", "prefill", "time to first token", "peak memory", "energy", "power when cold", "power after 10 min", "decode after 1 min", "decode after 5 min", "decode after 10 min"];

async function devices(...words: readonly string[]): Promise<string> {
  const out: string[] = [], keep = (...parts: readonly unknown[]): void => { out.push(parts.join(" ")); };
  const spies = [vi.spyOn(console, "log").mockImplementation(keep), vi.spyOn(console, "error").mockImplementation(keep),
    vi.spyOn(process.stdout, "write").mockImplementation((chunk) => { out.push(String(chunk)); return true; }),
    vi.spyOn(process.stderr, "write").mockImplementation((chunk) => { out.push(String(chunk)); return true; })];
  try { await runCli(["devices", ...words]); } finally { for (const spy of spies) spy.mockRestore(); process.exitCode = 0; }
  return out.join("\n");
}

const valueOf = (device: ToldDevice, name: string): number => device.predicted.find((entry) => entry.name === name)!.value;

describe("plmm devices list and show", () => {
  let told: ToldDevices;
  beforeAll(async () => { told = JSON.parse(await devices("list", "--json")) as ToldDevices; }, 120_000);

  it("tell every number of every device with an interval around it, and where it comes from", () => {
    expect(told.workload).toEqual({ model: "llama-3.2-1b", quant: "Q4_0", promptTokens: 256 });
    expect(told.devices.map(({ name }) => name)).toEqual(loadDeviceCatalogue().devices.map(({ name }) => name));
    for (const { name, batteryJ, predicted } of told.devices) {
      expect([name, ...predicted.map((entry) => entry.name)]).toEqual([name, ...NAMES, ...(batteryJ.value > 0 ? ["battery while decoding"] : [])]);
      for (const entry of predicted) {
        expect([name, entry.name, entry.low <= entry.value && entry.value <= entry.high && entry.low > 0 && entry.high < Infinity]).toEqual([name, entry.name, true]);
        expect(["measured", "fitted", "assumed"]).toContain(entry.origin);
        expect(entry.source).not.toBe("");
      }
    }
  });

  it("print the workload, and a cell with interval and origin for each column", async () => {
    const lines = (await devices("list", "--class", "sbc", "--quant", "Q4_K_M", "--context", "64")).split("\n"), cell = /[\d./]+ \([\d.]+-[\d.]+\)[mfa]/g;
    expect(lines[0]).toContain("Llama 3.2 1B Q4_K_M behind a prompt of 64 tokens");
    const rows = lines.filter((line) => /^(raspberry|jetson|radxa)/.test(line));
    expect(rows.length).toBe(loadDeviceCatalogue().devices.filter((device) => device.class === "sbc").length);
    for (const row of rows) {
      expect(row.match(cell)?.length).toBe(6);
      expect(row).toMatch(/mains$/);
    }
  }, 60_000);

  it("show the same numbers as the list and as predict for the same chip, software and model, and what the simulator takes", async () => {
    const listed = told.devices.find(({ name }) => name === "pixel-7-pro")!, shown = JSON.parse(await devices("show", "pixel-7-pro", "--json")) as ToldDevices;
    expect(shown.devices).toEqual([listed]);
    const asked = await devices("predict", "--soc", listed.soc, "--stack", listed.build!, "--accelerator", "CPU", "--class", listed.class, "--context", "256", "--json");
    const { numbers } = JSON.parse(asked) as { readonly numbers: readonly Told[] };
    expect(numbers.find(({ name }) => name === "decode")!.value).toBe(valueOf(listed, "decode"));
    const text = await devices("show", "pixel-7-pro");
    for (const name of [...NAMES, "battery while decoding"]) expect(text).toMatch(new RegExp(`^${name} +[\\d.e+-]+ \\S+ +\\[[\\d.e+-]+, [\\d.e+-]+\\] +(measured|fitted|assumed) +\\S`, "m"));
    expect(text).toMatch(/^computeW +[\d.]+ +(fitted|measured)/m);
  }, 60_000);

  it("fall with context and size, and say which models do not fit", async () => {
    const phone = told.devices.find(({ name }) => name === "iphone-11")!, long = JSON.parse(await devices("show", "iphone-11", "--context", "4096", "--json")) as ToldDevices;
    expect(valueOf(long.devices[0]!, "decode")).toBeLessThan(valueOf(phone, "decode"));
    expect(phone.fit).toBe("fits");
    const large = await devices("show", "iphone-11", "--model", "Llama-3.1-8B-Instruct");
    expect(large).toContain("does not fit in memory");
  }, 60_000);

  it("refuse an unknown device, model, and length of context", async () => {
    expect(await devices("show", "pixel-77")).toContain("device must be the name of a device of the catalogue");
    expect(await devices("list", "--model", "llama-9")).toContain("model must be the name of a model card");
    expect(await devices("list", "--context", "0")).toContain("--context must be a number of tokens");
  }, 60_000);
});
