/** The shipped catalogue of devices. */
import { loadDataset } from "../config/load-dataset.js";
import { parseDeviceCatalogue } from "./device-catalogue.js";
import type { DeviceCatalogue } from "./device-catalogue.js";

const CATALOGUE_FILE = "devices/catalogue.json";

/**
 * Loads datasets/devices/catalogue.json and checks it.
 *
 * @throws {DataError} when the file is missing or a field is out of bounds.
 */
export function loadDeviceCatalogue(): DeviceCatalogue {
  return parseDeviceCatalogue(loadDataset(CATALOGUE_FILE), `datasets/${CATALOGUE_FILE}`);
}
