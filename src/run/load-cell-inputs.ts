/** Reads what a run needs besides its scenario: the device table, token prices, a trace. */
import type { Scenario } from "../config/scenario-schema.js";
import { compileDeviceTable } from "../devices/device-table.js";
import { loadDeviceCatalogue } from "../devices/load-device-catalogue.js";
import { findModelCard } from "../devices/load-model-cards.js";
import { loadPriceBook } from "../economics/load-price-book.js";
import { findPrice } from "../economics/price-book.js";
import { loadTrace } from "../population/load-trace.js";
import type { CellInputs } from "./participate.js";

/**
 * Loads the inputs of a scenario.
 *
 * @throws {ConfigError} when the scenario names an unknown device, model or price.
 * @throws {DataError} when a data set or the trace is damaged.
 */
export function loadCellInputs(scenario: Scenario): CellInputs {
  const { personalModel, devices, prices, population } = scenario;
  const card = findModelCard(personalModel.model), book = loadPriceBook(prices.book);
  const expert = findPrice(book, prices.expertPrice), general = findPrice(book, prices.generalPrice);
  const inputs: CellInputs = {
    devices: compileDeviceTable(loadDeviceCatalogue(), devices.mix, card, personalModel.quant, personalModel.contextLimitTokens),
    prices: {
      expertInUsd: expert.inputUsdPerMillionTokens / 1e6, expertOutUsd: expert.outputUsdPerMillionTokens / 1e6,
      generalInUsd: general.inputUsdPerMillionTokens / 1e6, generalOutUsd: general.outputUsdPerMillionTokens / 1e6,
    },
  };
  if (population.arrivals.kind !== "trace") return inputs;
  return { ...inputs, trace: { ...loadTrace(population.arrivals.file), speedUp: population.arrivals.speedUp } };
}
