/** Puts a GGUF file on disk whole or not at all. */
import { writeWholeFile } from "../write-whole-file.js";
import { layOutGguf } from "./encode-gguf.js";
import type { GgufMetadata, TensorEntry } from "./gguf-file.js";

/** A tensor to write. Its bytes are asked for when their turn comes, so that one tensor is in memory at a time. */
export interface TensorToWrite extends TensorEntry {
  /** Numbers as the kind packs them. */
  readonly bytes: () => Uint8Array;
}

/**
 * Writes a file.
 *
 * @returns Bytes written.
 * @throws {LimitError} when the disk is full; {DataError} when the place cannot be written. Nothing is left then.
 */
export function writeGguf(path: string, metadata: GgufMetadata, tensors: readonly TensorToWrite[]): number {
  const layout = layOutGguf(metadata, tensors);
  return writeWholeFile(path, layout.byteLength, (writeAt) => {
    writeAt(layout.header, 0);
    tensors.forEach((tensor, i) => { writeAt(tensor.bytes(), layout.offsets[i]!); });
  });
}
