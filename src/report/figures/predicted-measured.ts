/** Predicted against measured decode rates of chips left out, with 80% intervals. */
import { PLOT_WIDTH, type Figure } from "../figure.js";
import type { Theme } from "../theme.js";
import { logTicks, paddedLogDomain, PLAIN_NUMBER } from "./scales.js";

/** One row predicted without its chip. Tokens/s. */
export interface PredictedPoint {
  readonly measured: number;
  readonly predicted: number;
  readonly low: number;
  readonly high: number;
  readonly isHandheld: boolean;
}

const SIDE = 560;
const KINDS = ["phones, tablets", "other devices"] as const;

/** Draws the cloud. `medianError` and `coverage` are fractions. */
export function makePredictedMeasured(points: readonly PredictedPoint[], medianError: number, coverage: number, theme: Theme): Figure {
  const values = points.map((point) => ({ ...point, kind: KINDS[point.isHandheld ? 0 : 1] }));
  const domain = paddedLogDomain(points.flatMap(({ measured, predicted }) => [measured, predicted]), 1.15), ticks = logTicks(domain), [low, high] = domain;
  const scale = { type: "log", domain, nice: false, clamp: true };
  const x = { field: "measured", type: "quantitative", title: "Measured (tokens/s, log scale)", scale, axis: { values: ticks, format: PLAIN_NUMBER } };
  const y = (field: string): object => ({ field, type: "quantitative", title: "Predicted (tokens/s, log scale)", scale, axis: { values: ticks, format: PLAIN_NUMBER } });
  const colour = { field: "kind", type: "nominal", sort: KINDS, scale: { domain: KINDS, range: [theme.series[1], theme.series[0]] }, legend: { title: null, orient: "top-left", symbolType: "circle", offset: 8 } };
  const diagonal = (factor: number, dash: readonly number[]): object => ({
    data: { values: [Math.max(low, low / factor), Math.min(high, high / factor)].map((measured) => ({ measured, predicted: measured * factor })) },
    mark: { type: "line", clip: true, color: theme.mutedInk, strokeWidth: 1.2, strokeDash: dash }, encoding: { x, y: y("predicted") },
  });
  return {
    name: "predicted-measured", theme,
    title: `Decode speed of a chip that the fit has not seen: median error ${percent(medianError)}, ${percent(coverage)} inside their 80% interval`,
    subtitle: "Each point is a published measurement, predicted from the chip's spec sheet and from other chips. Lines: equal; half and twice.",
    caption: `${points.length} rows, leave-one-SoC-out. Thin vertical lines: 80% intervals.`,
    altText: `${points.length} rows, of them ${points.filter(({ isHandheld }) => isHandheld).length} on phones and tablets: median absolute error ${percent(medianError)}, ${percent(coverage)} within the 80% interval`,
    view: {
      width: Math.min(SIDE, PLOT_WIDTH), height: SIDE,
      layer: [
        { data: { values }, mark: { type: "rule", strokeWidth: 0.7, opacity: 0.16, clip: true }, encoding: { x, y: y("low"), y2: { field: "high" }, color: colour } },
        diagonal(1, [1, 0]), diagonal(2, [4, 4]), diagonal(0.5, [4, 4]),
        { data: { values }, mark: { type: "point", filled: true, size: 26, opacity: 0.75, clip: true }, encoding: { x, y: y("predicted"), color: colour } },
      ],
    },
  };
}

function percent(share: number): string { return `${(share * 100).toFixed(0)}%`; }
