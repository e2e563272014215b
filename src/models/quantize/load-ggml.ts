/**
 * llama.cpp's own quantizer, in the library that node-llama-cpp brings for each platform, called through koffi: the function
 * behind llama-quantize, so new kinds cost no code.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import koffi, { type LibraryHandle } from "koffi";
import { DataError, invariant, ShapeError } from "../../core/errors.js";
import { kindOfName, packedBytes, type TensorKind } from "../gguf/tensor-kinds.js";

/** Kinds that the quantizer makes without statistics of activations (an importance matrix). */
export const QUANTIZED_KINDS: readonly string[] = ["F16", "BF16", "Q8_0", "Q6_K", "Q5_K", "Q4_K", "Q4_0", "Q3_K", "Q2_K", "IQ4_NL"];

/** Functions of libggml-base that we use. */
export interface Ggml {
  /** Bytes of a row of `length` numbers, or of one block. */
  readonly rowBytes: (code: number, length: number) => number;
  readonly blockLength: (code: number) => number;
  /** Packs rows. Returns the bytes written to `out`. */
  readonly quantize: (code: number, numbers: Float32Array, out: Uint8Array, rows: number, rowLength: number) => number;
  /** Unpacks by a function of the library: "dequantize_row_q4_K". */
  readonly dequantize: (functionName: string, bytes: Uint8Array, out: Float32Array) => void;
}

/** Folders of node-llama-cpp's platform packages by Node's platform and architecture. */
const PLATFORM_PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "linux-x64", "linux-arm64": "linux-arm64", "linux-arm": "linux-armv7l", "linux-riscv64": "linux-riscv64",
  "darwin-arm64": "mac-arm64-metal", "darwin-x64": "mac-x64", "win32-x64": "win-x64", "win32-arm64": "win-arm64",
};
const LIBRARY_NAMES: Readonly<Record<string, string>> = { win32: "ggml-base.dll", darwin: "libggml-base.dylib" };
const USUAL_LIBRARY_NAME = "libggml-base.so";

let loaded: Ggml | undefined;

/**
 * The library, loaded once.
 *
 * @throws {DataError} when this platform has no prebuilt one.
 */
export function loadGgml(): Ggml {
  loaded ??= bindLibrary(koffi.load(findLibrary()));
  return loaded;
}

/**
 * Packs a matrix.
 *
 * @param numbers Finite, row-major. Shape [rows, rowLength].
 * @param subject Names the tensor in errors.
 * @throws {DataError} for NaN or infinite numbers, or a kind that the quantizer does not make; {ShapeError} for rows of broken blocks.
 */
export function quantizeRows(kind: TensorKind, numbers: Float32Array, rowLength: number, subject: string): Uint8Array {
  checkQuantizable(kind, rowLength, subject);
  const fault = numbers.findIndex((number) => !Number.isFinite(number));
  if (fault >= 0) throw new DataError({ subject: `tensor ${subject}`, rule: "hold finite numbers", got: numbers[fault], where: `weight ${fault}`, hint: "The training diverged or the file is damaged; take an earlier checkpoint." });
  const out = new Uint8Array(packedBytes(kind, numbers.length)), { quantize } = loadGgml();
  const written = quantize(kind.code, numbers, out, numbers.length / rowLength, rowLength);
  invariant(written === out.length, `fill ${out.length} bytes of ${kind.name}`, written, subject);
  return out;
}

/** @throws {DataError} or {ShapeError} unless rows of this length can be packed in this kind. */
export function checkQuantizable(kind: TensorKind, rowLength: number, subject: string): void {
  if (!QUANTIZED_KINDS.includes(kind.name)) {
    throw new DataError({ subject: "a kind to quantize to", rule: `be one of ${QUANTIZED_KINDS.join(", ")}`, got: kind.name, hint: "Kinds below these need statistics of activations, which plmm does not collect." });
  }
  if (rowLength % kind.blockLength === 0) return;
  throw new ShapeError({
    subject: `row length of tensor ${subject}`, rule: `be a multiple of ${kind.blockLength} for ${kind.name}`, got: rowLength,
    hint: rowLength % 32 === 0 ? "Choose --to Q4_0 or Q8_0, or a model whose widths are multiples of 256." : "Choose --to F16, or a model whose widths are multiples of 256.",
  });
}

function findLibrary(): string {
  const platform = `${process.platform}-${process.arch}`, name = PLATFORM_PACKAGES[platform];
  const file = LIBRARY_NAMES[process.platform] ?? USUAL_LIBRARY_NAME;
  try {
    const runtime = createRequire(import.meta.url).resolve("node-llama-cpp");
    const entry = createRequire(runtime).resolve(`@node-llama-cpp/${name ?? platform}`), path = join(dirname(entry), "..", "bins", name ?? platform, file);
    if (existsSync(path)) return path;
    throw new DataError({ subject: "llama.cpp's library", rule: "be installed", got: "no file", where: path, hint: "Run: npm ci" });
  } catch (cause) {
    throw cause instanceof DataError ? cause : new DataError({
      subject: "llama.cpp's library", rule: "be there for this platform", got: platform, hint: "Run npm ci; prebuilt are Linux (glibc), macOS and Windows on x64 and ARM.", cause,
    });
  }
}

function bindLibrary(library: LibraryHandle): Ggml {
  const quantize = library.func("size_t ggml_quantize_chunk(int type, const float* src, void* dst, int64_t start, int64_t nrows, int64_t n_per_row, const float* imatrix)");
  const rowBytes = library.func("size_t ggml_row_size(int type, int64_t n)"), blockLength = library.func("int64_t ggml_blck_size(int type)");
  return {
    rowBytes: (code, length) => Number(rowBytes(code, length)),
    blockLength: (code) => Number(blockLength(code)),
    quantize: (code, numbers, out, rows, rowLength) => Number(quantize(code, numbers, out, 0, rows, rowLength, null)),
    dequantize: (functionName, bytes, out) => { library.func(`void ${functionName}(const void* x, _Out_ float* y, int64_t k)`)(bytes, out, out.length); },
  };
}

/** Kind with a name. @throws {DataError} naming the kinds there are. */
export function requireKind(name: string): TensorKind {
  const kind = kindOfName(name);
  if (kind !== undefined && QUANTIZED_KINDS.includes(name)) return kind;
  throw new DataError({ subject: "a kind to quantize to", rule: `be one of ${QUANTIZED_KINDS.join(", ")}`, got: name, hint: "Q4_K is the usual choice; Q4_0 for widths that are no multiples of 256." });
}
