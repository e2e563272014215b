/**
 * Compiles src, experiments and scripts to dist: incremental, and without leftovers of removed sources.
 * Files of src that are not TypeScript (fonts, templates) are copied beside the compiled ones.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, "dist");
const COMPILER = join(ROOT, "node_modules", "typescript", "bin", "tsc");
const COMPILER_RECORD = join(DIST, ".tsbuildinfo");
const BUILD_STAMP = join(DIST, ".plmm-sources-sha256");
const COMMAND_FILE = join(DIST, "src", "cli", "main.js");
const COMPILED_FOLDERS = ["src", "experiments", "scripts"];
const OUTPUT_ENDINGS = [".d.ts.map", ".js.map", ".d.ts", ".js"];

/** True when dist was built from exactly the sources that lie here now and all its files are there. */
export function isBuildFresh() {
  const sources = listSources();
  return existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, "utf8") === digestOf(sources) && missingOutputs(sources).length === 0;
}

/** Builds. Returns the exit code of the compiler: not 0 when a type is wrong. */
export function build() {
  const sources = listSources();
  rmSync(BUILD_STAMP, { force: true });
  removeLeftovers(sources);
  // The compiler trusts its record and would not write again what somebody deleted.
  if (missingOutputs(sources).length > 0) rmSync(COMPILER_RECORD, { force: true });
  const result = spawnSync(process.execPath, [COMPILER, "-p", "tsconfig.json"], { cwd: ROOT, stdio: "inherit" });
  if (result.status !== 0) return result.status ?? 1;
  copyAssets(sources);
  // `npx plmm` of npm 11 starts the file itself, so it needs the right to run.
  if (existsSync(COMMAND_FILE)) chmodSync(COMMAND_FILE, 0o755);
  writeFileSync(BUILD_STAMP, digestOf(sources));
  return 0;
}

function isCompiled(path) {
  return path.endsWith(".ts") && !path.endsWith(".d.ts");
}

function isAsset(path) {
  return path.startsWith("src") && !path.endsWith(".ts") && extname(path) !== ".md";
}

/** Paths from the project's folder, sorted. */
function listSources() {
  const files = COMPILED_FOLDERS.flatMap((folder) => listFiles(join(ROOT, folder)));
  return files.map((file) => relative(ROOT, file)).filter((path) => isCompiled(path) || isAsset(path)).sort();
}

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Changes with every edit, added or removed source, compiler setting, compiler version and installed package. */
function digestOf(sources) {
  const digest = createHash("sha256");
  for (const path of [...sources, "tsconfig.json", "package-lock.json"]) {
    digest.update(`${path}\0`).update(createHash("sha256").update(readFileSync(join(ROOT, path))).digest());
  }
  return digest.digest("hex");
}

function outputOf(source) {
  return join(DIST, isCompiled(source) ? source.replace(/\.ts$/, ".js") : source);
}

function missingOutputs(sources) {
  return sources.filter((source) => !existsSync(outputOf(source)));
}

/** Deletes files of dist whose source is gone. */
function removeLeftovers(sources) {
  const kept = new Set(sources);
  for (const folder of COMPILED_FOLDERS) {
    for (const file of listFiles(join(DIST, folder))) {
      const path = relative(DIST, file);
      const ending = OUTPUT_ENDINGS.find((candidate) => path.endsWith(candidate));
      const source = ending === undefined ? path : `${path.slice(0, -ending.length)}.ts`;
      if (!kept.has(source) && !kept.has(path)) rmSync(file);
    }
  }
}

function copyAssets(sources) {
  for (const source of sources.filter((path) => !isCompiled(path))) {
    const copy = outputOf(source);
    const isSame = existsSync(copy) && statSync(copy).mtimeMs >= statSync(join(ROOT, source)).mtimeMs;
    if (isSame) continue;
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(ROOT, source), copy);
  }
}
