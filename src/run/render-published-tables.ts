/** Published results of experiments that simulate no fleet, drawn again from the rows beside them: devices (01) and held against real ones (12). */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DEVICE_CLASSES } from "../devices/device-catalogue.js";
import type { PredictorFolds } from "../devices/fit/folds.js";
import type { HeatScore } from "../devices/score-heat.js";
import type { DeviceCase } from "../devices/tabulate-devices.js";
import { REPLAY_METRICS, REPLAY_STATISTICS } from "../tiers/compare-replay.js";
import type { Figure } from "../report/figure.js";
import type { SustainedPoint } from "../report/figures/sustained-decode.js";
import { renderSvg } from "../report/render-figure.js";
import type { ServerComparison } from "./compare-servers.js";
import { loadJson } from "./load-json.js";
import { makeDeviceFigures, renderDeviceCases, renderLargestInteractive } from "./render-device-cases.js";
import { makeFoldFigures, makeRatioFigure, makeServerFigure, renderFolds, renderFoldSummary, renderHeatScores, renderPublishedErrors, renderServers } from "./render-real.js";
import type { PredictionRow } from "./render-real.js";

const number = z.number(), maybe = z.number().nullable();
const errors = z.strictObject({ rows: number, median: number, p90: number, within2x: number, macroMedian: number, coverage: number.optional() })
  .transform(({ coverage, ...rest }) => ({ ...rest, coverage }));
const forms = z.strictObject({ "first-order": number, "delayed": number, "by-bytes": number });

const caseRows: z.ZodType<readonly DeviceCase[]> = z.array(z.strictObject({
  device: z.string(), deviceClass: z.enum(DEVICE_CLASSES), stack: z.string(), model: z.string(), parameters: number, quant: z.string(), fit: z.enum(["fits", "pages", "refused"]),
  workingSetBytes: number, freeBytes: number, firstTokenS: maybe, coldTokensPerS: number, after1MinTokensPerS: number, after5MinTokensPerS: number, after10MinTokensPerS: number,
  powerW: number, energyPerTokenJ: maybe, energyPerAnswerJ: maybe, batteryH: maybe, answersPerCharge: maybe, isInteractive: z.boolean(),
}));
const sustainedRows: z.ZodType<readonly SustainedPoint[]> = z.array(z.strictObject({ device: z.string(), minutes: number, tokensPerS: number }));
const foldRows: z.ZodType<readonly PredictorFolds[]> = z.array(z.strictObject({
  predictor: z.string(), all: errors, handheld: errors.optional(), folds: z.array(z.strictObject({ chip: z.string(), errors })),
}).transform(({ handheld, ...rest }) => ({ ...rest, handheld })));
const predictionRows: z.ZodType<readonly PredictionRow[]> = z.array(z.strictObject({
  predictor: z.string(), id: z.string(), chip: z.string(), isHandheld: z.boolean(), measured: number, predicted: number, low: maybe, high: maybe,
}));
const heatRows: z.ZodType<readonly HeatScore[]> = z.array(z.strictObject({
  name: z.string(), startState: z.string(), isCool: z.boolean(), measuredRatio: number, below75AtS: maybe, simulatedRatio: forms, curveError: forms,
}));
const serverRows: z.ZodType<readonly ServerComparison[]> = z.array(z.strictObject({
  run: z.string(), simulator: z.string(), metric: z.enum(REPLAY_METRICS), statistic: z.enum(REPLAY_STATISTICS), measuredS: number, simulatedS: number, difference: number,
}));

/**
 * Tables and figures of a folder, as far as the rows in it tell them. Not among them: the recorded heat curves, whose samples are not published.
 *
 * @returns Path with forward slashes to text; none for results of another form.
 * @throws {DataError} when rows are of another form than this code's.
 */
export async function renderPublishedTables(folder: string): Promise<ReadonlyMap<string, string>> {
  const has = (name: string): boolean => existsSync(join(folder, name));
  if (has("cases.json")) return renderAll(...renderDevices(folder, has("curves.json")));
  if (has("folds.json") && has("servers.json")) return renderAll(...renderReal(folder, has("predictions.json")));
  return new Map();
}

type Drawn = readonly [tables: Readonly<Record<string, string>>, figures: readonly Figure[]];

function renderDevices(folder: string, hasCurves: boolean): Drawn {
  const cases = loadJson(join(folder, "cases.json"), caseRows), curves = hasCurves ? loadJson(join(folder, "curves.json"), sustainedRows) : [];
  return [{ "largest-interactive": renderLargestInteractive(cases), "cases": renderDeviceCases(cases) }, makeDeviceFigures(cases, curves)];
}

function renderReal(folder: string, hasPredictions: boolean): Drawn {
  const folds = loadJson(join(folder, "folds.json"), foldRows), heat = loadJson(join(folder, "heat.json"), heatRows), servers = loadJson(join(folder, "servers.json"), serverRows);
  const foldFigures = hasPredictions ? makeFoldFigures(loadJson(join(folder, "predictions.json"), predictionRows), folds) : [];
  return [{
    "folds-summary": renderFoldSummary(folds), "folds": renderFolds(folds), "heat": renderHeatScores(heat), "servers": renderServers(servers), "servers-published": renderPublishedErrors(),
  }, [...foldFigures, makeRatioFigure(heat), makeServerFigure(servers)]];
}

async function renderAll(tables: Drawn[0], figures: Drawn[1]): Promise<ReadonlyMap<string, string>> {
  const drawn = await Promise.all(figures.map(async (figure) => [`figures/${figure.name}.svg`, await renderSvg(figure)] as const));
  return new Map([...Object.entries(tables).map(([name, text]) => [`tables/${name}.md`, `${text.trimEnd()}\n`] as const), ...drawn]);
}
