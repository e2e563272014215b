import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DataError } from "../../core/errors.js";
import { writeDownload } from "./write-download.js";

const BODY = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
const SUM = createHash("sha256").update(BODY).digest("hex");
const requests: { readonly url: string; readonly range: string | undefined }[] = [];
let server: Server, address: string, folder: string, serve: (request: IncomingMessage, response: ServerResponse) => void;

/** Serves the body, ranges included. */
function serveRanges({ headers }: IncomingMessage, response: ServerResponse): void {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  if (start >= BODY.length) { response.writeHead(416).end(); return; }
  if (start > 0) response.writeHead(206, { "content-range": `bytes ${start}-${BODY.length - 1}/${BODY.length}`, "content-length": BODY.length - start });
  else response.writeHead(200, { "content-length": BODY.length });
  response.end(BODY.subarray(start));
}

/** Promises the whole body and hangs up behind `bytes`. */
function breakOff(bytes: number): typeof serve {
  return (_request, response) => {
    response.writeHead(200, { "content-length": BODY.length });
    response.write(BODY.subarray(0, bytes), () => { setTimeout(() => { response.destroy(); }, 50); });
  };
}

beforeAll(async () => {
  server = createServer((request, response) => { requests.push({ url: request.url ?? "", range: request.headers.range }); serve(request, response); });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plmm-download-"));
  requests.length = 0;
  serve = serveRanges;
  return () => { rmSync(folder, { recursive: true, force: true }); };
});

const fileAt = (...parts: string[]): string => join(folder, ...parts);

describe("a download", () => {
  it("is whole under its name, in a folder made for it", async () => {
    const progress: number[] = [], path = fileAt("text", "deep", "file.bin");
    expect(await writeDownload({ url: address, path, sha256: SUM, bytes: BODY.length, onProgress: (bytes) => progress.push(bytes) }))
      .toEqual({ bytes: BODY.length, sha256: SUM, isVerified: true, keptBytes: 0 });
    expect(readFileSync(path).equals(BODY)).toBe(true);
    expect(progress.at(-1)).toBe(BODY.length);
    expect(readdirSync(fileAt("text", "deep"))).toEqual(["file.bin"]);
  });

  it("goes on where it broke off", async () => {
    const path = fileAt("file.bin"), download = { url: address, path, sha256: SUM, bytes: BODY.length };
    serve = breakOff(100_000);
    await expect(writeDownload(download)).rejects.toThrow(/must reach its end/);
    expect(existsSync(path)).toBe(false);
    const kept = readFileSync(`${path}.part`).length;
    expect(kept).toBeGreaterThan(0);
    serve = serveRanges;
    expect(await writeDownload(download)).toMatchObject({ isVerified: true, keptBytes: kept });
    expect(requests.map(({ range }) => range)).toEqual([undefined, `bytes=${kept}-`]);
    expect(readFileSync(path).equals(BODY)).toBe(true);
  });

  it("starts anew when the server does not know ranges, and when the part is longer than the file", async () => {
    const path = fileAt("file.bin"), download = { url: address, path, sha256: SUM };
    writeFileSync(`${path}.part`, BODY.subarray(0, 1000));
    serve = (_request, response) => { response.writeHead(200).end(BODY); };
    expect(await writeDownload(download)).toMatchObject({ keptBytes: 0, isVerified: true });
    rmSync(path);
    writeFileSync(`${path}.part`, Buffer.alloc(BODY.length + 5));
    serve = serveRanges;
    expect(await writeDownload(download)).toMatchObject({ keptBytes: 0, isVerified: true });
  });

  it("is thrown away when its sum is wrong", async () => {
    const path = fileAt("file.bin"), download = { url: address, path, sha256: "0".repeat(64) };
    await expect(writeDownload(download)).rejects.toThrow(/must have sha256 0000/);
    expect(readdirSync(folder)).toEqual([]);
    // A part of something else ends the same way.
    writeFileSync(`${path}.part`, "something else");
    await expect(writeDownload({ ...download, sha256: SUM })).rejects.toThrow(DataError);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("without a known sum is taken as it is, from the start, and its sum is told", async () => {
    const path = fileAt("file.bin");
    writeFileSync(`${path}.part`, "of another day");
    expect(await writeDownload({ url: address, path })).toEqual({ bytes: BODY.length, sha256: SUM, isVerified: false, keptBytes: 0 });
    expect(requests[0]!.range).toBeUndefined();
  });

  it("is refused when the server has less than the known size", async () => {
    const path = fileAt("file.bin");
    serve = (_request, response) => { response.writeHead(200, { "content-length": 10 }).end(BODY.subarray(0, 10)); };
    await expect(writeDownload({ url: address, path, sha256: SUM, bytes: BODY.length })).rejects.toThrow(/give 300000 bytes; got 10/);
    expect(existsSync(path)).toBe(false);
  });

  it.each([404, 403, 500])("is refused with the server's code %s, and nothing is left", async (code) => {
    serve = (_request, response) => { response.writeHead(code).end("no"); };
    await expect(writeDownload({ url: address, path: fileAt("file.bin"), sha256: SUM })).rejects.toThrow(`got "${code}`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is refused without a server", async () => {
    await expect(writeDownload({ url: "http://127.0.0.1:1/file", path: fileAt("file.bin") })).rejects.toThrow(/must reach its end/);
  });

  it("does not fetch what is there, and does not write over another file", async () => {
    const path = fileAt("file.bin");
    writeFileSync(path, BODY);
    expect(await writeDownload({ url: address, path, sha256: SUM })).toMatchObject({ keptBytes: BODY.length, isVerified: true });
    writeFileSync(path, "mine");
    await expect(writeDownload({ url: address, path, sha256: SUM })).rejects.toThrow(/Another file has this name/);
    expect(readFileSync(path, "utf8")).toBe("mine");
    expect(requests).toEqual([]);
  });

  it("says so when the disk refuses: a file where a folder should be, a folder where the file should be", async () => {
    writeFileSync(fileAt("text"), "a file");
    await expect(writeDownload({ url: address, path: fileAt("text", "file.bin"), sha256: SUM })).rejects.toThrow(/must be a place where files can be written; got "(ENOTDIR|EEXIST)"/);
    mkdirSync(fileAt("file.bin"));
    await expect(writeDownload({ url: address, path: fileAt("file.bin"), sha256: SUM })).rejects.toThrow(/must be a file; got "a folder"/);
    mkdirSync(fileAt("other.bin.part"));
    await expect(writeDownload({ url: address, path: fileAt("other.bin") })).rejects.toThrow(/EISDIR/);
  });

  it.runIf(existsSync("/dev/full"))("says so when the disk is full", async () => {
    const { symlinkSync } = await import("node:fs");
    symlinkSync("/dev/full", fileAt("file.bin.part"));
    await expect(writeDownload({ url: address, path: fileAt("file.bin") })).rejects.toThrow(/ENOSPC[^]*disk is full/);
    expect(existsSync(fileAt("file.bin"))).toBe(false);
  });
});
