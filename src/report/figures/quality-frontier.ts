/** Quality of model files against what they cost: bytes, time or energy. A line shows the best that there is at each cost. */
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import { assignColours, type Theme } from "../theme.js";
import { lineObstacles, placeLabels } from "./place-labels.js";
import { linearScale, logScale, logTicks, paddedDomain, paddedLogDomain, PLAIN_NUMBER } from "./scales.js";

/** A model file. */
export interface QualityPoint {
  readonly model: string;
  readonly form: string;
  readonly format: string;
  readonly way: string;
  /** Share of right answers, with its interval. */
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  readonly megabytes: number;
  readonly tokensPerS?: number;
  readonly millijoulesPerToken?: number;
}

/** What quality is held against. */
export type CostAxis = "megabytes" | "tokensPerS" | "millijoulesPerToken";

const AXES: Readonly<Record<CostAxis, { readonly name: string; readonly title: string; readonly unit: string; readonly isMoreBetter: boolean }>> = {
  megabytes: { name: "quality-bytes", title: "Size of the file (MB, log scale)", unit: "MB", isMoreBetter: false },
  tokensPerS: { name: "quality-speed", title: "Answer tokens per second (log scale)", unit: "tokens/s", isMoreBetter: true },
  millijoulesPerToken: { name: "quality-energy", title: "Energy of an answer token (mJ, log scale)", unit: "mJ/token", isMoreBetter: false },
};
const SHAPES = ["circle", "triangle-up", "square", "diamond", "cross"] as const;
const MARK_RADIUS = 6;

/** Points that no other beats in accuracy and cost, cheapest first. */
export function paretoFront(points: readonly QualityPoint[], axis: CostAxis): readonly QualityPoint[] {
  const sign = AXES[axis].isMoreBetter ? -1 : 1, inOrder = [...points].sort((a, b) => sign * (a[axis]! - b[axis]!) || b.accuracy - a.accuracy);
  let best = -Infinity;
  return inOrder.filter(({ accuracy }) => {
    if (accuracy <= best) return false;
    best = accuracy;
    return true;
  });
}

/** Draws the points that have the cost; undefined when none has. @param source Where the cost comes from, as a sentence. */
export function makeQualityFrontier(all: readonly QualityPoint[], axis: CostAxis, source: string, theme: Theme): Figure | undefined {
  const points = all.filter((point) => point[axis] !== undefined), front = paretoFront(points, axis), { name, title, unit } = AXES[axis];
  const first = front[0], last = front.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const show = (point: QualityPoint): string => `${point.model} ${point.form} (${formatShort(point[axis]!)} ${unit}, ${percent(point.accuracy)})`;
  return {
    name, theme,
    title: `${front.length} of ${points.length} files are beaten by no other: from ${show(first)} to ${show(last)}`,
    subtitle: "Right answers to held-out questions; bars: 95% intervals (Wilson). Filled: GGUF on llama.cpp; hollow: ONNX on ONNX Runtime. The line: the best that there is at each cost.",
    caption: source, altText: front.map(show).join("; "),
    view: { width: PLOT_WIDTH, height: PLOT_HEIGHT, layer: layersOf(points, front, axis, title, theme) },
  };
}

function layersOf(points: readonly QualityPoint[], front: readonly QualityPoint[], axis: CostAxis, title: string, theme: Theme): readonly object[] {
  const models = [...new Set(points.map(({ model }) => model))], ways = [...new Set(points.map(({ way }) => way))];
  const x = paddedLogDomain(points.map((point) => point[axis]!), 1.3), y = paddedDomain(points.flatMap(({ low, high }) => [low, high]), 0.06, 0.01);
  const xField = (field: string): object => ({ field, type: "quantitative", title, scale: { type: "log", domain: x, nice: false }, axis: { values: logTicks(x), format: PLAIN_NUMBER } });
  const yField = (field: string): object => ({ field, type: "quantitative", title: "Right answers", scale: { domain: y, nice: false, zero: false }, axis: { format: ".0%", tickCount: 6 } });
  const colour = { field: "model", type: "nominal", sort: models, scale: { domain: models, range: assignColours(models, theme) }, legend: { title: null, orient: "right", symbolType: "circle" } };
  const shape = { field: "way", type: "nominal", sort: ways, scale: { domain: ways, range: ways.map((_, i) => SHAPES[i % SHAPES.length]) }, legend: { title: null, orient: "right" } };
  const marks = { x: xField(axis), y: yField("accuracy"), color: colour, shape }, labels = labelsOf(points, front, axis, x, y);
  return [
    { data: { values: front }, mark: { type: "line", color: theme.mutedInk, strokeWidth: 1.4, interpolate: AXES[axis].isMoreBetter ? "step-before" : "step-after" }, encoding: { x: xField(axis), y: yField("accuracy") } },
    { data: { values: points }, mark: { type: "rule", opacity: 0.35, strokeWidth: 1.2 }, encoding: { x: xField(axis), y: yField("low"), y2: { field: "high" }, color: colour } },
    { data: { values: points.filter(({ format }) => format === "GGUF") }, mark: { type: "point", filled: true, size: 80, opacity: 0.9 }, encoding: marks },
    { data: { values: points.filter(({ format }) => format !== "GGUF") }, mark: { type: "point", filled: false, fill: theme.background, size: 80, opacity: 1, strokeWidth: 1.8 }, encoding: marks },
    { data: { values: labels }, mark: { type: "text", align: "left", baseline: "middle" }, encoding: { x: xField("labelX"), y: yField("labelY"), text: { field: "text" } } },
  ];
}

/** Labels of the front, kept clear of all marks and of the line. */
function labelsOf(points: readonly QualityPoint[], front: readonly QualityPoint[], axis: CostAxis, xDomain: readonly [number, number], yDomain: readonly [number, number]): readonly object[] {
  const x = logScale(xDomain, [0, PLOT_WIDTH]), y = linearScale(yDomain, [PLOT_HEIGHT, 0]);
  const at = (point: QualityPoint): { x: number; y: number } => ({ x: x.toPixel(point[axis]!), y: y.toPixel(point.accuracy) });
  const inOrder = [...front, ...points.filter((point) => !front.includes(point))];
  const places = placeLabels(inOrder.map((point, i) => ({ ...at(point), radius: MARK_RADIUS, text: i < front.length ? point.form : "" })), PLOT_WIDTH, PLOT_HEIGHT,
    front.slice(1).flatMap((point, i) => lineObstacles(at(front[i]!), at(point))));
  return front.map(({ form }, i) => ({ text: form, labelX: x.toValue(places[i]!.x), labelY: y.toValue(places[i]!.y) }));
}

function percent(share: number): string { return `${(100 * share).toFixed(1)}%`; }
