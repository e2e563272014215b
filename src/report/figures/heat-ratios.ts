/** Last two minutes against the first 30 s, recorded and predicted from the other runs: one line per run. */
import type { HeatScore } from "../../devices/score-heat.js";
import type { Figure } from "../figure.js";
import type { Theme } from "../theme.js";

const WIDTH = 520;
const STEP = 26;

/** Draws the dots. */
export function makeHeatRatios(scores: readonly HeatScore[], theme: Theme): Figure {
  const kinds = ["recorded", "simulated, first-order", "simulated, plateau by bytes"] as const;
  const rows = [...scores].sort((a, b) => Number(b.isCool) - Number(a.isCool) || a.measuredRatio - b.measuredRatio).map((score) => ({ ...score, run: `${shortName(score.name)}, ${score.isCool ? "cool" : "hot"}` }));
  const names = rows.map(({ run }) => run), y = { field: "run", type: "nominal", sort: names, title: null, axis: { labelColor: theme.ink, labelLimit: 420, grid: false } };
  const values = rows.flatMap(({ run, measuredRatio, simulatedRatio }) => [
    { run, kind: kinds[0], ratio: measuredRatio }, { run, kind: kinds[1], ratio: simulatedRatio["first-order"] }, { run, kind: kinds[2], ratio: simulatedRatio["by-bytes"] }]);
  const cool = rows.filter(({ isCool }) => isCool), close = rows.filter(({ measuredRatio, simulatedRatio }) => Math.abs(simulatedRatio["by-bytes"] - measuredRatio) <= 0.1).length;
  const x = { field: "ratio", type: "quantitative", title: "Rate of the last two minutes, of that of the first 30 s", scale: { domain: [0.45, 1.2], nice: false }, axis: { format: ".0%", tickCount: 8 } };
  return {
    name: "heat-ratios", theme,
    title: `With a plateau in bytes per second, ${close} of ${rows.length} recorded runs end within 10 points of the simulated share`,
    subtitle: "Each run is predicted from the other runs, its start (cool or hot) and its first 30 seconds.",
    caption: `iPhone 17 Pro, john-rocky/apple-silicon-llm-bench@93ef587 (MIT). ${cool.length} runs start in thermal state nominal or fair. Hot starts are predicted to stay flat in both forms. Plateau by bytes: the rate falls to what the other runs sustain in bytes per second, where the bytes of a token are known.`,
    altText: rows.map(({ run, measuredRatio, simulatedRatio }) => `${run}: recorded ${measuredRatio.toFixed(2)}, first-order ${simulatedRatio["first-order"].toFixed(2)}, by bytes ${simulatedRatio["by-bytes"].toFixed(2)}`).join("; "),
    view: {
      width: WIDTH, height: { step: STEP },
      layer: [
        { data: { values: rows.map(({ run, measuredRatio, simulatedRatio }) => ({ run, ratio: measuredRatio, to: simulatedRatio["by-bytes"] })) }, mark: { type: "rule", color: theme.mutedInk, strokeWidth: 1 }, encoding: { y, x, x2: { field: "to" } } },
        {
          data: { values }, mark: { type: "point", filled: true, size: 80, opacity: 1 },
          encoding: {
            y, x, color: { field: "kind", type: "nominal", sort: kinds, scale: { domain: kinds, range: [theme.ink, theme.series[1], theme.series[0]] }, legend: { title: null, orient: "top", direction: "horizontal", symbolType: "circle" } },
          },
        },
      ],
    },
  };
}

/** Without the API and the publisher of the model: "mlx-swift GPU Qwen3-0.6B-4bit". */
function shortName(name: string): string { return name.replace(" (Metal)", "").replace(/ [^ /]+\/([^ ]+)$/, " $1"); }
