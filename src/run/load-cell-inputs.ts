/** Reads what a run needs besides its scenario: the device table, token prices, a trace. */
import type { Scenario } from "../config/scenario-schema.js";
import { loadDeviceTable } from "../devices/host/load-device-table.js";
import { ConfigError } from "../core/errors.js";
import { findTraceFile } from "../config/load-study.js";
import { usdFromNano } from "../economics/money.js";
import { loadTrace } from "../population/load-trace.js";
import { pricesOf } from "./find-economy.js";
import type { CellInputs } from "./participate.js";

/**
 * Loads the inputs of a scenario.
 *
 * @throws {ConfigError} when the scenario names an unknown device, model or price.
 * @throws {DataError} when a data set or the trace is damaged.
 */
export function loadCellInputs(scenario: Scenario): CellInputs {
  const { population } = scenario, { expert, general } = pricesOf(scenario);
  const inputs: CellInputs = {
    devices: loadDeviceTable(scenario),
    prices: {
      expertInUsd: usdFromNano(expert.inputNanoUsd), expertOutUsd: usdFromNano(expert.outputNanoUsd),
      generalInUsd: usdFromNano(general.inputNanoUsd), generalOutUsd: usdFromNano(general.outputNanoUsd),
    },
  };
  if (population.arrivals.kind !== "trace") return inputs;
  const { file, speedUp } = population.arrivals;
  return { ...inputs, trace: { ...loadTrace(requireTraceFile(file)), speedUp } };
}

/** Path of the trace that a scenario names. @throws {ConfigError} when it is nowhere. */
export function requireTraceFile(file: string): string {
  const path = findTraceFile(file);
  if (path !== undefined) return path;
  throw new ConfigError({ subject: "population.arrivals.file", rule: "name a trace file", got: file, hint: "Give an absolute path, or set PLMM_DATA to the folder that holds it." });
}
