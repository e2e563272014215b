import { expect, it } from "vitest";
import { ColumnTable } from "../../records/column-table.js";
import { WIRE_SCHEMA } from "../../records/wire-record.js";
import { ABSENT, ALL_NETWORK_FEATURES, observeNetwork, type NetworkFeature } from "./network-observer.js";

const HOUR_US = 3_600_000_000;

/** Columns: client, query, destination, requestAt, requestBytes, responseBytes, chunks, first, last. */
function wireOf(...rows: number[][]): ColumnTable {
  const wire = new ColumnTable(WIRE_SCHEMA);
  for (const row of rows) wire.appendRow(row);
  return wire;
}

function featuresOf(wire: ColumnTable, row: number): Record<NetworkFeature, number> {
  const { values, columnCount } = observeNetwork(wire, Int32Array.from({ length: wire.rowCount }, (_, i) => i));
  return Object.fromEntries(ALL_NETWORK_FEATURES.map((name, c) => [name, values[row * columnCount + c]!])) as Record<NetworkFeature, number>;
}

it("works out every feature of an answered question by hand", () => {
  const start = 27 * HOUR_US;
  const features = featuresOf(wireOf([4, 0, 0, start - 1023, 0, 0, 0, NaN, NaN], [4, 1, 2, start, 511, 4095, 5, start + 255, start + 255 + 4 * 63]), 1);
  expect(features).toEqual({
    requestBytes: 9, responseBytes: 12, responseChunks: Math.log2(6), bytesPerChunk: Math.log2(820), duration: Math.log2(508), timeToFirstByte: 8,
    meanGap: 6, sincePrevious: 10, hourOfDay: 3, destination: 2, isSilent: 0,
  });
});

it("marks a silent question and gives no durations that do not exist", () => {
  const features = featuresOf(wireOf([4, 0, -1, 0, 0, 0, 0, NaN, NaN]), 0);
  expect(features).toMatchObject({
    isSilent: 1, requestBytes: 0, responseBytes: 0, bytesPerChunk: ABSENT, duration: ABSENT, timeToFirstByte: ABSENT, meanGap: ABSENT,
    sincePrevious: ABSENT, destination: -1,
  });
});

it("does not take another address's question for the previous one", () => {
  const wire = wireOf([1, 0, 0, 50, 9, 9, 1, 60, 60], [2, 0, 0, 100, 9, 9, 1, 110, 110]);
  expect(featuresOf(wire, 1).sincePrevious).toBe(ABSENT);
});

it("gives finite numbers for a request without an answer", () => {
  const { values } = observeNetwork(wireOf([1, 0, 3, 5e9, 900, 0, 0, NaN, NaN]), Int32Array.of(0));
  expect([...values].every(Number.isFinite)).toBe(true);
});

it("gives the asked features in the asked order", () => {
  const wire = wireOf([1, 0, 3, 0, 0, 1, 1, 60, 60]);
  expect([...observeNetwork(wire, Int32Array.of(0), ["destination", "isSilent"]).values]).toEqual([3, 1]);
});
