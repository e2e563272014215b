/** Energy of an answer against the size of the model, for several phones; filled while the model is interactive. */
import type { DeviceCase } from "../../devices/tabulate-devices.js";
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import type { Theme } from "../theme.js";
import { logTicks, paddedLogDomain, PLAIN_NUMBER } from "./scales.js";

/** Draws one line per device, over cases of one format that fit. */
export function makeAnswerEnergy(cases: readonly DeviceCase[], theme: Theme): Figure {
  const shown = cases.filter(({ fit, energyPerAnswerJ }) => fit === "fits" && energyPerAnswerJ !== null);
  const values = shown.map(({ device, model, parameters, energyPerAnswerJ, isInteractive }) => (
    { device, model, billions: parameters / 1e9, energyJ: energyPerAnswerJ!, state: isInteractive ? "interactive" : "fits, too slow" }));
  const names = [...new Set(values.map(({ device }) => device))], interactive = shown.filter(({ isInteractive }) => isInteractive).map(({ energyPerAnswerJ }) => energyPerAnswerJ!);
  const x = paddedLogDomain(values.map(({ billions }) => billions), 1.15), y = paddedLogDomain(values.map(({ energyJ }) => energyJ), 1.2);
  const colour = { field: "device", type: "nominal", sort: names, scale: { domain: names, range: names.map((_, slot) => theme.series[slot % theme.series.length]) }, legend: { title: null, orient: "right", symbolType: "circle" } };
  const encoding = {
    x: { field: "billions", type: "quantitative", title: "Weights of the model (billions, log scale)", scale: { type: "log", domain: x, nice: false }, axis: { values: logTicks(x), format: PLAIN_NUMBER } },
    y: { field: "energyJ", type: "quantitative", title: "Energy of an answer (J, log scale)", scale: { type: "log", domain: y, nice: false }, axis: { values: logTicks(y), format: PLAIN_NUMBER } },
  };
  return {
    name: "answer-energy", theme,
    title: `An interactive answer costs a phone ${formatShort(Math.min(...interactive))} to ${formatShort(Math.max(...interactive))} J`,
    subtitle: "256 tokens of prompt and 256 of answer from a cold start. Filled: interactive; hollow: fits, but too slow. Lower is better.",
    caption: `Simulated, ${cases[0]?.quant ?? ""}. Power of the whole device while it computes, the same for every model. A line ends where the next larger model does not fit.`,
    altText: names.map((device) => `${device}: ${values.filter((value) => value.device === device).map(({ model, energyJ, state }) => `${model} ${formatShort(energyJ)} J (${state})`).join(", ")}`).join("; "),
    view: {
      width: PLOT_WIDTH, height: PLOT_HEIGHT, data: { values },
      layer: [
        { mark: { type: "line", strokeWidth: 1.8 }, encoding: { ...encoding, color: colour } },
        { transform: [{ filter: "datum.state === 'interactive'" }], mark: { type: "point", filled: true, size: 85, opacity: 1 }, encoding: { ...encoding, color: colour } },
        { transform: [{ filter: "datum.state !== 'interactive'" }], mark: { type: "point", filled: false, fill: theme.background, size: 75, opacity: 1, strokeWidth: 1.8 }, encoding: { ...encoding, color: colour } },
      ],
    },
  };
}
