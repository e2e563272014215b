import { describe, expect, test } from "vitest";
import { BugError } from "../core/errors.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { estimateMean, studentQuantile } from "../core/statistics.js";
import { SharedProcessors } from "./shared-processors.js";

/** Ends of work that all starts at once. */
function endsOf(capacity: readonly number[], works: readonly number[]): number[] {
  const processors = new SharedProcessors(capacity), ends: number[] = works.map(() => 0);
  works.forEach((work, key) => { processors.start(0, work, key); });
  while (processors.runnerCount > 0) {
    const atUs = processors.nextEndAtUs();
    ends[processors.finish()] = atUs;
  }
  return ends;
}

describe("shared processors", () => {
  test("give each runner one of them while there are enough, and equal shares when not", () => {
    expect(endsOf([1], [10])).toEqual([10]);
    expect(endsOf([1, 2], [10, 30])).toEqual([10, 30]);
    expect(endsOf([1], [10, 30])).toEqual([20, 40]);
    // Three on two: two thirds each until 15 us; then one processor each.
    expect(endsOf([1, 2], [10, 20, 20])).toEqual([15, 25, 25]);
  });

  test("slow each other as their capacity says, and count work that began earlier", () => {
    expect(endsOf([1, 1.6], [8, 8])).toEqual([10, 10]);
    const processors = new SharedProcessors([1]);
    processors.start(100, 50, 1);
    processors.start(120, 10, 2);
    expect([processors.nextEndAtUs(), processors.finish(), processors.nextEndAtUs(), processors.finish()]).toEqual([140, 2, 160, 1]);
    expect(processors.nextEndAtUs()).toBe(Infinity);
  });

  test("refuse capacities that fall or are none", () => {
    for (const capacity of [[], [1, 0.9], [NaN], [0]]) expect(() => new SharedProcessors(capacity)).toThrow(BugError);
  });
});

/** Mean sojourn over customers that come at random, after a warm-up. Microseconds. */
function meanSojournUs(capacity: readonly number[], meanGapUs: number, sampleWorkUs: (stream: RandomStream) => number, seed: number): number {
  const processors = new SharedProcessors(capacity), stream = new RandomStream(seed, 0, Purpose.test), customers = 30_000, warmUp = 2000, arrivals: number[] = [];
  let nextUs = 0, sum = 0;
  while (arrivals.length < customers || processors.runnerCount > 0) {
    if (arrivals.length < customers && nextUs <= processors.nextEndAtUs()) {
      processors.start(nextUs, sampleWorkUs(stream), arrivals.length);
      arrivals.push(nextUs);
      nextUs += stream.nextExponential() * meanGapUs;
      continue;
    }
    const endUs = processors.nextEndAtUs(), key = processors.finish();
    if (key >= warmUp) sum += endUs - arrivals[key]!;
  }
  return sum / (customers - warmUp);
}

/** Expects `theory` inside the 99% interval of twelve runs, and that interval within `resolution` of it. */
function expectMean(run: (seed: number) => number, theory: number, resolution: number): void {
  const { mean, halfWidth95, n } = estimateMean(Array.from({ length: 12 }, (_, i) => run(700 + i))), halfWidth99 = halfWidth95 / studentQuantile(0.975, n - 1) * studentQuantile(0.995, n - 1);
  expect(Math.abs(mean - theory), `mean ${mean}, theory ${theory}, half width ${halfWidth99}`).toBeLessThanOrEqual(halfWidth99);
  expect(halfWidth99).toBeLessThanOrEqual(resolution * theory);
}

describe("shared processors against closed forms", () => {
  const exponential = (stream: RandomStream): number => stream.nextExponential() * 100;

  test("M/M/1-PS: the mean sojourn is s / (1 - rho) (Kleinrock 1976, eq. 4.17)", () => {
    expectMean((seed) => meanSojournUs([1], 100 / 0.7, exponential, seed), 100 / 0.3, 0.05);
  });

  test("M/G/1-PS: the same for constant and for very unequal work, which sharing cannot tell apart", () => {
    expectMean((seed) => meanSojournUs([1], 100 / 0.6, () => 100, seed), 100 / 0.4, 0.05);
    expectMean((seed) => meanSojournUs([1], 100 / 0.6, (stream) => (stream.nextUniform() < 0.1 ? 550 : 50), seed), 100 / 0.4, 0.05);
  });

  test("two processors: the mean sojourn is that of M/M/2, s / (1 - rho^2) (Kleinrock 1975, eq. 3.40 and Little)", () => {
    expectMean((seed) => meanSojournUs([1, 2], 100 / 1.4, exponential, seed), 100 / (1 - 0.49), 0.05);
  });

  test("two processors that slow each other: birth and death with rates 1, c, c, ...", () => {
    const c = 1.5, load = 1.05, rho = load / c, weights = [1, load];
    // p1 = load p0, pn = p1 rho^(n-1); mean number = p1 / (1 - rho)^2; sojourn by Little.
    const p0 = 1 / (1 + weights[1]! / (1 - rho)), meanNumber = p0 * load / (1 - rho) ** 2;
    expectMean((seed) => meanSojournUs([1, c], 100 / load, exponential, seed), meanNumber * 100 / load, 0.05);
  });
});
