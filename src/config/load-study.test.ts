import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset, packageRoot } from "./load-dataset.js";
import { loadStudy } from "./load-study.js";
import { faultsOf } from "./sample-study.test-data.js";
import { DataError } from "../core/errors.js";

let folder = "";
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "plmm-config-")); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Writes a config and gives its path. */
function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe("loadStudy", () => {
  it.each(["quickstart", "million", "minimal"])("loads configs/%s.yaml", (name) => {
    expect(loadStudy(join(packageRoot(), "configs", `${name}.yaml`)).name).toBe(name);
  });

  it("merges maps of extended files key by key and replaces lists, the last file winning", () => {
    write("base/one.yaml", "name: one\nseed: 3\npopulation: {clients: 10, patienceS: 9}\nsweep: {protocol.padding: [none, bucket]}");
    write("base/two.yaml", "population: {clients: 20}\nrouting: {kind: deadline, deadlineS: 2}");
    const study = loadStudy(write("top.yaml", "extends: [base/one.yaml, base/two.yaml]\nname: top\nrouting: {deadlineS: 5}\nsweep: {protocol.padding: [constant]}"));
    expect(study).toMatchObject({ name: "top", seed: 3, population: { clients: 20, patienceS: 9 }, routing: { kind: "deadline", deadlineS: 5 } });
    expect(study.sweep).toEqual({ "protocol.padding": ["constant"] });
  });

  it("replaces a variant of another kind and shares as a whole", () => {
    write("v.yaml", "name: v\nrouting: {kind: cascade, threshold: 0.3}\npopulation: {kindShares: {chat: 1}}");
    const study = loadStudy(write("w.yaml", "extends: v.yaml\nrouting: {kind: p-only}\npopulation: {kindShares: {domain: 1}}"));
    expect(study.routing).toEqual({ kind: "p-only" });
    expect(study.population.kindShares).toMatchObject({ domain: 1, chat: 0 });
  });

  it("takes back a key of an extended file with null", () => {
    write("r.yaml", "name: r\ntiers: {refresh: {periodS: 1 d}}\nreplications: 3");
    const study = loadStudy(write("s.yaml", "extends: r.yaml\ntiers: {refresh: null}\nreplications: null"));
    expect(study.tiers.refresh).toBeUndefined();
    expect(study.replications).toBe(10);
  });

  it("says in which of several files a fault stands", () => {
    const low = write("low.yaml", "name: low\npopulation:\n  clients: -1\n");
    const fault = faultsOf(() => loadStudy(write("high.yaml", "extends: low.yaml\nseed: -1")));
    expect(fault.map((each) => each.where)).toEqual([`${join(folder, "high.yaml")}:2`, `${low}:3`]);
  });

  it("refuses a cycle and names the chain", () => {
    const a = write("a.yaml", "extends: b.yaml");
    const b = write("b.yaml", "# second\nextends: a.yaml");
    expect(faultsOf(() => loadStudy(a))[0]).toMatchObject({ subject: "extends", got: `${a} -> ${b} -> ${a}`, where: `${b}:2` });
  });

  it("refuses a tree of files that doubles at each level", () => {
    for (let i = 0; i < 12; i++) write(`d${i}.yaml`, `extends: [d${i + 1}.yaml, d${i + 1}.yaml]`);
    write("d12.yaml", "name: d");
    expect(faultsOf(() => loadStudy(join(folder, "d0.yaml")))[0]).toMatchObject({ rule: "extend at most 64 files" });
  });

  it.each([
    ["a missing file", "extends: none.yaml", "no such file"], ["a folder", "extends: .", "a folder"],
    ["a number", "extends: 3", 3], ["a list with a map", "extends: [{a: 1}]", "a map"],
  ])("refuses to extend %s, with the line that asks for it", (_name, text, got) => {
    const file = write("e.yaml", `name: e\n${text}`);
    expect(faultsOf(() => loadStudy(file))[0]).toMatchObject({ got, where: `${file}:2` });
  });

  it("merges conditions of extended files and of -c key by key, shares whole, and takes one back with null", () => {
    write("c.yaml", "name: c\nconditions: {normal: {}, heat: {devices: {maxHeat: 0.5, chargeW: 2 W}}, mix: {population: {kindShares: {chat: 1}}}}");
    const file = write("d.yaml", "extends: c.yaml\nconditions: {normal: null, heat: {devices: {maxHeat: 0.4}}, mix: {population: {kindShares: {domain: 1}}}}");
    const study = loadStudy(file, { overrides: ["conditions.heat.devices.chargeW=3 W", "conditions.new={retry: {timeoutS: 1 s}}"] });
    expect(study.conditions).toEqual({ heat: { devices: { maxHeat: 0.4, chargeW: "3 W" } }, mix: { population: { kindShares: { domain: 1 } } }, new: { retry: { timeoutS: "1 s" } } });
    expect(faultsOf(() => loadStudy(file, { overrides: ["conditions.heat.devices.maxHeat=2"] }))[0]).toMatchObject({
      subject: "condition heat: devices.maxHeat", got: 2, where: "-c conditions.heat.devices.maxHeat=2",
    });
  });

  it("refuses a missing file, and a file that is too large", () => {
    expect(faultsOf(() => loadStudy(join(folder, "none.yaml")))[0]).toMatchObject({ rule: "be a readable file", got: "no such file" });
    expect(faultsOf(() => loadStudy(write("big.yaml", "#".repeat(2e6))))[0]).toMatchObject({ got: 2_000_000 });
  });

  it("refuses a trace that is not there, and finds it below PLMM_DATA", () => {
    const file = write("trace.yaml", "name: trace\npopulation:\n  arrivals: {kind: trace, file: sub/my.csv}");
    expect(faultsOf(() => loadStudy(file))[0]).toMatchObject({ subject: "population.arrivals.file", got: "sub/my.csv", where: `${file}:3` });
    const replay = write("replay.yaml", "name: replay\nconditions:\n  replay: {population: {arrivals: {kind: trace, file: sub/my.csv}}}");
    expect(faultsOf(() => loadStudy(replay))[0]).toMatchObject({ subject: "conditions.replay.population.arrivals.file", where: `${replay}:3` });
    const before = process.env["PLMM_DATA"];
    try {
      write("sub/my.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n");
      process.env["PLMM_DATA"] = folder;
      expect(loadStudy(file).population.arrivals.kind).toBe("trace");
    } finally {
      if (before === undefined) delete process.env["PLMM_DATA"];
      else process.env["PLMM_DATA"] = before;
    }
  });
});

describe("overrides", () => {
  const load = (...overrides: string[]): ReturnType<typeof loadStudy> =>
    loadStudy(write("o.yaml", "name: o\npopulation: {domains: [{name: a, share: 0.4}, {name: b, share: 0.6}]}"), { overrides });

  it("set keys, items of lists and sweep axes; later ones win", () => {
    const study = load("simulation.horizonS=2 h", "simulation.horizonS=3 h", "population.domains.1.driftPerDay=0.5", "sweep.protocol.padding=[none, bucket]", "routing={kind: p-only}");
    expect(study).toMatchObject({ simulation: { horizonS: 10_800 }, routing: { kind: "p-only" }, sweep: { "protocol.padding": ["none", "bucket"] } });
    expect(study.population.domains).toMatchObject([{ name: "a", driftPerDay: 0.01 }, { name: "b", driftPerDay: 0.5 }]);
  });

  it("are named where their value is wrong", () => {
    expect(faultsOf(() => load("population.patienceS=4 W"))[0]).toMatchObject({ subject: "population.patienceS", where: "-c population.patienceS=4 W" });
    expect(faultsOf(() => load("population.patience=4 s"))[0]).toMatchObject({ got: "patience", hint: expect.stringContaining("patienceS") as unknown });
  });

  it.each(["", "seed", "=1", "a b=1", "__proto__.x=1", "a.__proto__=1", "a..b=1"])("refuse %j, which has another form", (text) => {
    expect(faultsOf(() => load(text))[0]).toMatchObject({ subject: "-c", got: text });
  });

  it("refuse an empty value and broken YAML", () => {
    expect(faultsOf(() => load("seed="))[0]).toMatchObject({ rule: "have a value after =" });
    expect(faultsOf(() => load("sweep.routing=[{"))[0]).toMatchObject({ rule: "be YAML" });
  });
});

describe("loadDataset", () => {
  it("refuses a file that is not there", () => {
    expect(() => loadDataset("none/none.json")).toThrow(DataError);
  });
});
