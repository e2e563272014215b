import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../../core/errors.js";
import { decodeOnnx, encodeOnnx, type OnnxModel } from "./onnx-model.js";
import { decodeMessage, encodeMessage } from "./protobuf.js";

const FIELDS = {
  whole: { number: 1, kind: "int" }, wholes: { number: 2, kind: "int", repeated: true }, reals: { number: 3, kind: "float", repeated: true },
  text: { number: 19, kind: "string" }, bytes: { number: 200, kind: "bytes" },
  parts: { number: 5, kind: { text: { number: 1, kind: "string" }, real: { number: 2, kind: "float" } }, repeated: true },
} as const;

const wholes = fc.oneof(fc.maxSafeInteger(), fc.integer());
const messages = fc.record({
  whole: wholes, wholes: fc.array(wholes, { minLength: 1 }), reals: fc.array(fc.float({ noNaN: true }), { minLength: 1 }), text: fc.string({ unit: "grapheme" }),
  bytes: fc.uint8Array(), parts: fc.array(fc.record({ text: fc.string(), real: fc.float({ noNaN: true }) }, { requiredKeys: [] }), { minLength: 1 }),
}, { requiredKeys: [] });

const MODEL: OnnxModel = {
  irVersion: 10, producer: "test", operatorSets: [{ domain: "", version: 21 }],
  graph: {
    name: "g", nodes: [{ inputs: ["x", "w"], outputs: ["y"], operator: "Add", attributes: [{ name: "axis", int: -1, type: 2 }] }],
    initializers: [{ dims: [2], dataType: 1, name: "w", rawData: new Uint8Array(8) }],
    inputs: [{ name: "x", type: { tensor: { elementType: 1, shape: { dims: [{ symbol: "batch" }] } } } }],
  },
};

describe("protocol buffers", () => {
  test("come back as they were written", () => {
    fc.assert(fc.property(messages, (message) => {
      const found = decodeMessage(FIELDS, encodeMessage(FIELDS, message), "a message");
      expect(found.bytes === undefined ? undefined : [...found.bytes]).toEqual(message.bytes === undefined ? undefined : [...message.bytes]);
      expect({ ...found, bytes: undefined }).toEqual({ ...message, bytes: undefined });
    }), { seed: 1 });
  });

  // Protocol Buffers encoding guide: field 1 with 150 is 08 96 01; field 2 with "testing" is 12 07 74 65 73 74 69 6e 67; -2 takes ten bytes.
  test("have the bytes of the published examples", () => {
    const hex = (message: object): string => Buffer.from(encodeMessage({ a: { number: 1, kind: "int" }, b: { number: 2, kind: "string" } }, message)).toString("hex");
    expect(hex({ a: 150 })).toBe("089601");
    expect(hex({ b: "testing" })).toBe("120774657374696e67");
    expect(hex({ a: -2 })).toBe("08feffffffffffffffff01");
  });
});

describe("an ONNX model", () => {
  test("comes back as it was written", () => {
    const found = decodeOnnx(encodeOnnx(MODEL), "m.onnx");
    expect(found).toEqual(MODEL);
  });

  test("is refused with the file's name when cut short, whatever the place", () => {
    const bytes = encodeOnnx(MODEL);
    for (let length = 0; length < bytes.length; length++) {
      let found: unknown;
      try {
        found = decodeOnnx(bytes.subarray(0, length), "m.onnx");
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        expect((error as DataError).subject).toBe("m.onnx");
        continue;
      }
      // A cut between two fields of the model itself leaves a shorter model: nothing of the graph may be lost then.
      expect((found as OnnxModel).graph).toEqual(decodeOnnx(bytes, "m.onnx").graph);
    }
  });

  test("is refused when it is something else", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        expect(decodeOnnx(bytes, "noise").graph).toBeDefined();
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    }), { seed: 1, numRuns: 500 });
  });
});
