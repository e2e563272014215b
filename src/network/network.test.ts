import { describe, expect, it } from "vitest";
import type { Scenario } from "../config/scenario-schema.js";
import { networkSection } from "../config/sections/network-section.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { Connectivity } from "./connectivity.js";
import { compileLinkTable, LINK_STATES, OFFLINE, stationaryCumulative } from "./link-table.js";
import { radioEnergyJ, sampleFlightUs } from "./transfer.js";

const network: Scenario["network"] = networkSection.parse({});
const links = compileLinkTable(network);

describe("connectivity", () => {
  it("spends its stationary share of time in each state", () => {
    const shares = stationaryCumulative(links).map((sum, state, all) => sum - (state === 0 ? 0 : all[state - 1]!));
    const time = new Float64Array(LINK_STATES.length), connectivity = new Connectivity(links, 3, 0);
    let total = 0;
    for (let client = 0; client < 40; client++) {
      connectivity.begin(client);
      for (let change = 0, fromUs = 0; change < 500; change++) {
        const { state, untilUs } = connectivity;
        time[state]! += untilUs - fromUs;
        total += untilUs - fromUs;
        fromUs = untilUs;
        connectivity.change(client, change, state, untilUs);
      }
    }
    for (let state = 0; state < LINK_STATES.length; state++) expect(time[state]! / total).toBeCloseTo(shares[state]!, 1);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(shares[OFFLINE]!).toBeGreaterThan(0);
  });

  it("repeats the n-th change of a client whoever asks, and in whatever order", () => {
    const one = new Connectivity(links, 5, 2), other = new Connectivity(links, 5, 2);
    one.begin(9);
    const { state, untilUs } = one;
    one.change(9, 4, state, untilUs);
    const seen = [one.state, one.untilUs];
    other.change(1, 0, 0, 0);
    other.change(9, 4, state, untilUs);
    expect([other.state, other.untilUs]).toEqual(seen);
  });

  it("finds the stationary law of a two-state chain by hand: dwell times in proportion", () => {
    const only = (name: string, meanDwellS: number): object => ({ ...network.states.wifi, meanDwellS, next: { [name]: 1 } });
    const table = compileLinkTable({ ...network, states: { ...network.states, wifi: only("5g", 300), "5g": only("wifi", 100) } } as Scenario["network"]);
    // 4g, 3g and offline lead into the pair and are never come back to.
    expect(stationaryCumulative(table)[0]).toBeCloseTo(0.75, 6);
    expect(stationaryCumulative(table)[1]).toBeCloseTo(1, 6);
  });
});

describe("transfer", () => {
  it("delays a flight by propagation, exponential jitter and geometric losses", () => {
    const stream = new RandomStream(1, 0, Purpose.test), state = 3, retransmitUs = 300_000, n = 20_000;
    let sum = 0, smallest = Infinity;
    for (let i = 0; i < n; i++) {
      const delay = sampleFlightUs(stream.seek(0, i), links, state, retransmitUs);
      sum += delay;
      smallest = Math.min(smallest, delay);
    }
    const { oneWayDelayS, jitterS, lossFraction } = network.states["3g"];
    const expected = (oneWayDelayS + jitterS + (lossFraction / (1 - lossFraction)) * 0.3) * 1e6;
    expect(sum / n / expected).toBeCloseTo(1, 1);
    expect(smallest).toBeGreaterThanOrEqual(oneWayDelayS * 1e6);
  });

  it("adds full power while bytes move, and tail power while it waits, streams and lingers", () => {
    const { radioW, tailW, tailS } = network.states["4g"];
    // Waits longer than the tail: the radio sleeps in between.
    expect(radioEnergyJ(links, 2, 2e6, 60e6, 3e6)).toBeCloseTo(2 * radioW + tailW * (tailS + 3 + tailS), 9);
    expect(radioEnergyJ(links, 2, 0, 1e6, 0)).toBeCloseTo(tailW * (1 + tailS), 9);
  });
});
