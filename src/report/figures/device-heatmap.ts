/** Sustained decode rate of each model on each phone, as a map: what does not fit is empty, what is interactive is framed. */
import type { DeviceCase } from "../../devices/tabulate-devices.js";
import type { Figure } from "../figure.js";
import type { Theme } from "../theme.js";

/** Edges of the rate classes, tokens/s, and how they are called. */
const CLASSES = [[0, "below 2"], [2, "2 to 8"], [8, "8 to 20"], [20, "20 to 50"], [50, "above 50"]] as const;
const LIGHT_RAMP = ["#f3dccb", "#dfe5c8", "#a9d6c5", "#5fb3b8", "#2f7fa8"] as const;
const UNFIT = "does not fit";
const CELL = { width: 44, height: 21 } as const;

/** Draws the map for devices of one class. Rows are devices, columns models by size, panels formats. */
export function makeDeviceHeatmap(cases: readonly DeviceCase[], theme: Theme): Figure {
  const devices = sortDevices(cases), models = [...new Map([...cases].sort((a, b) => a.parameters - b.parameters).map(({ model, parameters }) => [model, parameters])).keys()];
  const quants = [...new Set(cases.map(({ quant }) => quant))], counts = countOf(cases, devices.length);
  return {
    name: "device-heatmap", theme,
    title: counts.title, subtitle: "Tokens/s after ten minutes of continuous decoding. Framed: interactive, the first token of a 256-token prompt within 2 s and at least 8 tokens/s after ten minutes.",
    caption: "Simulated with the shipped device catalogue, each phone with its usual stack. Empty: weights, 4,096 tokens of context and runtime need more than the OS leaves; such a model pages from flash, or the OS ends the app. Phones from the fastest to the slowest.",
    altText: counts.altText,
    view: {
      spacing: 14,
      hconcat: quants.map((quant, at) => panelOf(cases.filter((each) => each.quant === quant), quant, at === 0, devices, models, theme)),
      resolve: { scale: { color: "shared" } },
    },
  };
}

function panelOf(cases: readonly DeviceCase[], quant: string, isFirst: boolean, devices: readonly string[], models: readonly string[], theme: Theme): object {
  const values = cases.map((each) => ({
    device: each.device, model: each.model, class: classOf(each), text: each.fit === "fits" ? rateText(each.after10MinTokensPerS) : "", isInteractive: each.isInteractive,
  }));
  const names = [...CLASSES.map(([, name]) => name), UNFIT];
  const encoding = {
    x: { field: "model", type: "nominal", sort: models, title: null, axis: { orient: "top", labelAngle: -55, labelColor: theme.ink, grid: false, labelLimit: 140 } },
    y: { field: "device", type: "nominal", sort: devices, title: null, axis: isFirst ? { labelColor: theme.ink, labelLimit: 160, grid: false } : null },
  };
  return {
    title: { text: quant, anchor: "start", fontSize: 13, fontWeight: 600, color: theme.ink, offset: 6 },
    width: CELL.width * models.length, height: CELL.height * devices.length, data: { values },
    layer: [
      {
        mark: { type: "rect", stroke: theme.background, strokeWidth: 2 },
        encoding: { ...encoding, color: { field: "class", type: "nominal", scale: { domain: names, range: [...LIGHT_RAMP, theme.grid] }, legend: { title: "Tokens/s, sustained", orient: "bottom", direction: "horizontal", symbolType: "square", symbolStrokeWidth: 0 } } },
      },
      { transform: [{ filter: "datum.isInteractive" }], mark: { type: "rect", filled: false, stroke: theme.name === "light" ? "#0b2a3c" : theme.ink, strokeWidth: 1.4, width: CELL.width - 5, height: CELL.height - 5 }, encoding },
      { mark: { type: "text", fontSize: 11 }, encoding: { ...encoding, text: { field: "text" }, color: { condition: { test: `datum.class === '${CLASSES[4][1]}'`, value: "#ffffff" }, value: "#1b1f24" } } },
    ],
  };
}

/** Names of devices, the one with the highest median rate first. */
function sortDevices(cases: readonly DeviceCase[]): readonly string[] {
  const byDevice = new Map<string, number>();
  for (const { device, after10MinTokensPerS, fit } of cases) byDevice.set(device, (byDevice.get(device) ?? 0) + (fit === "fits" ? Math.log(1 + after10MinTokensPerS) : 0));
  return [...byDevice].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([device]) => device);
}

function countOf(cases: readonly DeviceCase[], devices: number): { readonly title: string; readonly altText: string } {
  const models = new Map<string, number>();
  for (const each of cases) models.set(`${each.model} in ${each.quant}`, (models.get(`${each.model} in ${each.quant}`) ?? 0) + (each.isInteractive ? 1 : 0));
  const at = (name: string): number => models.get(name) ?? 0, first = cases[0]!.quant;
  return {
    title: `Interactive in ${first}: 1.2 billion weights on ${at(`llama-3.2-1b in ${first}`)} of ${devices} phones, 3.2 billion on ${at(`llama-3.2-3b in ${first}`)}, 8 billion on ${at(`llama-3.1-8b in ${first}`)}`,
    altText: [...models].map(([name, count]) => `${name}: interactive on ${count} of ${devices} phones`).join("; "),
  };
}

function classOf({ fit, after10MinTokensPerS }: DeviceCase): string {
  if (fit !== "fits") return UNFIT;
  return [...CLASSES].reverse().find(([from]) => after10MinTokensPerS >= from)![1];
}

function rateText(rate: number): string { return rate >= 10 ? rate.toFixed(0) : rate.toFixed(1); }
