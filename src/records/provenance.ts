/** Where results come from. */

/** What has to be known to make a result again: code, packages, machine, command and times. */
export interface Provenance {
  readonly plmmVersion: string;
  /** Commit of the code; null outside a git checkout. */
  readonly gitSha: string | null;
  /** sha256 of uncommitted changes to tracked files; null when there are none. */
  readonly gitDirtySha256: string | null;
  /** sha256 of package-lock.json; null when it is not there. */
  readonly lockfileSha256: string | null;
  readonly node: string;
  readonly os: string;
  readonly cpu: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly commandLine: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; null while the run is going on. */
  readonly finishedAt: string | null;
}

/** `manifest.json` of a run: how and where it was made. */
export interface RunManifest extends Provenance {
  /** Doubts about the run as a whole. */
  readonly warnings: readonly string[];
}
