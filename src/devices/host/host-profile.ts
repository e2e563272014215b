/** What `plmm calibrate` writes: every measured step of this host, the cost model fitted to the grid, and how well it predicts the rest. */
import { z } from "zod";
import { DataError } from "../../core/errors.js";
import { hostParametersSchema } from "./host-parameters.js";
import { hostModelSchema, measuredStepSchema } from "./host-step.js";

/** Raised when the form or the meaning of a profile changes. */
export const HOST_PROFILE_VERSION = 3;

/** Clocks by which steps can be timed: time on the clock, or processor time over threads. */
export const HOST_CLOCKS = ["wall", "processor"] as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const provenanceSchema = z.strictObject({
  plmmVersion: z.string(), gitSha: z.string().nullable(), gitDirtySha256: sha256.nullable(), lockfileSha256: sha256.nullable(), node: z.string(), os: z.string(), cpu: z.string(),
  cpuCount: z.int().positive(), memoryBytes: z.number().positive(), commandLine: z.string(), startedAt: z.string(), finishedAt: z.string().nullable(),
});

const caseSchema = z.strictObject({
  model: hostModelSchema,
  /** Kept out of the fit, and predicted by it. */
  isHeldOut: z.boolean(),
  steps: z.array(measuredStepSchema).min(1),
});

const profileSchema = z.strictObject({
  schema: z.literal("plmm.host-profile"),
  version: z.literal(HOST_PROFILE_VERSION),
  provenance: provenanceSchema,
  /** Versions by engine. */
  runtimes: z.record(z.string(), z.string()),
  clock: z.enum(HOST_CLOCKS),
  cases: z.array(caseSchema).min(1),
  /** Parameters by engine. */
  fits: z.record(z.string(), hostParametersSchema),
});

/** A host as measured and fitted. */
export type HostProfile = Readonly<z.output<typeof profileSchema>>;
/** A model on this host with its measured steps. */
export type CalibratedCase = HostProfile["cases"][number];
/** How steps were timed. */
export type HostClock = (typeof HOST_CLOCKS)[number];

/** Checks a profile. @throws {DataError} naming the first field that is wrong. */
export function parseHostProfile(value: unknown, file: string): HostProfile {
  const parsed = profileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new DataError({
    subject: issue.path.join(".") || "the host profile", rule: `be a field of a host profile of version ${HOST_PROFILE_VERSION}`, got: issue.message, where: file,
    hint: "Make the profile again: plmm calibrate", cause: parsed.error,
  });
}
