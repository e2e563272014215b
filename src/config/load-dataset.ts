/** Reads what the package ships under datasets/. Works from src/ and from the built dist/src/. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BugError, DataError } from "../core/errors.js";

const PACKAGE_NAME = "plmm-lab";
let foundRoot: string | undefined;

/** Absolute folder of the package: the nearest folder upward whose package.json is named plmm-lab. */
export function packageRoot(): string {
  foundRoot ??= findPackageRoot(dirname(fileURLToPath(import.meta.url)));
  return foundRoot;
}

/**
 * Text of a file below datasets/.
 *
 * @param path Relative to datasets/, with forward slashes: "azure-llm-2023/token-lengths.json".
 * @throws {DataError} when the file is not there or cannot be read.
 */
export function loadDatasetText(path: string): string {
  try {
    return readFileSync(join(packageRoot(), "datasets", path), "utf8");
  } catch (cause) {
    throw new DataError({
      subject: `datasets/${path}`, rule: "be a readable file of the package", got: (cause as NodeJS.ErrnoException).code ?? "unreadable",
      hint: "Restore it from the repository: git checkout -- datasets", cause,
    });
  }
}

/**
 * Parsed JSON of a file below datasets/.
 *
 * @param path Relative to datasets/, with forward slashes.
 * @throws {DataError} when the file is not there or is not JSON.
 */
export function loadDataset(path: string): unknown {
  const text = loadDatasetText(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new DataError({
      subject: `datasets/${path}`, rule: "be JSON", got: text.slice(0, 40), where: (cause as Error).message,
      hint: "Restore it from the repository: git checkout -- datasets", cause,
    });
  }
}

function findPackageRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: unknown }).name === PACKAGE_NAME) return folder;
    if (folder === dirname(folder)) {
      throw new BugError({
        subject: "the program's files", rule: `lie below the package.json named ${PACKAGE_NAME}`, got: start,
        hint: "Run plmm from a clone of the repository.",
      });
    }
  }
}

/** Version in the package's package.json. */
export function loadPackageVersion(): string {
  return String((JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version?: unknown }).version);
}
