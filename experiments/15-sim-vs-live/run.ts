/** Experiment 15: how far is the simulation of a whole P-E-T system on this machine from the live one, under load? */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ComparisonPlan, compareWithLive, loadLiveConfig, makeForecastFigure, packageRoot, publishTables, readExperimentForm, renderConservation, renderCosts, renderForecast, scoreForecast, withFamily, writeSmallFindings,
} from "../../src/index.js";

const NAME = "15-sim-vs-live", FOLDER = join(packageRoot(), "experiments", NAME);
const { isSmall, out, family } = readExperimentForm(), stop = new AbortController();
process.once("SIGINT", () => { stop.abort(); });
const say = (line: string): void => { process.stderr.write(`${line}\n`); }, signal = stop.signal, scenario = join(FOLDER, "scenario.yaml");

if (isSmall) {
  const folder = mkdtempSync(join(tmpdir(), "plmm-sim-vs-live-")), plan: ComparisonPlan = {
    config: loadLiveConfig(join(FOLDER, "small-live.yaml")), scenario, seed: 1, clients: 2, replications: 1, loads: [0.3, 0.6], secondsPerLoad: 1, warmUp: 2,
    calibration: { prompts: [20, 60], batches: [2], rounds: { least: 1, most: 1 } }, costs: { clients: 2, alone: 8, saturating: 6 },
  };
  try {
    const { found, costs } = await compareWithLive(plan, { folder, say: () => undefined, signal }), scored = scoreForecast(found);
    writeSmallFindings(out, {
      loads: found.map(({ load }) => load), areAllAnswered: found.every(({ asked, answered }) => asked === answered), areAsRehearsed: found.every(({ asked, asRehearsed }) => asked === asRehearsed),
      aloneCount: costs.aloneCount, figures: scored.map(({ figure, live, simulated }) => [figure, [live, simulated].every(({ mean }) => mean > 0 && Number.isFinite(mean))]),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  const shipped = loadLiveConfig(join(FOLDER, "live.yaml")), plan: ComparisonPlan = {
    config: family === undefined ? shipped : withFamily(shipped, family), scenario, seed: 11, clients: 48, replications: 3, loads: [0.25, 0.5, 0.8, 1.2], secondsPerLoad: 20, warmUp: 96,
    calibration: { prompts: [20, 60, 110], batches: [2, 4, 8], rounds: { least: 3, most: 5 } }, costs: { clients: 16, alone: 160, saturating: 240 },
  };
  const kept = out === undefined ? join(packageRoot(), "out", NAME) : `${out}.run`, comparison = await compareWithLive(plan, { folder: kept, say, signal }), { found, costs, profile } = comparison;
  const tables = { "live-forecast": renderForecast(found), "questions": renderConservation(found), "costs": renderCosts(comparison) };
  const folder = await publishTables(NAME, {
    data: { loads: found, scores: scoreForecast(found), costs, "host-profile": profile }, tables, figures: [makeForecastFigure(found)],
    measured: ["ratePerS", "asked", "answered", "asRehearsed", "live", "simulated", "error", "costs", "aloneCount", "aloneLatencyS", "saturationPerS", "seconds", "visitsS", "fits", "provenance"],
  });
  rmSync(join(kept, "parts"), { recursive: true, force: true });
  process.stdout.write(`${tables.costs}\n${tables.questions}\n${tables["live-forecast"]}\n${folder}\n`);
}
