/** Who answered: shares of all asked questions, stacked, with what stayed without an answer. */
import type { LabelSummary, Summary } from "../aggregate.js";
import { PLOT_WIDTH, type Figure } from "../figure.js";
import type { Theme } from "../theme.js";

const PARTS = [
  { name: "P alone", metric: "route.personal", slot: 2 },
  { name: "With E", metric: "route.expert", slot: 0 },
  { name: "T", metric: "route.general", slot: 1 },
  { name: "P, as fallback", metric: "route.fallback", slot: 8 },
  { name: "Nobody", metric: undefined, slot: 6 },
] as const;
const BAR_STEP = 34;
/** Narrower parts carry no number. */
const NARROWEST_WITH_TEXT = 0.05;

/** Draws the bars; undefined when no label has routes. */
export function makeRoutes(summary: Summary, theme: Theme): Figure | undefined {
  const labels = summary.labels.filter(({ metrics }) => metrics["answered.fraction"] !== undefined && PARTS.some(({ metric }) => metric !== undefined && metrics[metric] !== undefined));
  if (labels.length === 0) return undefined;
  const shares = labels.map(sharesOf);
  const ownShares = shares.map(([personal = 0, , , fallback = 0]) => personal + fallback);
  const least = ownShares.indexOf(Math.min(...ownShares)), most = ownShares.indexOf(Math.max(...ownShares));
  return {
    name: "routes", theme,
    title: labels.length === 1 ? `P answers ${percent(ownShares[0]!)} of the questions by itself`
      : `P answers ${percent(ownShares[most]!)} of the questions by itself under ${labels[most]!.label}, ${percent(ownShares[least]!)} under ${labels[least]!.label}`,
    subtitle: "Who made the answer, of all asked questions.",
    caption: "Fallback: P answered because no tier did. Nobody: given up by the user, failed, or still open at the end. Means over replications.",
    altText: labels.map(({ label }, i) => `${label}: ${PARTS.map(({ name }, part) => `${name} ${percent(shares[i]![part]!)}`).join(", ")}`).join("; "),
    view: viewOf(labels.map(({ label }) => label), shares, theme),
  };
}

/** Shares of the parts; they sum to 1. */
function sharesOf({ metrics }: LabelSummary): readonly number[] {
  const answered = metrics["answered.fraction"]?.mean ?? 0;
  const shares = PARTS.flatMap(({ metric }) => metric === undefined ? [] : (metrics[metric]?.mean ?? 0) * answered);
  return [...shares, Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0))];
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function viewOf(labels: readonly string[], shares: readonly (readonly number[])[], theme: Theme): Figure["view"] {
  const names = PARTS.map(({ name }) => name);
  const rows = labels.flatMap((label, i) => {
    let sum = 0;
    return PARTS.map(({ name }, part) => {
      const from = sum, share = shares[i]![part]!;
      sum += share;
      return { label, part: name, from, to: sum, share, middle: (from + sum) / 2, text: share >= NARROWEST_WITH_TEXT ? percent(share) : "" };
    });
  });
  const y = { field: "label", type: "nominal", sort: null, title: null, axis: { labelColor: theme.ink, labelLimit: 220, grid: false } };
  const x = (field: string): object => ({ field, type: "quantitative", title: "Share of asked questions", scale: { domain: [0, 1] }, axis: { format: ".0%", tickCount: 5 } });
  return {
    width: PLOT_WIDTH, height: { step: BAR_STEP }, data: { values: rows },
    layer: [
      {
        mark: { type: "bar", height: { band: 0.72 } },
        encoding: {
          y, x: x("from"), x2: { field: "to" },
          color: { field: "part", type: "nominal", sort: names, scale: { domain: names, range: PARTS.map(({ slot }) => theme.series[slot]) }, legend: { title: null, orient: "top", direction: "horizontal" } },
          tooltip: [{ field: "label" }, { field: "part" }, { field: "share", format: ".2%" }],
        },
      },
      { mark: { type: "text", color: theme.background, fontWeight: 700, baseline: "middle" }, encoding: { y, x: x("middle"), text: { field: "text" } } },
    ],
  };
}
