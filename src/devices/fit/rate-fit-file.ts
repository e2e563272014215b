/** The file of fitted parameters, datasets/devices/rate-fit.json: hyperparameters and interval scales with the fingerprints of what they were fitted on. */
import { z } from "zod";
import { DataError } from "../../core/errors.js";
import type { RateFit } from "./rate-model.js";
import { TARGET_TABLE, TARGETS } from "./rate-targets.js";
import type { TargetName } from "./rate-targets.js";

/** Tables that the fit reads, below datasets/devices/. */
export const FITTED_TABLES = ["device-measurements.csv", "energy-measurements.csv", "soc-facts.csv", "chip-cpus.csv", "chip-accelerators.csv"] as const;

/** Content of the file. */
export interface RateFitFile {
  readonly madeBy: string;
  /** sha256 by table. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly targets: Readonly<Record<TargetName, RateFit>>;
  /** Widens the interval of the time to first token, which follows from prefill and decode, until it holds 80% of rows of chips left out. */
  readonly firstTokenScale: number;
}

const numbers = z.record(z.string(), z.number().min(-20).max(20));
const fitSchema: z.ZodType<RateFit> = z.strictObject({
  hyperparameters: z.strictObject({
    logVariance: numbers, logLength: numbers, logNoise: z.number().min(-20).max(5), sourceNoise: numbers, constants: z.record(z.string(), z.number().min(-20).max(30)),
  }),
  intervalScale: z.number().min(0.2).max(10), calibratedScale: z.number().min(0.2).max(10), rows: z.number().int().min(1),
});
const fileSchema: z.ZodType<RateFitFile> = z.strictObject({
  madeBy: z.string(), inputs: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)), targets: z.record(z.enum(TARGETS), fitSchema), firstTokenScale: z.number().min(0.2).max(10),
});

/**
 * Checks the file's content and that it was fitted on the tables that lie beside it.
 *
 * @param fingerprints sha256 of the present tables.
 * @throws {DataError} when a field is wrong, a term has no variance, or a table has changed since the fit.
 */
export function parseRateFitFile(value: unknown, file: string, fingerprints: Readonly<Record<string, string>>): RateFitFile {
  const parsed = fileSchema.safeParse(value), hint = "Fit again: npm run fit:devices";
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new DataError({ subject: issue.path.join("."), rule: "be a fitted parameter", got: issue.message, where: file, hint });
  }
  for (const table of FITTED_TABLES) {
    if (parsed.data.inputs[table] !== fingerprints[table]) {
      throw new DataError({
        subject: `datasets/devices/${table}`, rule: `be the table that the parameters were fitted on (sha256 ${parsed.data.inputs[table] ?? "none"})`,
        got: fingerprints[table], where: file, hint,
      });
    }
  }
  for (const name of TARGETS) {
    const missing = TARGET_TABLE[name].terms.find((term) => parsed.data.targets[name].hyperparameters.logVariance[term.name] === undefined);
    const constant = Object.keys(TARGET_TABLE[name].constants).find((key) => parsed.data.targets[name].hyperparameters.constants[key] === undefined);
    if (constant !== undefined) throw new DataError({ subject: `${name}: ${constant}`, rule: "be a fitted constant", got: undefined, where: file, hint });
    if (missing !== undefined) throw new DataError({ subject: `${name}: ${missing.name}`, rule: "have a variance", got: undefined, where: file, hint });
  }
  return parsed.data;
}
