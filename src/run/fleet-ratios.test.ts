import { expect, it } from "vitest";
import { findFleetRatios } from "./fleet-ratios.js";
import type { FleetRow } from "./measure-fleet.js";

function row(clients: number, threads: number, nsPerEvent: number, wallS: number): FleetRow {
  return { clients, threads, nsPerEvent, wallS } as FleetRow;
}

it("compares the cost of an event over sizes on one thread, and the clock over threads at one size", () => {
  const ratios = findFleetRatios([row(1e3, 1, 1500, 2), row(1e3, 2, 9000, 4), row(1e6, 1, 1000, 80), row(1e6, 2, 1100, 50)]);
  expect(ratios).toEqual({ costSpread: 1.5, speedUps: [{ clients: 1e3, threads: 2, speedUp: 0.5 }, { clients: 1e6, threads: 2, speedUp: 1.6 }] });
});

it("finds nothing without a run on one thread", () => {
  expect(findFleetRatios([row(1e3, 2, 1500, 2)])).toBeUndefined();
});
