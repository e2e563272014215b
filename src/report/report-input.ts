/** What a report is made of: a stored run, as far as the report reads it. */
import type { RunManifest } from "../records/provenance.js";
import type { CellFindings } from "./aggregate.js";

/** A cell with its findings and where they come from. */
export interface ReportCell extends CellFindings {
  readonly cellKey: string;
  readonly recordsSha256: string;
  readonly wallS: number;
  readonly cpuS: number;
}

/** A run as a report needs it. */
export interface ReportInput {
  /** The effective study, with name and description. */
  readonly study: { readonly name: string; readonly description: string; readonly seed: number };
  readonly plan: readonly unknown[];
  readonly cells: readonly ReportCell[];
  readonly manifest: RunManifest | undefined;
  readonly failures: readonly { readonly label: string; readonly replication: number; readonly message: string }[];
  readonly missingCount: number;
  /** Digest over the records of all finished cells. */
  readonly recordsSha256: string;
}
