import { describe, expect, it } from "vitest";
import { exp, ln } from "../../core/elementary.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { askRow } from "../facts/asked-row.js";
import type { ChipSpec } from "../facts/chip-specs.js";
import type { Measurement } from "../facts/measurement.js";
import { checkRows } from "./check-rows.js";
import { fitRateModel } from "./fit-rate-model.js";
import { checkNested, dealChips } from "./nested-check.js";
import { summarizeErrors } from "./score.js";

const CHIP_COUNT = 16;
const CHIPS = new Map(Array.from({ length: CHIP_COUNT }, (_, at): [string, ChipSpec] => [`chip ${at}`, {
  name: `chip ${at}`, vendor: "A", year: 2020, bandwidthBytesPerS: (20 + 5 * at) * 1e9, bandwidthBasis: "made up", deviceClass: "phone",
  batteryJ: undefined, batterySeenOn: undefined, bigCores: 4, coreScore: 2000, gpuOpsPerS: undefined, npuOpsPerS: undefined,
}]));
const NOISE = { clean: 0.02, wild: 0.3 } as const;

/** Rows of two sources, one of which measures wildly; t = bytes / (0.5 bandwidth) + 4 ms, on a GPU. */
function plantRows(): readonly Measurement[] {
  const stream = new RandomStream(11, 0, Purpose.test);
  return [...CHIPS.values()].flatMap((chip) => {
    const effect = 0.2 * stream.nextNormal();
    return (["clean", "wild"] as const).flatMap((protocol) => [0.4e9, 0.9e9, 2e9, 4e9].map((bytes, at): Measurement => ({
      ...askRow({ chip: chip.name, deviceClass: "phone", family: "mlc", accelerator: "GPU", streamedBytes: bytes, modelBytes: bytes, parameters: bytes * 1.7, isMixture: false,
        kvBytesPerToken: 0, promptTokens: 1, bits: 4.6, backend: "mlc" }),
      id: `${chip.name} ${protocol} ${at}`, protocol, decodePerS: exp(effect + NOISE[protocol] * stream.nextNormal()) / (bytes / (0.5 * chip.bandwidthBytesPerS!) + 0.004),
    })));
  });
}

const ROWS = plantRows();
const MODEL = fitRateModel("decode", ROWS, CHIPS);

describe("fit of sources and constants", () => {
  it("finds which source measures wildly, and gives its rows wider intervals", () => {
    const { wild, clean } = MODEL.fit.hyperparameters.sourceNoise;
    expect(wild! - clean!).toBeGreaterThan(1);
    const width = (protocol: string): number => {
      const { predicted } = checkRows(MODEL, ROWS, { calibrate: false, leaveChipsOut: true }).scored.find(({ row }) => row.protocol === protocol)!;
      return ln(predicted.high! / predicted.low!);
    };
    expect(width("wild")).toBeGreaterThan(width("clean"));
  });

  it("moves constants that the rows speak of, and leaves the others at their priors", () => {
    expect(exp(MODEL.fit.hyperparameters.constants["overhead GPU"]!)).toBeLessThan(0.007);
    expect(MODEL.fit.hyperparameters.constants["eta CPU"]).toBeCloseTo(ln(0.55), 6);
  });

  it("has calibrated intervals that hold 70 to 90% of rows of chips left out", () => {
    const { coverage, median } = summarizeErrors(checkRows(MODEL, ROWS, { calibrate: true, leaveChipsOut: true }).scored)!;
    expect(coverage).toBeGreaterThan(0.7);
    expect(coverage).toBeLessThan(0.9);
    expect(median).toBeLessThan(0.2);
  });
});

describe("nested check", () => {
  it("deals each chip to one fold, rows evenly", () => {
    const dealt = dealChips(ROWS, 4), loads = [0, 1, 2, 3].map((fold) => ROWS.filter(({ chip }) => dealt.get(chip) === fold).length);
    expect(dealt.size).toBe(CHIP_COUNT);
    expect(new Set(loads)).toEqual(new Set([ROWS.length / 4]));
  });

  it("scores every row once, with fits that have not seen its chip", () => {
    const [plain] = checkNested("decode", ROWS, CHIPS, 2, [{ calibrate: false, leaveChipsOut: true }]);
    expect(new Set(plain!.map(({ row }) => row.id)).size).toBe(ROWS.length);
    const seen = checkRows(MODEL, ROWS, { calibrate: false, leaveChipsOut: true }).scored;
    expect(plain!.map(({ predicted }) => predicted.value)).not.toEqual(seen.map(({ predicted }) => predicted.value));
    expect(summarizeErrors(plain!)!.median).toBeLessThan(0.3);
  }, 60_000);
});
