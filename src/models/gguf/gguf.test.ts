import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { readGgufFileInfo } from "node-llama-cpp";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../core/errors.js";
import { type ByteSource, memorySource } from "./byte-source.js";
import { decodeGguf } from "./decode-gguf.js";
import { layOutGguf } from "./encode-gguf.js";
import type { GgufMetadata, GgufValue, TensorEntry } from "./gguf-file.js";
import { loadGguf } from "./load-gguf.js";
import { kindOfName, packedBytes, TENSOR_KINDS } from "./tensor-kinds.js";
import { writeGguf } from "./write-gguf.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-gguf-"));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const RUNS = { seed: 11, numRuns: 300 };

const number = (type: "uint8" | "int8" | "uint16" | "int16" | "uint32" | "int32"): fc.Arbitrary<number> => {
  const bits = Number(/\d+/.exec(type)![0]), isSigned = type.startsWith("int");
  return isSigned ? fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 }) : fc.integer({ min: 0, max: 2 ** bits - 1 });
};
const itemTypes = fc.oneof(
  ...(["uint8", "int8", "uint16", "int16", "uint32", "int32"] as const).map((type) => fc.record({ type: fc.constant(type), item: fc.constant(number(type)) })),
  fc.constant({ type: "float32" as const, item: fc.float({ noNaN: true }) }), fc.constant({ type: "float64" as const, item: fc.double({ noNaN: true }) }),
  fc.constant({ type: "uint64" as const, item: fc.bigInt(0n, 2n ** 64n - 1n) }), fc.constant({ type: "int64" as const, item: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) }),
  fc.constant({ type: "bool" as const, item: fc.boolean() }), fc.constant({ type: "string" as const, item: fc.string({ unit: "binary" }).filter((text) => !/\p{Surrogate}/u.test(text)) }),
);
const values: fc.Arbitrary<GgufValue> = itemTypes.chain(({ type, item }) => fc.oneof(
  (item as fc.Arbitrary<unknown>).map((value) => ({ type, value }) as GgufValue),
  fc.array(item as fc.Arbitrary<unknown>, { maxLength: 20 }).map((items) => ({ type: "array", itemType: type, items }) as unknown as GgufValue),
));
const keys = fc.string({ minLength: 1, maxLength: 30 }).filter((key) => key !== "general.alignment");
const metadatas: fc.Arbitrary<GgufMetadata> = fc.tuple(fc.uniqueArray(fc.tuple(keys, values), { selector: ([key]) => key, maxLength: 12 }), fc.constantFrom(undefined, 8, 32, 64))
  .map(([entries, alignment]) => new Map<string, GgufValue>([...entries, ...(alignment === undefined ? [] : [["general.alignment", { type: "uint32", value: alignment }] as const])]));
const tensorLists: fc.Arbitrary<TensorEntry[]> = fc.uniqueArray(
  fc.record({ name: fc.string({ minLength: 1, maxLength: 15 }), kind: fc.constantFrom(...TENSOR_KINDS), outer: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }), blocks: fc.integer({ min: 1, max: 3 }) }),
  { selector: ({ name }) => name, maxLength: 6 },
).map((tensors) => tensors.map(({ name, kind, outer, blocks }) => ({ name, kind, shape: [...outer, blocks * kind.blockLength] })));

function fileOf(metadata: GgufMetadata, tensors: readonly TensorEntry[]): Uint8Array {
  const { header, byteLength } = layOutGguf(metadata, tensors), bytes = new Uint8Array(byteLength);
  bytes.set(header);
  return bytes;
}

const plain = (bytes: Uint8Array): ReturnType<typeof decodeGguf> => decodeGguf(memorySource(bytes, "m.gguf"));

describe("a GGUF file", () => {
  test("comes back with the same settings and tensors, aligned and apart", () => {
    fc.assert(fc.property(metadatas, tensorLists, (metadata, tensors) => {
      const found = plain(fileOf(metadata, tensors));
      expect([...found.metadata]).toEqual([...metadata]);
      expect(found.tensors.map(({ name, kind, shape }) => ({ name, kind, shape }))).toEqual(tensors);
      for (const { byteOffset, byteLength, kind, shape } of found.tensors) {
        expect(byteOffset % found.alignment).toBe(0);
        expect(byteLength).toBe(packedBytes(kind, shape.reduce((a, b) => a * b, 1)));
      }
    }), RUNS);
  });

  test("means the same to node-llama-cpp's reader", async () => {
    const path = join(folder, "theirs.gguf"), q8 = kindOfName("Q8_0")!;
    const metadata: GgufMetadata = new Map<string, GgufValue>([
      ["general.architecture", { type: "string", value: "llama" }], ["llama.context_length", { type: "uint32", value: 512 }],
      ["llama.rope.freq_base", { type: "float32", value: 10_000 }], ["tokenizer.ggml.tokens", { type: "array", itemType: "string", items: ["a", "é", "日本"] }],
      ["general.size", { type: "uint64", value: 2n ** 40n }], ["general.on", { type: "bool", value: true }], ["general.below", { type: "int16", value: -7 }],
    ]);
    writeGguf(path, metadata, [
      { name: "a", kind: kindOfName("F32")!, shape: [3], bytes: () => new Uint8Array(Float32Array.of(1, 2, 3).buffer) },
      { name: "b", kind: q8, shape: [2, 32], bytes: () => Uint8Array.from({ length: 68 }, (_, i) => i) },
    ]);
    const theirs = await readGgufFileInfo(path), ours = loadGguf(path);
    expect(theirs.metadata as unknown).toMatchObject({
      general: { architecture: "llama", on: true, below: -7, size: 2n ** 40n }, llama: { context_length: 512, rope: { freq_base: 10_000 } }, tokenizer: { ggml: { tokens: ["a", "é", "日本"] } },
    });
    expect(theirs.fullTensorInfo!.map(({ name, dimensions, ggmlType, fileOffset }) => [name, dimensions.map(Number), ggmlType as number, Number(fileOffset)]))
      .toEqual(ours.tensors.map(({ name, shape, kind, byteOffset }) => [name, [...shape].reverse(), kind.code, byteOffset]));
    expect(ours.readBytes(ours.tensors[1]!)).toEqual(Uint8Array.from({ length: 68 }, (_, i) => i));
    ours.close();
  });

  test("is written whole or not at all", () => {
    const path = join(folder, "never.gguf"), entry = { name: "a", kind: kindOfName("F32")!, shape: [2] };
    const fault = new DataError({ subject: "weights", rule: "be there", got: "none", hint: "-" });
    expect(() => writeGguf(path, new Map(), [{ ...entry, bytes: () => { throw fault; } }])).toThrow(fault);
    expect(readdirSync(folder).filter((name) => name.includes("never"))).toEqual([]);
    expect(() => writeGguf(join(folder, "no", "such.gguf"), new Map(), [])).toThrow(DataError);
  });
});

/** A file with one tensor of 32 F32 at the end. */
function sample(): { bytes: Uint8Array; at: (text: string) => number } {
  const metadata: GgufMetadata = new Map<string, GgufValue>([
    ["general.name", { type: "string", value: "sample" }], ["flag", { type: "bool", value: true }], ["list", { type: "array", itemType: "uint32", items: [1, 2] }],
  ]);
  const bytes = fileOf(metadata, [{ name: "first", kind: kindOfName("F32")!, shape: [32] }, { name: "other", kind: kindOfName("F32")!, shape: [32] }]);
  return { bytes, at: (text) => Buffer.from(bytes).indexOf(text) };
}

function changed(place: (at: (text: string) => number) => number, ...change: number[]): Uint8Array {
  const { bytes, at } = sample();
  bytes.set(change, place(at));
  return bytes;
}

function expectRefused(bytes: Uint8Array, rule: RegExp, where: RegExp): void {
  let fault: unknown;
  try { plain(bytes); } catch (error) { fault = error; }
  expect(fault).toBeInstanceOf(DataError);
  expect((fault as DataError).rule).toMatch(rule);
  expect((fault as DataError).where).toMatch(where);
}

describe("a faulty GGUF file is refused with place and value:", () => {
  const huge = [255, 255, 255, 255, 255, 255, 255, 127];
  const afterName = 5 + 4 + 8;
  test.each<[what: string, bytes: Uint8Array, rule: RegExp, where: RegExp]>([
    ["a foreign file", Buffer.from("PK\u0003\u0004 this is a zip archive"), /begin with "GGUF"/, /byte 0 of/],
    ["an empty file", new Uint8Array(0), /begin with "GGUF"/, /byte 0 of 0/],
    ["a version of the future", changed(() => 4, 9), /version 2 or 3/, /byte 4 of/],
    ["a big-endian file", changed(() => 4, 0, 0, 0, 3), /little-endian/, /byte 4 of/],
    ["a huge number of tensors", changed(() => 8, ...huge), /announce at most the \d+ tensors/, /byte 8 of/],
    ["a huge number of settings", changed(() => 16, ...huge), /announce at most the \d+ settings/, /byte 16 of/],
    ["a huge key", changed(() => 24, ...huge), /announce at most the \d+ bytes of a key/, /byte 24 of/],
    ["a huge array", changed((at) => at("list") + 4 + 8, ...huge), /items of list/, /byte \d+ of/],
    ["an unknown type", changed((at) => at("flag") + 4, 77), /type from 0 to 12 for flag/, /byte \d+ of/],
    ["an array of arrays", changed((at) => at("list") + 8, 9), /no arrays of arrays/, /byte \d+ of/],
    ["a bool of 7", changed((at) => at("flag") + 8, 7), /0 or 1 for flag/, /byte \d+ of/],
    ["broken UTF-8", changed((at) => at("sample"), 0xff), /hold UTF-8 as a text of general.name/, /byte \d+ of/],
    ["a key twice", changed((at) => at("flag"), ...Buffer.from("list")), /each there once/, /byte \d+ of/],
    ["a tensor twice", changed((at) => at("other"), ...Buffer.from("first")), /each tensor once/, /byte \d+ of/],
    ["five dimensions", changed((at) => at("first") + 5, 5), /1 to 4 dimensions/, /byte \d+ of/],
    ["a size of 0", changed((at) => at("first") + 9, 0), /sizes of at least 1/, /byte \d+ of/],
    ["a huge size", changed((at) => at("first") + 9, ...huge), /below 2\^53/, /byte \d+ of/],
    ["an unknown kind", changed((at) => at("first") + afterName, 200), /known kind/, /byte \d+ of/],
    ["half blocks", changed((at) => at("first") + afterName, 12), /whole Q4_K blocks of 256 in first/, /byte \d+ of/],
    ["an unaligned tensor", changed((at) => at("first") + afterName + 4, 8), /multiple of 32/, /byte \d+ of/],
    ["tensors on top of each other", changed((at) => at("other") + afterName + 4, 0), /tensors apart/, /byte \d+ of/],
    ["a tensor past the end", changed((at) => at("other") + afterName + 4, 0, 64), /hold the 128 bytes of tensor other/, /byte \d+ of/],
  ])("%s", (_, bytes, rule, where) => { expectRefused(bytes, rule, where); });

  test("one cut anywhere", () => {
    const { bytes } = sample();
    for (let length = 0; length < bytes.length; length++) expect(() => plain(bytes.subarray(0, length))).toThrow(DataError);
  });

  test("one that is not there", () => {
    expect(() => loadGguf(join(folder, "absent.gguf"))).toThrow(/ENOENT/);
    expect(() => loadGguf(folder)).toThrow(DataError);
  });
});

/** Counts what is read, so that no announced length leads to a large read. */
function countingSource(bytes: Uint8Array): ByteSource & { readBytes: number } {
  const source = { ...memorySource(bytes, "fuzz"), readBytes: 0 };
  source.read = (offset, length) => {
    expect(offset >= 0 && length >= 0 && offset + length <= bytes.length).toBe(true);
    source.readBytes += length;
    return bytes.subarray(offset, offset + length);
  };
  return source;
}

function survives(bytes: Uint8Array): void {
  const source = countingSource(bytes);
  try {
    const { tensors } = decodeGguf(source);
    for (const { byteOffset, byteLength } of tensors) expect(byteOffset + byteLength).toBeLessThanOrEqual(bytes.length);
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
  }
  expect(source.readBytes).toBeLessThanOrEqual(4 * bytes.length + 64);
}

describe("the reader never crashes, hangs or trusts a length", () => {
  test("on noise behind the magic word", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => { survives(Uint8Array.of(0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0, ...noise)); }), { seed: 5, numRuns: 2000 });
  });

  test("on real files with some bytes changed", () => {
    fc.assert(fc.property(metadatas, tensorLists, fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat(255))), { minLength: 1, maxLength: 8 }), (metadata, tensors, changes) => {
      const bytes = fileOf(metadata, tensors), headerLength = layOutGguf(metadata, tensors).header.length;
      for (const [place, byte] of changes) bytes[place % headerLength] = byte;
      survives(bytes);
    }), { seed: 6, numRuns: 2000 });
  });
});
