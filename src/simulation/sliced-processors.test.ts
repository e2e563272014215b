import { describe, expect, test } from "vitest";
import { BugError } from "../core/errors.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { estimateMean, studentQuantile } from "../core/statistics.js";
import { SlicedProcessors } from "./sliced-processors.js";

/** Ends of work of different threads that all starts at once, each thread having had the first processor last. */
function endsOf(capacity: readonly number[], sliceUs: number, works: readonly number[], stealUs: number = Infinity): number[] {
  const processors = new SlicedProcessors(capacity, sliceUs, stealUs), ends: number[] = works.map(() => 0);
  works.forEach((work, key) => { processors.start(0, work, key, { processor: 0 }); });
  while (processors.runnerCount > 0) {
    const atUs = processors.nextTurnAtUs(), key = processors.turn();
    if (key !== undefined) ends[key] = atUs;
  }
  return ends;
}

/** Instants and keys of all turns to the end. */
function turnsOf(processors: SlicedProcessors): (readonly [number, number | undefined])[] {
  const found: (readonly [number, number | undefined])[] = [];
  while (processors.runnerCount > 0) found.push([processors.nextTurnAtUs(), processors.turn()]);
  return found;
}

describe("sliced processors", () => {
  test("run one after another, or in turns of a slice", () => {
    expect(endsOf([1], Infinity, [10])).toEqual([10]);
    expect(endsOf([1], Infinity, [10, 30])).toEqual([10, 40]);
    // 0 to 5 and 10 to 15 for the first; the second has the rest.
    expect(endsOf([1], 5, [10, 30])).toEqual([15, 40]);
  });

  test("take in who wakes up where a processor is idle, and keep who waits where it is", () => {
    expect(endsOf([1, 2], Infinity, [10, 30])).toEqual([10, 30]);
    expect(endsOf([1, 2], Infinity, [10, 30, 5])).toEqual([10, 30, 15]);
    // The second processor is idle from 10 on, but the third thread waits at the first.
    expect(endsOf([1, 2], Infinity, [30, 10, 5])).toEqual([30, 10, 35]);
  });

  test("slow each other as their capacity says, and count work that began earlier", () => {
    expect(endsOf([1, 1.6], Infinity, [8, 8])).toEqual([10, 10]);
    const processors = new SlicedProcessors([1], 40, Infinity);
    processors.start(100, 50, 1, { processor: 0 });
    processors.start(120, 10, 2, { processor: 0 });
    const turn = (): readonly [number, number | undefined] => [processors.nextTurnAtUs(), processors.turn()];
    // The first makes room after its slice; nobody interrupts it before.
    expect([turn(), turn(), turn()]).toEqual([[140, undefined], [150, 2], [160, 1]]);
    expect(processors.nextTurnAtUs()).toBe(Infinity);
  });

  test("leave a thread where it is while it has more to do, until its slice is over", () => {
    const ends = (sliceUs: number): (readonly [number, number | undefined])[] => {
      const processors = new SlicedProcessors([1], sliceUs, Infinity), first = { processor: 0 }, found: (readonly [number, number | undefined])[] = [];
      processors.start(0, 10, 1, first);
      processors.start(0, 10, 2, { processor: 0 });
      found.push([processors.nextTurnAtUs(), processors.turn()]);
      processors.goOn(5, 3, first);
      while (processors.runnerCount > 0) found.push([processors.nextTurnAtUs(), processors.turn()]);
      return found;
    };
    expect(ends(100)).toEqual([[10, 1], [15, 3], [25, 2]]);
    expect(ends(10)).toEqual([[10, 1], [20, 2], [25, 3]]);
  });

  test("let an idle one take over who has waited long enough elsewhere", () => {
    // The second processor is idle from 10 on; the third thread waits at the first one since 0.
    const endOfThird = (stealUs: number): number => endsOf([1, 2], Infinity, [30, 10, 5], stealUs)[2]!;
    expect([0, 10, 12, 29, 30, 31, Infinity].map(endOfThird)).toEqual([15, 15, 17, 34, 35, 35, 35]);
  });

  test("take over who waits longest, and keep a thread where it was taken to", () => {
    const processors = new SlicedProcessors([1, 2, 3], Infinity, 20), threads = [0, 0, 0, 0, 2].map((processor) => ({ processor }));
    [40, 100, 6, 30, 3].forEach((work, key) => { processors.start(0, work, key, threads[key]!); });
    // The third processor ends its own, 6 and then 3, and is idle from 9 on; the fourth thread has waited for 20 at 20.
    expect(turnsOf(processors)).toEqual([[6, 2], [9, 4], [20, undefined], [40, 0], [50, 3], [100, 1]]);
    expect(threads.map(({ processor }) => processor)).toEqual([0, 1, 2, 2, 2]);
  });

  test("count a wait anew from when a runner made room", () => {
    const processors = new SlicedProcessors([1, 2], 10, 5);
    [40, 12, 25].forEach((work, key) => { processors.start(0, work, key, { processor: 0 }); });
    // The first makes room at 10 and is taken over at 15, by a processor that is idle from 12 on.
    expect(turnsOf(processors)).toEqual([[10, undefined], [12, 1], [15, undefined], [35, 2], [45, 0]]);
  });

  test("refuse capacities that fall or are none, slices of nothing, and waits below none", () => {
    for (const capacity of [[], [1, 0.9], [NaN], [0]]) expect(() => new SlicedProcessors(capacity, 1, 1)).toThrow(BugError);
    expect(() => new SlicedProcessors([1], 0, 1)).toThrow(BugError);
    for (const stealUs of [-1, NaN]) expect(() => new SlicedProcessors([1], 1, stealUs)).toThrow(BugError);
  });
});

/** Mean sojourn over customers that come at random, after a warm-up. Microseconds. */
function meanSojournUs(sliceUs: number, meanGapUs: number, sampleWorkUs: (stream: RandomStream) => number, seed: number, processors: SlicedProcessors = new SlicedProcessors([1], sliceUs, Infinity)): number {
  const stream = new RandomStream(seed, 0, Purpose.test), customers = 30_000, warmUp = 2000, arrivals: number[] = [];
  let nextUs = 0, sum = 0;
  while (arrivals.length < customers || processors.runnerCount > 0) {
    if (arrivals.length < customers && nextUs <= processors.nextTurnAtUs()) {
      processors.start(nextUs, sampleWorkUs(stream), arrivals.length, { processor: 0 });
      arrivals.push(nextUs);
      nextUs += stream.nextExponential() * meanGapUs;
      continue;
    }
    const endUs = processors.nextTurnAtUs(), key = processors.turn();
    if (key !== undefined && key >= warmUp) sum += endUs - arrivals[key]!;
  }
  return sum / (customers - warmUp);
}

const SEEDS = Array.from({ length: 12 }, (_, i) => 700 + i);

/** Expects `theory` inside the 99% interval of twelve runs, and that interval within `resolution` of it. */
function expectMean(run: (seed: number) => number, theory: number, resolution: number): void {
  const { mean, halfWidth95, n } = estimateMean(SEEDS.map(run)), halfWidth99 = halfWidth95 / studentQuantile(0.975, n - 1) * studentQuantile(0.995, n - 1);
  expect(Math.abs(mean - theory), `mean ${mean}, theory ${theory}, half width ${halfWidth99}`).toBeLessThanOrEqual(halfWidth99);
  expect(halfWidth99).toBeLessThanOrEqual(resolution * theory);
}

describe("sliced processors against closed forms", () => {
  const exponential = (stream: RandomStream): number => stream.nextExponential() * 100, unequal = (stream: RandomStream): number => (stream.nextUniform() < 0.1 ? 550 : 50);

  test("M/M/1: the mean sojourn is s / (1 - rho), with slices or without (Kleinrock 1975, eq. 3.26)", () => {
    expectMean((seed) => meanSojournUs(Infinity, 100 / 0.7, exponential, seed), 100 / 0.3, 0.05);
    expectMean((seed) => meanSojournUs(30, 100 / 0.7, exponential, seed), 100 / 0.3, 0.05);
  });

  test("M/M/2: where an idle processor takes over at once the mean sojourn is s / (1 - rho^2), and longer where it never does (Kleinrock 1975, eq. 3.40)", () => {
    const run = (sliceUs: number, stealUs: number) => (seed: number): number => meanSojournUs(sliceUs, 50 / 0.8, exponential, seed, new SlicedProcessors([1, 2], sliceUs, stealUs)), theory = 100 / (1 - 0.8 ** 2);
    expectMean(run(Infinity, 0), theory, 0.05);
    expectMean(run(30, 0), theory, 0.05);
    for (const [sooner, later] of [[0, 200], [200, Infinity]] as const) expect(estimateMean(SEEDS.map(run(Infinity, later))).mean).toBeGreaterThan(1.05 * estimateMean(SEEDS.map(run(Infinity, sooner))).mean);
  });

  test("M/G/1: without slices the mean wait grows with the spread of work (Pollaczek and Khinchine; Kleinrock 1975, eq. 5.69)", () => {
    expectMean((seed) => meanSojournUs(Infinity, 100 / 0.6, () => 100, seed), 100 * (1 + 0.6 / (2 * 0.4)), 0.05);
    // The second moment is 0.1 550^2 + 0.9 50^2.
    expectMean((seed) => meanSojournUs(Infinity, 100 / 0.6, unequal, seed), 100 + 0.6 / 100 * (0.1 * 550 ** 2 + 0.9 * 50 ** 2) / (2 * 0.4), 0.05);
  });

  test("M/G/1 with short slices comes to processor sharing, s / (1 - rho) (Kleinrock 1976, eq. 4.17)", () => {
    expectMean((seed) => meanSojournUs(2, 100 / 0.6, unequal, seed), 100 / 0.4, 0.05);
  });
});
