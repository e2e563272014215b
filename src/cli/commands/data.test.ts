import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCli } from "../run-cli.js";
import { PUBLIC_DATASETS } from "../../world/datasets/public-datasets.js";

const CONTENT = "made up";
let output = "", errors = "", folder = "", server: Server, address = "";

beforeEach(async () => {
  output = "";
  errors = "";
  folder = mkdtempSync(join(tmpdir(), "plmm-data-"));
  server = createServer((request, response) => { response.writeHead(request.url === "/file" ? 200 : 404).end(CONTENT); });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.spyOn(process.stdout, "write").mockImplementation((text) => { output += String(text); return true; });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => { errors += String(text); return true; });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = 0;
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<number> {
  process.exitCode = 0;
  await runCli(["data", ...args]);
  return Number(process.exitCode);
}

describe("plmm data", () => {
  it("lists each data set with licence, sum, size and place", async () => {
    vi.stubEnv("PLMM_DATA", undefined);
    expect(await run("list")).toBe(0);
    for (const { name, licence, sha256 } of PUBLIC_DATASETS) {
      expect(output).toContain(`\n${name} `.slice(PUBLIC_DATASETS[0]!.name === name ? 1 : 0));
      expect(output).toContain(licence);
      expect(output).toContain(sha256 ?? "sha256 not recorded: fetched unverified, printed after download");
    }
    expect(output).toContain("PLMM_DATA is not set");
    output = "";
    expect(await run("list", "--json")).toBe(0);
    expect(JSON.parse(output)).toHaveLength(PUBLIC_DATASETS.length);
  });

  it("fetches one whose sum is not recorded, and tells its sum", async () => {
    expect(await run("fetch", "finqa", "--to", folder, "--url", `${address}/file`)).toBe(0);
    expect(output).toContain(createHash("sha256").update(CONTENT).digest("hex"));
    expect(output).toContain("not verified");
    expect(output).toContain(`export PLMM_DATA=${folder}`);
    expect(readFileSync(join(folder, "text", "finqa-test.json"), "utf8")).toBe(CONTENT);
  });

  it("takes the folder of PLMM_DATA and finds there what it fetched", async () => {
    vi.stubEnv("PLMM_DATA", folder);
    expect(await run("fetch", "finqa", "--url", `${address}/file`)).toBe(0);
    output = "";
    await run("list");
    expect(output).toContain(join(folder, "text", "finqa-test.json"));
  });

  it.each([
    ["another file under a recorded sum", ["pubmedqa", "--to", "FOLDER", "--url", "ADDRESS/file"], 3, "must give 2584787 bytes"],
    ["a file that is not there", ["pubmedqa", "--to", "FOLDER", "--url", "ADDRESS/nothing"], 3, 'got "404'],
    ["an unknown name", ["pubmed"], 2, "Did you mean pubmedqa?"],
    ["one without an address", ["lamp", "--to", "FOLDER"], 2, "https://lamp-benchmark.github.io"],
    ["no folder", ["pubmedqa"], 2, "--to or PLMM_DATA"],
    ["a folder that is a file", ["finqa", "--to", "FILE", "--url", "ADDRESS/file"], 3, "Give another folder with --to DIR."],
  ])("refuses %s", async (_what, args, exitCode, message) => {
    vi.stubEnv("PLMM_DATA", undefined);
    writeFileSync(join(folder, "a-file"), "");
    const words = args.map((word) => word.replace("ADDRESS", address).replace("FOLDER", folder).replace("FILE", join(folder, "a-file")));
    expect(await run("fetch", ...words)).toBe(exitCode);
    expect(errors).toContain(message);
  });
});
