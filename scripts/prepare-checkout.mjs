/**
 * Brings a checkout to the point where commands can run: a supported Node, the packages of the lock file, a fresh build.
 * Plain JavaScript on Node's own modules, because it runs before anything is installed or compiled.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, isBuildFresh } from "./build-dist.mjs";

/** The project's folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = [20, 19];
const LOCK_FILE = join(ROOT, "package-lock.json");
const LOCK_STAMP = join(ROOT, "node_modules", ".plmm-lock-sha256");

/** A step that failed, with the exit code for the process. */
export class StepError extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Fails on a Node that is too old, naming the one found. */
export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  const isRecent = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (isRecent) return;
  throw new StepError(`Node must be ${OLDEST_NODE.join(".")} or later; got ${version} (${process.execPath}).\n`
    + "Install Node 20.19+, 22 or 24 from https://nodejs.org and run the command again.", 2);
}

/** Installs the packages of the lock file with `npm ci`, unless node_modules already holds exactly these. */
export function ensureInstalled() {
  const lockSha256 = createHash("sha256").update(readFileSync(LOCK_FILE)).digest("hex");
  if (existsSync(LOCK_STAMP) && readFileSync(LOCK_STAMP, "utf8").trim() === lockSha256) return;
  if (!holdsLockedPackages()) {
    console.log("Installing the packages of package-lock.json (npm ci; about 610 MB on disk, once) ...");
    const startedAtMs = performance.now();
    const exitCode = runNpm(["ci"]);
    if (exitCode !== 0) {
      throw new StepError(`npm ci must succeed; it ended with exit code ${exitCode} (${ROOT}).\n`
        + "Read npm's message above: most often the network or the free disk space is at fault. Then run the command again.", 1);
    }
    console.log(`Installed in ${seconds(startedAtMs)} s.`);
  }
  writeFileSync(LOCK_STAMP, `${lockSha256}\n`);
}

/** Compiles to dist when a source is newer or gone, or when dist is incomplete. */
export function ensureBuilt() {
  if (isBuildFresh()) return;
  console.log("Building dist ...");
  const startedAtMs = performance.now();
  if (build() !== 0) {
    throw new StepError("The type check must pass; the compiler's messages are above.\nCorrect them and run the command again.", 1);
  }
  console.log(`Built in ${seconds(startedAtMs)} s.`);
}

/** Runs `steps` and turns a StepError into its message and exit code; other errors are bugs and keep their stack. */
export async function runSteps(steps) {
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}

/** Seconds since `startedAtMs` of performance.now(), with one digit. */
export function seconds(startedAtMs) {
  return ((performance.now() - startedAtMs) / 1000).toFixed(1);
}

/** True when npm's own record of node_modules names every package that the lock file requires, in the same version. */
function holdsLockedPackages() {
  const recordPath = join(ROOT, "node_modules", ".package-lock.json");
  if (!existsSync(recordPath)) return false;
  const installed = JSON.parse(readFileSync(recordPath, "utf8")).packages;
  const locked = JSON.parse(readFileSync(LOCK_FILE, "utf8")).packages;
  const isSame = (path) => installed[path]?.version === locked[path].version;
  return Object.keys(installed).every((path) => path in locked && isSame(path))
    && Object.keys(locked).every((path) => path === "" || locked[path].optional === true || isSame(path));
}

/** Runs npm in the project's folder: the npm that started this script, else the one on the path. */
function runNpm(words) {
  const npmScript = process.env.npm_execpath;
  const result = npmScript !== undefined && /\.c?js$/.test(npmScript)
    ? spawnSync(process.execPath, [npmScript, ...words], { cwd: ROOT, stdio: "inherit" })
    : spawnSync("npm", words, { cwd: ROOT, stdio: "inherit", shell: process.platform === "win32" });
  if (result.error !== undefined) {
    throw new StepError(`npm must be on the path; got ${result.error.message}.\nInstall Node with npm from https://nodejs.org.`, 1);
  }
  return result.status ?? 1;
}
