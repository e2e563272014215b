/** Attacks on bytes captured from the live system beside those on the simulator's records: a panel for each claim, a line for each setting. */
import type { Figure } from "../figure.js";
import { assignColours, type Theme } from "../theme.js";

/** An AUC with its 95% interval over people. */
export interface ViewPoint { readonly view: "captured" | "modelled"; readonly panel: string; readonly setting: string; readonly auc: number; readonly low: number; readonly high: number }

const PANEL_WIDTH = 250, ROW_HEIGHT = 26, COLUMNS = 2, CHANCE = 0.5;
const VIEWS = ["captured", "modelled"];

/** Draws the panels. @param settings In the order of their lines. */
export function makeCapturedModelled(points: readonly ViewPoint[], settings: readonly string[], theme: Theme): Figure {
  const panels = [...new Set(points.map(({ panel }) => panel))], colours = assignColours(VIEWS, theme), lowest = Math.max(0, Math.min(CHANCE, ...points.map(({ low }) => low)) - 0.03);
  const color = { field: "view", type: "nominal", sort: VIEWS, scale: { domain: VIEWS, range: colours }, legend: { title: null, orient: "top", symbolType: "circle" } };
  const x = (field: string): object => ({ field, type: "quantitative", title: "AUC", scale: { domain: [lowest, 1], nice: false, zero: false }, axis: { format: ".1f", tickCount: 6 } });
  const panelOf = (panel: string, isFirst: boolean): object => ({
    title: { text: panel, anchor: "start", fontSize: 13, fontWeight: 600, color: theme.ink, offset: 6 }, width: PANEL_WIDTH, height: ROW_HEIGHT * settings.length,
    data: { values: points.filter((point) => point.panel === panel) },
    encoding: { color, y: { field: "setting", type: "nominal", sort: settings, title: null, scale: { domain: settings }, axis: isFirst ? { labelLimit: 220 } : { labels: false, ticks: false } }, yOffset: { field: "view", type: "nominal", sort: VIEWS } },
    layer: [
      { mark: { type: "rule", strokeDash: [3, 3], color: theme.mutedInk }, data: { values: [{ chance: CHANCE }] }, encoding: { x: x("chance"), y: null, yOffset: null, color: null } },
      { mark: { type: "rule", strokeWidth: 1.6 }, encoding: { x: x("low"), x2: { field: "high" } } },
      { mark: { type: "point", filled: true, size: 60, opacity: 1 }, encoding: { x: x("auc") } },
    ],
  });
  const rows = Array.from({ length: Math.ceil(panels.length / COLUMNS) }, (_, row) => panels.slice(row * COLUMNS, (row + 1) * COLUMNS)), largest = largestGap(points);
  return {
    name: "captured-modelled", theme,
    title: largest === undefined ? "Attacks on captured bytes and on the simulator's records" : `Captured and modelled attacks differ by at most ${largest.toFixed(2)} in AUC`,
    subtitle: "Dashed: blind guessing. Bars: 95% intervals over people. Same questions, same people; each setting is a run of the live system.",
    caption: "Captured: TLS records, relay, bookings of the live system. Modelled: the simulator's records of the same run.",
    altText: points.map(({ view, panel, setting, auc }) => `${panel}, ${setting}, ${view}: ${auc.toFixed(2)}`).join("; "),
    view: { spacing: 22, vconcat: rows.map((row) => ({ spacing: 20, hconcat: row.map((panel, column) => panelOf(panel, column === 0)) })) },
  };
}

/** Largest difference of the two views of one claim under one setting. */
function largestGap(points: readonly ViewPoint[]): number | undefined {
  const gaps = points.flatMap((own) => points.filter((other) => own.view === "captured" && other.view === "modelled" && other.panel === own.panel && other.setting === own.setting).map((other) => Math.abs(own.auc - other.auc)));
  return gaps.length === 0 ? undefined : Math.max(...gaps);
}
