import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { exp, ln } from "../../core/elementary.js";
import { askRow } from "../facts/asked-row.js";
import type { ChipSpec } from "../facts/chip-specs.js";
import type { Measurement } from "../facts/measurement.js";
import { factorInPlace, invertFromFactor } from "./cholesky.js";
import { covarianceMatrix, leaveGroupsOut, predictLog, restrictTo } from "./gaussian-process.js";
import { describeRow } from "./features.js";
import { minimizeSmooth } from "./minimize-smooth.js";
import { conditionModel, predictLeftOut } from "./rate-model.js";
import { fitRateModel } from "./fit-rate-model.js";
import { chooseCalibrators, hashOf } from "./calibrators.js";
import { checkRows } from "./check-rows.js";
import { summarizeErrors } from "./score.js";

const CHIPS = Array.from({ length: 14 }, (_, at): ChipSpec => ({
  name: `chip ${at}`, vendor: at % 2 === 0 ? "A" : "B", year: 2018 + (at % 7), bandwidthBytesPerS: (20 + 6 * at) * 1e9, bandwidthBasis: "made up", deviceClass: "phone",
  batteryJ: undefined, batterySeenOn: undefined, bigCores: 4, coreScore: 2000, gpuOpsPerS: undefined, npuOpsPerS: undefined,
}));
const SPECS = new Map(CHIPS.map((chip) => [chip.name, chip]));
const PLANTED = { "llama.cpp": { eta: 0.4, overheadS: 0.01 }, executorch: { eta: 0.7, overheadS: 0.004 } } as const;
const CHIP_SD = 0.15, NOISE_SD = 0.08;

/** Rows of a known law: t = bytes / (eta bandwidth) + overhead, times a chip effect and noise, both log-normal. */
function plantRows(seed: number): readonly Measurement[] {
  const stream = new RandomStream(seed, 0, Purpose.test), normal = (): number => stream.nextNormal();
  return CHIPS.flatMap((chip) => {
    const effect = CHIP_SD * normal();
    return (["llama.cpp", "executorch"] as const).flatMap((family) => [0.4e9, 0.9e9, 2e9, 4e9].map((bytes, at): Measurement => {
      const law = PLANTED[family], seconds = bytes / (law.eta * chip.bandwidthBytesPerS!) + law.overheadS;
      return {
        ...askRow({ chip: chip.name, deviceClass: "phone", family, accelerator: "CPU", streamedBytes: bytes, modelBytes: bytes, parameters: bytes * 1.7, isMixture: false,
          kvBytesPerToken: 0, promptTokens: 1, bits: 4.6, backend: family }),
        id: `${chip.name} ${family} ${at}`, decodePerS: exp(effect + NOISE_SD * normal()) / seconds,
      };
    }));
  });
}

const ROWS = plantRows(7);
const MODEL = fitRateModel("decode", ROWS, SPECS);

describe("fit on made-up rows", () => {
  it("recovers the planted law on unseen chips, on average within a chip effect", () => {
    const errors = [25e9, 35e9, 53e9, 65e9, 80e9, 95e9].flatMap((bandwidthBytesPerS) => (["llama.cpp", "executorch"] as const).map((family) => {
      const chip = { ...CHIPS[5]!, name: "unseen", bandwidthBytesPerS };
      const asked = { ...ROWS.find((row) => row.family === family)!, id: "asked", chip: "unseen", streamedBytes: 1.5e9, parameters: 1.5e9 * 1.7 };
      const law = PLANTED[family], truth = 1 / (1.5e9 / (law.eta * bandwidthBytesPerS) + law.overheadS);
      const [estimate] = predictLog(MODEL.process, [describeRow(asked, chip)]);
      return Math.abs(estimate!.mean + MODEL.target.logMean(describeRow(asked, chip), asked, MODEL.fit.hyperparameters.constants) - ln(truth));
    }));
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(CHIP_SD);
  });

  it("has 80% intervals that hold 70 to 90% of rows of chips left out", () => {
    const left = predictLeftOut(MODEL, MODEL.rows.map((row) => row.chip));
    const summary = summarizeErrors(MODEL.rows.map((row, at) => ({ row, measured: row.decodePerS!, predicted: left[at]! })))!;
    expect(summary.coverage).toBeGreaterThan(0.7);
    expect(summary.coverage).toBeLessThan(0.9);
    // A chip effect of 15% and noise of 8% make a median error of about 11%.
    expect(summary.median).toBeLessThan(0.2);
  });

  it("gives the same bits again", () => {
    expect(fitRateModel("decode", plantRows(7), SPECS).fit).toEqual(MODEL.fit);
  }, 60_000);

  it("leaves a chip out as a fit without its rows does", () => {
    const left = leaveGroupsOut(MODEL.process, MODEL.values, MODEL.rows.map((row) => row.chip)), chip = CHIPS[3]!.name;
    const keep = MODEL.rows.flatMap((row, at) => (row.chip === chip ? [] : [at]));
    const process = restrictTo(MODEL.process, covarianceMatrix(MODEL.process.covariance, MODEL.process.rows), MODEL.values, keep);
    MODEL.rows.forEach((row, at) => {
      if (row.chip === chip) expect(predictLog(process, [describeRow(row, SPECS.get(chip))])[0]!.mean).toBeCloseTo(left[at]!.mean, 8);
    });
  });
});

describe("checking rows", () => {
  it("does not look at what a row measured: another measured value gives the same prediction", () => {
    const changed = ROWS.map((row) => ({ ...row, decodePerS: row.decodePerS! * 0.9 })), options = { calibrate: false, leaveChipsOut: true };
    const before = checkRows(MODEL, ROWS, options).scored, after = checkRows(MODEL, changed, options).scored;
    expect(after.map(({ predicted }) => predicted.value)).toEqual(before.map(({ predicted }) => predicted.value));
  });

  it("shows the model one row per chip, stack and accelerator, by hash of its id, does not score it, and errs less", () => {
    const plain = checkRows(MODEL, ROWS, { calibrate: false, leaveChipsOut: true }), calibrated = checkRows(MODEL, ROWS, { calibrate: true, leaveChipsOut: true });
    const chosen = chooseCalibrators(ROWS);
    expect(calibrated.calibrationRows).toBe(28);
    expect(calibrated.scored.some(({ row }) => chosen.has(row))).toBe(false);
    for (const row of ROWS) {
      const best = [...chosen].find((other) => other.chip === row.chip && other.family === row.family)!;
      expect(hashOf(best.id)).toBeLessThanOrEqual(hashOf(row.id));
    }
    expect(summarizeErrors(calibrated.scored)!.median).toBeLessThan(summarizeErrors(plain.scored)!.median);
  });

  it("counts a row that calibrates once, whether it is the fit's own or is read again from a file", () => {
    const options = { calibrate: true, leaveChipsOut: true }, own = checkRows(MODEL, ROWS, options).scored, read = checkRows(MODEL, ROWS.map((row) => ({ ...row })), options).scored;
    own.forEach(({ predicted }, at) => { expect(read[at]!.predicted.value / predicted.value).toBeCloseTo(1, 9); });
  });

  it("says by rule what it does not score, and predicts a row of an unknown chip, stack and format", () => {
    const odd = { ...ROWS[0]!, id: "odd", chip: "nobody's", family: "other", backend: "new engine", bandwidthBytesPerS: undefined, format: "Q9", deviceClass: "" };
    const bare = { ...odd, id: "bare", streamedBytes: undefined }, hot = { ...odd, id: "hot", exclusion: "hot device" };
    const check = checkRows(MODEL, [odd, bare, hot], { calibrate: false, leaveChipsOut: false });
    expect(check.scored.map(({ row }) => row.id)).toEqual(["odd"]);
    expect(check.scored[0]!.predicted.value).toBeGreaterThan(0);
    expect(Object.fromEntries(check.skipped)).toEqual({ "neither bytes nor parameters are said": 1, "hot device": 1 });
    expect(check.rowsOfKnownChips).toBe(0);
  });

  it("conditions on other rows with the stored fit", () => {
    expect(conditionModel("decode", MODEL.fit, ROWS.slice(0, 40), SPECS).process.pull.length).toBe(40);
  });
});

describe("linear algebra and minimizer", () => {
  it("invert a covariance", () => {
    const matrix = Float64Array.from([4, 2, 0.6, 2, 3, 0.4, 0.6, 0.4, 2]), factor = matrix.slice();
    factorInPlace(factor, 3);
    const inverse = invertFromFactor(factor, 3);
    for (let row = 0; row < 3; row++) for (let column = 0; column < 3; column++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += matrix[row * 3 + k]! * inverse[k * 3 + column]!;
      expect(sum).toBeCloseTo(row === column ? 1 : 0, 12);
    }
  });

  it("finds the bottom of a curved valley", () => {
    const valley = (at: Float64Array): { loss: number; gradient: Float64Array } => {
      const x = at[0]!, y = at[1]!;
      return { loss: (1 - x) ** 2 + 10 * (y - x * x) ** 2 + 1, gradient: Float64Array.of(-2 * (1 - x) - 40 * x * (y - x * x), 20 * (y - x * x)) };
    };
    const bottom = minimizeSmooth(valley, Float64Array.of(-1, 1.5), 200);
    expect(bottom[0]).toBeCloseTo(1, 1);
    expect(bottom[1]).toBeCloseTo(1, 1);
  });
});
