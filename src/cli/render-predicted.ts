/** Predicted numbers with their intervals and origins: one line each, or in a cell of a table. */
import { ConfigError } from "../core/errors.js";
import type { PredictedNumber } from "../devices/predict-device.js";
import type { Prediction } from "../devices/fit/rate-model.js";

/** What the intervals mean. */
export const INTERVAL_NOTE = "Intervals hold 80% of measured rows on chips left out (plmm devices check).";

/** One line per number: name, value, unit, interval, origin, source. */
export function renderPredicted(numbers: readonly PredictedNumber[]): readonly string[] {
  return numbers.map((entry) => {
    const factor = scaleOf(entry), show = (value: number): string => String(Number((value * factor).toPrecision(3)));
    return `${entry.name.padEnd(24)}${show(entry.value).padStart(9)} ${(entry.unit === "bytes" ? "GB" : entry.unit).padEnd(10)}`
      + `${`[${show(entry.low)}, ${show(entry.high)}]`.padEnd(20)} ${entry.origin.padEnd(9)}${entry.source}`;
  });
}

/** A number in a cell: value, interval, first letter of its origin, as in "12.3 (8.9-17)f". */
export function renderCell(entry: PredictedNumber): string {
  return `${short(entry.value * scaleOf(entry), 3)} ${renderInterval(entry, scaleOf(entry))}${entry.origin[0]!}`;
}

/** Several numbers of one unit in a cell, with interval and origin of the last: "54/41/38 (26-48)f". */
export function renderSeries(entries: readonly PredictedNumber[]): string {
  const last = entries.at(-1)!;
  return `${entries.map((entry) => short(entry.value * scaleOf(entry), 2)).join("/")} ${renderInterval(last, scaleOf(last))}${last.origin[0]!}`;
}

/** @throws {ConfigError} for a number of tokens that no context has. */
export function requireContext(tokens: number): void {
  if (!(tokens >= 1 && tokens <= 1e6)) throw new ConfigError({ subject: "--context", rule: "be a number of tokens from 1 to 1e6", got: tokens, hint: "Leave it out for the usual one." });
}

function renderInterval({ low, high }: Prediction, factor: number): string {
  return `(${short(low * factor, 2)}-${short(high * factor, 2)})`;
}

function short(value: number, digits: number): string {
  return String(Number(value.toPrecision(value >= 10 ** digits ? Math.ceil(Math.log10(value)) : digits)));
}

function scaleOf({ unit }: PredictedNumber): number {
  return unit === "bytes" ? 1e-9 : 1;
}
