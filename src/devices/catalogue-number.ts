/** How the catalogue writes its numbers. */
import type { DeviceNumber } from "./device-catalogue.js";

/** A number that nobody measured, with the reason for it. */
export function assume(value: number, source: string): DeviceNumber {
  return { value, origin: "assumed", source };
}

/** Four significant digits: more would claim more than the data hold, and fewer would show in a sum. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
