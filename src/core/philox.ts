/**
 * Philox4x32-10: a counter-based random function. The same counter and key give the same four words on every machine,
 * so any draw of any entity can be had without the draws before it.
 *
 * Plain 32-bit integer arithmetic: the high half of a product is put together from 16-bit halves, because a double
 * cannot hold a 64-bit product.
 */

/** Upper and lower halves of the two multipliers, and the steps by which the key grows from round to round. */
const M0 = 0xd2511f53 | 0, M0_LOW = 0x1f53, M0_HIGH = 0xd251;
const M1 = 0xcd9e8d57 | 0, M1_LOW = 0x8d57, M1_HIGH = 0xcd9e;
const KEY_STEP_0 = 0x9e3779b9 | 0;
const KEY_STEP_1 = 0xbb67ae85 | 0;
const ROUNDS = 10;

/**
 * Encrypts a 128-bit counter under a 64-bit key to four random words.
 *
 * @param out Receives the words. Shape [4] or longer.
 * @source Salmon, Moraes, Dror and Shaw 2011, Parallel random numbers: as easy as 1, 2, 3, SC11, doi 10.1145/2063384.2063405.
 */
export function philox4x32(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number, out: Uint32Array): void {
  let a = c0 | 0, b = c1 | 0, c = c2 | 0, d = c3 | 0, keyA = k0 | 0, keyB = k1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const aLow = a & 0xffff, aHigh = a >>> 16;
    const aCross = (Math.imul(aHigh, M0_LOW) + (Math.imul(aLow, M0_LOW) >>> 16)) | 0;
    const aTail = (Math.imul(aLow, M0_HIGH) + (aCross & 0xffff)) | 0;
    const high0 = (Math.imul(aHigh, M0_HIGH) + (aCross >>> 16) + (aTail >>> 16)) | 0;
    const cLow = c & 0xffff, cHigh = c >>> 16;
    const cCross = (Math.imul(cHigh, M1_LOW) + (Math.imul(cLow, M1_LOW) >>> 16)) | 0;
    const cTail = (Math.imul(cLow, M1_HIGH) + (cCross & 0xffff)) | 0;
    const high1 = (Math.imul(cHigh, M1_HIGH) + (cCross >>> 16) + (cTail >>> 16)) | 0;
    const low0 = Math.imul(a, M0), low1 = Math.imul(c, M1);
    a = high1 ^ b ^ keyA;
    b = low1;
    c = high0 ^ d ^ keyB;
    d = low0;
    keyA = (keyA + KEY_STEP_0) | 0;
    keyB = (keyB + KEY_STEP_1) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}
