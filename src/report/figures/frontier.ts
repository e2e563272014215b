/**
 * The picture of the study: what the network observer learns against how long people wait, with money as the size of the mark.
 * One mark per label; a policy with padding off and on is joined by a line.
 */
import type { LabelSummary, Summary } from "../aggregate.js";
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure, type ViewSpec } from "../figure.js";
import { formatShort, formatUsd } from "../format-number.js";
import { assignColours, type Theme } from "../theme.js";
import { lineObstacles, placeLabels, type Box } from "./place-labels.js";
import { endsOf, paddingOf, policyOf } from "./policy-point.js";
import { linearScale, logScale, logTicks, paddedDomain, paddedLogDomain, PLAIN_NUMBER, type AxisScale } from "./scales.js";

interface FrontierPoint {
  readonly text: string;
  readonly policy: string;
  readonly isPadded: boolean;
  readonly leak: number;
  readonly leakLow: number;
  readonly leakHigh: number;
  readonly ttftS: number;
  readonly ttftLowS: number;
  readonly ttftHighS: number;
  readonly moneyUsd: number;
}

type Leak = "consult" | "domain";

const CHANCE_AUC = 0.5;
const SMALLEST_AREA = 60;
const LARGEST_AREA = 1700;
/** With more marks the largest shrinks, so that they cover each other less. */
const MARKS_AT_FULL_SIZE = 8;
const LEAK_AXIS: Readonly<Record<Leak, string>> = {
  consult: "How well a network observer tells that an expert was asked (AUC; 0.5 is guessing)",
  domain: "How well a network observer tells the domain of a question (AUC; 0.5 is guessing)",
};

/** Metrics without which the figure cannot be drawn, for either leak. */
export const FRONTIER_METRICS: readonly string[] = ["leak.consult.auc", "ttft.p95", "money.perUserDay"];

/** Who leaks as much as `like`, to the digits shown: its name, or how many where several do; and the verb. */
function nameAlike(points: readonly FrontierPoint[], like: FrontierPoint): readonly [name: string, verb: string] {
  const count = points.filter(({ leak }) => formatShort(leak) === formatShort(like.leak)).length;
  return count === 1 ? [like.text, "leaks"] : [`${count} variants`, "leak"];
}

/** Draws the frontier; undefined when no label has all three metrics. */
export function makeFrontier(summary: Summary, theme: Theme): Figure | undefined {
  const leak: Leak = summary.labels.some(({ metrics }) => metrics["leak.consult.auc"] !== undefined) ? "consult" : "domain";
  const firstCondition = summary.labels[0]?.axes["condition"];
  const points = summary.labels.map((label) => pointOf(label, leak, firstCondition)).filter((point) => point !== undefined);
  if (points.length === 0) return undefined;
  const sorted = [...points].sort((a, b) => a.leak - b.leak);
  const least = sorted[0]!, most = sorted[sorted.length - 1]!, fastest = points.reduce((a, b) => b.ttftS < a.ttftS ? b : a);
  return {
    name: "frontier", theme,
    title: points.length === 1 ? `${least.text} leaks ${formatShort(least.leak)} and answers in ${formatShort(least.ttftS)} s`
      : `${nameAlike(points, most).join(" ")} most (AUC ${formatShort(most.leak)}), ${nameAlike(points, least)[0]} least (${formatShort(least.leak)}); ${fastest.text} answers fastest (${formatShort(fastest.ttftS)} s)`,
    subtitle: "Best is bottom left. Area of a mark: money per person and day, written beside it. Bars: 95% intervals.",
    caption: `Time to the first token: 95th percentile over answered questions, Student interval over replications. AUC: one traffic attack on the wire records, interval over people (bootstrap), averaged over replications; 0.5 where no expert is ever asked.${
      points.some(({ isPadded }) => isPadded) ? " Hollow marks: the same policy padded, or under another condition; a line joins the two." : ""}`,
    altText: points.map(({ text, leak: auc, ttftS, moneyUsd }) => `${text}: AUC ${formatShort(auc)}, P95 ${formatShort(ttftS)} s, ${formatUsd(moneyUsd)} per person and day`).join("; "),
    view: viewOf(points, leak, theme),
  };
}

function pointOf(label: LabelSummary, leak: Leak, firstCondition: unknown): FrontierPoint | undefined {
  const { metrics } = label;
  const auc = metrics[`leak.${leak}.auc`], ttft = metrics["ttft.p95"], money = metrics["money.perUserDay"];
  if (auc === undefined || ttft === undefined || money === undefined) return undefined;
  const [low, high] = endsOf(auc);
  const [ttftLowS, ttftHighS] = endsOf(ttft);
  const padding = paddingOf(label), policy = policyOf(label), { condition } = label.axes;
  const isPadded = padding === undefined ? condition !== firstCondition : padding !== "none";
  return {
    text: padding !== undefined ? (isPadded ? `${policy}, padded (${padding})` : policy)
      : typeof condition !== "string" ? label.label : isPadded ? `${policy}, ${condition}` : policy,
    policy, isPadded,
    leak: auc.mean, leakLow: metrics[`leak.${leak}.auc.low`]?.mean ?? low, leakHigh: metrics[`leak.${leak}.auc.high`]?.mean ?? high,
    ttftS: ttft.mean, ttftLowS: Math.max(ttftLowS, ttft.mean / 10), ttftHighS, moneyUsd: money.mean,
  };
}

function viewOf(points: readonly FrontierPoint[], leak: Leak, theme: Theme): ViewSpec {
  const x = linearScale(leakDomain(points), [0, PLOT_WIDTH]);
  const y = logScale(paddedLogDomain(points.flatMap(({ ttftLowS, ttftHighS }) => [ttftLowS, ttftHighS]), 1.45), [PLOT_HEIGHT, 0]);
  const policies = [...new Set(points.map(({ policy }) => policy))];
  const xField = (field: string): object => ({
    field, type: "quantitative", title: LEAK_AXIS[leak], scale: { domain: x.domain, nice: false, zero: false }, axis: { tickCount: 7, format: ".2~f" },
  });
  const yField = (field: string): object => ({
    field, type: "quantitative", title: "Time to first token, P95 (s, log scale)", scale: { type: "log", domain: y.domain, nice: false }, axis: { values: logTicks(y.domain), format: PLAIN_NUMBER },
  });
  const colour = { field: "policy", type: "nominal", legend: null, scale: { domain: policies, range: assignColours(policies, theme) } };
  return {
    width: PLOT_WIDTH, height: PLOT_HEIGHT, data: { values: drawnRows(points, x, y) },
    layer: [
      { data: { values: [{ chance: CHANCE_AUC }] }, mark: { type: "rule", strokeDash: [4, 4], color: theme.mutedInk, clip: true }, encoding: { x: xField("chance") } },
      { transform: [{ filter: "datum.hasPair" }], mark: { type: "line", color: theme.mutedInk, strokeWidth: 1.2, opacity: 0.8 }, encoding: { x: xField("leak"), y: yField("ttftS"), detail: { field: "policy" } } },
      { transform: [{ filter: "!datum.isPadded" }], mark: { type: "circle", opacity: 0.8 }, encoding: { x: xField("leak"), y: yField("ttftS"), size: areaField, color: colour, tooltip } },
      { transform: [{ filter: "datum.isPadded" }], mark: { type: "point", filled: false, strokeWidth: 2.2, opacity: 1, fill: theme.background }, encoding: { x: xField("leak"), y: yField("ttftS"), size: areaField, color: colour, tooltip } },
      { mark: { type: "rule", strokeWidth: 1.4, color: theme.ink }, encoding: { x: xField("leakLow"), x2: { field: "leakHigh" }, y: yField("ttftS") } },
      { mark: { type: "rule", strokeWidth: 1.4, color: theme.ink }, encoding: { x: xField("leak"), y: yField("ttftLowS"), y2: { field: "ttftHighS" } } },
      { mark: { type: "text", align: "left", baseline: "middle" }, encoding: { x: xField("labelX"), y: yField("labelY"), text: { field: "labelText" }, color: colour } },
    ],
  };
}

const areaField = { field: "area", type: "quantitative", scale: null, legend: null };
const tooltip = [
  { field: "text", title: "policy" }, { field: "leak", format: ".3f", title: "AUC" }, { field: "ttftS", format: ".2f", title: "TTFT P95 (s)" },
  { field: "moneyUsd", format: ".5f", title: "USD per person and day" },
];

function leakDomain(points: readonly FrontierPoint[]): readonly [number, number] {
  const [low, high] = paddedDomain([CHANCE_AUC, ...points.flatMap(({ leak, leakLow, leakHigh }) => [leak, leakLow, leakHigh])], 0.08, 0.01);
  return [Math.max(0, low), high];
}

/** Rows as drawn. A padded mark beside its unpadded twin has no label: the line between them tells what it is. */
function drawnRows(points: readonly FrontierPoint[], x: AxisScale, y: AxisScale): readonly object[] {
  const mostUsd = Math.max(...points.map(({ moneyUsd }) => moneyUsd));
  const largest = LARGEST_AREA / Math.max(1, points.length / MARKS_AT_FULL_SIZE);
  const rows = points.map((point) => ({
    ...point, labelText: `${point.text} · ${formatUsd(point.moneyUsd)}`,
    area: SMALLEST_AREA + (mostUsd > 0 ? Math.max(0, point.moneyUsd) / mostUsd : 0) * (largest - SMALLEST_AREA),
    hasPair: points.some((other) => other.policy === point.policy && other.isPadded !== point.isPadded),
  }));
  const marks = rows.map(({ leak, ttftS, area, labelText, hasPair, isPadded }) =>
    ({ x: x.toPixel(leak), y: y.toPixel(ttftS), radius: Math.sqrt(area / Math.PI), text: hasPair && isPadded ? "" : labelText }));
  const places = placeLabels(marks, PLOT_WIDTH, PLOT_HEIGHT, drawnLines(points, x, y));
  return rows.map((row, i) => ({ ...row, labelText: marks[i]!.text, labelX: x.toValue(places[i]!.x), labelY: y.toValue(places[i]!.y) }));
}

/** Error bars, the lines between pairs and the line of chance: what labels keep clear of. */
function drawnLines(points: readonly FrontierPoint[], x: AxisScale, y: AxisScale): readonly Box[] {
  const at = (leak: number, ttftS: number): { x: number; y: number } => ({ x: x.toPixel(leak), y: y.toPixel(ttftS) });
  const bars = points.flatMap((point) => [
    ...lineObstacles(at(point.leakLow, point.ttftS), at(point.leakHigh, point.ttftS)),
    ...lineObstacles(at(point.leak, point.ttftLowS), at(point.leak, point.ttftHighS)),
  ]);
  const pairs = points.filter(({ isPadded }) => isPadded).flatMap((padded) =>
    points.filter((other) => other.policy === padded.policy && !other.isPadded)
      .flatMap((other) => lineObstacles(at(padded.leak, padded.ttftS), at(other.leak, other.ttftS))));
  return [...bars, ...pairs, ...lineObstacles({ x: x.toPixel(CHANCE_AUC), y: 0 }, { x: x.toPixel(CHANCE_AUC), y: PLOT_HEIGHT })];
}
