/** What predictions of devices rest on, as shipped: fitted models, class assumptions, recorded heat. */
import { loadDataset } from "../config/load-dataset.js";
import type { DeviceEntry } from "./device-catalogue.js";
import { parseDeviceFacts } from "./device-facts.js";
import type { HeatCurveFit } from "./fit-heat.js";
import { loadFirstTokenScale, loadRateModel } from "./fit/load-rate-models.js";
import { loadDeviceCatalogue } from "./load-device-catalogue.js";
import type { PredictionGround } from "./predict-device.js";

/** The phone whose heat was recorded. */
const RECORDED_PHONE = "iphone-17-pro";
/** Streamed bytes of a 4-bit model of 1.24e9 weights, as in the catalogue. */
const REFERENCE_BYTES = 7.6e8;

/**
 * Loads the ground of `predictDevice`. Models are conditioned on their rows when they are first asked: about a second each.
 *
 * @throws {DataError} when a file is missing or wrong.
 */
export function loadPredictionGround(): PredictionGround {
  const heat = loadDataset("devices/heat-fit.json") as { readonly curves: readonly HeatCurveFit[]; readonly summary: { readonly sustainedFraction: number } };
  const phone = loadDeviceCatalogue().devices.find(({ name }) => name === RECORDED_PHONE);
  return {
    model: loadRateModel, firstTokenScale: loadFirstTokenScale(), heatCurves: heat.curves,
    facts: parseDeviceFacts(loadDataset("devices/device-facts.json"), "datasets/devices/device-facts.json"),
    plateauUse: heat.summary.sustainedFraction * (phone === undefined ? 1 : coldUse(phone)),
  };
}

/** Share of the bandwidth that a cold device reaches. */
function coldUse({ eta, decodeOverheadS, bandwidthBytesPerS }: DeviceEntry): number {
  return REFERENCE_BYTES / (REFERENCE_BYTES / eta.value + decodeOverheadS.value * bandwidthBytesPerS.value);
}
