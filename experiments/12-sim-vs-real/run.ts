/** Experiment 12: how far are simulated devices and servers from real ones that they have not seen? */
import { join } from "node:path";
import {
  compareServers, findPrivateData, listPredictions, loadFitInputs, loadHeatCurves, loadRateModel, makeFoldFigures, makeHeatFigures, makeServerFigure, packageRoot, publishTables,
  readExperimentForm, renderFolds, renderFoldSummary, renderHeatScores, renderPublishedErrors, renderServers, scoreFolds, scoreHeat, summarizeFolds,
  summarizeHeatScores, writeSmallFindings,
} from "../../src/index.js";

const SERVERS = { "Llama-3.1-8B, RTX 4090": "RTX4090-Llama-3.1-8B", "Qwen3-32B, 2 x RTX PRO 6000": "RTXPRO6000-Qwen3-32B" } as const;
/** Chips of the small form: few rows, a phone, a laptop and a board. */
const SMALL_CHIPS = ["Apple A16", "Google Tensor G5", "Broadcom BCM2712 (RPi5)"];

const { isSmall, out } = readExperimentForm(), decode = loadRateModel("decode");

if (isSmall) {
  const scores = scoreFolds(decode, decode.rows.filter(({ chip }) => SMALL_CHIPS.includes(chip)));
  const errors = Object.fromEntries(scores.map(({ predictor, scored }) => {
    const { all } = summarizeFolds(predictor, scored);
    return [predictor, { rows: all.rows, median: round(all.median), p90: round(all.p90) }];
  }));
  const servers = compareServers({ "made up": join(packageRoot(), "experiments", "12-sim-vs-real", "made-up-run") }).filter(({ statistic }) => statistic === "mean");
  writeSmallFindings(out, { errors, servers: Object.fromEntries(servers.map(({ metric, simulatedS }) => [metric, round(simulatedS)])) });
} else {
  const scores = scoreFolds(decode), folds = scores.map(({ predictor, scored }) => summarizeFolds(predictor, scored));
  const curves = loadHeatCurves(), bytes = loadFitInputs().measurements.filter(({ chip }) => chip === "Apple A19 Pro");
  const heat = scoreHeat(curves, ({ name }) => bytes.find(({ model, streamedBytes }) => streamedBytes !== undefined && name.endsWith(` ${model}`))?.streamedBytes);
  const servers = compareServers(Object.fromEntries(Object.entries(SERVERS).map(([name, folder]) => [name, findPrivateData(join("servers", folder))])));
  const tables = {
    "folds-summary": renderFoldSummary(folds), "folds": renderFolds(folds), "heat": renderHeatScores(heat), "servers": renderServers(servers), "servers-published": renderPublishedErrors(),
  };
  const predictions = listPredictions(scores), folder = await publishTables("12-sim-vs-real", {
    data: { folds, predictions, heat, "heat-summary": summarizeHeatScores(heat), servers }, tables, figures: [...makeFoldFigures(predictions, folds), ...makeHeatFigures(curves, heat), makeServerFigure(servers)],
  });
  process.stdout.write(`${tables["folds-summary"]}\n${tables.heat}\n${tables.servers}\n${folder}\n`);
}

function round(value: number): number { return Number(value.toPrecision(5)); }
