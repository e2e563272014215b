import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { fingerprintScenario, renderCanonicalJson } from "./fingerprint.js";
import { scenarioOf } from "./parse-study.js";
import { expandStudy } from "./plan.js";
import { renderStudy } from "./render-study.js";
import { faultsOfStudy, SAMPLE_TOKEN_LENGTHS, sampleStudy } from "./sample-study.test-data.js";

const NAME = "name: t\n";

describe("parseStudy", () => {
  it("fills in every default, token lengths of the data set included", () => {
    const study = sampleStudy();
    expect(study.simulation).toMatchObject({ horizonS: 86_400, shards: 16, allowOverload: false });
    expect(study.population.promptTokens).toEqual(SAMPLE_TOKEN_LENGTHS.promptTokens);
    expect(study.routing).toMatchObject({ kind: "cascade", threshold: 0.7 });
  });

  it("freezes the study all the way down", () => {
    const study = sampleStudy(`${NAME}sweep: {routing: [{kind: p-only}]}`);
    const isFrozen = (value: unknown): boolean =>
      typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(study)).toBe(true);
    expect(isFrozen(scenarioOf(study))).toBe(true);
  });

  it("completes a map that is given in part and marks changed outside numbers as assumed", () => {
    const { network, population } = sampleStudy(`${NAME}network: {states: {5g: {jitterS: 9 ms}}}\npopulation: {answerTokens: {logMean: 4}}`);
    expect(network.states["5g"]).toMatchObject({ jitterS: 0.009, oneWayDelayS: 0.012, origin: "assumed", source: "set in the scenario" });
    expect(network.states["4g"].source).toContain("Huang");
    expect(sampleStudy(`${NAME}quality: {confidenceNoise: 1}`).quality.source).toBe("set in the scenario");
    expect(sampleStudy(`${NAME}quality: {confidenceNoise: 1, origin: measured, source: run 7}`).quality).toMatchObject({ origin: "measured", source: "run 7" });
    expect(population.answerTokens).toEqual({ logMean: 4, logSd: 0.8, maxTokens: 1000, origin: "assumed", source: "set in the scenario" });
  });

  it("keeps the variant of a map that is given without kind", () => {
    expect(sampleStudy(`${NAME}routing: {threshold: 20 %}`).routing).toEqual({ kind: "cascade", threshold: 0.2 });
    expect(sampleStudy(`${NAME}population: {arrivals: {queriesPerDay: 3}}`).population.arrivals).toMatchObject({ kind: "sessions", queriesPerDay: 3 });
  });

  it("gives a domain's pool only what its override says", () => {
    expect(sampleStudy(`${NAME}tiers: {expertOverrides: {it: {replicas: 3}}}`).tiers.expertOverrides).toEqual({ it: { replicas: 3 } });
  });

  it.each([
    ["an unknown key", "simulation: {horizon: 3}", "a key of simulation", "horizon", "t.yaml:2", "Did you mean horizonS?"],
    ["an unknown key at the top that exists below", "horizon: 3", "a top-level key", "horizon", "t.yaml:2", "Did you mean simulation.horizonS?"],
    ["a wrong unit", "population:\n  patienceS: 4 W", "population.patienceS", "4 W", "t.yaml:3", "W is a unit of power"],
    ["NaN", "records: {keepFraction: .nan}", "records.keepFraction", NaN, "t.yaml:2", "plmm config explain records.keepFraction"],
    ["a negative number", "population: {clients: -3}", "population.clients", -3, "t.yaml:2", "plmm config explain"],
    ["a huge number", "population: {clients: 1e400}", "population.clients", Infinity, "t.yaml:2", "plmm config explain"],
    ["an unknown variant", "routing: {kind: cascde}", "routing.kind", "cascde", "t.yaml:2", "Did you mean cascade?"],
    ["an unknown word", "protocol: {padding: bukket}", "protocol.padding", "bukket", "t.yaml:2", "Did you mean bucket?"],
    ["a key of another variant", "routing: {kind: p-only, threshold: 0.5}", "a key of routing", "threshold", "t.yaml:2", ""],
    ["a scalar for a map", "simulation: 3", "simulation", 3, "t.yaml:2", ""],
    ["kind shares that do not sum to 1", "population: {kindShares: {personal: 0.5}}", "population.kindShares", { personal: 0.5 }, "t.yaml:2", ""],
    ["domain shares that do not sum to 1", "population:\n  domains: [{name: a, share: 0.3}]", "population.domains", 0.3, "t.yaml:3", "a 0.3"],
    ["a domain named twice", "population: {domains: [{name: a, share: 0.3}, {name: a, share: 0.7}]}", "population.domains", "a", "t.yaml:2", ""],
    ["an override for no domain", "tiers: {expertOverrides: {law: {replicas: 2}}}", "a key of tiers.expertOverrides", "law", "t.yaml:2", ""],
    ["a warm-up as long as the run", "simulation: {warmUpS: 24 h}", "simulation.warmUpS", 86_400, "t.yaml:2", ""],
    ["patience of 0", "population: {patienceS: 0}", "population.patienceS", 0, "t.yaml:2", ""],
    ["a lookahead of 0", "simulation: {minTurnGapS: 0}", "simulation.minTurnGapS", 0, "t.yaml:2", ""],
    ["too few replicas at most", "tiers: {general: {replicas: 9, autoscale: {maxReplicas: 3, targetRunning: 5}}}", "tiers.general.replicas", 9, "t.yaml:2", ""],
    ["more events than the limit", "population: {clients: 2e7, arrivals: {queriesPerDay: 1e4}}\nrecords: {keepFraction: 0}",
      "simulation.limits.maxEvents", 1e11, "t.yaml:1", "queriesPerDay"],
    ["more memory than the limit", "population: {clients: 10000000}", "simulation.limits.maxMemoryBytes", 8e9, "t.yaml:1", "keepFraction"],
  ])("refuses %s with place, value and next step", (_name, text, subject, got, where, hint) => {
    const faults = faultsOfStudy(NAME + text);
    const fault = faults.find((each) => each.subject === subject);
    expect(fault, faults.map(String).join("\n")).toMatchObject({ got, where });
    expect(fault?.hint).toContain(hint);
  });

  it("reports all faults of a file at once", () => {
    const faults = faultsOfStudy("name: T\nreplications: 0\npopulation: {clients: -3}\nfoo: 1");
    expect(faults.map((fault) => fault.where)).toEqual(["t.yaml:1", "t.yaml:2", "t.yaml:3", "t.yaml:4"]);
  });

  it.each(["", "- 1", "3", "# only a comment"])("refuses %j, which is no map", (text) => {
    expect(faultsOfStudy(text)[0]).toMatchObject({ subject: "a config", rule: "be a map of keys and values" });
  });
});

describe("an impossible load", () => {
  const capacityTokensPerS = (): { expertTokensPerS: number; generalTokensPerS: number } => ({ expertTokensPerS: 1e9, generalTokensPerS: 100 });
  const TEXT = `${NAME}population: {clients: 100000}\nrouting: {kind: t-only}\n`;

  it("is refused when every answer must come from a tier that cannot make them", () => {
    expect(faultsOfStudy(TEXT, { capacityTokensPerS })[0]).toMatchObject({ subject: "tiers.general.replicas" });
  });

  it("is refused when it hides in a value of the sweep", () => {
    const sweep = `${NAME}population: {clients: 100000}\nsweep:\n  routing:\n    - kind: p-only\n    - kind: t-only\n`;
    expect(faultsOfStudy(sweep, { capacityTokensPerS })[0]).toMatchObject({ where: "t.yaml:6" });
  });

  it("is run on request, and where the capacity suffices", () => {
    expect(faultsOfStudy(`${TEXT}simulation: {allowOverload: true}`, { capacityTokensPerS })).toEqual([]);
    expect(faultsOfStudy(TEXT.replace("t-only", "always-expert"), { capacityTokensPerS })).toEqual([]);
    expect(faultsOfStudy(TEXT)).toEqual([]);
  });
});

describe("sweep axes", () => {
  it("must name config paths", () => {
    expect(faultsOfStudy(`${NAME}sweep:\n  routing.treshold: [0.5]`)[0]).toMatchObject({ got: "routing.treshold", where: "t.yaml:3" });
    expect(faultsOfStudy(`${NAME}sweep:\n  replications: [5]`)[0]).toMatchObject({ got: "replications" });
    expect(faultsOfStudy(`${NAME}sweep:\n  population.domains.9.share: [0.5]`)[0]).toMatchObject({ got: "population.domains.9.share" });
  });

  it("must not be more than a machine can expand", () => {
    const values = Array.from({ length: 400 }, (_, i) => i + 1).join(", ");
    expect(faultsOfStudy(`${NAME}sweep:\n  population.patienceS: [${values}]\n  retry.timeoutS: [${values}]`)[0]).toMatchObject({ subject: "sweep", got: 1_600_000 });
  });

  it("must have values that fit their key", () => {
    expect(faultsOfStudy(`${NAME}sweep:\n  population.patienceS:\n    - 3 s\n    - 4 W`)[0]).toMatchObject({
      subject: "sweep value 2 of population.patienceS: population.patienceS", got: "4 W", where: "t.yaml:5",
    });
  });
});

describe("conditions", () => {
  it.each([
    ["an unknown section", "heat: {device: {maxHeat: 1}}", "a key of condition heat", "device", "t.yaml:3", "Did you mean devices?"],
    ["a key of the study", "heat: {seed: 3}", "a key of condition heat", "seed", "t.yaml:3", ""],
    ["an unknown key below", "heat:\n    devices:\n      maxHaet: 1", "condition heat: a key of devices", "maxHaet", "t.yaml:5", "Did you mean maxHeat?"],
    ["a wrong unit", "slow:\n    network:\n      states:\n        wifi: {jitterS: 1 ms, downlinkBitPerS: 1 MB}", "condition slow: network.states.wifi.downlinkBitPerS", "1 MB", "t.yaml:6", "MB is a unit of size"],
    ["a value out of range", "empty: {devices: {startBatteryFraction: {low: 0.06, high: 1.2}}}", "condition empty: devices.startBatteryFraction.high", 1.2, "t.yaml:3", ""],
    ["ends in the wrong order, one of them from the config", "empty: {devices: {startBatteryFraction: {high: 0.2}}}", "condition empty: devices.startBatteryFraction", { low: 0.35, high: 0.2 }, "t.yaml:3", ""],
    ["keys that do not agree with the config", "short: {simulation: {horizonS: 1 h, warmUpS: 2 h}}", "condition short: simulation.warmUpS", 7200, "t.yaml:3", ""],
    ["a section that is no map", "heat: {devices: 3}", "condition heat: devices", 3, "t.yaml:3", ""],
    ["a list for a condition", "heat: [devices]", "conditions.heat", ["devices"], "t.yaml:3", ""],
    ["a name with capitals", "Heat: {}", "a key of conditions", "Heat", "t.yaml:3", "plmm config explain conditions"],
    ["a name that is a number", "3: {}", "a key of conditions", "3", "t.yaml:3", ""],
    ["a way back to token lengths that are no longer known", "long: {population: {promptTokens: null}}", "condition long: population.promptTokens", null, "t.yaml:3", "Write the values out"],
  ])("refuse %s with place, value and next step", (_name, text, subject, got, where, hint) => {
    const faults = faultsOfStudy(`${NAME}conditions:\n  ${text}`);
    const fault = faults.find((each) => each.subject === subject);
    expect(fault, faults.map(String).join("\n")).toMatchObject({ got, where });
    expect(fault?.hint).toContain(hint);
  });

  it("are reported together with the values of the sweep, each at its line", () => {
    const faults = faultsOfStudy(`${NAME}conditions:\n  a: {seed: 1}\n  b: {devices: {chargeW: 1 s}}\nsweep:\n  population.patienceS: [1 W]`);
    expect(faults.map((fault) => fault.where)).toEqual(["t.yaml:3", "t.yaml:4", "t.yaml:6"]);
  });

  it("count as one more axis against the largest plan", () => {
    const values = Array.from({ length: 300 }, (_, i) => i + 1).join(", ");
    const names = Array.from({ length: 50 }, (_, i) => `c${i}: {}`).join(", ");
    expect(faultsOfStudy(`${NAME}conditions: {${names}}\nsweep:\n  population.patienceS: [${values}]`)[0]).toMatchObject({ subject: "sweep", got: 150_000 });
  });

  it("hide an impossible load as little as a sweep does", () => {
    const capacityTokensPerS = (): { expertTokensPerS: number; generalTokensPerS: number } => ({ expertTokensPerS: 1e9, generalTokensPerS: 100 });
    const text = `${NAME}population: {clients: 100000}\nconditions:\n  calm: {}\n  cloud: {routing: {kind: t-only}}`;
    expect(faultsOfStudy(text, { capacityTokensPerS })).toMatchObject([{ subject: "condition cloud: tiers.general.replicas", where: "t.yaml:5" }]);
  });
});

describe("replications", () => {
  it("are at most as many as the random streams number", () => {
    expect(sampleStudy(`${NAME}replications: 2048`).replications).toBe(2048);
    expect(() => new RandomStream(1, 2047, Purpose.test)).not.toThrow();
    expect(faultsOfStudy(`${NAME}replications: 2049`)[0]).toMatchObject({ subject: "replications", got: 2049 });
  });
});

describe("fingerprintScenario", () => {
  it("is the same for a saved effective config", () => {
    const study = sampleStudy(`${NAME}routing: {kind: deadline, deadlineS: 1500 ms}\ntiers: {refresh: {}, expertOverrides: {it: {queue: fair}}}`);
    const reloaded = sampleStudy(renderStudy(study));
    expect(reloaded).toEqual(study);
    expect(fingerprintScenario(scenarioOf(reloaded))).toBe(fingerprintScenario(scenarioOf(study)));
    expect(fingerprintScenario(scenarioOf(study))).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is the same for the cells of a saved effective config with conditions, in YAML and JSON", () => {
    const study = sampleStudy(`${NAME}replications: 1\ntiers: {refresh: {}}\nconditions: {normal: {}, slow: {network: {states: {wifi: {jitterS: 90 ms}}}, tiers: {refresh: null}}}\n`
      + "sweep: {routing: [{kind: p-only}, {kind: cascade}]}");
    const cellsOf = (text: string): unknown => expandStudy(sampleStudy(text)).map(({ scenario, label }) => [label, fingerprintScenario(scenario)]);
    const prints = expandStudy(study).map(({ scenario, label }) => [label, fingerprintScenario(scenario)]);
    expect(new Set(prints.map(([, print]) => print)).size).toBe(4);
    expect(cellsOf(renderStudy(study))).toEqual(prints);
    expect(cellsOf(JSON.stringify(study))).toEqual(prints);
  });

  it("does not depend on units and key order, and does on values", () => {
    const print = (text: string): string => fingerprintScenario(scenarioOf(sampleStudy(NAME + text)));
    expect(print("simulation: {shards: 4, horizonS: 2 h}")).toBe(print("simulation: {horizonS: 7200, shards: 4}"));
    expect(print("simulation: {shards: 5}")).not.toBe(print("simulation: {shards: 4}"));
  });

  it("hashes sorted JSON without spaces", () => {
    expect(renderCanonicalJson({ b: [1, { d: undefined, c: "x" }], a: null })).toBe('{"a":null,"b":[1,{"c":"x"}]}');
  });
});
