/**
 * Downloads that are whole or not there: bytes go to FILE.part, and the name FILE appears only when size and SHA-256 are
 * right. A broken download goes on where it stopped when the sum is known; without a sum nobody could tell whether the
 * pieces belong together, so it starts anew.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { DataError } from "../../core/errors.js";

/** What to download, and where to. */
export interface Download {
  readonly url: string;
  /** Final path of the file. */
  readonly path: string;
  readonly sha256?: string;
  readonly bytes?: number;
  /** Hears bytes on disk so far, and in all when known. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
}

/** A finished download. */
export interface DownloadedFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Whether the sum was known and is right. */
  readonly isVerified: boolean;
  /** Bytes that were on disk before. The whole file when nothing had to be fetched. */
  readonly keptBytes: number;
}

const HTTP_PARTIAL = 206;
const HTTP_RANGE_REFUSED = 416;

/**
 * Downloads a file.
 *
 * @throws {DataError} when the server refuses, the transfer breaks, the disk refuses, or the file is another one. What has
 *   arrived stays in FILE.part unless its sum is wrong.
 */
export async function writeDownload(download: Download): Promise<DownloadedFile> {
  const present = await loadSum(download.path);
  if (present !== undefined) return keepPresent(download, present);
  const part = `${download.path}.part`;
  await onDisk(download, async () => { await mkdir(dirname(download.path), { recursive: true }); });
  const keptBytes = await fetchInto(download, part);
  const sum = (await onDisk(download, () => loadSum(part)))!;
  await requireRight(download, sum, part);
  await onDisk(download, () => rename(part, download.path));
  return { ...sum, isVerified: download.sha256 !== undefined, keptBytes };
}

interface FileSum { readonly bytes: number; readonly sha256: string }

/** A file under the final name is never overwritten. */
function keepPresent({ path, sha256 }: Download, present: FileSum): DownloadedFile {
  if (sha256 === undefined || present.sha256 === sha256) return { ...present, isVerified: sha256 !== undefined, keptBytes: present.bytes };
  throw new DataError({ subject: path, rule: `have sha256 ${sha256}`, got: present.sha256, hint: "Another file has this name. Move it away, then fetch again." });
}

/** Size and sum of a file; undefined when there is none. */
async function loadSum(path: string): Promise<FileSum | undefined> {
  const hash: Hash = createHash("sha256");
  let bytes = 0;
  try {
    if (!(await stat(path)).isFile()) throw new DataError({ subject: path, rule: "be a file", got: "a folder", hint: "Move it away, then fetch again." });
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) { hash.update(chunk); bytes += chunk.length; }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error instanceof DataError ? error : diskFault(path, error);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Fetches what is missing. Returns the bytes that were there before. */
async function fetchInto(download: Download, part: string): Promise<number> {
  const before = download.sha256 === undefined ? 0 : await sizeOf(part);
  if (before > 0 && before === download.bytes) return before;
  const response = await request(download, before);
  if (response.status === HTTP_RANGE_REFUSED && before > 0) {
    await onDisk(download, () => rm(part, { force: true }));
    return fetchInto(download, part);
  }
  const kept = response.status === HTTP_PARTIAL && startOf(response) === before ? before : 0;
  if (!response.ok || response.body === null || (response.status === HTTP_PARTIAL && kept !== before)) {
    throw new DataError({
      subject: `the server's answer to ${download.url}`, rule: "be the file", got: `${response.status} ${response.statusText}`.trim(),
      hint: response.status === 404 ? "The file has moved. Look for it at the page that plmm data list names." : "Try again later.",
    });
  }
  await writeBody(download, response.body, part, kept);
  return kept;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

async function request({ url }: Download, before: number): Promise<Response> {
  try {
    return await fetch(url, { headers: { "accept-encoding": "identity", ...(before > 0 ? { range: `bytes=${before}-` } : {}) } });
  } catch (cause) {
    throw transferFault(url, cause);
  }
}

/** First byte of a partial answer. */
function startOf(response: Response): number {
  const match = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "");
  return match === null ? -1 : Number(match[1]);
}

async function writeBody(download: Download, body: ReadableStream<Uint8Array>, part: string, kept: number): Promise<void> {
  const file = await onDisk(download, () => open(part, kept > 0 ? "a" : "w")), reader = body.getReader();
  let bytes = kept;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => { throw transferFault(download.url, cause); });
      if (done) break;
      await onDisk(download, () => file.appendFile(value));
      bytes += value.length;
      download.onProgress?.(bytes, download.bytes);
    }
    await onDisk(download, () => file.sync());
  } finally {
    await reader.cancel().catch(() => undefined);
    await file.close();
  }
}

async function requireRight({ url, bytes, sha256 }: Download, sum: FileSum, part: string): Promise<void> {
  const isShort = bytes !== undefined && sum.bytes < bytes;
  if (isShort) throw new DataError({ subject: url, rule: `give ${bytes} bytes`, got: sum.bytes, hint: "The transfer broke off. Fetch again: it goes on where it stopped." });
  if (sha256 === undefined || sum.sha256 === sha256) return;
  await rm(part, { force: true });
  throw new DataError({ subject: url, rule: `have sha256 ${sha256}`, got: sum.sha256, hint: "The file there is another one; nothing was kept. Try again later, or look at the page that plmm data list names." });
}

function transferFault(url: string, cause: unknown): DataError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause instanceof Error ? cause.message : cause);
  return new DataError({ subject: `the transfer of ${url}`, rule: "reach its end", got: inner, hint: "Fetch again: it goes on where it stopped when the file's sum is known.", cause });
}

async function onDisk<Value>({ path }: Download, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DataError ? error : diskFault(path, error);
  }
}

function diskFault(path: string, cause: unknown): DataError {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown fault";
  return new DataError({
    subject: path, rule: "be a place where files can be written", got: code,
    hint: code === "ENOSPC" ? "The disk is full. Free some room, then fetch again." : "Give another folder with --to DIR.", cause,
  });
}
