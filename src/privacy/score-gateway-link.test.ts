/** The link behind the relay: what sizes tell there without a sender, in what a real exchange differs from cover, and nothing where they do not. */
import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { ColumnTable } from "../records/column-table.js";
import { RELAY_SCHEMA } from "../records/relay-record.js";
import { REQUEST_SCHEMA } from "../records/request-record.js";
import type { RunRecords } from "../records/run-records.js";
import { TRUTH_SCHEMA } from "../records/truth-record.js";
import { USAGE_SCHEMA } from "../records/usage-record.js";
import { WIRE_SCHEMA } from "../records/wire-record.js";
import { LINK_FEATURES, scoreGatewayLink } from "./score-gateway-link.js";

const DOMAINS = 4, PEOPLE = 60, QUESTIONS = 8, OPTIONS = { people: PEOPLE, seed: 1, domainCount: DOMAINS };

/** Exchanges of which `leakBytes` more go down for each domain, and cover that is `coverBytes` smaller. Senders do nothing but ask. */
function sampleLink(leakBytes: number, coverBytes: number): { link: ColumnTable; run: RunRecords } {
  const link = new ColumnTable(RELAY_SCHEMA), truth = new ColumnTable(TRUTH_SCHEMA), stream = new RandomStream(3, 0, Purpose.test).seek(0, 0);
  for (let client = 0; client < PEOPLE; client++) {
    for (let query = 0; query < QUESTIONS; query++) {
      const isReal = stream.nextUniform() < 0.6, domain = isReal ? stream.nextInt(DOMAINS) : -1, atUs = query * 1e9 + stream.nextInt(1e8), downBytes = 2000 + stream.nextInt(400) + (isReal ? leakBytes * domain : -coverBytes);
      truth.appendRow([client, query, isReal ? 1 : 0, domain, isReal ? 1 : 0, 0, 0, 0, 0.5]);
      link.appendRow([client, query, 1, atUs, 1024, downBytes, 8, atUs + 1e5 + stream.nextInt(1e4), atUs + 8e5 + stream.nextInt(1e4)]);
    }
  }
  return { link, run: { truth, wire: new ColumnTable(WIRE_SCHEMA), request: new ColumnTable(REQUEST_SCHEMA), usage: new ColumnTable(USAGE_SCHEMA) } };
}

function scoreOf(leakBytes: number, coverBytes: number): Readonly<Record<string, number>> {
  const { link, run } = sampleLink(leakBytes, coverBytes);
  return scoreGatewayLink(link, run, OPTIONS).metrics;
}

describe("someone on the link behind the relay", () => {
  it("reads the domain off sizes that lie apart, and which exchanges are cover: the power test", () => {
    const found = scoreOf(500, 500);
    expect(found["leak.gateway.domain.auc"]).toBeGreaterThan(0.99);
    expect(found["leak.gateway.domain.bits"]).toBeGreaterThan(1.5);
    expect(found["leak.gateway.consult.auc"]).toBeGreaterThan(0.99);
  });

  it("learns nothing where sizes and times are alike: the null test", () => {
    const found = scoreOf(0, 0);
    for (const task of ["domain", "consult"]) {
      expect(found[`leak.gateway.${task}.auc.low`]).toBeLessThan(0.5);
      expect(found[`leak.gateway.${task}.auc.high`]).toBeGreaterThan(0.5);
    }
  });

  it("has no feature that needs a sender", () => {
    expect(LINK_FEATURES).not.toContain("sincePrevious");
    expect(LINK_FEATURES).not.toContain("isSilent");
  });
});
