import { describe } from "vitest";
import { loadDeviceCatalogue } from "../../devices/load-device-catalogue.js";
import type { DeviceCatalogue, DeviceEntry, DeviceNumber } from "../../devices/device-catalogue.js";
import { findModelCard } from "../../devices/load-model-cards.js";
import type { HeatScore } from "../../devices/score-heat.js";
import { tabulateDevices } from "../../devices/tabulate-devices.js";
import type { Figure } from "../figure.js";
import type { Theme } from "../theme.js";
import { makeAnswerEnergy } from "./answer-energy.js";
import { makeDeviceHeatmap } from "./device-heatmap.js";
import { makeErrorCdf } from "./error-cdf.js";
import { makeHeatCurves } from "./heat-curves.js";
import { makeHeatRatios } from "./heat-ratios.js";
import { makeHostDecode } from "./host-decode.js";
import { makeHostPredicted } from "./host-predicted.js";
import { makeLiveForecast } from "./live-forecast.js";
import { makePredictedMeasured } from "./predicted-measured.js";
import { makeServerDifferences } from "./server-differences.js";
import { makeSustainedDecode } from "./sustained-decode.js";
import { testStoredFigures } from "./stored-figures.test-data.js";

/** Two made-up phones: the numbers do not move when devices are fitted anew. */
function madeUpCatalogue(): DeviceCatalogue {
  const shipped = loadDeviceCatalogue(), first = shipped.devices[0]!, as = (value: number): DeviceNumber => ({ value, origin: "assumed", source: "made up" });
  const phone = (name: string, gigabytes: number, bandwidth: number): DeviceEntry => ({
    ...first, name, memoryBytes: as(gigabytes * 1e9), bandwidthBytesPerS: as(bandwidth), eta: as(0.5), decodeOverheadS: as(0.005), prefillOpsPerS: as(bandwidth * 20), prefillOverheadS: as(0.01),
    sustainedFraction: as(0.6), heatTauS: as(40), computeW: as(5), batteryJ: as(5e4), flashBytesPerS: as(1e9), osReservedBytes: as(gigabytes * 3e8),
  });
  return { ...shipped, devices: [phone("new-phone", 12, 7e10), phone("old-phone", 4, 2e10)] };
}

const cases = tabulateDevices(madeUpCatalogue(), ["smollm2-360m", "llama-3.2-1b", "llama-3.1-8b"].map(findModelCard), ["Q4_K_M", "Q8_0"]);
const byForm = (plain: number, bytes: number): HeatScore["simulatedRatio"] => ({ "first-order": plain, "delayed": plain, "by-bytes": bytes });
const scores: readonly HeatScore[] = [0.5, 0.8, 1].map((measuredRatio, at) => ({
  name: `stack GPU (Metal) maker/model-${at}`, startState: at === 2 ? "serious" : "nominal", isCool: at < 2, measuredRatio,
  simulatedRatio: byForm(at === 2 ? 1 : 0.6, at === 2 ? 1 : measuredRatio + 0.05), curveError: byForm(0.1, 0.05), below75AtS: at === 0 ? 40 : null,
}));
const curve = (kind: string, panel: "cool" | "hot", end: number): Parameters<typeof makeHeatCurves>[0] => [0, 1, 2, 5, 10].map((minutes) => (
  { run: kind + panel, panel, kind, minutes, share: end + (1 - end) / (1 + minutes) }));

const makers: readonly ((theme: Theme) => Figure)[] = [
  (theme) => makeDeviceHeatmap(cases, theme),
  (theme) => makeSustainedDecode(["a", "b"].flatMap((device, at) => [0, 5, 10].map((minutes) => ({ device, minutes, tokensPerS: 40 - 20 * at - (1 - at) * minutes }))), "a model", theme),
  (theme) => makeAnswerEnergy(cases.filter(({ quant }) => quant === "Q4_K_M"), theme),
  (theme) => makePredictedMeasured([[1, 1.2], [10, 8], [100, 150]].map(([measured, predicted], at) => ({ measured: measured!, predicted: predicted!, low: predicted! / 1.5, high: predicted! * 1.5, isHandheld: at === 1 })), 0.2, 0.8, theme),
  (theme) => makeErrorCdf(["simple", "ours", "ours, calibrated"].map((predictor, at) => ({ predictor, errors: [0.05, 0.2, 0.5, 2].map((error) => error / (at + 1)) })), theme),
  (theme) => makeHeatCurves([...curve("recorded", "cool", 0.6), ...curve("simulated", "cool", 0.55), ...curve("recorded", "hot", 1), ...curve("simulated", "hot", 1)], ["recorded", "simulated"], "Made up", theme),
  (theme) => makeHeatRatios(scores, theme),
  (theme) => makeServerDifferences(["one", "two"].flatMap((run) => ["ours, profile", "ours, spec"].flatMap((simulator, at) => ["TTFT", "TPOT"].map((quantity, q) => ({ run, simulator, quantity, difference: 0.02 * (at + 1) - 0.03 * q }))))
    , theme),
  (theme) => makeHostPredicted([[0.2, 0.21], [3, 2.8], [200, 205]].map(([measuredMs, predictedMs], at) => ({ kind: at === 2 ? "prompt" : "token", runtime: at === 1 ? "one" : "other", measuredMs: measuredMs!, predictedMs: predictedMs! })), 0.05, 0.07, theme),
  (theme) => makeLiveForecast(["TTFT p50", "TTFT p95", "TPOT p50", "TPOT p95", "end to end p50", "end to end p95"].flatMap((figure, f) => [0.25, 0.5, 0.8, 1.2].flatMap((load) => (["live", "simulated"] as const).map((source, s) => (
    { source, figure, load, ms: (20 + 10 * f) / (1.3 - load) * (1 + 0.05 * s), halfWidthMs: 4 * load * (1 - s) })))), 0.05, theme),
  (theme) => makeHostDecode(["F16", "Q4_K"].flatMap((format, at) => [2, 20, 200].map((megabytes) => ({ name: `m${megabytes}`, format, megabytes: megabytes / (at + 1), tokensPerS: 4000 / megabytes }))), 1, theme),
];

describe("figures of devices and servers", () => {
  testStoredFigures(makers);
});
