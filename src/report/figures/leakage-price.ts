/** What defences buy and cost: mean leakage over observers against time to the first token, bytes as the size of the mark. */
import type { LabelSummary, Summary } from "../aggregate.js";
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import { assignColours, type Theme } from "../theme.js";
import { lineObstacles, placeLabels } from "./place-labels.js";
import { endsOf } from "./policy-point.js";
import { linearScale, paddedDomain } from "./scales.js";

interface PricePoint {
  readonly label: string;
  readonly bits: number;
  readonly bitsLow: number;
  readonly bitsHigh: number;
  readonly ttftS: number;
  readonly kilobytes: number;
  /** No other mark is at least as good in leakage, time and bytes and better in one. */
  readonly isPareto: boolean;
}

const SMALLEST_AREA = 50;
const LARGEST_AREA = 900;

/** Draws the marks; undefined when no label has all metrics. */
export function makeLeakagePrice(summary: Summary, theme: Theme): Figure | undefined {
  const points = markPareto(summary.labels.flatMap(pointOf));
  if (points.length === 0) return undefined;
  const best = points.reduce((a, b) => (b.bits < a.bits ? b : a)), worst = points.reduce((a, b) => (b.bits > a.bits ? b : a));
  return {
    name: "leakage-price", theme,
    title: best === worst ? `${best.label} leaks ${formatShort(best.bits)} bits to the mean observer`
      : `${worst.label} leaks ${formatShort(worst.bits)} bits to the mean observer, ${best.label} ${formatShort(best.bits)}`,
    subtitle: "Best is bottom left. Area of a mark: bytes per question. Full marks: nothing is at least as good in leakage, time and bytes. Bars: 95% intervals.",
    caption: "Leakage: min-entropy leakage of the question that an observer answers best, mean over observers. Intervals over replications.",
    altText: points.map(({ label, bits, ttftS, kilobytes }) => `${label}: ${formatShort(bits)} bits, ${formatShort(ttftS)} s, ${formatShort(kilobytes)} kB`).join("; "),
    view: viewOf(points, theme),
  };
}

function pointOf({ label, metrics }: LabelSummary): Omit<PricePoint, "isPareto">[] {
  const bits = metrics["leak.mean.bits"], ttft = metrics["ttft.mean"], up = metrics["bytes.up"], down = metrics["bytes.down"];
  if (bits === undefined || ttft === undefined || up === undefined || down === undefined) return [];
  const [bitsLow, bitsHigh] = endsOf(bits);
  return [{ label, bits: bits.mean, bitsLow: Math.max(0, bitsLow), bitsHigh, ttftS: ttft.mean, kilobytes: up.mean + down.mean }];
}

function markPareto(points: readonly Omit<PricePoint, "isPareto">[]): PricePoint[] {
  const isBeaten = (point: Omit<PricePoint, "isPareto">): boolean => points.some((other) => {
    const gains = [point.bits - other.bits, point.ttftS - other.ttftS, point.kilobytes - other.kilobytes];
    return gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0);
  });
  return points.map((point) => ({ ...point, isPareto: !isBeaten(point) }));
}

function viewOf(points: readonly PricePoint[], theme: Theme): Figure["view"] {
  const x = linearScale(paddedDomain(points.map(({ ttftS }) => ttftS), 0.12, 0.05), [0, PLOT_WIDTH]);
  const y = linearScale(paddedDomain([0, ...points.flatMap(({ bitsLow, bitsHigh }) => [bitsLow, bitsHigh])], 0.08, 0.05), [PLOT_HEIGHT, 0]);
  const most = Math.max(...points.map(({ kilobytes }) => kilobytes));
  const rows = points.map((point) => ({ ...point, area: SMALLEST_AREA + (LARGEST_AREA - SMALLEST_AREA) * (most > 0 ? point.kilobytes / most : 0) }));
  const bars = points.flatMap(({ ttftS, bitsLow, bitsHigh }) => lineObstacles({ x: x.toPixel(ttftS), y: y.toPixel(bitsLow) }, { x: x.toPixel(ttftS), y: y.toPixel(bitsHigh) }));
  const marks = rows.map(({ ttftS, bits, area, label }) => ({ x: x.toPixel(ttftS), y: y.toPixel(bits), radius: Math.sqrt(area / Math.PI), text: label }));
  const places = placeLabels(marks, PLOT_WIDTH, PLOT_HEIGHT, bars);
  const drawn = rows.map((row, i) => ({ ...row, labelX: x.toValue(places[i]!.x), labelY: y.toValue(places[i]!.y) }));
  const [colour] = assignColours(["defence"], theme);
  const xField = (field: string): object => ({ field, type: "quantitative", title: "Time to first token, mean (s)", scale: { domain: x.domain, nice: false, zero: false } });
  const yField = (field: string): object => ({ field, type: "quantitative", title: "Leakage to the mean observer (bits)", scale: { domain: y.domain, nice: false, zero: false } });
  const area = { field: "area", type: "quantitative", scale: null, legend: null };
  const tooltip = [{ field: "label" }, { field: "bits", format: ".3f" }, { field: "ttftS", title: "TTFT (s)", format: ".2f" }, { field: "kilobytes", title: "kB per question", format: ".2f" }];
  return {
    width: PLOT_WIDTH, height: PLOT_HEIGHT, data: { values: drawn },
    layer: [
      { transform: [{ filter: "datum.isPareto" }], mark: { type: "circle", opacity: 0.85, color: colour }, encoding: { x: xField("ttftS"), y: yField("bits"), size: area, tooltip } },
      { transform: [{ filter: "!datum.isPareto" }], mark: { type: "point", filled: false, strokeWidth: 1.6, opacity: 1, color: colour }, encoding: { x: xField("ttftS"), y: yField("bits"), size: area, tooltip } },
      { mark: { type: "rule", strokeWidth: 1.2, color: theme.ink }, encoding: { x: xField("ttftS"), y: yField("bitsLow"), y2: { field: "bitsHigh" } } },
      { mark: { type: "text", align: "left", baseline: "middle" }, encoding: { x: xField("labelX"), y: yField("labelY"), text: { field: "label" } } },
    ],
  };
}
