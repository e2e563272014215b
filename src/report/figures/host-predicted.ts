/** Steps of a calibrated host that its fit has not seen: predicted against measured time. */
import { PLOT_WIDTH, type Figure } from "../figure.js";
import type { Theme } from "../theme.js";
import { logTicks, paddedLogDomain, PLAIN_NUMBER } from "./scales.js";

/** One step. Milliseconds. */
export interface HostPoint { readonly kind: string; readonly runtime: string; readonly measuredMs: number; readonly predictedMs: number }

const SIDE = 560;
const BAND = 1.15;

/** Draws the cloud. Errors are fractions. */
export function makeHostPredicted(points: readonly HostPoint[], median: number, p90: number, theme: Theme): Figure {
  const domain = paddedLogDomain(points.flatMap(({ measuredMs, predictedMs }) => [measuredMs, predictedMs]), 1.2), ticks = logTicks(domain), kinds = [...new Set(points.map(({ kind }) => kind))];
  const axis = { values: ticks, format: PLAIN_NUMBER }, scale = { type: "log", domain, nice: false };
  const x = { field: "measuredMs", type: "quantitative", title: "Measured (ms, log scale)", scale, axis }, y = { field: "predictedMs", type: "quantitative", title: "Predicted (ms, log scale)", scale, axis };
  const colour = { field: "kind", type: "nominal", sort: kinds, scale: { domain: kinds, range: kinds.map((_, slot) => theme.series[slot]) }, legend: { title: null, orient: "top-left", offset: 8 } };
  const shape = { field: "runtime", type: "nominal", legend: { title: null, orient: "bottom-right", offset: 8 } };
  const diagonal = (factor: number, dash: readonly number[]): object => ({
    data: { values: domain.map((measuredMs) => ({ measuredMs, predictedMs: measuredMs * factor })) },
    mark: { type: "line", clip: true, color: theme.mutedInk, strokeWidth: 1.2, strokeDash: dash }, encoding: { x, y },
  });
  return {
    name: "host-predicted", theme,
    title: `Steps of real models on this host that the fit has not seen: median error ${percent(median)}, P90 ${percent(p90)}`,
    subtitle: "Each point is a prompt taken in or a token decoded by a model whose shape and lengths are not in the grid. Lines: equal; 15% above and below.",
    caption: `${points.length} steps, measured in the same run as the grid. Weights are random: speed depends on shapes and formats.`,
    altText: `${points.length} steps: median absolute error ${percent(median)}, 90th percentile ${percent(p90)}`,
    view: {
      width: Math.min(SIDE, PLOT_WIDTH), height: SIDE,
      layer: [
        diagonal(1, [1, 0]), diagonal(BAND, [4, 4]), diagonal(1 / BAND, [4, 4]),
        { data: { values: points }, mark: { type: "point", size: 40, opacity: 0.8, clip: true }, encoding: { x, y, color: colour, shape } },
      ],
    },
  };
}

function percent(share: number): string { return `${(100 * share).toFixed(1)}%`; }
