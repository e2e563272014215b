/** Experiment 10: are the four failures detected, how fast, and with how many false alarms? */
import { join } from "node:path";
import {
  expandStudy, FAILURES, type Failure, findFailures, loadStudy, makeDetectionFigure, packageRoot, publishTables, readExperimentForm, renderDetections, writeSmallFindings, type Cell,
} from "../../src/index.js";

const NAME = "10-failure-signatures", NOON_US = 12 * 3.6e9;
const SMALL = ["population.clients=80", "replications=11"];

const { isSmall, out } = readExperimentForm();
const study = loadStudy(join(packageRoot(), "experiments", NAME, "config.yaml"), { overrides: isSmall ? SMALL : [] });
const cells = expandStudy(study, { kind: "grid" }), ofCondition = (name: string): Cell[] => cells.filter(({ axes }) => axes["condition"] === name);
const calibrationRuns = isSmall ? 6 : 19;

const scores = findFailures({
  healthy: ofCondition("healthy"), calibrationRuns, injectedAtUs: NOON_US,
  failing: Object.fromEntries(FAILURES.map((failure) => [failure, ofCondition(failure).slice(calibrationRuns)])) as Record<Failure, Cell[]>,
}, (line) => { process.stderr.write(`${line}\n`); });

if (isSmall) {
  const round = (value: number): number => Number(value.toPrecision(5));
  writeSmallFindings(out, Object.fromEntries(scores.map(({ failure, detected, delayHours, falseAlarms }) => [failure, { detected, delayHours: Number.isNaN(delayHours) ? "none" : round(delayHours), falseAlarms }])));
} else {
  const table = renderDetections(scores);
  const folder = await publishTables(NAME, { data: { detections: scores }, tables: { detections: table }, figures: [makeDetectionFigure(scores)] });
  process.stdout.write(`${table}\n${folder}\n`);
}
