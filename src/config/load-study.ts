/** Reads a study: its file, the files it extends, the overrides of the command line; gives one frozen, normalised Study. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, normalize, relative, resolve } from "node:path";
import { ConfigError } from "../core/errors.js";
import { applyOverride } from "./apply-override.js";
import type { CapacityEstimate, NameCheck } from "./check-scenario.js";
import { wholeMapsOf } from "./fill-defaults.js";
import { loadTokenLengths } from "./load-token-lengths.js";
import { findPlace, isMapNode, mergeTrees, type LocatedNode } from "./located-tree.js";
import { loadMeasuredQuality } from "./load-measured-quality.js";
import { parseStudy } from "./parse-study.js";
import { parseYaml } from "./parse-yaml.js";
import { valueAt } from "./plain-tree.js";
import { studySchema, type Study } from "./scenario-schema.js";

/** What may change or check a study beyond its file. */
export interface LoadOptions {
  /** Texts of -c: "routing.threshold=0.5". Later ones win. */
  readonly overrides?: readonly string[];
  /** Tokens that the tiers can make; with it an impossible load is refused. */
  readonly capacityTokensPerS?: CapacityEstimate;
  /** Looks up names of models, GPUs, devices and prices; with it unknown ones are refused. */
  readonly findNameFaults?: NameCheck;
}

const MOST_FILES = 64;
const MOST_BYTES = 1024 * 1024;
const isWholeMap = wholeMapsOf(studySchema);

/**
 * Loads, merges, normalises, checks and freezes a config.
 *
 * @param file Path of a YAML or JSON file; JSON is YAML.
 * @throws {ConfigError} with file and line, naming every fault found.
 * @throws {DataError} when a data set of the package is missing.
 */
export function loadStudy(file: string, options: LoadOptions = {}): Study {
  let tree = loadTree(file, { chain: [], filesLeft: { count: MOST_FILES } });
  for (const override of options.overrides ?? []) tree = applyOverride(tree, override, isWholeMap);
  const measuredQuality = loadMeasuredQuality();
  const study = parseStudy(tree, {
    tokenLengths: loadTokenLengths(),
    ...(measuredQuality === undefined ? {} : { measuredQuality }),
    ...(options.capacityTokensPerS === undefined ? {} : { capacityTokensPerS: options.capacityTokensPerS }),
    ...(options.findNameFaults === undefined ? {} : { findNameFaults: options.findNameFaults }),
  });
  checkTraceFiles(study, tree);
  return study;
}

/**
 * Path of a trace file that a config names: absolute, below the current folder, or below the folder in PLMM_DATA.
 *
 * @returns Undefined when there is no such file.
 */
export function findTraceFile(file: string): string | undefined {
  const folders = [process.cwd(), ...(process.env["PLMM_DATA"] === undefined ? [] : [process.env["PLMM_DATA"]])];
  return folders.map((folder) => resolve(folder, file)).find((path) => existsSync(path) && statSync(path).isFile());
}

interface Descent {
  /** Files from the first to the one that extends this, as shown to people. */
  readonly chain: readonly string[];
  readonly filesLeft: { count: number };
}

function loadTree(file: string, descent: Descent, askedAt?: string): LocatedNode {
  descent.filesLeft.count--;
  const text = loadText(file, askedAt);
  const key = realpathSync(file);
  const chain = [...descent.chain, file];
  if (descent.chain.some((earlier) => realpathSync(earlier) === key)) {
    throw new ConfigError({ subject: "extends", rule: "not lead back to a file already in the chain", got: chain.join(" -> "),
      hint: "Remove one extends of the chain.", ...(askedAt === undefined ? {} : { where: askedAt }) });
  }
  if (descent.filesLeft.count < 0) {
    throw new ConfigError({ subject: "a config", rule: `extend at most ${MOST_FILES} files`, got: "more", where: askedAt ?? file, hint: "Flatten the chain of extends." });
  }
  const own = parseYaml(text, file);
  const bases = readExtends(own).map((base) => loadTree(besides(file, base.path), { ...descent, chain }, base.where));
  return [...bases, withoutExtends(own)].reduce((under, over) => mergeTrees(under, over, isWholeMap));
}

function loadText(file: string, askedAt: string | undefined): string {
  const place = askedAt === undefined ? {} : { where: askedAt };
  try {
    const size = statSync(file).size;
    if (size <= MOST_BYTES) return readFileSync(file, "utf8");
    throw new ConfigError({ subject: `config ${file}`, rule: `have at most ${MOST_BYTES} bytes`, got: size, hint: "A config holds settings only.", ...place });
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const reasons: Readonly<Record<string, string>> = { ENOENT: "no such file", EISDIR: "a folder", EACCES: "a file without read permission" };
    throw new ConfigError({ subject: `config ${JSON.stringify(file)}`, rule: "be a readable file", got: reasons[code] ?? code, cause,
      hint: askedAt === undefined ? "Configs of the project: ls configs" : "The path is relative to the file that extends it.", ...place });
  }
}

/** Path of a base file, shown relative when the file that names it was. */
function besides(file: string, base: string): string {
  if (isAbsolute(base)) return base;
  const path = normalize(join(dirname(file), base));
  return isAbsolute(file) ? path : relative(".", path);
}

function readExtends(tree: LocatedNode): readonly { readonly path: string; readonly where: string }[] {
  const node = isMapNode(tree) ? tree.value.get("extends")?.node : undefined;
  if (node === undefined || node.value === null) return [];
  const items = Array.isArray(node.value) ? (node.value as readonly LocatedNode[]) : [node];
  return items.map((item) => {
    if (typeof item.value === "string" && item.value !== "") return { path: item.value, where: item.where };
    throw new ConfigError({ subject: "extends", rule: "be the path of a config or a list of paths", got: isMapNode(item) ? "a map" : item.value, where: item.where,
      hint: "For example: extends: quickstart.yaml" });
  });
}

function withoutExtends(tree: LocatedNode): LocatedNode {
  if (!isMapNode(tree)) return tree;
  const entries = new Map(tree.value);
  entries.delete("extends");
  return { value: entries, where: tree.where };
}

/** The existence of traces needs the disk, so it is checked here and not with the other keys. */
function checkTraceFiles(study: Study, tree: LocatedNode): void {
  for (const prefix of [[], ...Object.keys(study.conditions).map((name) => ["conditions", name])]) {
    const path = [...prefix, "population", "arrivals", "file"], file = valueAt(study, path);
    if (typeof file !== "string" || findTraceFile(file) !== undefined) continue;
    throw new ConfigError({ subject: path.join("."), rule: "be an existing CSV file", got: file, where: findPlace(tree, path),
      hint: "The path is absolute, below the current folder, or below the folder that PLMM_DATA names." });
  }
}
