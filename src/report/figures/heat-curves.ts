/** Recorded decode over ten minutes beside the simulated one, cool starts and hot starts apart. */
import type { Figure } from "../figure.js";
import type { Theme } from "../theme.js";

/** One point of a recorded or simulated curve. Share of the mean rate of the first 30 s. */
export interface HeatPoint { readonly run: string; readonly panel: "cool" | "hot"; readonly kind: string; readonly minutes: number; readonly share: number }

const PANEL = { width: 380, height: 340 } as const;
const TITLES = { cool: "Starts cool", hot: "Starts hot" } as const;

/** Draws both panels. `kinds`: the recorded runs' name, then those of simulated curves. */
export function makeHeatCurves(points: readonly HeatPoint[], kinds: readonly string[], title: string, theme: Theme): Figure {
  const range = [theme.series[6]!, theme.series[1]!, theme.series[0]!].slice(0, kinds.length), panels = (["cool", "hot"] as const).filter((panel) => points.some((point) => point.panel === panel));
  const color = { field: "kind", type: "nominal", sort: kinds, scale: { domain: kinds, range }, legend: { title: null, orient: "bottom", direction: "horizontal", symbolType: "stroke", symbolStrokeWidth: 3 } };
  const panelOf = (panel: "cool" | "hot", at: number): object => {
    const own = points.filter((point) => point.panel === panel);
    const encoding = {
      x: { field: "minutes", type: "quantitative", title: "Minutes of continuous decoding", scale: { domain: [0, 10], nice: false }, axis: { tickCount: 10 } },
      y: { field: "share", type: "quantitative", title: at === 0 ? "Rate, of the mean of the first 30 s" : null, scale: { domain: [0, 1.4], nice: false }, axis: { format: ".0%", tickCount: 7 } },
      detail: { field: "run" }, color,
    };
    return {
      title: { text: `${TITLES[panel]}: ${new Set(own.filter(({ kind }) => kind === kinds[0]).map(({ run }) => run)).size} recorded runs`, anchor: "start", fontSize: 13, fontWeight: 600, color: theme.ink, offset: 8 },
      ...PANEL,
      layer: [
        { data: { values: own.filter(({ kind }) => kind === kinds[0]) }, mark: { type: "line", strokeWidth: 1, opacity: 0.5, clip: true }, encoding },
        { data: { values: own.filter(({ kind }) => kind !== kinds[0]) }, mark: { type: "line", strokeWidth: 3, clip: true }, encoding },
      ],
    };
  };
  return {
    name: "heat-curves", theme, title,
    subtitle: "Continuous decode on an iPhone 17 Pro, several models and stacks.",
    caption: "Recorded: john-rocky/apple-silicon-llm-bench@93ef587 (MIT), a sample about every 5 s. First-order: the form of the simulator, medians over the runs that start cool. Delayed: the same after a while at full speed.",
    altText: kinds.slice(1).map((kind) => `${kind}: ${points.filter((point) => point.kind === kind && point.panel === "cool" && [0, 1, 2, 5, 10].includes(point.minutes)).map(({ minutes, share }) => `${Math.round(100 * share)}% after ${minutes} min`).join(", ")}`).join("; "),
    view: { spacing: 26, hconcat: panels.map(panelOf) },
  };
}
