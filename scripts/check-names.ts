/**
 * The name rule: files and folders are named in kebab-case for what they hold, and no file tells on which machine it was made.
 */
import { readFileSync, statSync } from "node:fs";
import { isStarted, listProjectFiles, reportOffences } from "./source-tree.js";
import type { Offence, SourceFile } from "./source-tree.js";

/** Names that say nothing about the content, alone or at the end of a longer name. */
const EMPTY_NAMES = /(^|-)(utils?|helpers?|common|misc|shared)$/;

/** Folders where every name is ours to choose; results and datasets keep names given by fingerprints and sources. */
const NAMED_FOLDERS = ["src", "scripts", "experiments", "configs"];
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

/** Absolute folders of the machines this project was made on, and folders beside the checkout. Put together here, so that this file passes. */
const WORKPLACE_PATHS = [new RegExp(`(?<![\\w.-])/${"work"}/`), new RegExp(`\\.\\./${"shared"}/`)];
/** Sets PLMM_DATA from the folder beside the checkout, so that no other file needs to know of it. */
const PLACE_OF_DATA_FOLDER = ".ci/run";

const LARGEST_TEXT_BYTES = 8_000_000;

/** Offences in names alone. Paths are from the project's folder. */
export function findNameOffences(paths: readonly string[]): Offence[] {
  return paths.flatMap((path) => {
    const parts = path.split("/");
    const empty = parts.map((part) => part.split(".")[0] ?? "").find((stem) => EMPTY_NAMES.test(stem));
    if (empty !== undefined) return [{ path, line: 1, message: `a name says what is inside; got "${empty}". Name it after its main export` }];
    const isOurs = NAMED_FOLDERS.includes(parts[0] ?? "");
    const odd = isOurs ? parts.find((part) => !KEBAB_CASE.test(part) && part !== "README.md") : undefined;
    return odd === undefined ? [] : [{ path, line: 1, message: `names of files and folders are kebab-case; got "${odd}"` }];
  });
}

/** Lines that mention a path of the workplace. */
export function findWorkplaceOffences(file: SourceFile): Offence[] {
  if (file.path === PLACE_OF_DATA_FOLDER) return [];
  return file.text.split("\n").flatMap((text, index) => {
    const found = WORKPLACE_PATHS.map((pattern) => pattern.exec(text)?.[0]).find((match) => match !== undefined);
    return found === undefined ? []
      : [{ path: file.path, line: index + 1, message: `a file never names the machine it was made on; got "${found}". Use a path inside the project` }];
  });
}

/** Text of a file, or nothing when it is not text or too large to be written by hand. */
function loadText(path: string): SourceFile[] {
  if (!statSync(path).isFile() || statSync(path).size > LARGEST_TEXT_BYTES) return [];
  const text = readFileSync(path, "utf8");
  return text.includes("\0") ? [] : [{ path, text }];
}

if (isStarted(import.meta.url)) {
  const paths = listProjectFiles();
  const offences = [...findNameOffences(paths), ...paths.flatMap(loadText).flatMap(findWorkplaceOffences)];
  reportOffences("Name rule", paths.length === 0 ? "no git checkout here, so no files" : `${paths.length} files`, offences);
}
