/** Simulated servers against real ones: difference of the means of three times, by simulator. */
import type { Figure } from "../figure.js";
import { assignColours, type Theme } from "../theme.js";

/** One simulator's difference on one run. */
export interface ServerDifference { readonly run: string; readonly simulator: string; readonly quantity: string; readonly difference: number }

const WIDTH = 300;
const STEP = 30;

/** Draws a panel per run. */
export function makeServerDifferences(rows: readonly ServerDifference[], theme: Theme): Figure {
  const simulators = [...new Set(rows.map(({ simulator }) => simulator))], quantities = [...new Set(rows.map(({ quantity }) => quantity))], runs = [...new Set(rows.map(({ run }) => run))];
  const most = Math.max(...rows.map(({ difference }) => Math.abs(difference))) * 115, colours = assignColours(simulators, theme), worst = (simulator: string): string =>
    `${(100 * Math.max(...rows.filter((row) => row.simulator === simulator).map(({ difference }) => Math.abs(difference)))).toFixed(1)}%`;
  const panel = (run: string, at: number): object => ({
    title: { text: run, anchor: "start", fontSize: 13, fontWeight: 600, color: theme.ink, offset: 8 },
    width: WIDTH, height: { step: STEP }, data: { values: rows.filter((row) => row.run === run).map((row) => ({ ...row, percent: 100 * row.difference, zero: 0 })) },
    encoding: {
      y: { field: "quantity", type: "nominal", sort: quantities, title: null, scale: { paddingInner: 0.25 }, axis: at === 0 ? { labelColor: theme.ink, grid: false } : null },
      yOffset: { field: "simulator", type: "nominal", sort: simulators },
    },
    layer: [
      {
        mark: { type: "bar" }, encoding: {
          x: { field: "percent", type: "quantitative", title: "Difference of the means (%)", scale: { domain: [-most, most], nice: false }, axis: { tickCount: 6 } },
          color: { field: "simulator", type: "nominal", sort: simulators, scale: { domain: simulators, range: colours }, legend: { title: null, orient: "bottom", columns: 1, symbolType: "square", symbolStrokeWidth: 0, labelLimit: 400 } },
        },
      },
      { transform: [{ calculate: "(datum.percent < 0 ? '−' : '+') + format(abs(datum.percent), '.1f')", as: "text" }, { filter: "datum.percent >= 0" }], mark: { type: "text", align: "left", dx: 4, fontSize: 11 }, encoding: { x: { field: "percent", type: "quantitative" }, text: { field: "text" } } },
      { transform: [{ calculate: "'−' + format(abs(datum.percent), '.1f')", as: "text" }, { filter: "datum.percent < 0" }], mark: { type: "text", align: "right", dx: -4, fontSize: 11 }, encoding: { x: { field: "percent", type: "quantitative" }, text: { field: "text" } } },
    ],
  });
  return {
    name: "server-differences", theme,
    title: `Real vLLM replayed: ours is at most ${worst(simulators[0]!)} off with a kernel profile, ${worst(simulators[1]!)} from the spec sheet`,
    subtitle: "Means over all requests of a run, simulated minus measured. Spec sheet: shares of bandwidth and compute fitted on the other run only.",
    caption: "Runs, profiles and the figures of LLMServingSim 2.0: casys-kaist/LLMServingSim@5daddb2, bench (MIT). TTFT: time to the first token; TPOT: time per token after it; latency: whole request.",
    altText: rows.map(({ run, simulator, quantity, difference }) => `${run}, ${simulator}, ${quantity}: ${(100 * difference).toFixed(1)}%`).join("; "),
    view: { spacing: 26, hconcat: runs.map(panel) },
  };
}
