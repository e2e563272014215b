import { expect, it } from "vitest";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { matchArrivals, type Arrival } from "./match-arrivals.js";

it("takes the latest of equal size, else the latest, else nothing", () => {
  const passed = [{ atUs: 1e6, bytes: 70 }, { atUs: 2e6, bytes: 50 }, { atUs: 3e6, bytes: 60 }];
  expect([...matchArrivals(passed, [{ atUs: 3.1e6, bytes: 50 }, { atUs: 3.1e6, bytes: 99 }, { atUs: 0.5e6, bytes: 70 }, { atUs: 90e6, bytes: 70 }])]).toEqual([1, 2, -1, -1]);
});

it("is right as often as nobody passes in between, where sizes are equal: exp(-rate x transit)", () => {
  const stream = new RandomStream(8, 0, Purpose.test).seek(0, 0), transitUs = 0.5e6, meanGapUs = 1e6, passed: Arrival[] = [];
  for (let atUs = 0, i = 0; i < 20_000; i++) passed.push({ atUs: atUs += stream.nextExponential() * meanGapUs, bytes: 512 });
  const matched = matchArrivals(passed, passed.map(({ atUs, bytes }) => ({ atUs: atUs + transitUs, bytes })));
  expect(matched.filter((place, i) => place === i).length / passed.length).toBeCloseTo(Math.exp(-transitUs / meanGapUs), 1.9);
});

it("is always right where every size is its own", () => {
  const passed = Array.from({ length: 500 }, (_, i) => ({ atUs: i * 1000, bytes: 100 + i }));
  const matched = matchArrivals(passed, passed.map(({ atUs, bytes }) => ({ atUs: atUs + 5e6, bytes })));
  expect([...matched]).toEqual(passed.map((_, i) => i));
});
