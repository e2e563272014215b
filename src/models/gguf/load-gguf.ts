/** GGUF files on disk: headers at once, tensors one by one. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { DataError } from "../../core/errors.js";
import type { ByteSource } from "./byte-source.js";
import { decodeGguf } from "./decode-gguf.js";
import type { GgufHeader, PlacedTensor } from "./gguf-file.js";

/** An open file. */
export interface GgufFile extends GgufHeader {
  readonly path: string;
  readonly byteLength: number;
  /** Bytes of a tensor as packed in the file. A copy. */
  readonly readBytes: (tensor: PlacedTensor) => Uint8Array;
  /** To be called when nothing more is read. */
  readonly close: () => void;
}

/**
 * Opens a file and checks its header.
 *
 * @throws {DataError} when it is not there or not a GGUF file.
 */
export function loadGguf(path: string): GgufFile {
  const file = openFile(path);
  try {
    const byteLength = fstatSync(file).size, source = fileSource(file, path, byteLength);
    return {
      ...decodeGguf(source), path, byteLength,
      readBytes: (tensor) => source.read(tensor.byteOffset, tensor.byteLength),
      close: () => { closeSync(file); },
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** The header alone. @throws {DataError} as `loadGguf`. */
export function loadGgufHeader(path: string): GgufHeader & { readonly byteLength: number } {
  const { version, metadata, tensors, alignment, dataOffset, byteLength, close } = loadGguf(path);
  close();
  return { version, metadata, tensors, alignment, dataOffset, byteLength };
}

function openFile(path: string): number {
  try {
    const file = openSync(path, "r");
    if (fstatSync(file).isFile()) return file;
    closeSync(file);
  } catch (cause) {
    throw new DataError({
      subject: path, rule: "be a readable file", got: (cause as NodeJS.ErrnoException).code ?? "unreadable",
      hint: "Give the path of a .gguf file; plmm models list names models to pull.", cause,
    });
  }
  throw new DataError({ subject: path, rule: "be a file", got: "something else", hint: "Give the path of a .gguf file." });
}

function fileSource(file: number, name: string, byteLength: number): ByteSource {
  return {
    name, byteLength,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const count = readSync(file, bytes, done, length - done, offset + done);
        if (count === 0) throw new DataError({ subject: name, rule: "keep its size while it is read", got: `its end at byte ${offset + done}`, hint: "Wait until the file is whole, then try again." });
        done += count;
      }
      return bytes;
    },
  };
}
