/** HKDF with the labels of HPKE, on Node's synchronous HMAC. */
import { createHmac } from "node:crypto";
import { invariant } from "../../core/errors.js";

/** A hash under HKDF. Output size in bytes (Nh). */
export interface Kdf { readonly id: number; readonly hash: "sha256" | "sha512"; readonly bytes: number }

/** @source RFC 9180 table 3. */
export const KDFS = {
  hkdfSha256: { id: 0x0001, hash: "sha256", bytes: 32 },
  hkdfSha512: { id: 0x0003, hash: "sha512", bytes: 64 },
} as const satisfies Readonly<Record<string, Kdf>>;

const VERSION = Buffer.from("HPKE-v1");
const FIRST_BLOCK = Buffer.of(1);
const LARGEST_BLOCK_COUNT = 255;

/** HKDF-Extract. @source RFC 5869 section 2.2. */
export function extract(kdf: Kdf, salt: Uint8Array, secret: Uint8Array): Buffer {
  return createHmac(kdf.hash, salt).update(secret).digest();
}

/** HKDF-Expand. @source RFC 5869 section 2.3. */
export function expand(kdf: Kdf, key: Uint8Array, info: Uint8Array, bytes: number): Buffer {
  const blocks = Math.ceil(bytes / kdf.bytes);
  invariant(blocks <= LARGEST_BLOCK_COUNT, "expand to at most 255 blocks", blocks);
  if (blocks === 1) return createHmac(kdf.hash, key).update(Buffer.concat([info, FIRST_BLOCK])).digest().subarray(0, bytes);
  const out = Buffer.alloc(blocks * kdf.bytes);
  for (let block = 0; block < blocks; block++) {
    const hmac = createHmac(kdf.hash, key);
    if (block > 0) hmac.update(out.subarray((block - 1) * kdf.bytes, block * kdf.bytes));
    hmac.update(info).update(Buffer.of(block + 1)).digest().copy(out, block * kdf.bytes);
  }
  return out.subarray(0, bytes);
}

/** LabeledExtract. @source RFC 9180 section 4. */
export function labeledExtract(kdf: Kdf, suiteId: Uint8Array, salt: Uint8Array, label: string, secret: Uint8Array): Buffer {
  return createHmac(kdf.hash, salt).update(Buffer.concat([VERSION, suiteId, Buffer.from(label), secret])).digest();
}

/** LabeledExpand. @source RFC 9180 section 4. */
export function labeledExpand(kdf: Kdf, suiteId: Uint8Array, key: Uint8Array, label: string, info: Uint8Array, bytes: number): Buffer {
  const size = Buffer.of(bytes >>> 8, bytes & 255);
  return expand(kdf, key, Buffer.concat([size, VERSION, suiteId, Buffer.from(label), info]), bytes);
}
