/** Real devices with the numbers that the simulator needs, each with its origin. Made by scripts/fit-devices.ts. */
import { z } from "zod";
import { DataError } from "../core/errors.js";

/** measured: rows of a table here; fitted: from such rows by the fit; published: a cited document; assumed: neither. */
export const DEVICE_ORIGINS = ["measured", "fitted", "published", "assumed"] as const;

/** Kinds of device. */
export const DEVICE_CLASSES = ["phone", "tablet", "laptop", "desktop", "sbc"] as const;

/** Kind of device. */
export type DeviceClass = (typeof DEVICE_CLASSES)[number];

/** A number with where it comes from. `rows` are ids of datasets/devices tables. */
export interface DeviceNumber {
  readonly value: number;
  readonly origin: (typeof DEVICE_ORIGINS)[number];
  readonly source: string;
  readonly rows?: readonly string[] | undefined;
}

/** One device with one software stack on one accelerator. */
export interface DeviceEntry {
  readonly name: string;
  readonly class: DeviceClass;
  readonly soc: string;
  readonly year: number;
  /** Software family of the fit, as in "llama.cpp". */
  readonly stack: string;
  /** Printed name of the software that most of its rows used: the fit knows builds apart. Undefined where no row tells. */
  readonly build?: string | undefined;
  readonly accelerator: string;
  readonly memoryBytes: DeviceNumber;
  readonly bandwidthBytesPerS: DeviceNumber;
  /** Fraction of the bandwidth that decoding reaches. */
  readonly eta: DeviceNumber;
  /** Time of a decoded token beside reading its bytes. */
  readonly decodeOverheadS: DeviceNumber;
  /** Operations per second in prefill, at 2 per active weight and token. */
  readonly prefillOpsPerS: DeviceNumber;
  readonly prefillOverheadS: DeviceNumber;
  /** Speed at the thermal plateau, of the cold speed. */
  readonly sustainedFraction: DeviceNumber;
  readonly heatTauS: DeviceNumber;
  readonly coolTauS: DeviceNumber;
  /** Power of the device while the model computes, at the heat plateau: measured over minutes. A cold one draws it over the sustained fraction. */
  readonly computeW: DeviceNumber;
  /** Power of the device at rest with the screen off. */
  readonly idleW: DeviceNumber;
  /** Energy of the full battery; 0: runs from the mains. */
  readonly batteryJ: DeviceNumber;
  /** Rate at which weights come from flash. */
  readonly flashBytesPerS: DeviceNumber;
  /** Memory that the OS and its services keep. */
  readonly osReservedBytes: DeviceNumber;
}

/** The shipped catalogue. */
export interface DeviceCatalogue {
  readonly madeBy: string;
  /** How far the fit is from the decode rates it was made from. */
  readonly fit: {
    readonly decodeRows: number;
    readonly prefillRows: number;
    readonly medianAbsoluteErrorDecode: number;
    readonly medianAbsoluteErrorPrefill: number;
    readonly note: string;
  };
  /** Memory of the runtime and app beside weights and KV cache. */
  readonly runtimeBytes: DeviceNumber;
  readonly devices: readonly DeviceEntry[];
}

function numberWithin(low: number, high: number): z.ZodType<DeviceNumber> {
  return z.strictObject({
    value: z.number().min(low).max(high),
    origin: z.enum(DEVICE_ORIGINS),
    source: z.string().min(1),
    rows: z.array(z.string().regex(/^[mec]\d+$/)).min(1).optional(),
  }).refine((entry) => entry.origin !== "measured" || entry.rows !== undefined, "name its rows when it is measured");
}

const deviceSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  class: z.enum(DEVICE_CLASSES),
  soc: z.string().min(1),
  year: z.number().int().min(2010).max(2100),
  stack: z.string().min(1),
  build: z.string().min(1).optional(),
  accelerator: z.string().min(1),
  memoryBytes: numberWithin(1e9, 2e12),
  bandwidthBytesPerS: numberWithin(1e9, 2e12),
  eta: numberWithin(0.005, 1.05),
  decodeOverheadS: numberWithin(0, 1),
  prefillOpsPerS: numberWithin(1e8, 1e15),
  prefillOverheadS: numberWithin(0, 10),
  sustainedFraction: numberWithin(0.1, 1),
  heatTauS: numberWithin(1, 1e4),
  coolTauS: numberWithin(1, 1e5),
  computeW: numberWithin(0.5, 500),
  idleW: numberWithin(0, 100),
  batteryJ: numberWithin(0, 1e6),
  flashBytesPerS: numberWithin(1e7, 5e10),
  osReservedBytes: numberWithin(1e8, 1e11),
}).refine((entry) => entry.osReservedBytes.value < entry.memoryBytes.value, "leave memory beside osReservedBytes");

const catalogueSchema = z.strictObject({
  madeBy: z.string(),
  fit: z.strictObject({
    decodeRows: z.number().int().min(1), prefillRows: z.number().int().min(1),
    medianAbsoluteErrorDecode: z.number().min(0), medianAbsoluteErrorPrefill: z.number().min(0), note: z.string(),
  }),
  runtimeBytes: numberWithin(1e6, 1e10),
  devices: z.array(deviceSchema).min(1)
    .refine((devices) => new Set(devices.map((device) => device.name)).size === devices.length, "have no two devices of one name"),
});

/**
 * Checks a catalogue against physical bounds.
 *
 * @throws {DataError} naming the first field out of bounds.
 */
export function parseDeviceCatalogue(value: unknown, file: string): DeviceCatalogue {
  const parsed = catalogueSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DataError({
    subject: issue.path.join(".") || "the catalogue", rule: "be a device catalogue entry within physical bounds", got: issue.message, where: file,
    hint: "Make the catalogue again: node dist/scripts/fit-devices.js", cause: parsed.error,
  });
}
