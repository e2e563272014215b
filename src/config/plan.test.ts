import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprintScenario } from "./fingerprint.js";
import { expandStudy } from "./plan.js";
import type { Scenario } from "./scenario-schema.js";
import { faultsOf, sampleStudy } from "./sample-study.test-data.js";
import { latinHypercube, type SweepDesign } from "./sweep-design.js";

const POLICIES = "sweep:\n  routing: [{kind: p-only}, {kind: cascade}]\n";

describe("expandStudy", () => {
  it("makes one cell per replication of a study without a sweep", () => {
    const cells = expandStudy(sampleStudy("name: t\nseed: 5\nreplications: 3"));
    expect(cells.map(({ label, seed, replication, cellIndex }) => ({ label, seed, replication, cellIndex }))).toEqual([0, 1, 2].map((i) => (
      { label: "cascade", seed: 5, replication: i, cellIndex: i })));
  });

  it("crosses the axes, last axis fastest, replications outside, and shares the scenario between replications", () => {
    const cells = expandStudy(sampleStudy(`name: t\nreplications: 2\n${POLICIES}  protocol.padding: [none, bucket]`));
    expect(cells.slice(0, 4).map((cell) => cell.label)).toEqual([
      "p-only, padding=none", "p-only, padding=bucket", "cascade, padding=none", "cascade, padding=bucket",
    ]);
    expect(cells[3]?.axes).toEqual({ routing: { kind: "cascade" }, "protocol.padding": "bucket" });
    expect(cells[3]?.scenario).toMatchObject({ routing: { kind: "cascade", threshold: 0.7 }, protocol: { padding: "bucket" } });
    expect(cells[7]).toMatchObject({ replication: 1, variantIndex: 3, cellIndex: 7 });
    expect(cells[7]?.scenario).toBe(cells[3]?.scenario);
    expect(Object.isFrozen(cells[3]?.scenario.routing)).toBe(true);
  });

  it("pairs the axes under zip and refuses unequal ones", () => {
    const zipped = expandStudy(sampleStudy(`name: t\nreplications: 1\n${POLICIES}  protocol.padding: [none, bucket]`), { kind: "zip" });
    expect(zipped.map((cell) => cell.label)).toEqual(["p-only, padding=none", "cascade, padding=bucket"]);
    const unequal = sampleStudy(`name: t\n${POLICIES}  protocol.padding: [none]`);
    expect(faultsOf(() => expandStudy(unequal, { kind: "zip" }))[0]).toMatchObject({ subject: "sweep", got: "routing: 2, protocol.padding: 1" });
  });

  it("gives different labels to different variants", () => {
    const labels = (axes: string): readonly string[] => expandStudy(sampleStudy(`name: t\nreplications: 1\nsweep:\n  ${axes}`)).map((cell) => cell.label);
    expect(labels("routing: [{kind: cascade, threshold: 0.5}, {kind: cascade, threshold: 0.9}]")).toEqual(["cascade threshold=0.5", "cascade threshold=0.9"]);
    expect(labels("tiers.expert.replicas: [1]\n  tiers.general.replicas: [2]")).toEqual(["expert.replicas=1, general.replicas=2"]);
    expect(labels("population.patienceS: [3 s, 3000 ms, 3 s]")).toEqual(["patienceS=3 s", "patienceS=3000 ms", "patienceS=3 s #2"]);
  });

  it("refuses a combination whose parts are valid alone", () => {
    const study = sampleStudy("name: t\nsweep:\n  routing: [{kind: cascade}, {kind: p-only}]\n  routing.threshold: [0.5]");
    expect(faultsOf(() => expandStudy(study))[0]?.subject).toBe('sweep variant "p-only, threshold=0.5": a key of routing');
  });
});

const CONDITIONS = "conditions:\n  normal: {}\n  low-battery: {devices: {startBatteryFraction: {low: 0.06, high: 0.2}}, population: {patienceS: 7 s}}\n";

describe("conditions", () => {
  it("are crossed with the sweep: first in label and axes, turning slowest", () => {
    const cells = expandStudy(sampleStudy(`name: t\nreplications: 2\n${CONDITIONS}${POLICIES}`));
    expect(cells.map(({ label }) => label).slice(0, 5)).toEqual(["normal, p-only", "normal, cascade", "low-battery, p-only", "low-battery, cascade", "normal, p-only"]);
    expect(Object.entries(cells[3]!.axes)).toEqual([["condition", "low-battery"], ["routing", { kind: "cascade" }]]);
    expect(cells[3]!.scenario).toMatchObject({ routing: { kind: "cascade" }, devices: { startBatteryFraction: { low: 0.06, high: 0.2 } } });
    expect(cells[1]!.scenario.devices.startBatteryFraction).toEqual({ low: 0.35, high: 1 });
    expect(cells[7]).toMatchObject({ replication: 1, variantIndex: 3, label: "low-battery, cascade" });
    expect(cells[7]!.scenario).toBe(cells[3]!.scenario);
  });

  it("are the variants of a study without a sweep, under every design", () => {
    for (const design of [{ kind: "grid" }, { kind: "zip" }, { kind: "lhs", points: 3 }, { kind: "sobol", points: 3 }] as const) {
      const cells = expandStudy(sampleStudy(`name: t\nreplications: 1\n${CONDITIONS}`), design);
      expect(cells.map(({ label, axes }) => [label, axes])).toEqual([["normal", { condition: "normal" }], ["low-battery", { condition: "low-battery" }]]);
    }
  });

  it("give way to the values of the sweep", () => {
    const cells = expandStudy(sampleStudy(`name: t\nreplications: 1\n${CONDITIONS}sweep: {population.patienceS: [3 s]}`));
    expect(cells.map(({ scenario, label }) => [label, scenario.population.patienceS])).toEqual([["normal, patienceS=3 s", 3], ["low-battery, patienceS=3 s", 3]]);
  });

  it("leave a variant that they do not change as it is without them", () => {
    const [plain] = expandStudy(sampleStudy(`name: t\nreplications: 1\n${POLICIES}`));
    const [normal] = expandStudy(sampleStudy(`name: t\nreplications: 1\n${CONDITIONS}${POLICIES}`));
    expect(fingerprintScenario(normal!.scenario)).toBe(fingerprintScenario(plain!.scenario));
    expect(expandStudy(sampleStudy(`name: t\nreplications: 1\nconditions: {}\n${POLICIES}`))[0]).toEqual(plain);
  });

  it("are one more axis under zip", () => {
    const study = sampleStudy(`name: t\nreplications: 1\n${CONDITIONS}${POLICIES}`);
    expect(expandStudy(study, { kind: "zip" }).map(({ label }) => label)).toEqual(["normal, p-only", "low-battery, cascade"]);
    const unequal = sampleStudy(`name: t\n${CONDITIONS}  heat: {}\n${POLICIES}`);
    expect(faultsOf(() => expandStudy(unequal, { kind: "zip" }))[0]).toMatchObject({ subject: "sweep", got: "condition: 3, routing: 2" });
  });

  it.each(["lhs", "sobol"] as const)("each have all points of %s, the same ones", (kind) => {
    const cells = expandStudy(sampleStudy(`${RANGES}\n${CONDITIONS}`), { kind, points: 4 });
    const points = cells.map(({ axes: { condition: _condition, ...point } }) => point);
    expect(cells.map(({ axes }) => axes["condition"])).toEqual([...Array<string>(4).fill("normal"), ...Array<string>(4).fill("low-battery")]);
    expect(points.slice(4)).toEqual(points.slice(0, 4));
    expect(points.slice(0, 4)).toEqual(expandStudy(sampleStudy(RANGES), { kind, points: 4 }).map(({ axes }) => axes));
    expect(faultsOf(() => expandStudy(sampleStudy(`${RANGES}\n${CONDITIONS}`), { kind, points: 50_001 }))[0]).toMatchObject({ subject: `--${kind}`, got: 50_001 });
  });

  it("are refused together with a value that only fits without them", () => {
    const study = sampleStudy("name: t\nconditions: {short: {simulation: {horizonS: 1 h}}}\nsweep: {simulation.warmUpS: [0, 2 h]}");
    expect(faultsOf(() => expandStudy(study))[0]?.subject).toBe('sweep variant "short, warmUpS=2 h": simulation.warmUpS');
  });
});

describe("an impossible load of a variant", () => {
  /** T makes 100 answer tokens a second with each of its replicas, two by default; E any number. */
  const capacity = ({ tiers }: Scenario): { expertTokensPerS: number; generalTokensPerS: number } => ({ expertTokensPerS: 1e9, generalTokensPerS: 100 * tiers.general.replicas });
  const refusal = (text: string, design: SweepDesign = { kind: "grid" }): unknown => {
    const study = sampleStudy(text, { capacityTokensPerS: capacity });
    return faultsOf(() => expandStudy(study, design, capacity))[0];
  };
  const LOAD = "name: t\nreplications: 1\npopulation: {clients: 1000}\nsweep:\n  routing:\n    - kind: p-only\n    - kind: t-only\n";

  it("is refused with the lines of its values when only two axes together make it", () => {
    expect(refusal(`${LOAD}  population.clients: [1000]`)).toBeUndefined();
    expect(refusal(`${LOAD}  population.clients: [1000, 100000]`)).toMatchObject({
      subject: 'sweep variant "t-only, clients=100000": tiers.general.replicas', rule: expect.stringContaining("serve the busiest hour under routing t-only") as string,
      got: "200 tokens/s at best", where: "t.yaml:7 and t.yaml:8", hint: expect.stringContaining("simulation.allowOverload: true") as string,
    });
    expect(refusal(`${LOAD}  tiers.general.replicas: [8, 1]\n  population.clients: [3000]`)).toMatchObject({ subject: 'sweep variant "t-only, replicas=1, clients=3000": tiers.general.replicas' });
  });

  it("is refused when a condition and a value make it, or a point between two ends", () => {
    expect(refusal(`${LOAD}conditions:\n  calm: {}\n  crowd: {population: {clients: 100000}}`)).toMatchObject({ subject: 'sweep variant "crowd, t-only": tiers.general.replicas', where: "t.yaml:10 and t.yaml:7" });
    const between = "name: t\nreplications: 1\npopulation: {clients: 1000}\nrouting: {kind: t-only}\ntiers: {general: {replicas: 2}}\nsweep:\n  population.clients: [1000, 90000]\n  population.patienceS: [1 s, 2 s]";
    expect(refusal(between, { kind: "lhs", points: 4 })).toMatchObject({ where: "t.yaml:7 and t.yaml:8" });
  });

  it("is run on request, and a value that is too much alone is run where another axis makes room for it", () => {
    expect(refusal(`${LOAD}  population.clients: [1000, 100000]\nsimulation: {allowOverload: true}`)).toBeUndefined();
    const paired = `${LOAD.replace("clients: 1000", "clients: 3000")}  tiers.general.replicas: [1, 8]\n`;
    expect(refusal(paired, { kind: "zip" })).toBeUndefined();
    expect(refusal(paired)).toMatchObject({ subject: 'sweep variant "t-only, replicas=1": tiers.general.replicas' });
  });
});

const RANGES = "name: t\nreplications: 1\nsweep:\n  population.patienceS: [10 s, 50 s]\n  tiers.expert.replicas: [1, 4]";

describe("points between two ends", () => {
  it.each([{ kind: "lhs", points: 40 }, { kind: "sobol", points: 64 }] as const)("stay inside and cover whole numbers evenly under $kind", (design) => {
    const cells = expandStudy(sampleStudy(RANGES), design);
    expect(cells).toHaveLength(design.points);
    const patience = cells.map((cell) => cell.scenario.population.patienceS);
    expect(Math.min(...patience)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...patience)).toBeLessThan(50);
    for (const replicas of [1, 2, 3, 4]) {
      expect(cells.filter((cell) => cell.scenario.tiers.expert.replicas === replicas)).toHaveLength(design.points / 4);
    }
  });

  it("gives the same points again for the same seed and others for another", () => {
    expect(latinHypercube(9, 2, 1)).toEqual(latinHypercube(9, 2, 1));
    expect(latinHypercube(9, 2, 1)).not.toEqual(latinHypercube(9, 2, 2));
  });

  it("puts one point of a Latin hypercube into each part of each axis", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 6 }), fc.nat(), (points, dimensions, seed) => {
      const design = latinHypercube(points, dimensions, seed);
      for (let dimension = 0; dimension < dimensions; dimension++) {
        expect(new Set(design.map((point) => Math.floor(point[dimension]! * points))).size).toBe(points);
      }
    }), { seed: 3 });
  });

  it.each([
    ["a list of three", "population.patienceS: [1, 2, 3]", "sweep axis population.patienceS"],
    ["ends in the wrong order", "population.patienceS: [3, 2]", "sweep axis population.patienceS"],
    ["words", "protocol.padding: [none, bucket]", "sweep axis protocol.padding"],
  ])("refuse %s", (_name, axis, subject) => {
    expect(faultsOf(() => expandStudy(sampleStudy(`name: t\nsweep:\n  ${axis}`), { kind: "sobol", points: 4 }))[0]).toMatchObject({ subject });
  });

  it.each([0, 1.5, NaN, 1e9])("refuse %d points", (points) => {
    expect(faultsOf(() => expandStudy(sampleStudy(RANGES), { kind: "lhs", points }))[0]).toMatchObject({ subject: "--lhs", got: points });
  });
});
