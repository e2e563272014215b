/** Sustained speed and time constant with their spread over recorded runs. Stacks that move few bytes do not heat a device up: they stay flat. */
import { predictiveQuantile, quantile } from "../core/statistics.js";
import type { DeviceClass } from "./device-catalogue.js";
import type { DeviceFacts } from "./device-facts.js";
import type { HeatCurveFit } from "./fit-heat.js";
import type { Prediction } from "./fit/rate-model.js";

/** Sustained fraction and time constant with 80% intervals. */
export interface HeatInterval {
  readonly fraction: Prediction;
  readonly tauS: Prediction;
  readonly origin: "fitted" | "assumed";
  readonly source: string;
}

const TAIL = 0.1;

/**
 * Heat of a class of device at a share of its bandwidth.
 *
 * The recorded phone sustains `plateauUse` of its bandwidth whatever runs on it, so a cold share c ends at min(1, plateauUse / c) of the
 * cold speed; classes that cool better lose only a part. The interval is that of the recorded cool starts around their median.
 *
 * @param use Share of the bandwidth when cold.
 */
export function heatInterval(
  curves: readonly HeatCurveFit[], facts: DeviceFacts, deviceClass: DeviceClass, use: number, plateauUse: number,
): HeatInterval {
  const cool = curves.filter((curve) => curve.startState === "nominal" || curve.startState === "fair"), assumed = facts.classes[deviceClass];
  const fractions = sorted(cool.map((curve) => curve.sustainedFraction)), taus = sorted(cool.map((curve) => curve.heatTauS * assumed.heatTauFactor));
  const value = 1 - assumed.heatLossShare * (1 - Math.min(1, plateauUse / use)), middle = quantile(fractions, 0.5);
  const around = (p: number): number => Math.min(1, value >= 1 ? 1 : value * (1 + assumed.heatLossShare * (predictiveQuantile(fractions, p) / middle - 1)));
  return {
    fraction: { value, low: value >= 1 ? 1 - assumed.heatLossShare * (1 - predictiveQuantile(fractions, 1 - TAIL)) : around(TAIL), high: around(1 - TAIL) },
    tauS: { value: quantile(taus, 0.5), low: predictiveQuantile(taus, TAIL), high: predictiveQuantile(taus, 1 - TAIL) },
    origin: deviceClass === "phone" ? "fitted" : "assumed",
    source: `${cool.length} recorded cool starts of an iPhone 17 Pro (heat-fit.json)${deviceClass === "phone" ? "" : `, class ${deviceClass} assumed to lose ${assumed.heatLossShare} of it`}`,
  };
}

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
