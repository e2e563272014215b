/**
 * Seal and open of a message of 2 KB: our HPKE on Node's synchronous cryptography beside npm's hpke on WebCrypto, in turns
 * in the same process, over X25519, HKDF-SHA256 and AES-128-GCM, each to a recipient's key pair made before; and our hybrid.
 */
import { DEFAULT_SUITE, HYBRID_SUITE } from "../protocol/hpke/find-suite.js";
import { openOnce, sealOnce } from "../protocol/hpke/hpke.js";
import { invariant } from "../core/errors.js";

/** Size of the message. Bytes. */
export const SEALED_MESSAGE_BYTES = 2048;
/** Many short turns: some of them find the processors free on a machine that does other things too. */
const TURNS = 50;

/** Names of the rows. */
export const SEALING_VARIANTS = { own: "plmm", hybrid: "plmm, X-Wing and AES-256-GCM", theirs: "hpke (npm)" } as const;

/** Time of a seal and the open after it. */
export interface SealingRow {
  readonly variant: string;
  /** In a turn. */
  readonly messages: number;
  /** Of the fastest of fifty turns, on the clock. */
  readonly microsPerMessage: number;
}

type Exchange = (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** Measures all, `messages` in a turn. The row of npm's hpke is missing where that package, needed for development only, is not installed. */
export async function measureSealing(messages: number): Promise<SealingRow[]> {
  const theirs = await makeTheirExchange(), { own, hybrid } = SEALING_VARIANTS;
  const variants: [string, Exchange][] = [[own, makeOwnExchange(DEFAULT_SUITE)], [hybrid, makeOwnExchange(HYBRID_SUITE)]];
  if (theirs !== undefined) variants.push([SEALING_VARIANTS.theirs, theirs]);
  const fastest = variants.map(() => Infinity);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [index, [, exchange]] of variants.entries()) fastest[index] = Math.min(fastest[index]!, await timeExchange(exchange, messages));
  }
  return variants.map(([variant], index) => ({ variant, messages, microsPerMessage: fastest[index]! }));
}

/** Microseconds per message. */
async function timeExchange(exchange: Exchange, messages: number): Promise<number> {
  const message = Buffer.alloc(SEALED_MESSAGE_BYTES, 7), startedAtMs = performance.now();
  for (let count = 0; count < messages; count++) {
    const made = exchange(message), opened = made instanceof Promise ? await made : made;
    invariant(opened.length === SEALED_MESSAGE_BYTES, "open what was sealed", opened.length);
  }
  return (performance.now() - startedAtMs) * 1000 / messages;
}

function makeOwnExchange(suite: typeof DEFAULT_SUITE): Exchange {
  const recipient = suite.kem.generateKeyPair(), terms = { info: Buffer.alloc(0) }, aad = Buffer.alloc(0);
  return (message) => openOnce(suite, sealOnce(suite, recipient, terms, aad, message), recipient, terms, aad);
}

async function makeTheirExchange(): Promise<Exchange | undefined> {
  const hpke = await import("hpke").catch(() => undefined);
  if (hpke === undefined) return undefined;
  const suite = new hpke.CipherSuite(hpke.KEM_DHKEM_X25519_HKDF_SHA256, hpke.KDF_HKDF_SHA256, hpke.AEAD_AES_128_GCM);
  const recipient = await suite.GenerateKeyPair(false);
  return async (message) => {
    const { encapsulatedSecret, ciphertext } = await suite.Seal(recipient.publicKey, message);
    return suite.Open(recipient, encapsulatedSecret, ciphertext);
  };
}
