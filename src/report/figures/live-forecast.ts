/** A live system and its simulation under growing loads: a panel for each time. */
import type { Figure } from "../figure.js";
import { assignColours, type Theme } from "../theme.js";
import { logTicks, paddedLogDomain, PLAIN_NUMBER } from "./scales.js";

/** A time at a load, with its 95% interval over replications. Milliseconds. */
export interface ForecastPoint { readonly source: "live" | "simulated"; readonly figure: string; readonly load: number; readonly ms: number; readonly halfWidthMs: number }

const PANEL_WIDTH = 270, PANEL_HEIGHT = 150, COLUMNS = 2;
/** An interval that reaches 0 is drawn down to this part of its mean. */
const LARGEST_RATIO = 4;
const SOURCES = ["live", "simulated"];

/** Draws the panels. @param worst Largest error of the median TTFT below saturation. */
export function makeLiveForecast(points: readonly ForecastPoint[], worst: number, theme: Theme): Figure {
  const figures = [...new Set(points.map(({ figure }) => figure))], colours = assignColours(SOURCES, theme), loads = [...new Set(points.map(({ load }) => 100 * load))];
  const values = points.map((point) => ({ ...point, percent: 100 * point.load, low: Math.max(point.ms / LARGEST_RATIO, point.ms - point.halfWidthMs), high: point.ms + point.halfWidthMs }));
  const x = { field: "percent", type: "quantitative", title: "Load (% of saturation)", scale: { domain: [0, Math.max(...loads) * 1.05], nice: false }, axis: { values: loads } };
  const color = { field: "source", type: "nominal", sort: SOURCES, scale: { domain: SOURCES, range: colours }, legend: { title: null, orient: "top", symbolType: "circle" } };
  const panel = (figure: string): object => {
    const own = values.filter((each) => each.figure === figure), domain = paddedLogDomain(own.flatMap(({ low, high }) => [low, high]), 1.2);
    const y = (field: string): object => ({ field, type: "quantitative", title: "ms, log scale", scale: { type: "log", domain, nice: false }, axis: { values: logTicks(domain), format: PLAIN_NUMBER } });
    return {
      title: { text: figure, anchor: "start", fontSize: 13, fontWeight: 600, color: theme.ink, offset: 6 }, width: PANEL_WIDTH, height: PANEL_HEIGHT,
      data: { values: own }, encoding: { x, color },
      layer: [
        { mark: { type: "line", strokeWidth: 1.6 }, encoding: { y: y("ms") } },
        { mark: { type: "rule", strokeWidth: 1.4 }, encoding: { y: y("low"), y2: { field: "high" } } },
        { mark: { type: "point", filled: true, size: 55, opacity: 1 }, encoding: { y: y("ms") } },
      ],
    };
  };
  const rows = Array.from({ length: Math.ceil(figures.length / COLUMNS) }, (_, row) => figures.slice(row * COLUMNS, (row + 1) * COLUMNS));
  return {
    name: "live-forecast", theme,
    title: `Live and simulated P-E-T system: the median TTFT below saturation is at most ${(100 * worst).toFixed(0)}% off`,
    subtitle: "Means over replications with 95% intervals. TTFT: time to the first token; TPOT: time per token after it. Same questions at the same instants in both.",
    caption: "Live: processes on one machine, with the load that asks. Simulated: from a profile of that machine and questions asked one at a time; no load was looked at.",
    altText: points.map(({ source, figure, load, ms }) => `${figure} at ${Math.round(100 * load)}%, ${source}: ${ms.toPrecision(3)} ms`).join("; "),
    view: { spacing: 22, vconcat: rows.map((row) => ({ spacing: 30, hconcat: row.map(panel) })) },
  };
}
