import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../core/errors.js";
import { fileNameOf, findModelFile, loadModelFiles } from "./load-model-files.js";
import { writeDownload } from "./write-download.js";

/** A loopback server with one file, ranges, and faults on demand. */
const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 9)) % 251);
const sha256 = createHash("sha256").update(content).digest("hex");
let served: (request: IncomingMessage, response: ServerResponse) => void;
let etag: string;
const ranges: (string | undefined)[] = [];

function serve(request: IncomingMessage, response: ServerResponse, cutAfter = Infinity): void {
  const isSame = request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
  const start = isSame ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
  if (start >= content.length) {
    response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
    return;
  }
  response.writeHead(start > 0 ? 206 : 200, { etag, "content-length": content.length - start, ...(start > 0 ? { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` } : {}) });
  const part = content.subarray(start, Math.min(content.length, start + cutAfter));
  if (cutAfter === Infinity) response.end(part); else response.write(part, () => { setTimeout(() => { response.destroy(); }, 20); });
}

const server = createServer((request, response) => {
  ranges.push(request.headers.range);
  served(request, response);
});
let url: string, folder: string, path: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/m.gguf`;
});
afterAll(() => { server.close(); });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plmm-pull-"));
  path = join(folder, "sub", "m.gguf");
  ranges.length = 0;
  etag = '"one"';
  served = serve;
});
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const leftovers = (): string[] => readdirSync(join(folder, "sub")).sort();

describe("a download", () => {
  test("comes whole, with its sha256", async () => {
    const steps: number[] = [];
    expect(await writeDownload({ url, path, sha256, say: (done, total) => { expect(total).toBe(content.length); steps.push(done); } })).toEqual({ bytes: content.length, sha256, resumedFrom: 0 });
    expect(new Uint8Array(readFileSync(path))).toEqual(content);
    expect(steps.at(-1)).toBe(content.length);
    expect(leftovers()).toEqual(["m.gguf"]);
  });

  test("goes on by itself when the connection breaks, each time from where it was", async () => {
    let cuts = 3;
    served = (request, response) => { serve(request, response, cuts-- > 0 ? 70_000 : Infinity); };
    expect((await writeDownload({ url, path, sha256 })).sha256).toBe(sha256);
    expect(ranges).toEqual([undefined, "bytes=70000-", "bytes=140000-", "bytes=210000-"]);
  });

  test("goes on after it was given up, when called again", async () => {
    served = (request, response) => { serve(request, response, ranges.length === 1 ? 100_000 : 0); };
    await expect(writeDownload({ url, path, sha256, retries: 0 })).rejects.toThrow(/must be reachable/);
    expect(existsSync(path)).toBe(false);
    served = serve;
    expect(await writeDownload({ url, path, sha256 })).toEqual({ bytes: content.length, sha256, resumedFrom: 100_000 });
    expect(new Uint8Array(readFileSync(path))).toEqual(content);
  });

  test("starts again when the file has changed meanwhile", async () => {
    served = (request, response) => { serve(request, response, 50_000); };
    await expect(writeDownload({ url, path, retries: 0, signal: AbortSignal.timeout(300) })).rejects.toThrow();
    etag = '"two"';
    served = serve;
    expect((await writeDownload({ url, path, sha256 })).bytes).toBe(content.length);
    expect(new Uint8Array(readFileSync(path))).toEqual(content);
  });

  test("that was complete but not yet named is only checked", async () => {
    await writeDownload({ url, path });
    rmSync(path);
    writeFileSync(`${path}.part`, content);
    writeFileSync(`${path}.part-tag`, etag);
    expect((await writeDownload({ url, path, sha256 })).resumedFrom).toBe(content.length);
    expect(leftovers()).toEqual(["m.gguf"]);
  });

  test("of other bytes than expected leaves nothing", async () => {
    await expect(writeDownload({ url, path, sha256: "0".repeat(64) })).rejects.toThrow(new RegExp(`must have sha256 0{64}; got "${sha256}"`));
    expect(leftovers()).toEqual([]);
  });

  test("to a place that cannot be written says so, and tries no second time", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(writeDownload({ url, path: join(folder, "file", "m.gguf") })).rejects.toThrow(/must be a file in a folder that can be written; got "E(NOTDIR|EXIST)"/);
    await expect(writeDownload({ url, path: join(folder, "a".repeat(400)) })).rejects.toThrow(/got "ENAMETOOLONG"/);
    expect(ranges).toEqual([undefined]);
  });

  test.each([404, 403, 500])("is refused with HTTP %i", async (status) => {
    served = (_, response) => { response.writeHead(status).end("no"); };
    await expect(writeDownload({ url, path })).rejects.toThrow(DataError);
    await expect(writeDownload({ url, path })).rejects.toThrow(new RegExp(`HTTP ${status}`));
    expect(existsSync(path)).toBe(false);
  });

  test("can be cancelled, and keeps what came", async () => {
    const abort = new AbortController();
    served = (request, response) => { serve(request, response, 60_000); };
    await expect(writeDownload({ url, path, signal: abort.signal, say: () => { abort.abort(); } })).rejects.toThrow(/abort/i);
    expect(leftovers()).toEqual(["m.gguf.part", "m.gguf.part-tag"]);
  });
});

describe("public files", () => {
  test("are found by name or address", () => {
    // A branch moves, a revision does not: only then can a sha256 be stated.
    for (const file of loadModelFiles()) expect(file.url).toMatch(/^https:\/\/huggingface\.co\/[^/]+\/[^/]+\/resolve\/[0-9a-f]{40}\/[^/]+\.gguf$/);
    expect(findModelFile("qwen3-0.6b").sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(findModelFile(url)).toMatchObject({ url, name: "m.gguf" });
    expect(() => findModelFile("qwen3")).toThrow(ConfigError);
    expect(fileNameOf("https://example.org/a/b%20c.gguf?download=true")).toBe("b c.gguf");
  });
});
