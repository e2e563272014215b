import { describe, expect, it } from "vitest";
import { scenarioOf } from "./parse-study.js";
import { sampleStudy } from "./sample-study.test-data.js";
import type { Scenario } from "./scenario-schema.js";
import { applyCondition, varyScenario } from "./vary-scenario.js";

const NAME = "name: t\n";

describe("varyScenario", () => {
  it("replaces a variant of another kind and merges one of the same kind", () => {
    const base = scenarioOf(sampleStudy(`${NAME}routing: {kind: deadline, deadlineS: 2, threshold: 0.4}`));
    expect(varyScenario(base, { routing: { kind: "p-only" } })).toMatchObject({ scenario: { routing: { kind: "p-only" } } });
    expect(varyScenario(base, { routing: { kind: "deadline", deadlineS: 3 } })).toMatchObject({ scenario: { routing: { deadlineS: 3, threshold: 0.4 } } });
  });

  it("replaces shares whole and reaches into lists", () => {
    const base = scenarioOf(sampleStudy());
    expect(varyScenario(base, { "population.kindShares": { domain: 1 } })).toMatchObject({ scenario: { population: { kindShares: { domain: 1, personal: 0 } } } });
    const varied = varyScenario(base, { "population.domains.1.driftPerDay": 0.5 });
    expect(varied).toMatchObject({ scenario: { population: { domains: [{ driftPerDay: 0.04 }, { driftPerDay: 0.5 }, {}, {}] } } });
    expect(base.population.domains[1]?.driftPerDay).toBe(0.01);
  });
});

describe("applyCondition", () => {
  /** The scenario of a config under a condition that must be valid. */
  function under(text: string, changes: Record<string, unknown>): Scenario {
    const varied = applyCondition(scenarioOf(sampleStudy(NAME + text)), changes);
    if ("faults" in varied) throw new Error(JSON.stringify(varied.faults));
    return varied.scenario;
  }

  it("gives the scenario that a file with the same keys gives", () => {
    const changes = {
      network: { states: { wifi: { downlinkBitPerS: "1 Mbit/s" }, offline: { meanDwellS: "1 h" } } }, devices: { startBatteryFraction: { low: 0.06, high: 0.2 } },
      routing: { kind: "p-only" }, population: { kindShares: { chat: 1 }, answerTokens: { logMean: 4 } }, quality: { confidenceNoise: 1 }, tiers: { refresh: { periodS: "1 d" } },
    };
    expect(under("", changes)).toEqual(scenarioOf(sampleStudy(JSON.stringify({ name: "t", ...changes }))));
  });

  it("changes only the keys it names, and with {} nothing at all", () => {
    const text = "network: {retransmitS: 1}\nrouting: {kind: deadline, deadlineS: 9}";
    const base = scenarioOf(sampleStudy(NAME + text));
    expect(under(text, {})).toEqual(base);
    expect(under(text, { routing: { threshold: 0.2 } })).toEqual({ ...base, routing: { ...base.routing, threshold: 0.2 } });
  });

  it("drops the citation of outside numbers that it changes, and keeps the others", () => {
    const { network } = under("", { network: { states: { wifi: { jitterS: 0.5 } } } });
    expect(network.states.wifi).toMatchObject({ jitterS: 0.5, lossFraction: 0.005, origin: "assumed", source: "set in the scenario" });
    expect(network.states["4g"].origin).toBe("published");
    expect(under("", { network: { states: { wifi: { jitterS: 0.5, origin: "measured", source: "run 7" } } } }).network.states.wifi).toMatchObject({ origin: "measured", source: "run 7" });
  });

  it("takes keys back to their defaults with null", () => {
    const text = "tiers: {refresh: {}, expertOverrides: {it: {replicas: 3}}}\nnetwork: {retransmitS: 9, states: {wifi: {jitterS: 9}}}\nrouting: {kind: p-only}";
    const { tiers, network, routing } = under(text, { tiers: { refresh: null, expertOverrides: { it: null } }, network: { retransmitS: null, states: { wifi: { jitterS: null } } }, routing: null });
    expect(tiers.refresh).toBeUndefined();
    expect(tiers.expertOverrides).toEqual({});
    expect(network).toMatchObject({ retransmitS: 0.3, states: { wifi: { jitterS: 0.004 } } });
    expect(routing).toEqual({ kind: "cascade", threshold: 0.7 });
  });

  it("leaves the scenario below as it was", () => {
    const base = scenarioOf(sampleStudy());
    const before = JSON.stringify(base);
    applyCondition(base, { devices: { maxHeat: 0.5 } });
    expect(JSON.stringify(base)).toBe(before);
    expect(Object.isFrozen(under("", { devices: { maxHeat: 0.5 } }).devices.startBatteryFraction)).toBe(true);
  });
});
