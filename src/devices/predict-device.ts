/**
 * Everything that is predicted about one model on one chip with one software stack: speed, memory, power, heat, battery; each with an
 * 80% interval and where it comes from. A number is "measured" when a row of this chip, stack, accelerator, model and format exists
 * (the prediction has then seen it), "fitted" when the models speak alone, "assumed" when a class of devices stands in.
 */
import { exp, ln } from "../core/elementary.js";
import type { DeviceFacts } from "./device-facts.js";
import { busyS, heatAfterCompute, rateAtHeat } from "./heat.js";
import type { HeatCurveFit } from "./fit-heat.js";
import { askRow } from "./facts/asked-row.js";
import type { AskedConfiguration } from "./facts/asked-row.js";
import type { Measurement } from "./facts/measurement.js";
import { modelKey } from "./facts/model-name.js";
import { formatKey } from "./facts/weight-format.js";
import type { DeviceClass } from "./device-catalogue.js";
import { predictFirstToken } from "./fit/check-first-token.js";
import type { RateModels } from "./fit/check-report.js";
import { predictRows } from "./fit/rate-model.js";
import type { Prediction, RateModel } from "./fit/rate-model.js";
import type { TargetName } from "./fit/rate-targets.js";
import { heatInterval } from "./heat-interval.js";
import type { HeatInterval } from "./heat-interval.js";

/** A number with its interval and origin. */
export interface PredictedNumber extends Prediction {
  readonly name: string;
  readonly unit: string;
  readonly origin: "measured" | "fitted" | "assumed";
  readonly source: string;
}

/** What the prediction rests on. */
export interface PredictionGround extends RateModels {
  readonly facts: DeviceFacts;
  readonly heatCurves: readonly HeatCurveFit[];
  /** Share of the bandwidth that the recorded phone sustains. */
  readonly plateauUse: number;
}

/** Minutes of continuous work after which the rate is told. */
const MINUTES = [1, 5, 10] as const;

/** Predicts. `batteryJ` undefined: hours are not told. */
export function predictDevice(ground: PredictionGround, asked: AskedConfiguration, batteryJ: number | undefined): readonly PredictedNumber[] {
  const row = askRow(asked), predict = (target: TargetName): Prediction => predictRows(ground.model(target), [row])[0]!;
  const told = (name: string, unit: string, value: Prediction, target: TargetName): PredictedNumber =>
    ({ name, unit, ...value, ...originOf(ground.model(target), row) });
  const decode = predict("decode"), prefill = predict("prefill"), energy = predict("energy"), prefillTold = told("prefill", "tokens/s", prefill, "prefill");
  const heat = heatInterval(ground.heatCurves, ground.facts, deviceClassOf(asked.deviceClass), bandwidthUse(row, decode, ground), ground.plateauUse);
  const sustained = MINUTES.map((minutes) => sustainedRate(minutes, decode, heat)), energyTold = told("energy", "J/token", energy, "energy");
  const coldW = multiply(energy, decode), hotW = multiply(energy, sustained.at(-1)!);
  const afterHeat = { origin: heat.origin === "assumed" ? heat.origin : energyTold.origin, source: `${energyTold.source}; the same energy of a token hot and cold (assumed), rate: ${heat.source}` };
  return [
    told("decode", "tokens/s", decode, "decode"), prefillTold,
    { ...prefillTold, name: "time to first token", unit: "s", ...predictFirstToken(asked, prefill, decode, ground.firstTokenScale) },
    told("peak memory", "bytes", predict("memory"), "memory"), energyTold, { ...energyTold, name: "power when cold", unit: "W", ...coldW },
    { name: "power after 10 min", unit: "W", ...hotW, ...afterHeat }, ...sustained,
    ...(batteryJ === undefined ? [] : [{ name: "battery while decoding", unit: "h", ...hoursOf(batteryJ, coldW, hotW, heat), ...afterHeat }]),
  ];
}

function originOf(model: RateModel, asked: Measurement): Pick<PredictedNumber, "origin" | "source"> {
  const ofStack = model.rows.filter((row) => row.chip === asked.chip && row.family === asked.family && row.accelerator === asked.accelerator);
  const same = ofStack.filter((row) => modelKey(row.model) === modelKey(asked.model) && formatKey(row.format) === formatKey(asked.format));
  if (same.length > 0) return { origin: "measured", source: `pulled to rows ${same.slice(0, 4).map((row) => row.id).join(" ")}` };
  const chipRows = model.rows.filter((row) => row.chip === asked.chip).length;
  return { origin: "fitted", source: `${model.rows.length} rows: ${ofStack.length} of this chip with this stack, ${chipRows} of this chip` };
}

/** Product of two predictions taken as independent: half widths add in squares of logarithms. */
function multiply(a: Prediction, b: Prediction): Prediction {
  const half = (p: Prediction): number => 0.5 * ln(p.high / p.low), width = Math.sqrt(half(a) ** 2 + half(b) ** 2), value = a.value * b.value;
  return { value, low: value * exp(-width), high: value * exp(width) };
}

/** From full to empty without a break, heating up at first. The interval is that of the power at the end. */
function hoursOf(batteryJ: number, coldW: Prediction, hotW: Prediction, heat: HeatInterval): Prediction {
  const value = busyS(batteryJ / coldW.value, 0, heat.fraction.value, heat.tauS.value) / 3600;
  return { value, low: value * (hotW.value / hotW.high), high: value * (hotW.value / hotW.low) };
}

function sustainedRate(minutes: number, decode: Prediction, heat: HeatInterval): PredictedNumber {
  const rate = (cold: number, fraction: number, tauS: number): number => cold * rateAtHeat(heatAfterCompute(0, minutes * 60, tauS), fraction);
  return {
    name: `decode after ${minutes} min`, unit: "tokens/s", value: rate(decode.value, heat.fraction.value, heat.tauS.value),
    low: rate(decode.low, heat.fraction.low, heat.tauS.low), high: rate(decode.high, heat.fraction.high, heat.tauS.high), origin: heat.origin, source: heat.source,
  };
}

function bandwidthUse(row: Measurement, decode: Prediction, ground: PredictionGround): number {
  const bandwidth = row.bandwidthBytesPerS ?? ground.model("decode").chips.get(row.chip)?.bandwidthBytesPerS;
  return bandwidth === undefined ? ground.plateauUse : ((row.streamedBytes ?? 0) * decode.value) / bandwidth;
}

function deviceClassOf(name: string): DeviceClass {
  return name === "tablet" || name === "laptop" || name === "desktop" || name === "sbc" ? name : "phone";
}
