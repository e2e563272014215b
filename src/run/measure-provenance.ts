/** Where results come from: code, packages, machine, command and times. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { loadPackageVersion, packageRoot } from "../config/load-dataset.js";
import type { Provenance } from "../records/provenance.js";

/** Reads the state of code and machine at this moment. `finishedAt` is null: fill it in when the run ends. */
export function measureProvenance(): Provenance {
  const root = packageRoot();
  const diff = runGit(root, ["diff", "HEAD", "--binary"]);
  const cores = cpus();
  return {
    plmmVersion: loadPackageVersion(),
    gitSha: runGit(root, ["rev-parse", "HEAD"])?.trim() ?? null,
    gitDirtySha256: diff === undefined || diff === "" ? null : digest(diff),
    lockfileSha256: existsSync(join(root, "package-lock.json")) ? digest(readFileSync(join(root, "package-lock.json"))) : null,
    node: process.version,
    os: `${platform()} ${release()} ${arch()}`,
    cpu: cores[0]?.model.trim() ?? "unknown",
    cpuCount: cores.length,
    memoryBytes: totalmem(),
    commandLine: ["plmm", ...process.argv.slice(2)].map(quoteWord).join(" "),
    startedAt: new Date().toISOString(),
    finishedAt: null,
  };
}

function runGit(root: string, args: readonly string[]): string | undefined {
  if (!existsSync(join(root, ".git"))) return undefined;
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 });
  } catch {
    return undefined;
  }
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function quoteWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
