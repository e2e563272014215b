/** The simulator's wire table of questions asked live: its own rules for sizes, rate and cover. */
import { expect, it } from "vitest";
import { protocolSection } from "../config/sections/network-section.js";
import { ColumnTable } from "../records/column-table.js";
import { REQUEST_SCHEMA } from "../records/request-record.js";
import type { RunRecords } from "../records/run-records.js";
import { TRUTH_SCHEMA } from "../records/truth-record.js";
import { USAGE_SCHEMA } from "../records/usage-record.js";
import { WIRE_SCHEMA } from "../records/wire-record.js";
import { modelWire } from "./model-wire.js";

const INTERVAL_US = 100_000, PADDED = { padding: "constant", constantRequestBytes: 2048, constantResponseBytes: 4096, relay: true, tokensPerChunk: 8, releaseIntervalS: 0.1 };

/** One person's consult with an answer of 10 tokens, then a question that P answers alone. */
function sampleRun(): RunRecords {
  const run = { request: new ColumnTable(REQUEST_SCHEMA), wire: new ColumnTable(WIRE_SCHEMA), truth: new ColumnTable(TRUTH_SCHEMA), usage: new ColumnTable(USAGE_SCHEMA) };
  const asked = { decidedAtUs: 1e6, sealedAtUs: 1_002_000, arrivedAtUs: 1_010_000, tierFirstTokenAtUs: 1_060_000, tierLastTokenAtUs: 1_240_000 }, alone = { decidedAtUs: 9e6, sealedAtUs: NaN, arrivedAtUs: NaN, tierFirstTokenAtUs: NaN, tierLastTokenAtUs: NaN };
  [asked, alone].forEach((instants, query) => {
    run.request.appendRow(REQUEST_SCHEMA.columns.map(({ name }) => ({ clientId: 4, queryIndex: query, ...instants } as Readonly<Record<string, number>>)[name] ?? 0));
    run.wire.appendRow([4, query, 0, 1e6 + 8e6 * query, 0, 0, 0, NaN, NaN]);
    run.truth.appendRow([4, query, 1, 0, 1 - query, 0, 0, 0, 0.5]);
    run.usage.appendRow([4, query, 0, 20 * (1 - query), 0, 10 * (1 - query), 0, 0, 1, 0]);
  });
  return run;
}

function rowsOf(protocol: Record<string, unknown>): Record<string, number>[] {
  const wire = modelWire(sampleRun(), protocolSection.parse(protocol));
  return [0, 1].map((row) => Object.fromEntries(WIRE_SCHEMA.columns.map(({ name }) => [name, wire.column(name)[row]!])));
}

it("sends nothing for what P answers alone, and what tiers made at their own instants", () => {
  const [asked, alone] = rowsOf({ padding: "none", relay: true, tokensPerChunk: 1 });
  expect(asked).toMatchObject({ destination: 0, requestAtUs: 1_002_000, responseChunks: 10, firstResponseAtUs: 1_060_000, lastResponseAtUs: 1_240_000 });
  expect(alone).toMatchObject({ destination: -1, requestBytes: 0, responseBytes: 0, responseChunks: 0 });
});

it("at a fixed rate begins on a beat after the request came, and ends one interval after each cell before the last", () => {
  const [asked] = rowsOf(PADDED), cells = asked!.responseChunks!;
  expect(cells).toBeGreaterThan(10);
  expect(asked!.firstResponseAtUs).toBe(1_010_000 + INTERVAL_US);
  expect(asked!.lastResponseAtUs).toBe(asked!.firstResponseAtUs! + (cells - 1) * INTERVAL_US);
});

it("with cover has exchanges of the same sizes and the same length in time for both", () => {
  const [asked, alone] = rowsOf({ ...PADDED, coverFraction: 1 }), lengthOf = (row: Record<string, number>): number => row.lastResponseAtUs! - row.firstResponseAtUs!;
  for (const name of ["requestBytes", "responseBytes", "responseChunks"]) expect(alone![name]).toBe(asked![name]);
  expect(lengthOf(alone!)).toBe(lengthOf(asked!));
  expect(alone!.requestAtUs).toBe(9e6);
  // The real request took 8 ms to its tier; the beats of cover begin as long after it was sent.
  expect((alone!.firstResponseAtUs! - 9_008_000) % INTERVAL_US).toBe(0);
});
