/** Experiment 01 as tables and figures: cases of devices for people who choose a model. */
import type { DeviceCatalogue } from "../devices/device-catalogue.js";
import { findDevice } from "../devices/device-table.js";
import { heatAfterCompute, rateAtHeat } from "../devices/heat.js";
import type { DeviceCase } from "../devices/tabulate-devices.js";
import type { Figure } from "../report/figure.js";
import { makeAnswerEnergy } from "../report/figures/answer-energy.js";
import { makeDeviceHeatmap } from "../report/figures/device-heatmap.js";
import { makeSustainedDecode } from "../report/figures/sustained-decode.js";
import type { SustainedPoint } from "../report/figures/sustained-decode.js";
import { formatShort } from "../report/format-number.js";
import { renderRows } from "../report/render-rows.js";
import { LIGHT_THEME } from "../report/theme.js";

/** Phones whose curves are drawn: new and old, fast and slow, of each maker. */
const DRAWN_PHONES = ["iphone-17-pro", "galaxy-s26-ultra", "iphone-15", "galaxy-s24", "pixel-10", "xiaomi-14", "pixel-7-pro", "oneplus-9r"] as const;
const DRAWN_MODEL = { model: "llama-3.2-1b", quant: "Q4_K_M" } as const;
const HEATMAP_QUANTS: readonly string[] = ["Q4_K_M", "Q8_0"];
const CURVE_STEP_S = 5;
const CURVE_END_S = 600;

/** The three figures; without curves, which `listSustained` gives, the other two. */
export function makeDeviceFigures(cases: readonly DeviceCase[], curves: readonly SustainedPoint[]): readonly Figure[] {
  const phones = cases.filter(({ deviceClass }) => deviceClass === "phone"), { model, quant } = DRAWN_MODEL;
  return [
    makeDeviceHeatmap(phones.filter((each) => HEATMAP_QUANTS.includes(each.quant)), LIGHT_THEME),
    ...(curves.length === 0 ? [] : [makeSustainedDecode(curves, `${model} in ${quant}`, LIGHT_THEME)]), makeAnswerEnergy(listDrawn(cases), LIGHT_THEME),
  ];
}

/** Rates of ten minutes of continuous decoding, of the drawn phones with the drawn model. */
export function listSustained(cases: readonly DeviceCase[], catalogue: DeviceCatalogue): readonly SustainedPoint[] {
  return listDrawn(cases).filter(({ model }) => model === DRAWN_MODEL.model).flatMap((each) => curveOf(each, catalogue));
}

function listDrawn(cases: readonly DeviceCase[]): readonly DeviceCase[] {
  return cases.filter(({ device, quant }) => (DRAWN_PHONES as readonly string[]).includes(device) && quant === DRAWN_MODEL.quant);
}

/** Per device the largest model that is interactive in each format, and what it gives. Markdown. */
export function renderLargestInteractive(cases: readonly DeviceCase[]): string {
  const devices = [...new Set(cases.map(({ device }) => device))], quants = [...new Set(cases.map(({ quant }) => quant))];
  const head = ["device", "class", "stack", "free GB", ...quants.map((quant) => `largest in ${quant}`), "first token s", "tokens/s cold", "after 1 min", "after 5 min", "after 10 min", "W", "J/token", "J/answer", "battery h", "answers/charge"];
  return renderRows(head, devices.map((device) => {
    const own = cases.filter((each) => each.device === device), best = largest(own.filter(({ quant }) => quant === quants[0])) ?? largest(own);
    const name = (quant: string): string => largest(own.filter((each) => each.quant === quant))?.model ?? "none";
    const numbers = best === undefined ? Array.from({ length: 10 }, () => "") : [best.firstTokenS, best.coldTokensPerS, best.after1MinTokensPerS, best.after5MinTokensPerS,
      best.after10MinTokensPerS, best.powerW, best.energyPerTokenJ, best.energyPerAnswerJ, best.batteryH, best.answersPerCharge].map(show);
    return [device, own[0]!.deviceClass, own[0]!.stack, show(own[0]!.freeBytes / 1e9), ...quants.map(name), ...numbers];
  }), "md");
}

/** Every case. Markdown. */
export function renderDeviceCases(cases: readonly DeviceCase[]): string {
  const head = ["device", "model", "quant", "fit", "needs GB", "first token s", "tokens/s cold", "after 1 min", "after 5 min", "after 10 min", "W", "J/token", "J/answer", "battery h", "answers/charge", "interactive"];
  return renderRows(head, cases.map((each) => [each.device, each.model, each.quant, each.fit, ...[each.workingSetBytes / 1e9, each.firstTokenS, each.coldTokensPerS,
    each.after1MinTokensPerS, each.after5MinTokensPerS, each.after10MinTokensPerS, each.powerW, each.energyPerTokenJ, each.energyPerAnswerJ, each.batteryH, each.answersPerCharge].map(show),
  each.isInteractive ? "yes" : ""]), "md");
}

/** Counts over phones by model and format: fits, pages, refused, interactive, and which limit those that fit miss. */
export function summarizeDeviceCases(cases: readonly DeviceCase[], mostFirstTokenS: number, leastTokensPerS: number): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const phones = cases.filter(({ deviceClass }) => deviceClass === "phone"), keys = [...new Set(phones.map(({ model, quant }) => `${model} ${quant}`))];
  return Object.fromEntries(keys.map((key) => {
    const own = phones.filter(({ model, quant }) => `${model} ${quant}` === key), fitting = own.filter(({ fit }) => fit === "fits");
    return [key, {
      fits: fitting.length, pages: own.filter(({ fit }) => fit === "pages").length, refused: own.filter(({ fit }) => fit === "refused").length,
      interactive: own.filter(({ isInteractive }) => isInteractive).length, lateFirstToken: fitting.filter(({ firstTokenS }) => firstTokenS! > mostFirstTokenS).length,
      slowDecode: fitting.filter(({ after10MinTokensPerS }) => after10MinTokensPerS < leastTokensPerS).length,
      medianCold: median(fitting.map(({ coldTokensPerS }) => coldTokensPerS)), medianSustainedShare: median(fitting.map((each) => each.after10MinTokensPerS / each.coldTokensPerS)),
      medianEnergyPerAnswerJ: median(fitting.map(({ energyPerAnswerJ }) => energyPerAnswerJ!)), medianBatteryH: median(fitting.map(({ batteryH }) => batteryH!)),
    }];
  }));
}

function curveOf({ device, coldTokensPerS }: DeviceCase, catalogue: DeviceCatalogue): readonly SustainedPoint[] {
  const { sustainedFraction, heatTauS } = findDevice(catalogue, device);
  return Array.from({ length: CURVE_END_S / CURVE_STEP_S + 1 }, (_, step) => ({
    device, minutes: (step * CURVE_STEP_S) / 60, tokensPerS: coldTokensPerS * rateAtHeat(heatAfterCompute(0, step * CURVE_STEP_S, heatTauS.value), sustainedFraction.value),
  }));
}

function largest(cases: readonly DeviceCase[]): DeviceCase | undefined {
  return cases.filter(({ isInteractive }) => isInteractive).sort((a, b) => b.parameters - a.parameters)[0];
}

function show(value: number | null): string { return value === null ? "" : formatShort(value); }

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return Number(((sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2).toPrecision(6));
}
