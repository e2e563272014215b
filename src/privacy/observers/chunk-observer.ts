/** Sizes of the encrypted chunks of an answer, as the path sees them: tokens are the words of the answer with the blank before them. */
import type { Scenario } from "../../config/scenario-schema.js";
import { sealedChunkBytes, tlsWireBytes } from "../../protocol/envelope.js";
import { compileWireShape } from "../../protocol/message-sizes.js";
import { Padding, paddedBytes } from "../../protocol/padding.js";

/**
 * Wire sizes of one answer, chunk by chunk.
 *
 * @returns Without padding one size per chunk of `tokensPerChunk` words; with padding equal cells, as many as the padded total holds.
 */
export function observeChunks(answer: string, protocol: Scenario["protocol"]): number[] {
  const shape = compileWireShape(protocol), tokens = answer.match(/\s*\S+/g) ?? [], perChunk = shape.tokensPerChunk === 0 ? Math.max(1, tokens.length) : shape.tokensPerChunk;
  if (shape.padding === Padding.none) {
    return Array.from({ length: Math.ceil(tokens.length / perChunk) }, (_, i) => tlsWireBytes(sealedChunkBytes(Buffer.byteLength(tokens.slice(i * perChunk, (i + 1) * perChunk).join("")), false)));
  }
  const totalBytes = paddedBytes(Buffer.byteLength(answer), shape.padding, shape.bucketBytes, shape.constantResponseBytes);
  if (shape.cellBytes === 0) return [tlsWireBytes(sealedChunkBytes(totalBytes, true))];
  return new Array<number>(Math.ceil(totalBytes / shape.cellBytes)).fill(shape.cellWireBytes);
}
