/** The devices of a scenario: those of the catalogue, and the calibrated host where the scenario names its profile. */
import type { Scenario } from "../../config/scenario-schema.js";
import { compileDeviceTable, type DeviceTable } from "../device-table.js";
import { loadDeviceCatalogue } from "../load-device-catalogue.js";
import { findModelCard } from "../load-model-cards.js";
import { cardHostModel, HOST_NAME, withHost, withHostSpeed } from "./host-device.js";
import { compileHostSpeed } from "./host-speed.js";
import { loadHostProfile } from "./load-host-profile.js";

/**
 * Compiles them for the scenario's model.
 *
 * @throws {ConfigError} for names that the catalogues do not know, a missing profile, or a model in a format that it did not measure.
 * @throws {DataError} when the profile is damaged.
 */
export function loadDeviceTable({ devices: { mix, host }, personalModel: { model, quant, contextLimitTokens } }: Pick<Scenario, "devices" | "personalModel">): DeviceTable {
  const catalogue = loadDeviceCatalogue(), card = findModelCard(model);
  if (host === undefined) return compileDeviceTable(catalogue, mix, card, quant, contextLimitTokens);
  const profile = loadHostProfile(host.profile, "devices.host.profile"), speed = compileHostSpeed(profile, cardHostModel(card, quant), host.threads);
  const table = compileDeviceTable(withHost(catalogue, profile, host.like), mix ?? { [HOST_NAME]: 1 }, card, quant, contextLimitTokens);
  return withHostSpeed(table, speed, card, quant, contextLimitTokens);
}
