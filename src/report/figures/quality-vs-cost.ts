/** How often the answer is right against what it costs in money: one mark per label. */
import type { Summary } from "../aggregate.js";
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure } from "../figure.js";
import { formatUsd } from "../format-number.js";
import { assignColours, type Theme } from "../theme.js";
import { lineObstacles, placeLabels } from "./place-labels.js";
import { endsOf, policyOf } from "./policy-point.js";
import { linearScale, paddedDomain, PLAIN_NUMBER } from "./scales.js";

interface CostPoint {
  readonly label: string;
  readonly policy: string;
  readonly usd: number;
  readonly usdLow: number;
  readonly usdHigh: number;
  readonly right: number;
  readonly rightLow: number;
  readonly rightHigh: number;
}

const MARK_AREA = 150;

/** Draws the marks; undefined when no label has both metrics. */
export function makeQualityVsCost(summary: Summary, theme: Theme): Figure | undefined {
  const points = summary.labels.flatMap((label): CostPoint[] => {
    const money = label.metrics["money.perUserDay"], correct = label.metrics["correct.fraction"];
    if (money === undefined || correct === undefined) return [];
    const [usdLow, usdHigh] = endsOf(money), [rightLow, rightHigh] = endsOf(correct);
    return [{ label: label.label, policy: policyOf(label), usd: money.mean, usdLow, usdHigh, right: correct.mean, rightLow, rightHigh }];
  });
  if (points.length === 0) return undefined;
  const best = points.reduce((a, b) => b.right > a.right ? b : a), cheapest = points.reduce((a, b) => b.usd < a.usd ? b : a);
  return {
    name: "quality-vs-cost", theme,
    title: best === cheapest ? `${best.label} is right most often (${percent(best.right)}) and cheapest (${formatUsd(best.usd)})`
      : `${best.label} is right most often: ${percent(best.right)} for ${formatUsd(best.usd)} a day; ${cheapest.label} is cheapest: ${percent(cheapest.right)} for ${formatUsd(cheapest.usd)}`,
    subtitle: "Best is top left. Bars: 95% intervals over replications.",
    caption: "Right answers: of all asked questions, by the quality curves of the scenario. Money: tokens of E and T at the book's prices plus electricity.",
    altText: points.map(({ label, usd, right }) => `${label}: right ${percent(right)}, ${formatUsd(usd)} per person and day`).join("; "),
    view: viewOf(points, theme),
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

function viewOf(points: readonly CostPoint[], theme: Theme): Figure["view"] {
  const [, most] = paddedDomain([0, ...points.map(({ usdHigh }) => usdHigh)], 0.1, 1e-9);
  const x = linearScale([-most * 0.03, most], [0, PLOT_WIDTH]);
  const y = linearScale(paddedDomain(points.flatMap(({ rightLow, rightHigh }) => [rightLow, rightHigh]), 0.12, 0.005), [PLOT_HEIGHT, 0]);
  const places = placeLabels(points.map(({ usd, right, label }) =>
    ({ x: x.toPixel(usd), y: y.toPixel(right), radius: Math.sqrt(MARK_AREA / Math.PI), text: label })), PLOT_WIDTH, PLOT_HEIGHT, points.flatMap(({ usd, usdLow, usdHigh, right, rightLow, rightHigh }) => [
    ...lineObstacles({ x: x.toPixel(usdLow), y: y.toPixel(right) }, { x: x.toPixel(usdHigh), y: y.toPixel(right) }),
    ...lineObstacles({ x: x.toPixel(usd), y: y.toPixel(rightLow) }, { x: x.toPixel(usd), y: y.toPixel(rightHigh) }),
  ]));
  const rows = points.map((point, i) => ({ ...point, labelX: x.toValue(places[i]!.x), labelY: y.toValue(places[i]!.y) }));
  const policies = [...new Set(points.map(({ policy }) => policy))];
  const colour = { field: "policy", type: "nominal", legend: null, scale: { domain: policies, range: assignColours(policies, theme) } };
  const xField = (field: string): object => ({
    field, type: "quantitative", title: "Money per person and day (USD)", scale: { domain: x.domain, nice: false, zero: false }, axis: { tickCount: 6, format: PLAIN_NUMBER },
  });
  const yField = (field: string): object => ({
    field, type: "quantitative", title: "Right answers, of all asked questions", scale: { domain: y.domain, nice: false, zero: false }, axis: { tickCount: 6, format: ".0%" },
  });
  return {
    width: PLOT_WIDTH, height: PLOT_HEIGHT, data: { values: rows },
    layer: [
      {
        mark: { type: "circle", size: MARK_AREA, opacity: 0.85, stroke: theme.background },
        encoding: { x: xField("usd"), y: yField("right"), color: colour, tooltip: [{ field: "label" }, { field: "usd", title: "USD per person and day", format: ".5f" }, { field: "right", title: "right answers", format: ".3f" }] },
      },
      { mark: { type: "rule", strokeWidth: 1.4, color: theme.ink }, encoding: { x: xField("usdLow"), x2: { field: "usdHigh" }, y: yField("right") } },
      { mark: { type: "rule", strokeWidth: 1.4, color: theme.ink }, encoding: { x: xField("usd"), y: yField("rightLow"), y2: { field: "rightHigh" } } },
      { mark: { type: "text", align: "left", baseline: "middle" }, encoding: { x: xField("labelX"), y: yField("labelY"), text: { field: "label" }, color: colour } },
    ],
  };
}
