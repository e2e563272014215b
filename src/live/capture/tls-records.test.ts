import { expect, test } from "vitest";
import { clientOfAddress, loopbackAddress } from "../transport/loopback-address.js";
import type { TappedPiece } from "./observations.js";
import { tlsRecords } from "./tls-records.js";

const record = (bytes: number): Buffer => Buffer.concat([Buffer.of(23, 3, 3, bytes >> 8, bytes & 255), Buffer.alloc(bytes, 7)]);
const piece = (atUs: number, bytes: Buffer, connection = 0, direction: TappedPiece["direction"] = "up"): TappedPiece => ({ atUs, source: "127.1.0.0", connection, direction, bytes: bytes.toString("base64") });

test("records are put together from pieces, each at the instant of its last byte, connections and directions apart", () => {
  const long = record(300), pieces = [piece(1, Buffer.concat([record(10), long.subarray(0, 3)])), piece(2, record(5), 0, "down"), piece(3, long.subarray(3, 200)), piece(4, record(6), 1), piece(5, long.subarray(200))];
  expect(tlsRecords(pieces).map(({ atUs, direction, bytes }) => [atUs, direction, bytes])).toEqual([[1, "up", 15], [2, "down", 10], [4, "up", 11], [5, "up", 305]]);
});

test("what is no TLS counts piece by piece, and a record that never ends counts not at all", () => {
  expect(tlsRecords([piece(1, Buffer.from("PRI * HTTP/2.0")), piece(2, record(40).subarray(0, 44), 1)]).map(({ bytes }) => bytes)).toEqual([14]);
});

test("every client has an address of its own, and the address gives its number back", () => {
  for (const client of [0, 1, 255, 256, 4095, 65_535]) expect(clientOfAddress(loopbackAddress(client))).toBe(client);
  expect(clientOfAddress("::ffff:127.1.2.3")).toBe(515);
  expect(clientOfAddress("127.0.0.1")).toBeUndefined();
});
