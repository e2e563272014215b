/**
 * The market as a map: if a share n of people takes part, what share then wants to? Where the curve crosses the diagonal the market
 * rests. Market: a user of value v ~ U[0, V] joins iff v s n >= c, so Phi(n) = max(0, 1 - c / (s V n)); the product of its two
 * equilibria is c / (s V), which is how the curve is drawn from the equilibria that a cell found.
 *
 * @source Rohlfs 1974, A theory of interdependent demand for a communications service; the uniform form is ours.
 */
import type { LabelSummary, Summary } from "../aggregate.js";
import { PLOT_HEIGHT, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import { assignColours, type Theme } from "../theme.js";
import { policyOf } from "./policy-point.js";

interface Market {
  readonly label: string;
  readonly policy: string;
  /** c / (s V): cost over the largest value. The market collapses above 1/4. */
  readonly costShare: number;
  readonly stable: number;
  readonly critical: number;
  readonly agents: number | undefined;
}

const CURVE_POINTS = 240;
const SQUARE = PLOT_HEIGHT + 60;

/** Draws the map; undefined when no label has a market that stands. */
export function makeParticipation(summary: Summary, theme: Theme): Figure | undefined {
  const markets = summary.labels.map(marketOf).filter((market) => market !== undefined);
  if (markets.length === 0) return undefined;
  const collapsed = summary.labels.filter(({ metrics }) => (metrics["market.foldMargin"]?.mean ?? 0) < 0).map(({ label }) => label);
  const standing = markets.map(({ stable }) => stable);
  const low = Math.min(...standing), high = Math.max(...standing);
  return {
    name: "participation", theme,
    title: `${collapsed.length === 0 ? "The market stands under every policy" : `The market collapses under ${collapsed.join(", ")}`}; ${
      high - low < 0.0005 ? `${percent(high)} take part` : `${percent(low)} to ${percent(high)} take part`}${collapsed.length === 0 ? "" : " elsewhere"}`,
    subtitle: "Filled: stable share. Hollow: critical mass, below which everybody leaves. Cross: agent-based check.",
    caption: "Curve: share of people who join when they expect a share n, Phi(n) = 1 - c/(sVn), at the measured quality and cost of each policy. Diagonal: expectations come true."
      + (collapsed.length === 0 ? "" : ` No curve for ${collapsed.join(", ")}: its cost is above a quarter of the largest value, so nobody joins.`),
    altText: [...markets.map(({ label, stable, critical, agents }) => `${label}: stable ${percent(stable)}, critical mass ${percent(critical)}${agents === undefined ? "" : `, agents ${percent(agents)}`}`),
      ...collapsed.map((label) => `${label}: collapsed`)].join("; "),
    view: viewOf(markets, theme),
  };
}

/** Phi(n) of a market with the given cost over largest value. */
export function joiningShare(n: number, costShare: number): number {
  return n > 0 ? Math.max(0, 1 - costShare / n) : 0;
}

function marketOf(summary: LabelSummary): Market | undefined {
  const { metrics, label } = summary;
  const stable = metrics["market.participation"]?.mean, critical = metrics["market.criticalMass"]?.mean;
  if (stable === undefined || critical === undefined || !(stable > 0) || (metrics["market.foldMargin"]?.mean ?? 0) < 0) return undefined;
  return { label, policy: policyOf(summary), costShare: stable * critical, stable, critical, agents: metrics["market.agentParticipation"]?.mean };
}

function percent(share: number): string {
  return `${formatShort(share * 100)}%`;
}

function viewOf(markets: readonly Market[], theme: Theme): Figure["view"] {
  const labels = markets.map(({ label }) => label);
  const policies = markets.map(({ policy }) => policy);
  const colour = {
    field: "label", type: "nominal", sort: labels, legend: { title: null, orient: "right", symbolType: "stroke", symbolStrokeWidth: 3 },
    scale: { domain: labels, range: assignColours(new Set(policies).size === labels.length ? policies : labels, theme) },
  };
  const x = (field: string): object => ({ field, type: "quantitative", title: "Share that is expected to take part, n", scale: { domain: [0, 1] }, axis: { format: ".0%", tickCount: 5 } });
  const y = (field: string): object => ({ field, type: "quantitative", title: "Share that then joins", scale: { domain: [0, 1] }, axis: { format: ".0%", tickCount: 5 } });
  const rests = markets.flatMap(({ label, stable, critical, agents }) => [
    { label, kind: "stable", n: stable }, { label, kind: "critical", n: critical }, ...(agents === undefined ? [] : [{ label, kind: "agents", n: agents }]),
  ]);
  const restLayer = (kind: string, mark: object): object => ({
    data: { values: rests.filter((rest) => rest.kind === kind) }, mark,
    encoding: { x: x("n"), y: y("n"), color: colour, tooltip: [{ field: "label" }, { field: "kind" }, { field: "n", format: ".4f" }] },
  });
  return {
    width: SQUARE, height: SQUARE,
    layer: [
      { data: { values: [{ n: 0, share: 0 }, { n: 1, share: 1 }] }, mark: { type: "line", color: theme.mutedInk, strokeDash: [4, 4], strokeWidth: 1.2 }, encoding: { x: x("n"), y: y("share") } },
      {
        data: { values: markets.flatMap(curveOf) }, mark: { type: "line", strokeWidth: 2 },
        encoding: { x: x("n"), y: y("share"), color: colour },
      },
      restLayer("stable", { type: "point", filled: true, size: 120, opacity: 1 }),
      restLayer("critical", { type: "point", filled: false, fill: theme.background, size: 90, strokeWidth: 2, opacity: 1 }),
      restLayer("agents", { type: "point", shape: "M-1,-1L1,1M-1,1L1,-1", filled: false, size: 190, strokeWidth: 2, stroke: theme.ink, opacity: 1 }),
    ],
  };
}

function curveOf({ label, costShare }: Market): readonly { label: string; n: number; share: number }[] {
  const points = [{ label, n: costShare, share: 0 }];
  for (let i = 1; i <= CURVE_POINTS; i++) {
    const n = costShare + (1 - costShare) * (i / CURVE_POINTS) ** 2;
    points.push({ label, n, share: joiningShare(n, costShare) });
  }
  return points;
}
