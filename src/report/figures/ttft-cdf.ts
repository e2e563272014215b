/** How many questions have a first token within a time: one curve per label, over all asked questions, so curves end at the answered share. */
import type { LabelSummary, Summary } from "../aggregate.js";
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import type { Histogram } from "../../metrics/findings.js";
import { assignColours, type Theme } from "../theme.js";
import { policyOf } from "./policy-point.js";
import { logTicks, PLAIN_NUMBER } from "./scales.js";

/** Names under which the histogram is found. */
export const HISTOGRAM_NAMES = ["ttft", "ttftUs", "ttftS"] as const;
const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6 };
/** A point is kept when the curve rose this much since the last one. */
const CURVE_STEP = 0.002;
/** Share of the waits left out at each end of the axis. */
const AXIS_TAIL = 0.001;

interface CurvePoint { readonly label: string; readonly timeS: number; readonly share: number }

/** Draws the curves; undefined when no label has the histogram. */
export function makeTtftCdf(summary: Summary, theme: Theme): Figure | undefined {
  const curves = summary.labels.map((label) => ({ label, points: curveOf(label) })).filter(({ points }) => points.length > 1);
  if (curves.length === 0) return undefined;
  const medians = curves.map(({ label, points }) => ({ name: label.label, medianS: timeAt(points, 0.5) })).sort((a, b) => a.medianS - b.medianS);
  const fastest = medians[0]!, slowest = medians[medians.length - 1]!;
  const names = medians.map(({ name }) => name);
  const policies = names.map((name) => policyOf(curves.find(({ label }) => label.label === name)!.label));
  const colourNames = new Set(policies).size === names.length ? policies : names;
  const domain = timeDomain(curves.map(({ points }) => points));
  return {
    name: "ttft-cdf", theme,
    title: curves.length === 1 || !Number.isFinite(slowest.medianS) ? `Half of all questions have a first token within ${formatShort(fastest.medianS)} s under ${fastest.name}`
      : `Half of all questions have a first token within ${formatShort(fastest.medianS)} s under ${fastest.name}, within ${formatShort(slowest.medianS)} s under ${slowest.name}`,
    subtitle: "Share of asked questions with a first token on screen within the time. Further left and higher is better.",
    caption: "From histograms with bins of at most 1.6% width, summed over replications. A curve ends at the share of questions that were answered at all.",
    altText: medians.map(({ name, medianS }) => `${name}: half within ${formatShort(medianS)} s`).join("; "),
    view: {
      width: PLOT_WIDTH, height: PLOT_HEIGHT, data: { values: curves.flatMap(({ points }) => points).filter(({ timeS }) => timeS >= domain[0] && timeS <= domain[1]) },
      mark: { type: "line", strokeWidth: 2.2, interpolate: "linear" },
      encoding: {
        x: { field: "timeS", type: "quantitative", title: "Time to first token (s, log scale)", scale: { type: "log", domain, nice: false }, axis: { values: logTicks(domain), format: PLAIN_NUMBER } },
        y: { field: "share", type: "quantitative", title: "Share of asked questions", scale: { domain: [0, 1] }, axis: { format: ".0%", tickCount: 5 } },
        color: { field: "label", type: "nominal", sort: names, scale: { domain: names, range: assignColours(colourNames, theme) }, legend: { title: null, orient: "right", symbolType: "stroke", symbolStrokeWidth: 3 } },
      },
    },
  };
}

function curveOf({ label, metrics, histograms }: LabelSummary): readonly CurvePoint[] {
  const histogram = HISTOGRAM_NAMES.map((name) => histograms[name]).find((found) => found !== undefined);
  if (histogram === undefined) return [];
  const seconds = SECONDS_PER_UNIT[histogram.unit] ?? 1;
  const answered = metrics["answered.fraction"]?.mean ?? 1;
  return cumulate(histogram).map(({ edge, share }) => ({ label, timeS: edge * seconds, share: share * answered }));
}

function cumulate({ edges, counts }: Histogram): readonly { edge: number; share: number }[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const points: { edge: number; share: number }[] = [];
  if (total === 0) return points;
  let sum = 0, last = -1;
  counts.forEach((count, i) => {
    if (count > 0 && sum === 0 && edges[i]! > 0) points.push({ edge: edges[i]!, share: 0 });
    sum += count;
    const share = sum / total;
    if ((share - last >= CURVE_STEP || i === counts.length - 1) && count > 0 || (sum === total && last < 1)) { points.push({ edge: edges[i + 1]!, share }); last = share; }
  });
  return points;
}

/** First time at which the curve reaches the share; infinite when it never does. */
function timeAt(points: readonly CurvePoint[], share: number): number {
  return points.find((point) => point.share >= share)?.timeS ?? Infinity;
}

function timeDomain(curves: readonly (readonly CurvePoint[])[]): readonly [number, number] {
  const lows = curves.map((points) => timeAt(points, AXIS_TAIL));
  const highs = curves.map((points) => timeAt(points, points[points.length - 1]!.share * (1 - AXIS_TAIL)));
  return [Math.min(...lows) / 1.05, Math.max(...highs) * 1.05];
}
