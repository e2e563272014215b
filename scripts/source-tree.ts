/** What the checks look at: the project's own files, and where each sentence of a rule is broken. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

/** One file of the project. */
export interface SourceFile {
  /** From the project's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** One place where a rule is broken. */
export interface Offence {
  /** From the project's folder, with forward slashes. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** What is there and which rule it breaks, in one sentence. */
  readonly message: string;
}

/** Folders that hold TypeScript of ours. */
const CODE_FOLDERS = ["src", "experiments", "scripts"];

/** The TypeScript files of src, experiments and scripts, sorted by path. */
export function loadSources(): SourceFile[] {
  return CODE_FOLDERS.filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path.split(sep).join("/")}`))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts")).sort()
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

/** Paths of the files that git tracks or would add, sorted. Outside of a git checkout: none. */
export function listProjectFiles(): string[] {
  if (!existsSync(".git")) return [];
  const output = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { encoding: "utf8", maxBuffer: 2 ** 28 });
  return [...new Set(output.split("\0"))].filter((path) => path !== "" && existsSync(path)).sort();
}

/** True for tests, the suites that tests call, and their data. */
export function isTest(path: string): boolean {
  return /\.(test|contract|test-data)\.ts$/.test(path);
}

/** Syntax tree of a file, with links to parents. */
export function parseSource(file: SourceFile): ts.SourceFile {
  return ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2022, true);
}

/** Line of a node, from 1; its doc comment is not counted. */
export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** True when node was started with the module of this address (import.meta.url). */
export function isStarted(moduleUrl: string): boolean {
  const started = process.argv[1];
  return started !== undefined && pathToFileURL(started).href === moduleUrl;
}

/** Prints the offences, sorted by place, and sets exit code 1 when there are any. */
export function reportOffences(rule: string, checked: string, offences: readonly Offence[]): void {
  const places = offences.map(({ path, line, message }) => ({ place: `${join(path)}:${line}`, message }));
  for (const { place, message } of places) console.error(`${place}: ${message}`);
  console.log(offences.length === 0 ? `${rule}: ${checked}, none breaks the rule.` : `${rule}: ${checked}, ${offences.length} broken.`);
  if (offences.length > 0) process.exitCode = 1;
}
