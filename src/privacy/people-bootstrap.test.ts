import { expect, it } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { bootstrapPeople, type Estimate } from "./people-bootstrap.js";

const stream = new RandomStream(4, 0, Purpose.attack);

/** Mean over rows when person p has `rowsPerPerson` rows of value `values[p]`. */
function estimateMeanOfRows(values: Float64Array, rowsPerPerson: number, widening: number = 1): Estimate {
  const statistic = (weights: Float64Array): number[] => {
    let sum = 0, rows = 0;
    weights.forEach((weight, person) => { for (let row = 0; row < rowsPerPerson; row++) { sum += weight * values[person]!; rows += weight; } });
    return [sum / rows];
  };
  return bootstrapPeople(values.length, statistic, stream, 1, 1000, widening)[0]!;
}

function sampleNormals(count: number): Float64Array {
  const draws = new RandomStream(8, 0, Purpose.test).seek(0, 0);
  return Float64Array.from({ length: count }, () => draws.nextNormal());
}

it("gives the normal interval of a mean: half width 1.96 s / sqrt n, within the bootstrap's own 10 %", () => {
  const values = sampleNormals(400), { value, low, high } = estimateMeanOfRows(values, 1);
  const mean = values.reduce((sum, x) => sum + x, 0) / 400, sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 399);
  expect(value).toBeCloseTo(mean, 12);
  expect((high - low) / 2 / ((1.96 * sd) / 20)).toBeGreaterThan(0.9);
  expect((high - low) / 2 / ((1.96 * sd) / 20)).toBeLessThan(1.1);
});

it("does not become surer when every person repeats their row twenty times", () => {
  const values = sampleNormals(60), once = estimateMeanOfRows(values, 1), often = estimateMeanOfRows(values, 20);
  expect(often.low).toBeCloseTo(once.low, 9);
  expect(often.high).toBeCloseTo(once.high, 9);
});

it("widens both distances by the factor", () => {
  const values = sampleNormals(60), plain = estimateMeanOfRows(values, 1), wide = estimateMeanOfRows(values, 1, 1.5);
  expect(wide.value - wide.low).toBeCloseTo(1.5 * (plain.value - plain.low), 12);
  expect(wide.high - wide.value).toBeCloseTo(1.5 * (plain.high - plain.value), 12);
});

it("leaves out draws without a value, and has no interval when none has one", () => {
  const [sometimes, never] = bootstrapPeople(3, (weights) => [weights[0]! > 0 ? 5 : NaN, NaN], stream, 2, 100, 1);
  expect(sometimes).toEqual({ value: 5, low: 5, high: 5 });
  expect(never).toEqual({ value: NaN, low: NaN, high: NaN });
});
