import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { RandomStream, Purpose } from "../../core/random-stream.js";
import { ConfigError, DataError } from "../../core/errors.js";
import { loadDeviceCatalogue } from "../load-device-catalogue.js";
import { findModelCard } from "../load-model-cards.js";
import { streamedBytes } from "../model-card.js";
import { fitHost, type ObservedStep } from "./fit-host.js";
import { predictStepS } from "./host-cost.js";
import { cardHostModel, withHost } from "./host-device.js";
import { parseHostProfile } from "./host-profile.js";
import { compileHostSpeed } from "./host-speed.js";
import { bytesOf } from "./host-step.js";
import { loadDeviceTable } from "./load-device-table.js";
import { loadHostProfile } from "./load-host-profile.js";
import { sampleHostModel, sampleParameters, sampleProfile, sampleSteps } from "./sample-host.test-data.js";
import { scoreHost, summarizeHost } from "./score-host.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-host-test-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

const parameters = sampleParameters();

describe("the cost of a step", () => {
  const model = sampleHostModel(512, 6, 64), at = (step: Partial<Parameters<typeof predictStepS>[2]>): number =>
    predictStepS(parameters, model, { kind: "decode", threads: 1, tokens: 1, context: 0, sequences: 1, ...step });

  it("grows with context in windows of 256 where heads leave something over in vectors, and plain attention runs", () => {
    const plain = sampleHostModel(512, 6, 32), roomy = { ...parameters, lastLevelBytes: 1e12 }, token = (context: number): number => predictStepS(roomy, plain, { kind: "decode", threads: 1, tokens: 1, context, sequences: 1 });
    const { pairS, numberS, keyS } = parameters.attention.plain.one, { layers, heads, kvHeads, headSize } = plain, { maskS } = parameters;
    expect((token(255) - token(0)) / (255 * maskS)).toBeCloseTo(1, 6);
    expect((token(256) - token(255) - maskS) / (layers * 256 * (heads * (pairS + numberS * headSize) + 2 * kvHeads * headSize * keyS))).toBeCloseTo(1, 6);
  });

  it("grows with context by what flash attention costs, head by head, and by what is passed by", () => {
    const { pairS, numberS, passedS } = parameters.attention.flash.byToken, { layers, heads, kvHeads, headSize } = model, { maskS, attention: { flash: { keyS } } } = parameters;
    const expected = 1024 * (maskS + layers * (heads * (pairS + 64 * numberS) + 2 * kvHeads * headSize * keyS));
    expect((at({ context: 1123 }) - at({ context: 99 })) / expected).toBeCloseTo(1, 4);
    expect((at({ context: 256 }) - at({ context: 255 })) / (expected / 1024 + layers * heads * 255 * passedS)).toBeCloseTo(1, 4);
  });

  it("pays for tokens that fill no block of 16", () => {
    const { rowS, fewS, manyS } = parameters.kinds.Q4_K!, weights = model.matrices[0]!.weights, large = { ...parameters, memoryByteS: 1e-15 };
    const prompt = (tokens: number): number => predictStepS(large, model, { kind: "prefill", threads: 1, tokens, context: 0, sequences: 1 });
    expect(fewS).toBeGreaterThan(manyS);
    expect(prompt(31) - prompt(16)).toBeGreaterThan(15 * weights * fewS);
    expect(prompt(31) - prompt(16)).toBeLessThan(1.2 * 15 * weights * (fewS + rowS / model.width));
    expect(prompt(32)).toBeLessThan(prompt(31));
  });

  it("waits for keys that lie far apart when heads are long, and not for the same when grouped", () => {
    const growth = (kvHeads: number, headSize: number): number => {
      const each = { ...sampleHostModel(1024, 4, headSize), kvHeads }, step = { kind: "decode", threads: 1, tokens: 1, sequences: 1 } as const;
      return predictStepS(parameters, each, { ...step, context: 1023 }) - predictStepS(parameters, each, { ...step, context: 0 });
    };
    const slower = 2 * 1023 * 4 * 8 * 64 * parameters.attention.flash.waitedS.cache;
    expect(growth(8, 128) - growth(2, 128)).toBeGreaterThan(slower);
    expect(growth(16, 64) - growth(4, 64)).toBeLessThan(slower);
  });

  it("is less for several sequences together than for one after another, and a prompt is cut into batches of 512", () => {
    expect(at({ sequences: 8 })).toBeLessThan(8 * at({}));
    const whole = at({ kind: "prefill", tokens: 700 }), parts = at({ kind: "prefill", tokens: 512 }) + at({ kind: "prefill", tokens: 188, context: 512 });
    expect(whole).toBeCloseTo(parts, 12);
  });

  it("is reading weights once they are more than the last cache level holds, and multiplying before", () => {
    const small = sampleHostModel(256, 2, 64), large = sampleHostModel(2048, 24, 64), slow = { ...parameters, memoryByteS: 100 * parameters.memoryByteS };
    const step = { kind: "decode", threads: 1, tokens: 1, context: 0, sequences: 1 } as const;
    expect(predictStepS(slow, small, step) / predictStepS(parameters, small, step)).toBeLessThan(1.01);
    expect(predictStepS(slow, large, step) / (bytesOf(large) * slow.memoryByteS)).toBeCloseTo(1, 1);
  });

  it("of a batch of prompts and tokens is that of its parts, less the calls that they spare", () => {
    const speed = compileHostSpeed(sampleProfile(), model, 1), spared = parameters.threads[1]!.callS.prefill + model.layers * parameters.threads[1]!.layerS;
    expect(speed.batchS([40], 0, 0)).toBe(speed.prefillS(40, 0));
    expect(speed.batchS([], 3, 50)).toBe(speed.decodeStepS(3, 50));
    expect(speed.batchS([40, 9], 3, 50)).toBeCloseTo(speed.prefillS(40, 0) + speed.prefillS(9, 0) + speed.decodeStepS(3, 50) - 2 * spared, 12);
    expect(speed.batchS([40, 9], 3, 50)).toBeGreaterThan(speed.prefillS(49, 0));
  });

  it("is not guessed for several sequences on as many threads as there are processors", () => {
    const speed = compileHostSpeed(sampleProfile(), model, 2), roomy = compileHostSpeed({ ...sampleProfile(), provenance: { ...sampleProfile().provenance, cpuCount: 4 } }, model, 2);
    expect(() => speed.decodeStepS(2, 10)).toThrow(/leave a processor to the thread that asks: fewer threads than its 2 processors; got 2/);
    expect(() => speed.batchS([9], 2, 10)).toThrow(ConfigError);
    expect(speed.decodeStepS(1, 10)).toBe(roomy.decodeStepS(1, 10));
    expect(roomy.decodeStepS(2, 10)).toBeGreaterThan(speed.decodeStepS(1, 10));
  });

  it("of several sequences is one behind the other on llama.cpp", () => {
    expect(at({ sequences: 4 })).toBeCloseTo(4 * at({}) - 3 * (parameters.threads[1]!.callS.decode - parameters.sequenceS), 12);
  });

  it("of ONNX Runtime is slower where matrices are large, whatever the size of the model", () => {
    const perWeight = (width: number, layers: number): number => {
      const each = { ...sampleHostModel(width, layers, 64, "Q8_0"), runtime: "ONNX Runtime" };
      return predictStepS({ ...parameters, memoryByteS: 1e-9 }, each, { kind: "decode", threads: 1, tokens: 1, context: 0, sequences: 1 }) / bytesOf(each);
    };
    expect(perWeight(4096, 2)).toBeGreaterThan(2 * perWeight(512, 128));
  });

  it("is not guessed for formats, threads and engines that were not measured", () => {
    expect(() => at({ threads: 3 })).toThrow(/calibrated: 1, 2; got "3 threads"/);
    expect(() => compileHostSpeed(sampleProfile(), sampleHostModel(256, 2, 64, "F16"), 1)).toThrow(ConfigError);
    expect(() => compileHostSpeed({ ...sampleProfile(), fits: { "llama.cp": parameters } }, model, 1)).toThrow(/Did you mean llama.cp\?/);
  });
});

describe("the fit", () => {
  const observe = (width: number, layers: number, headSize: number, noise: RandomStream | undefined): ObservedStep[] => ["Q4_K", "Q8_0"].flatMap((kind) => [1, 2].flatMap((threads) => {
    const model = sampleHostModel(width, layers, headSize, kind);
    return sampleSteps(threads).map((step) => ({ model, step, seconds: predictStepS(parameters, model, step) * Math.exp(0.02 * (noise?.nextNormal() ?? 0)) }));
  }));

  it("finds the parameters that made the times, from times with 2% of noise", () => {
    const noise = new RandomStream(1, 0, Purpose.weights).seek(0, 0);
    const grid = [[256, 2, 32], [256, 6, 64], [512, 4, 64], [512, 12, 128], [1024, 8, 64], [1024, 16, 128]].flatMap(([width, layers, headSize]) => observe(width!, layers!, headSize!, noise)), fitted = fitHost(grid);
    const found: readonly (readonly [number, number])[] = [
      [fitted.kinds.Q4_K!.oneS, parameters.kinds.Q4_K!.oneS], [fitted.kinds.Q8_0!.manyS, parameters.kinds.Q8_0!.manyS], [fitted.threads[2]!.manySpeedup, 1.9], [fitted.threads[2]!.attentionSpeedup, 1.8],
      [fitted.memoryByteS, parameters.memoryByteS], [fitted.attention.flash.byToken.numberS, parameters.attention.flash.byToken.numberS], [fitted.attention.plain.one.numberS, parameters.attention.plain.one.numberS],
    ];
    for (const [is, was] of found) expect(Math.abs(is / was - 1)).toBeLessThan(0.25);
  });

  it("finds times of models and lengths that it has not seen, from times with 2% of noise", () => {
    const noise = new RandomStream(1, 0, Purpose.weights).seek(0, 0);
    const grid = [[256, 2, 32], [256, 6, 64], [512, 4, 64], [512, 12, 128], [1024, 8, 64], [1024, 16, 128]].flatMap(([width, layers, headSize]) => observe(width!, layers!, headSize!, noise));
    const fitted = fitHost(grid), errors = observe(768, 5, 64, undefined).map(({ model, step, seconds }) => Math.abs(predictStepS(fitted, model, step) / seconds - 1)).sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.02);
    expect(errors.at(-1)).toBeLessThan(0.08);
  });
});

describe("a profile", () => {
  it("is read as it was written, and scored by steps outside of the grid", () => {
    const path = join(folder, "host.json"), profile = sampleProfile();
    writeFileSync(path, JSON.stringify(profile));
    expect(loadHostProfile(path, "--show")).toEqual(profile);
    const [all] = summarizeHost(scoreHost(profile).filter(({ isHeldOut }) => isHeldOut));
    expect(all).toEqual({ name: "all", steps: 9, median: 0, p90: 0, visitSpread: 0 });
  });

  it("is refused when absent, cut, of another version, or with times that are none", () => {
    const cut = join(folder, "cut.json"), text = JSON.stringify(sampleProfile());
    writeFileSync(cut, text.slice(0, 1000));
    expect(() => loadHostProfile(join(folder, "none.json"), "devices.host.profile")).toThrow(ConfigError);
    expect(() => loadHostProfile(cut, "devices.host.profile")).toThrow(DataError);
    expect(() => parseHostProfile({ ...sampleProfile(), version: 0 }, "x.json")).toThrow(/version must be a field of a host profile of version 3/);
    expect(() => parseHostProfile(JSON.parse(text.replace(/"seconds":[^,]+/, '"seconds":-1')), "x.json")).toThrow(/cases\.0\.steps\.0\.seconds/);
  });
});

describe("a host in a fleet", () => {
  const path = join(folder, "fleet.json"), model = { model: "llama-3.2-1b", quant: "Q4_K_M", contextLimitTokens: 2048 } as const, card = findModelCard(model.model);
  writeFileSync(path, JSON.stringify(sampleProfile()));
  const table = (devices: object): ReturnType<typeof loadDeviceTable> => loadDeviceTable({ devices, personalModel: model } as never);

  it("has the speed of its profile and the rest of the device it is like", () => {
    const host = table({ host: { profile: path, threads: 2, like: "mac-mini-m4" } }), speed = compileHostSpeed(sampleProfile(), cardHostModel(card, "Q4_K_M"), 2);
    const row = host.names.indexOf("host"), like = loadDeviceCatalogue().devices.find(({ name }) => name === "mac-mini-m4")!;
    expect(host.names).toEqual(["host"]);
    expect(host.decodeBaseS[row]).toBe(speed.decodeStepS(1, 0));
    expect(host.decodeBaseS[row]! + 2048 * host.decodePerContextTokenS[row]!).toBeCloseTo(speed.decodeStepS(1, 2048), 12);
    expect(host.prefillOverheadS[row]! + 1024 * host.prefillPerTokenS[row]!).toBeCloseTo(speed.prefillS(1024, 0), 2);
    expect([host.memoryBytes[row], host.coldComputeW[row]]).toEqual([8e9, like.computeW.value]);
  });

  it("stands beside devices of the catalogue, and leaves theirs as they are", () => {
    const mixed = table({ host: { profile: path, threads: 1, like: "mac-mini-m4" }, mix: { "pixel-10": 0.5, "host": 0.5 } }), alone = table({ mix: { "pixel-10": 1 } });
    expect(mixed.names).toEqual(["pixel-10", "host"]);
    expect(mixed.decodeBaseS[0]).toBe(alone.decodeBaseS[0]);
    expect(mixed.decodeBaseS[1]).not.toBe(alone.decodeBaseS[0]);
  });

  it("streams the bytes that the model card says", () => {
    expect(bytesOf(cardHostModel(card, "Q4_K_M"))).toBeCloseTo(streamedBytes(card, "Q4_K_M"), -6);
    expect(() => withHost(loadDeviceCatalogue(), sampleProfile(), "mac-mini-m5")).toThrow(/Did you mean mac-mini-m4/);
  });
});
