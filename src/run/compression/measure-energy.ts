/** Energy of this machine's processor: by its meter where there is one that may be read, else by a declared power. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Origin } from "../../config/origin.js";

/** Joules of something, and where the number comes from. */
export interface EnergyReading { readonly joules: number; readonly origin: Origin }

/** Linux shows the meters of Intel and AMD processors (RAPL) here. */
const METER_FOLDER = "/sys/class/powercap/intel-rapl:0";
/** Watts of a busy core with its share of the chip: 280 W over 64 cores of a server processor are 4.4 W. */
const DECLARED_CORE_W = 4.4;

/** What `startEnergy` would take for the power of a core. Watts, with its origin. */
export const DECLARED_POWER: { readonly coreW: number; readonly origin: Origin; readonly source: string } = {
  coreW: DECLARED_CORE_W, origin: "assumed", source: "thermal design power of AMD EPYC 7763, 280 W, over its 64 cores",
};

/**
 * Starts metering.
 *
 * @param folder Of the meter.
 * @returns To be called at the end with the seconds and the busy threads between: the meter's joules of the whole chip, or declared
 *   power times both.
 */
export function startEnergy(folder: string = METER_FOLDER): (elapsedS: number, threads: number) => EnergyReading {
  const before = readMeter(folder);
  return (elapsedS, threads) => {
    const after = before === undefined ? undefined : readMeter(folder);
    if (before === undefined || after === undefined) return { joules: DECLARED_CORE_W * threads * elapsedS, origin: "assumed" };
    // The counter starts again at 0 when it is full.
    const microjoules = after.microjoules >= before.microjoules ? after.microjoules - before.microjoules : after.microjoules + after.range - before.microjoules;
    return { joules: microjoules / 1e6, origin: "measured" };
  };
}

function readMeter(folder: string): { readonly microjoules: number; readonly range: number } | undefined {
  if (!existsSync(join(folder, "energy_uj"))) return undefined;
  const numberIn = (name: string): number => Number(readFileSync(join(folder, name), "utf8"));
  try {
    return { microjoules: numberIn("energy_uj"), range: numberIn("max_energy_range_uj") };
  } catch {
    return undefined;
  }
}
