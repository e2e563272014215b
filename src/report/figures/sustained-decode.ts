/** Decode rate of several phones over ten minutes of continuous work. */
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import type { Theme } from "../theme.js";

/** One point of a phone's curve. */
export interface SustainedPoint { readonly device: string; readonly minutes: number; readonly tokensPerS: number }

/** Draws one line per device. */
export function makeSustainedDecode(points: readonly SustainedPoint[], model: string, theme: Theme): Figure {
  const ends = [...new Set(points.map(({ device }) => device))].map((device) => {
    const own = points.filter((point) => point.device === device);
    return { device, cold: own[0]!.tokensPerS, warm: own[own.length - 1]!.tokensPerS };
  }).sort((a, b) => b.cold - a.cold);
  const worst = ends.reduce((a, b) => (b.warm / b.cold < a.warm / a.cold ? b : a)), steady = ends.filter(({ cold, warm }) => warm / cold > 0.95).length;
  const names = ends.map(({ device }) => device);
  return {
    name: "sustained-decode", theme,
    title: `Fast phones lose up to ${Math.round(100 * (1 - worst.warm / worst.cold))}% of their speed within minutes; ${steady} of these ${ends.length} are slow enough to stay cool`,
    subtitle: `Simulated decode of ${model} without a break, from a cold start.`,
    caption: "First-order heat to a plateau, fitted on recorded curves of an iPhone 17 Pro; other phones are assumed to sustain the same share of their memory bandwidth. A line that stays flat never reaches that share.",
    altText: ends.map(({ device, cold, warm }) => `${device}: ${formatShort(cold)} tokens/s cold, ${formatShort(warm)} after ten minutes`).join("; "),
    view: {
      width: PLOT_WIDTH, height: PLOT_HEIGHT, data: { values: points }, mark: { type: "line", strokeWidth: 2.4 },
      encoding: {
        x: { field: "minutes", type: "quantitative", title: "Minutes of continuous decoding", axis: { tickCount: 10 } },
        y: { field: "tokensPerS", type: "quantitative", title: "Tokens/s", scale: { zero: true }, axis: { tickCount: 7 } },
        color: { field: "device", type: "nominal", sort: names, scale: { domain: names, range: names.map((_, slot) => theme.series[slot % theme.series.length]) }, legend: { title: null, orient: "right", symbolType: "stroke", symbolStrokeWidth: 3 } },
      },
    },
  };
}
