/** Secrets on disk for their owner's eyes only: whole or not at all. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";

const SECRET_BYTES = 32;

/** Writes a file that only its owner can read. */
export function writeSecretFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.writing-${process.pid}`, file = openSync(temporary, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** The random secret in a file; made at first. */
export function loadOrMakeSecret(path: string): Buffer {
  if (!existsSync(path)) writeSecretFile(path, randomBytes(SECRET_BYTES).toString("base64url"));
  return Buffer.from(readFileSync(path, "utf8"), "base64url");
}
