/** What a report is made of: a stored run, as far as the report reads it. */
import type { CellFindings } from "./aggregate.js";

/** A cell with its findings and where they come from. */
export interface ReportCell extends CellFindings {
  readonly cellKey: string;
  readonly recordsSha256: string;
  readonly wallS: number;
  readonly cpuS: number;
}

/** How and where the run was made. */
export interface ReportProvenance {
  readonly plmmVersion: string;
  readonly gitSha: string | null;
  readonly gitDirtySha256: string | null;
  readonly lockfileSha256: string | null;
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly commandLine: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly warnings: readonly string[];
}

/** A run as a report needs it. */
export interface ReportInput {
  /** The effective study, with name and description. */
  readonly study: { readonly name: string; readonly description: string; readonly seed: number };
  readonly plan: readonly unknown[];
  readonly cells: readonly ReportCell[];
  readonly manifest: ReportProvenance | undefined;
  readonly failures: readonly { readonly label: string; readonly replication: number; readonly message: string }[];
  readonly missingCount: number;
  /** Digest over the records of all finished cells. */
  readonly recordsSha256: string;
}
