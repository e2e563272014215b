import { describe, expect, it } from "vitest";
import { protocolSection } from "../config/sections/network-section.js";
import { DataError } from "../core/errors.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { compileWireShape, requestWireBytes, responseChunks, responseWireBytes } from "../protocol/message-sizes.js";
import { ColumnTable } from "../records/column-table.js";
import { TRUTH_SCHEMA } from "../records/truth-record.js";
import { WIRE_SCHEMA } from "../records/wire-record.js";
import { NETWORK_FEATURES } from "./observers/network-observer.js";
import { scoreTraffic, type TrafficLeakage } from "./score-traffic.js";

const DOMAINS = 4, BYTES_PER_TOKEN = 4.2;
const withoutTiming = NETWORK_FEATURES.filter((feature) => feature.group !== "timing").map((feature) => feature.name);

interface Fleet { readonly wire: ColumnTable; readonly truth: ColumnTable }

/** Questions of a small fleet: answers of domain d have about 60 (d + 1) tokens; six in ten questions ask an E, the rest are answered by P. */
function sampleFleet(protocol: Record<string, unknown>, people: number = 80, questions: number = 8, seed: number = 1): Fleet {
  const section = protocolSection.parse(protocol), shape = compileWireShape(section);
  const wire = new ColumnTable(WIRE_SCHEMA), truth = new ColumnTable(TRUTH_SCHEMA);
  const stream = new RandomStream(seed, 0, Purpose.test).seek(0, 0);
  for (let client = 0; client < people; client++) {
    for (let query = 0; query < questions; query++) {
      const domain = stream.nextInt(DOMAINS), isConsulted = stream.nextUniform() < 0.6, isSent = isConsulted || stream.nextUniform() < section.coverFraction;
      const tokens = 1 + Math.floor(60 * (domain + 1) * (0.7 + 0.6 * stream.nextUniform())), promptTokens = 20 + stream.nextInt(100);
      const atUs = query * 1e9 + stream.nextInt(1e8), firstAtUs = atUs + 4e5 + stream.nextInt(4e5);
      truth.appendRow([client, query, 1, isConsulted ? domain : -1, isConsulted ? 1 : 0, 0, 0, 0, 0.5]);
      wire.appendRow(isSent ? [
        client, query, section.relay ? 0 : 1 + domain, atUs, requestWireBytes(shape, promptTokens, BYTES_PER_TOKEN),
        responseWireBytes(shape, tokens, BYTES_PER_TOKEN), responseChunks(shape, tokens, BYTES_PER_TOKEN), firstAtUs, firstAtUs + 2e6 + stream.nextInt(1e6),
      ] : [client, query, -1, atUs, 0, 0, 0, NaN, NaN]);
    }
  }
  return { wire, truth };
}

function score({ wire, truth }: Fleet, options: Partial<Parameters<typeof scoreTraffic>[2]> = {}): TrafficLeakage {
  return scoreTraffic(wire, truth, { people: 1000, seed: 1, domainCount: DOMAINS, ...options });
}

describe("a path observer", () => {
  it("reads the domain off the address without a relay, however sizes are padded", () => {
    const { domain, metrics } = score(sampleFleet({ relay: false, padding: "constant" }));
    expect(domain).toMatchObject({ isScored: true, auc: { value: 1, low: 1, high: 1 }, accuracy: { value: 1 } });
    const prior = domain.isScored ? domain.prior : NaN;
    expect(metrics["leak.domain.bits"]).toBeCloseTo(Math.log2(1 / prior), 12);
    expect(metrics["leak.domain.tpr1"]).toBe(1);
  });

  it("learns nothing of the domain behind a relay with constant sizes and no clock", () => {
    const { metrics } = score(sampleFleet({ relay: true, padding: "constant" }), { features: withoutTiming });
    expect(metrics["leak.domain.auc"]).toBe(0.5);
    expect(metrics["leak.domain.bits"]).toBe(0);
    // Folds differ by a hair in their models' constants, so the rate is near chance and not exactly 1 %.
    expect(metrics["leak.domain.tpr1"]).toBeLessThan(0.03);
  });

  it("learns nothing there either from times that have nothing to do with the domain", () => {
    const { metrics } = score(sampleFleet({ relay: true, padding: "constant" }));
    expect(metrics["leak.domain.auc.low"]).toBeLessThan(0.5);
    expect(metrics["leak.domain.auc.high"]).toBeGreaterThan(0.5);
    expect(metrics["leak.domain.auc.high"]! - metrics["leak.domain.auc.low"]!).toBeLessThan(0.2);
  });

  it("reads the domain off answer lengths behind a relay without padding, and less of it through buckets", () => {
    const plain = score(sampleFleet({ relay: true, padding: "none" })), bucket = score(sampleFleet({ relay: true, padding: "bucket", bucketBytes: 16_384 }));
    expect(plain.metrics["leak.domain.auc.low"]).toBeGreaterThan(0.85);
    expect(plain.metrics["leak.domain.bits"]).toBeGreaterThan(1);
    expect(bucket.metrics["leak.domain.auc.high"]).toBeLessThan(plain.metrics["leak.domain.auc.low"]!);
  });

  it("sees from silence alone that no expert was asked, unless every silent question sends a cover exchange", () => {
    const open = score(sampleFleet({ relay: true, padding: "constant", coverFraction: 0 }));
    expect(open.metrics["leak.consult.auc"]).toBe(1);
    const covered = score(sampleFleet({ relay: true, padding: "constant", coverFraction: 1 }), { features: withoutTiming });
    expect(covered.metrics["leak.consult.auc"]).toBe(0.5);
    expect(covered.metrics["leak.consult.bits"]).toBe(0);
  });
});

describe("the score", () => {
  const fleet = sampleFleet({ relay: true });

  it("fills the metrics of both questions and counts people and observations", () => {
    const { domain, consult, metrics, warnings } = score(sampleFleet({ relay: true }, 150, 20));
    const names = ["auc", "auc.low", "auc.high", "bits", "bits.low", "bits.high", "advantage", "top1", "prior", "tpr1", "tpr01"];
    expect(Object.keys(metrics).sort()).toEqual(["domain", "consult"].flatMap((task) => names.map((name) => `leak.${task}.${name}`)).sort());
    expect(consult).toMatchObject({ isScored: true, people: 150, observations: 3000 });
    expect(domain.observations).toBeGreaterThan(1650);
    expect(domain.observations).toBeLessThan(1950);
    expect(warnings).toEqual([]);
  });

  it("does not depend on the order of rows", () => {
    const reversed: Fleet = { wire: new ColumnTable(WIRE_SCHEMA), truth: new ColumnTable(TRUTH_SCHEMA) };
    for (const name of ["wire", "truth"] as const) {
      const columns = fleet[name].schema.columns.map((column) => fleet[name].column(column.name));
      for (let row = fleet[name].rowCount - 1; row >= 0; row--) reversed[name].appendRow(columns.map((column) => column[row]!));
    }
    expect(score(reversed)).toEqual(score(fleet));
  });

  it("takes no more people than asked, whole", () => {
    expect(score(fleet, { people: 30 }).consult).toMatchObject({ people: 30, observations: 240 });
  });

  it("leaves out rates at levels that have too few false claims, and says so", () => {
    const { metrics, warnings } = score(fleet);
    expect(metrics["leak.consult.tpr1"]).toBeGreaterThan(0);
    expect(metrics).not.toHaveProperty(["leak.consult.tpr01"]);
    expect(warnings).toContain("leak.consult.tpr01 is left out: 0.1% of the false claims is less than one of them.");
  });

  it("is a guess where nobody or everybody asked an expert, and absent, with a reason, where there is too little to judge", () => {
    const nobody = sampleFleet({}, 40, 4);
    nobody.truth.column("isExpertConsulted").fill(0);
    nobody.truth.column("domainIndex").fill(-1);
    const { domain, consult, metrics, warnings } = score(nobody);
    expect(domain).toEqual({ isScored: false, people: 0, observations: 0, isConstant: false, reason: "fewer than 2 classes have 5 people" });
    expect(consult).toMatchObject({ isScored: false, isConstant: true });
    expect(metrics).toEqual({ "leak.consult.auc": 0.5, "leak.consult.auc.low": 0.5, "leak.consult.auc.high": 0.5, "leak.consult.bits": 0 });
    expect(warnings).toHaveLength(1);
    expect(score(sampleFleet({}, 8, 20)).consult).toMatchObject({ isScored: false, reason: "fewer than 10 people", people: 8 });
    expect(score(sampleFleet({}, 12, 2)).consult).toMatchObject({ isScored: false, reason: "fewer than 50 observations" });
  });

  it("refuses wire rows without truth, and domains that the scenario does not have", () => {
    expect(() => score({ wire: fleet.wire, truth: new ColumnTable(TRUTH_SCHEMA) })).toThrowError(DataError);
    expect(() => score(fleet, { domainCount: 2 })).toThrowError(/domainIndex of the truth table must be below 2; got [23]/);
  });

  it("has nothing to say about an empty table", () => {
    const { domain, consult } = score({ wire: new ColumnTable(WIRE_SCHEMA), truth: new ColumnTable(TRUTH_SCHEMA) });
    expect([domain.isScored, consult.isScored]).toEqual([false, false]);
  });
});
