/** Specification facts of devices, kept by hand in datasets/devices/device-facts.json: input of the catalogue. */
import { z } from "zod";
import { DataError } from "../core/errors.js";
import { DEVICE_CLASSES } from "./device-catalogue.js";
import type { DeviceClass } from "./device-catalogue.js";

/** Facts of one device. `measuredAs` are its names in device-measurements.csv; batteryWh 0: runs from the mains. */
export interface DeviceFact {
  readonly name: string;
  readonly title: string;
  readonly class: DeviceClass;
  readonly soc: string;
  readonly year: number;
  readonly memoryGb: number;
  readonly batteryWh: number;
  readonly storage: string;
  readonly measuredAs: readonly string[];
  readonly source: string;
}

/** Assumptions about a class of device. Heat is relative to the measured phone. */
export interface ClassAssumptions {
  readonly coolTauS: number;
  readonly computeW: number;
  readonly idleW: number;
  readonly osReservedFraction: number;
  readonly osReservedBytes: number;
  readonly heatLossShare: number;
  readonly heatTauFactor: number;
}

/** The file's content. */
export interface DeviceFacts {
  readonly about: string;
  /** Rate at which weights load, by kind of storage. */
  readonly storage: Readonly<Record<string, { readonly loadBytesPerS: number; readonly source: string }>>;
  readonly classes: Readonly<Record<DeviceClass, ClassAssumptions>>;
  /** Devices with a heat measurement of their own. */
  readonly heat: readonly { readonly name: string; readonly sustainedFraction: number; readonly row: string }[];
  readonly devices: readonly DeviceFact[];
}

const positive = z.number().positive();

const factsSchema: z.ZodType<DeviceFacts> = z.strictObject({
  about: z.string(),
  storage: z.record(z.string(), z.strictObject({ loadBytesPerS: positive, source: z.string() })),
  classes: z.record(z.enum(DEVICE_CLASSES), z.strictObject({
    coolTauS: positive, computeW: positive, idleW: positive, osReservedFraction: z.number().min(0).max(0.9), osReservedBytes: positive,
    heatLossShare: z.number().min(0).max(1), heatTauFactor: positive,
  })),
  heat: z.array(z.strictObject({ name: z.string(), sustainedFraction: z.number().min(0).max(1), row: z.string() })),
  devices: z.array(z.strictObject({
    name: z.string(), title: z.string(), class: z.enum(DEVICE_CLASSES), soc: z.string(), year: z.number().int(),
    memoryGb: positive, batteryWh: z.number().min(0), storage: z.string(), measuredAs: z.array(z.string()).min(1), source: z.string(),
  })).min(1),
});

/**
 * Checks the facts.
 *
 * @throws {DataError} naming the first wrong field.
 */
export function parseDeviceFacts(value: unknown, file: string): DeviceFacts {
  const parsed = factsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DataError({
    subject: issue.path.join("."), rule: "be a fact of the expected kind", got: issue.message, where: file,
    hint: "Compare with its neighbours in the file.",
  });
}
