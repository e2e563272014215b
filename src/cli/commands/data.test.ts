import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { captureCli } from "../captured-cli.test-data.js";
import { PUBLIC_DATASETS } from "../../world/datasets/public-datasets.js";

const cli = captureCli("data");

const CONTENT = "made up";
let folder = "", server: Server, address = "";

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "plmm-data-"));
  server = createServer((request, response) => { response.writeHead(request.url === "/file" ? 200 : 404).end(CONTENT); });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
  rmSync(folder, { recursive: true, force: true });
});

describe("plmm data", () => {
  it("lists each data set with licence, sum, size and place", async () => {
    vi.stubEnv("PLMM_DATA", undefined);
    expect(await cli.exitCodeOf("list")).toBe(0);
    for (const { name, licence, sha256 } of PUBLIC_DATASETS) {
      expect(cli.output).toContain(`\n${name} `.slice(PUBLIC_DATASETS[0]!.name === name ? 1 : 0));
      expect(cli.output).toContain(licence);
      expect(cli.output).toContain(sha256 ?? "sha256 not recorded: fetched unverified, printed after download");
    }
    expect(cli.output).toContain("PLMM_DATA is not set");
    cli.output = "";
    expect(await cli.exitCodeOf("list", "--json")).toBe(0);
    expect(JSON.parse(cli.output)).toHaveLength(PUBLIC_DATASETS.length);
  });

  it("fetches one whose sum is not recorded, and tells its sum", async () => {
    expect(await cli.exitCodeOf("fetch", "finqa", "--to", folder, "--url", `${address}/file`)).toBe(0);
    expect(cli.output).toContain(createHash("sha256").update(CONTENT).digest("hex"));
    expect(cli.output).toContain("not verified");
    expect(cli.output).toContain(`export PLMM_DATA=${folder}`);
    expect(readFileSync(join(folder, "text", "finqa-test.json"), "utf8")).toBe(CONTENT);
  });

  it("takes the folder of PLMM_DATA and finds there what it fetched", async () => {
    vi.stubEnv("PLMM_DATA", folder);
    expect(await cli.exitCodeOf("fetch", "finqa", "--url", `${address}/file`)).toBe(0);
    cli.output = "";
    await cli.exitCodeOf("list");
    expect(cli.output).toContain(join(folder, "text", "finqa-test.json"));
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
    expect(await cli.exitCodeOf("fetch", ...words)).toBe(exitCode);
    expect(cli.errors).toContain(message);
  });
});
