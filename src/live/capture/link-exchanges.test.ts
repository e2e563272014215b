import { expect, test } from "vitest";
import { exchangesOnLink } from "./link-exchanges.js";
import type { TlsRecord } from "./tls-records.js";

const record = (atUs: number, direction: TlsRecord["direction"], bytes: number): TlsRecord => ({ atUs, source: "127.0.0.1", direction, bytes });

test("a large record up begins an exchange, and what comes down goes to the one that began last", () => {
  const found = exchangesOnLink([record(1, "up", 358), record(2, "down", 1449), record(3, "up", 1900), record(4, "down", 35), record(5, "up", 35), record(6, "up", 1950), record(7, "down", 92), record(8, "down", 496)]);
  expect(found).toEqual([
    { requestAtUs: 3, requestBytes: 1900, chunks: [{ atUs: 4, bytes: 35 }] },
    { requestAtUs: 6, requestBytes: 1950, chunks: [{ atUs: 7, bytes: 92 }, { atUs: 8, bytes: 496 }] },
  ]);
});

test("requests that went out in one record are as many as the smallest goes into it, heads having shrunk a little", () => {
  expect(exchangesOnLink([record(1, "up", 1910), record(2, "up", 3810)]).map(({ requestAtUs, requestBytes }) => [requestAtUs, requestBytes])).toEqual([[1, 1910], [2, 1905], [2, 1905]]);
});

test("a link on which nothing was asked has no exchange", () => {
  expect(exchangesOnLink([record(1, "up", 358), record(2, "down", 1449)])).toEqual([]);
});
