/**
 * Fetches a file to disk so that it has its final name only when it is whole and right. What a broken connection leaves is kept
 * beside it and gone on with; the server's tag says whether the file is still the same one.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { DataError, LimitError, PlmmError } from "../../core/errors.js";

/** What to fetch. */
export interface Download {
  readonly url: string;
  /** Final place. */
  readonly path: string;
  /** Lower-case hex; absent when unknown. */
  readonly sha256?: string | undefined;
  readonly signal?: AbortSignal;
  /** Hears how far it is. Bytes; the total is undefined when the server does not say. */
  readonly say?: (done: number, total: number | undefined) => void;
  /** How often a broken connection is tried again without progress. Default 3. */
  readonly retries?: number;
}

/** What was fetched. */
export interface Downloaded { readonly bytes: number; readonly sha256: string; readonly resumedFrom: number }

/** Beside the file to be: what came so far, and of which version. */
const PART = ".part", TAG = ".part-tag";
const RETRY_PAUSE_MS = 500;

/**
 * Fetches a file. Called again after it failed or was cancelled, it goes on where it stopped.
 *
 * @throws {DataError} when the server refuses, the connection stays broken, or the bytes are not the expected ones (they are removed
 *   then), or the place cannot be written; {LimitError} when the disk is full.
 */
export async function writeDownload(download: Download): Promise<Downloaded> {
  const { path, retries = 3 } = download, part = path + PART;
  const resumedFrom = sizeOf(part);
  for (let failures = 0; ;) {
    const before = sizeOf(part);
    try {
      mkdirSync(dirname(path), { recursive: true });
      await fetchRest(download, part, path + TAG);
      break;
    } catch (error) {
      if (download.signal?.aborted === true) throw error;
      requireConnectionFault(error, path);
      failures = sizeOf(part) > before ? 0 : failures + 1;
      if (failures > retries) throw brokenConnection(download.url, error);
      await new Promise((resolve) => { setTimeout(resolve, RETRY_PAUSE_MS); });
    }
  }
  const sha256 = await loadDigest(part);
  checkDigest(download, sha256, part);
  renameSync(part, path);
  rmSync(path + TAG, { force: true });
  return { bytes: sizeOf(path), sha256, resumedFrom };
}

/** Tells a place that cannot be written from a connection that broke. */
function requireConnectionFault(error: unknown, path: string): void {
  if (error instanceof PlmmError) throw error;
  const { code, path: at } = error as NodeJS.ErrnoException;
  if (at !== undefined) throw new DataError({ subject: path, rule: "be a file in a folder that can be written", got: code, hint: "Choose another place with -o.", cause: error });
}

function sizeOf(path: string): number { return existsSync(path) ? statSync(path).size : 0; }

async function fetchRest(download: Download, part: string, tagFile: string): Promise<void> {
  const have = sizeOf(part), tag = existsSync(tagFile) ? readFileSync(tagFile, "utf8") : "";
  const headers: Record<string, string> = have > 0 && tag !== "" ? { "range": `bytes=${have}-`, "if-range": tag } : {};
  const response = await fetch(download.url, { headers, ...(download.signal === undefined ? {} : { signal: download.signal }) });
  if (response.status === 416 && have > 0) {
    await response.body?.cancel();
    if (Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1]) === have) return;
    rmSync(part);
    return fetchRest(download, part, tagFile);
  }
  if (!response.ok || response.body === null) throw refused(download.url, response.status);
  const start = startOf(response, have);
  writeFileSync(tagFile, response.headers.get("etag") ?? response.headers.get("last-modified") ?? "");
  const length = response.headers.get("content-length"), total = length === null || response.headers.has("content-encoding") ? undefined : start + Number(length);
  await appendBody(response.body, part, start, (done) => { download.say?.(done, total); });
  if (total !== undefined && sizeOf(part) !== total) throw new TypeError(`the connection ended at byte ${sizeOf(part)} of ${total}`);
}

/** Where the body belongs: 206 goes on, 200 starts again. */
function startOf(response: Response, have: number): number {
  if (response.status !== 206) return 0;
  const start = Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1]);
  if (start === have) return have;
  throw new DataError({ subject: response.url, rule: `answer from byte ${have}`, got: response.headers.get("content-range"), hint: "Remove the .part file and pull again." });
}

async function appendBody(body: ReadableStream<Uint8Array>, part: string, start: number, say: (done: number) => void): Promise<void> {
  const file = await open(part, start === 0 ? "w" : "r+");
  let done = start;
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      await file.write(chunk, 0, chunk.length, done);
      done += chunk.length;
      say(done);
    }
    await file.sync();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOSPC") throw cause;
    throw new LimitError({ subject: `the disk of ${part}`, rule: "have room for the file", got: "ENOSPC", hint: "Free some space and pull again: it goes on where it stopped.", cause });
  } finally {
    await file.close();
  }
}

/** The sha256 of a file, in lower-case hex. */
export async function loadDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

function checkDigest({ url, path, sha256 }: Download, found: string, part: string): void {
  if (sha256 === undefined || sha256 === found) return;
  rmSync(part);
  rmSync(path + TAG, { force: true });
  throw new DataError({ subject: url, rule: `have sha256 ${sha256}`, got: found, hint: "The file was changed or damaged on its way; nothing was kept. Pull again, or check the address." });
}

function refused(url: string, status: number): DataError {
  return new DataError({ subject: url, rule: "be there for all to fetch", got: `HTTP ${status}`, hint: status === 401 || status === 403 ? "Its publisher asks for a login; fetch it in a browser and give its path." : "Check the address." });
}

function brokenConnection(url: string, cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.cause instanceof Error ? cause.cause.message : cause.message : String(cause);
  return new DataError({ subject: url, rule: "be reachable", got: reason, hint: "Check the connection and pull again: it goes on where it stopped.", cause });
}
