/** GPUs of the servers: stated speed, the share of it that a serving engine reaches, the link inside a replica, rent. */
import { z } from "zod";
import { origin } from "../config/origin.js";
import { DataError } from "../core/errors.js";

/** Where the numbers beside it come from. */
interface Sourced {
  readonly origin: "published" | "measured" | "assumed";
  readonly source: string;
}

/** One kind of GPU. */
export interface GpuProfile {
  readonly name: string;
  /** Peaks are dense. FP8 is null where the GPU has no units for it: 8-bit weights are then computed in BF16. */
  readonly hardware: Sourced & {
    readonly memoryBytes: number; readonly bandwidthBytesPerS: number; readonly peakBf16FlopsPerS: number;
    readonly peakFp8FlopsPerS: number | null; readonly powerW: number;
  };
  /** Fractions of bandwidth and of peak that are reached. */
  readonly efficiency: Sourced & { readonly weightBandwidth: number; readonly kvBandwidth: number; readonly compute: number };
  /** One all-reduce between the GPUs of a replica: its time without data, and the rate of data. */
  readonly link: Sourced & { readonly allReduceLatencyS: number; readonly allReduceBytesPerS: number };
  /** Rent of one GPU. `date` is the month of the price. */
  readonly rent: Sourced & { readonly usdPerHour: number; readonly date: string };
}

const amount = z.number().positive().finite();
const share = z.number().gt(0).max(1);

const fileSchema = z.strictObject({
  about: z.string(),
  gpus: z.array(z.strictObject({
    name: z.string().min(1),
    hardware: z.strictObject({ memoryBytes: amount, bandwidthBytesPerS: amount, peakBf16FlopsPerS: amount, peakFp8FlopsPerS: amount.nullable(), powerW: amount, ...origin }),
    efficiency: z.strictObject({ weightBandwidth: share, kvBandwidth: share, compute: share, ...origin }),
    link: z.strictObject({ allReduceLatencyS: z.number().min(0), allReduceBytesPerS: amount, ...origin }),
    rent: z.strictObject({ usdPerHour: amount, date: z.string().regex(/^\d{4}-\d{2}$/), ...origin }),
  })).min(1),
});

/**
 * Checks a file of GPU profiles.
 *
 * @throws {DataError} naming the first wrong field.
 */
export function parseGpuProfiles(value: unknown, file: string): readonly GpuProfile[] {
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data.gpus;
  const issue = parsed.error.issues[0]!;
  throw new DataError({
    subject: issue.path.join("."), rule: "be a field of a GPU profile", got: issue.message, where: file,
    hint: "Compare with the profiles beside it.",
  });
}

/** Peak that weights of this width are computed at: FP8 for one byte or less where there are units, BF16 otherwise. FLOP/s. */
export function peakFlopsPerS(gpu: GpuProfile, bytesPerWeight: number): number {
  const { peakBf16FlopsPerS, peakFp8FlopsPerS } = gpu.hardware;
  return bytesPerWeight <= 1 && peakFp8FlopsPerS !== null ? peakFp8FlopsPerS : peakBf16FlopsPerS;
}
