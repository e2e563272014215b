/** What experiments and programs may use of plmm-lab. */
export { loadStudy } from "./config/load-study.js";
export { expandStudy, type Cell } from "./config/plan.js";
export type { Scenario, Study } from "./config/scenario-schema.js";
export type { Findings } from "./metrics/findings.js";
export { METRICS } from "./metrics/metric-catalogue.js";
export { loadCellInputs } from "./run/load-cell-inputs.js";
export { loadRun } from "./run/load-cells.js";
export { describeRun } from "./run/run-cell.js";
export { type FleetRow, measureFleet } from "./run/measure-fleet.js";
export { measureProvenance } from "./run/measure-provenance.js";
export { type ExperimentPlan, readExperimentForm, resultsFolder, runExperiment, writeJson, writeSmallFindings, writeText } from "./run/run-experiment.js";
export { renderScale } from "./run/render-scale.js";
export { runStudy } from "./run/run-study.js";
export { simulateAlone } from "./run/simulate-fleet.js";
