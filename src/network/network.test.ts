import { describe, expect, it } from "vitest";
import type { Scenario } from "../config/scenario-schema.js";
import { networkSection } from "../config/sections/network-section.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { Connectivity } from "./connectivity.js";
import { compileLinkTable, LINK_STATES, OFFLINE, stationaryCumulative } from "./link-table.js";
import { Flight, PACKET_BYTES, packetCount, radioActiveJ, radioLingerJ, sampleLostPackets } from "./transfer.js";

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
    const flight = new Flight();
    let sum = 0, losses = 0, smallest = Infinity;
    for (let i = 0; i < n; i++) {
      flight.sample(stream.seek(0, i), links, state, retransmitUs);
      sum += flight.delayUs;
      losses += flight.losses;
      smallest = Math.min(smallest, flight.delayUs - flight.losses * retransmitUs);
    }
    const { oneWayDelayS, jitterS, lossFraction } = network.states["3g"];
    const expected = (oneWayDelayS + jitterS + (lossFraction / (1 - lossFraction)) * 0.3) * 1e6;
    expect(sum / n / expected).toBeCloseTo(1, 1);
    expect(smallest).toBeGreaterThanOrEqual(oneWayDelayS * 1e6);
    // Geometric: mean p / (1 - p), variance p / (1 - p)^2.
    expect(Math.abs(losses / n - lossFraction / (1 - lossFraction))).toBeLessThan(4 * Math.sqrt(lossFraction / (1 - lossFraction) ** 2 / n));
  });

  it("adds full power while bytes move, and tail power while it waits, streams and lingers", () => {
    const { radioW, tailW, tailS } = network.states["4g"];
    // Waits longer than the tail: the radio sleeps in between.
    expect(radioActiveJ(links, 2, 2e6) + radioLingerJ(links, 2, 60e6, 3e6)).toBeCloseTo(2 * radioW + tailW * (tailS + 3 + tailS), 9);
    expect(radioLingerJ(links, 2, 1e6, 0)).toBeCloseTo(tailW * (1 + tailS), 9);
  });

  it("cuts a message into full packets, and each piece of a stream into its own", () => {
    expect([1, PACKET_BYTES, PACKET_BYTES + 1].map((bytes) => packetCount(bytes, 1))).toEqual([1, 1, 2]);
    expect([packetCount(1392, 32), packetCount(20_000, 10), packetCount(0, 1)]).toEqual([32, 20, 0]);
  });

  it("loses packets by the negative binomial law, and as many of many as of few", () => {
    const lossy = compileLinkTable({ ...network, states: { ...network.states, wifi: { ...network.states.wifi, lossFraction: 0.2 } } }), n = 20_000;
    const stream = new RandomStream(2, 0, Purpose.test), counts = Array.from({ length: n }, (_, i) => sampleLostPackets(stream.seek(0, i), lossy, 0, 10));
    const mean = counts.reduce((sum, count) => sum + count, 0) / n, variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / n;
    // r = 10 packets through at p = 0.2: mean r p / (1 - p), variance r p / (1 - p)^2 (Feller 1968, An Introduction to Probability Theory I, ch. VI.8).
    expect(Math.abs(mean - 2.5)).toBeLessThan(4 * Math.sqrt(3.125 / n));
    expect(Math.abs(variance / 3.125 - 1)).toBeLessThan(0.05);
    expect(counts.filter((count) => count === 0).length / n).toBeCloseTo(0.8 ** 10, 2);
  });

  it("loses nothing of nothing or on a perfect link, and comes to an end on one that loses all", () => {
    const of = (lossFraction: number): typeof links => compileLinkTable({ ...network, states: { ...network.states, wifi: { ...network.states.wifi, lossFraction } } });
    const stream = new RandomStream(2, 0, Purpose.test).seek(0, 0);
    expect([sampleLostPackets(stream, of(0), 0, 1e6), sampleLostPackets(stream, of(0.5), 0, 0), sampleLostPackets(stream, of(1), 0, 3)]).toEqual([0, 0, 24]);
  });
});
