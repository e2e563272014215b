/** Experiment 14: how far is the cost model of a calibrated machine from times that it has not seen? */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { calibrateHost, fullPlan, heldOutSteps, makeHostFigure, packageRoot, publishTables, readExperimentForm, renderHostErrors, renderHostSteps, summarizeHeldOut, tinyPlan, writeSmallFindings } from "../../src/index.js";

/** Visits of a calibration that was stopped are kept here, so that it goes on. */
const PROFILE = join(packageRoot(), "out", "14-sim-vs-host", "host-profile.json");
const say = (line: string): void => { process.stderr.write(`${line}\n`); }, signal = new AbortController().signal;

const { isSmall, out } = readExperimentForm();

if (isSmall) {
  const folder = mkdtempSync(join(tmpdir(), "plmm-host-")), host = (await calibrateHost(tinyPlan(), { out: join(folder, "host.json"), clock: "processor", say, signal }))!;
  rmSync(folder, { recursive: true });
  writeSmallFindings(out, { cases: host.cases.length, predicted: heldOutSteps(host).filter(({ predictedS }) => Number.isFinite(predictedS) && predictedS > 0).length });
} else {
  const processors = availableParallelism(), host = (await calibrateHost(fullPlan([...new Set([1, processors])], processors), { out: PROFILE, clock: "wall", say, signal }))!;
  const tables = { host: renderHostErrors(summarizeHeldOut(host), "md"), "host-steps": renderHostSteps(heldOutSteps(host), "md") };
  const folder = await publishTables("14-sim-vs-host", { data: { "host-profile": host }, tables, figures: [makeHostFigure(host)], measured: ["seconds", "visitsS", "fits", "provenance"] });
  process.stdout.write(`${tables.host}\n${folder}\n`);
}
