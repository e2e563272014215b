/** What one question costs the phone in energy: compute, radio and screen, stacked. */
import type { Summary } from "../aggregate.js";
import { PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import type { Theme } from "../theme.js";
import { PLAIN_NUMBER } from "./scales.js";

const PARTS = [
  { metric: "energy.compute", name: "Compute", slot: 1 },
  { metric: "energy.radio", name: "Radio", slot: 0 },
  { metric: "energy.screen", name: "Screen", slot: 6 },
] as const;
const BAR_STEP = 34;

interface EnergyBar { readonly label: string; readonly partsJ: readonly number[]; readonly ownJ: number }

/** Draws the bars; undefined when no label has energies. */
export function makeEnergyBars(summary: Summary, theme: Theme): Figure | undefined {
  const bars = summary.labels.filter(({ metrics }) => metrics["energy.compute"] !== undefined).map(({ label, metrics }): EnergyBar => {
    const partsJ = PARTS.map(({ metric }) => metrics[metric]?.mean ?? 0);
    return { label, partsJ, ownJ: partsJ[0]! + partsJ[1]! };
  });
  if (bars.length === 0) return undefined;
  const sorted = [...bars].sort((a, b) => a.ownJ - b.ownJ);
  const least = sorted[0]!, most = sorted[sorted.length - 1]!;
  return {
    name: "energy-bars", theme,
    title: bars.length === 1 ? `Compute and radio take ${formatShort(least.ownJ)} J per question`
      : `Compute and radio take ${formatShort(least.ownJ)} J per question under ${least.label}, ${formatShort(most.ownJ)} J under ${most.label}`,
    subtitle: "Energy of the phone per asked question. At the end of a bar: compute + radio, and with the screen.",
    caption: "Compute: P's prefill and decode. Radio: sending, receiving and the tail after the last byte. Screen: while the user waits and reads. Means over replications.",
    altText: bars.map(({ label, partsJ }) => `${label}: ${PARTS.map(({ name }, i) => `${name.toLowerCase()} ${formatShort(partsJ[i]!)} J`).join(", ")}`).join("; "),
    view: viewOf(bars, theme),
  };
}

function viewOf(bars: readonly EnergyBar[], theme: Theme): Figure["view"] {
  const names = PARTS.map(({ name }) => name);
  const total = ({ partsJ }: EnergyBar): number => partsJ.reduce((sum, part) => sum + part, 0);
  const longest = Math.max(...bars.map(total));
  const domain = [0, longest * 1.22];
  const y = { field: "label", type: "nominal", sort: null, title: null, axis: { labelColor: theme.ink, labelLimit: 220, grid: false } };
  const rows = bars.flatMap(({ label, partsJ }) => PARTS.map(({ name }, order) => ({ label, part: name, order, energyJ: partsJ[order]! })));
  return {
    width: PLOT_WIDTH, height: { step: BAR_STEP },
    layer: [
      {
        data: { values: rows }, mark: { type: "bar", height: { band: 0.68 } },
        encoding: {
          y, x: { field: "energyJ", type: "quantitative", stack: true, title: "Energy of the phone (J per question)", scale: { domain, nice: false }, axis: { tickCount: 6, format: PLAIN_NUMBER } },
          order: { field: "order" },
          color: { field: "part", type: "nominal", sort: names, scale: { domain: names, range: PARTS.map(({ slot }) => theme.series[slot]) }, legend: { title: null, orient: "top", direction: "horizontal" } },
          tooltip: [{ field: "label" }, { field: "part" }, { field: "energyJ", format: ".2f", title: "J per question" }],
        },
      },
      {
        data: { values: bars.map((bar) => ({ label: bar.label, totalJ: total(bar), text: `${formatShort(bar.ownJ)} / ${formatShort(total(bar))} J` })) },
        mark: { type: "text", align: "left", baseline: "middle", dx: 6 },
        encoding: { y, x: { field: "totalJ", type: "quantitative" }, text: { field: "text" } },
      },
    ],
  };
}
