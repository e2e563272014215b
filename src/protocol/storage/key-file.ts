/**
 * The key file of a vault. The user's secret gives a key through scrypt, that key wraps the master key, and the master key
 * seals a table with one random key per record. A record whose key is no longer in the table cannot be read by anybody.
 */
import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { AEAD_TAG_BYTES } from "../envelope.js";
import { openAead, sealAead } from "../hpke/aead.js";
import { forgedMessage, ProtocolError } from "../protocol-error.js";
import { openStored, sealStored, STORAGE_KEY_BYTES } from "./sealed-chunks.js";

/** Cost of a guess at the secret: memory is 128 * blockSize * 2^logRounds bytes. @source RFC 7914 section 2. */
export interface ScryptCost { readonly logRounds: number; readonly blockSize: number; readonly parallel: number }

/** 128 MiB per guess. @source OWASP Password Storage Cheat Sheet (2024): N = 2^17, r = 8, p = 1. */
export const DEFAULT_COST: ScryptCost = { logRounds: 17, blockSize: 8, parallel: 1 };

/** A record: its name, its key, and the file that holds it. */
export interface RecordKey { readonly name: string; readonly key: Buffer; readonly file: string }

/** What the table says. `generation` counts its versions. */
export interface KeyTable { readonly generation: number; readonly records: readonly RecordKey[] }

/** An open key file: what is needed to write the next version. */
export interface OpenKeys { readonly head: Buffer; readonly master: Buffer; readonly table: KeyTable }

const MAGIC = Buffer.from("PLMMKEYS"), VERSION = 1, CIPHER = "aes-256-gcm";
const SALT_BYTES = 16, CHECK_BYTES = 16, NONCE_BYTES = 12;
const COST_START = MAGIC.length + 1, SALT_START = COST_START + 3, CHECK_START = SALT_START + SALT_BYTES, WRAP_START = CHECK_START + CHECK_BYTES;
const HEAD_BYTES = WRAP_START + NONCE_BYTES + STORAGE_KEY_BYTES + AEAD_TAG_BYTES;
/** A file may not ask for more than 1 GiB. */
const LARGEST_COST = { logRounds: 20, blockSize: 8, parallel: 4 };
const TABLE = "key table";

const tableForm = z.strictObject({
  generation: z.int().min(0),
  records: z.array(z.strictObject({ name: z.string().min(1), key: z.base64url().length(43), file: z.string().regex(/^[0-9a-f]{32}$/) })),
});

/** Keys of an empty vault. */
export function makeKeys(secret: string, cost: ScryptCost): OpenKeys {
  const master = randomBytes(STORAGE_KEY_BYTES);
  return { head: wrapMaster(secret, cost, master), master, table: { generation: 0, records: [] } };
}

/** The head of a key file: cost, salt, and the master key under the user's secret. */
export function wrapMaster(secret: string, cost: ScryptCost, master: Uint8Array): Buffer {
  const salt = randomBytes(SALT_BYTES), { key, check } = stretchSecret(secret, salt, cost), nonce = randomBytes(NONCE_BYTES);
  const front = Buffer.concat([MAGIC, Buffer.of(VERSION, cost.logRounds, cost.blockSize, cost.parallel), salt, check]);
  const wrapped = sealAead(CIPHER, key, nonce, front, master);
  key.fill(0);
  return Buffer.concat([front, nonce, wrapped]);
}

/** The whole file. */
export function encodeKeyFile({ head, master, table }: OpenKeys): Buffer {
  const records = table.records.map(({ name, key, file }) => ({ name, key: key.toString("base64url"), file }));
  return Buffer.concat([head, sealStored(master, TABLE, Buffer.from(JSON.stringify({ generation: table.generation, records })))]);
}

/**
 * Opens a key file.
 *
 * @param leastGeneration Newest generation that the caller knows of.
 * @throws {ProtocolError} wrong-key; truncated, malformed or forged; rolled-back, for an older version than known.
 */
export function openKeyFile(secret: string, bytes: Buffer, leastGeneration: number): OpenKeys {
  const { head, cost } = parseHead(bytes), front = head.subarray(0, WRAP_START);
  const { key, check } = stretchSecret(secret, head.subarray(SALT_START, CHECK_START), cost);
  if (!timingSafeEqual(check, head.subarray(CHECK_START, WRAP_START))) {
    throw new ProtocolError("wrong-key", "the secret of a vault", "be the one it was sealed with", "another one, or a changed head", "Enter it again; nothing was changed.");
  }
  const master = openAead(CIPHER, key, head.subarray(WRAP_START, WRAP_START + NONCE_BYTES), front, head.subarray(WRAP_START + NONCE_BYTES));
  key.fill(0);
  const table = parseTable(openStored(master, TABLE, bytes.subarray(HEAD_BYTES)));
  if (table.generation < leastGeneration) throw new ProtocolError("rolled-back", "a vault", `be of generation ${leastGeneration} or later`, table.generation, "An older copy was put in its place; bring the newer one back.");
  return { head, master, table };
}

function parseHead(bytes: Buffer): { readonly head: Buffer; readonly cost: ScryptCost } {
  if (bytes.length < HEAD_BYTES) throw new ProtocolError("truncated", "a key file", `have at least ${HEAD_BYTES} bytes`, bytes.length, "Bring it back from a copy.");
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || bytes[MAGIC.length] !== VERSION) {
    throw new ProtocolError("malformed", "a key file", `be of version ${VERSION}`, bytes.toString("latin1", 0, COST_START), "Open it with the version that wrote it.");
  }
  const cost = { logRounds: bytes.readUInt8(COST_START), blockSize: bytes.readUInt8(COST_START + 1), parallel: bytes.readUInt8(COST_START + 2) };
  const isBounded = cost.logRounds >= 1 && cost.blockSize >= 1 && cost.parallel >= 1
    && cost.logRounds <= LARGEST_COST.logRounds && cost.blockSize <= LARGEST_COST.blockSize && cost.parallel <= LARGEST_COST.parallel;
  if (!isBounded) throw new ProtocolError("malformed", "the scrypt cost of a key file", "be at most 2^20 rounds, block size 8, 4 in parallel", Object.values(cost), "Bring the file back from a copy.");
  return { head: bytes.subarray(0, HEAD_BYTES), cost };
}

function parseTable(bytes: Buffer): KeyTable {
  try {
    const { generation, records } = tableForm.parse(JSON.parse(bytes.toString()));
    return { generation, records: records.map(({ name, key, file }) => ({ name, key: Buffer.from(key, "base64url"), file })) };
  } catch {
    throw forgedMessage("the key table of a vault");
  } finally {
    bytes.fill(0);
  }
}

/** A key that wraps, and a value that tells a wrong secret from a damaged file. */
function stretchSecret(secret: string, salt: Uint8Array, { logRounds, blockSize, parallel }: ScryptCost): { readonly key: Buffer; readonly check: Buffer } {
  const N = 2 ** logRounds, bytes = STORAGE_KEY_BYTES + CHECK_BYTES, maxmem = 256 * blockSize * (N + parallel);
  const stretched = scryptSync(secret.normalize("NFC"), salt, bytes, { N, r: blockSize, p: parallel, maxmem });
  return { key: stretched.subarray(0, STORAGE_KEY_BYTES), check: stretched.subarray(STORAGE_KEY_BYTES) };
}
