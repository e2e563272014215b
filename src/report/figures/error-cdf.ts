/** Share of rows that each predictor is within an error of. */
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure } from "../figure.js";
import type { Theme } from "../theme.js";
import { PLAIN_NUMBER } from "./scales.js";

/** Absolute relative errors of one predictor. */
export interface PredictorErrors { readonly predictor: string; readonly errors: readonly number[] }

const LEAST = 0.01, MOST = 10;

/** Draws one curve per predictor, in the order given: simple ones first, ours last. */
export function makeErrorCdf(predictors: readonly PredictorErrors[], theme: Theme): Figure {
  const curves = predictors.map(({ predictor, errors }) => ({ predictor, sorted: [...errors].sort((a, b) => a - b) }));
  const values = curves.flatMap(({ predictor, sorted }) => sorted.map((error, at) => ({ predictor, percent: 100 * Math.min(MOST, Math.max(LEAST, error)), share: (at + 1) / sorted.length })));
  const names = predictors.map(({ predictor }) => predictor), within = (share: number): number[] => curves.map(({ sorted }) => sorted.filter((error) => error <= share).length / sorted.length);
  const quarter = within(0.25), best = Math.max(...quarter.slice(0, -2));
  return {
    name: "error-cdf", theme,
    title: `Within 25% of the measured rate: ${percent(quarter[quarter.length - 2]!)} of rows without any row of the chip, ${percent(best)} with the best simple predictor`,
    subtitle: "Share of rows predicted within an error, decode rate, each chip left out. Further left and higher is better.",
    caption: "Simple predictors: all of the bandwidth over bytes; 0.55 of it; a share and an overhead per stack and accelerator, fitted on the other chips. The curve with a known row leaves these rows out of the score.",
    altText: curves.map(({ predictor }, at) => `${predictor}: ${percent(quarter[at]!)} within 25%, ${percent(within(1)[at]!)} within 100%`).join("; "),
    view: {
      width: PLOT_WIDTH, height: PLOT_HEIGHT, data: { values }, mark: { type: "line", strokeWidth: 2.2, interpolate: "step-after" },
      encoding: {
        x: { field: "percent", type: "quantitative", title: "Absolute error (%, log scale)", scale: { type: "log", domain: [LEAST * 100, MOST * 100], nice: false }, axis: { values: [1, 2, 5, 10, 25, 50, 100, 250, 1000], format: PLAIN_NUMBER } },
        y: { field: "share", type: "quantitative", title: "Share of rows", scale: { domain: [0, 1] }, axis: { format: ".0%", tickCount: 5 } },
        color: { field: "predictor", type: "nominal", sort: names, scale: { domain: names, range: coloursOf(names.length, theme) }, legend: { title: null, orient: "bottom", columns: 1, labelLimit: 500, symbolType: "stroke", symbolStrokeWidth: 3 } },
      },
    },
  };
}

/** Muted for simple predictors, strong for the last two. */
function coloursOf(count: number, theme: Theme): readonly string[] {
  const simple = [theme.series[6]!, theme.series[5]!, theme.series[4]!];
  return Array.from({ length: count }, (_, at) => (at >= count - 2 ? theme.series[at === count - 1 ? 0 : 1]! : simple[at % simple.length]!));
}

function percent(share: number): string { return `${(share * 100).toFixed(0)}%`; }
