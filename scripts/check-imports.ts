/**
 * The import rule: folders of src import only folders before them, attacks see observations only, nothing goes in circles.
 * Counted as imports: import and export declarations, type imports, dynamic imports, import types, and worker files
 * named by `new URL("./file.js", import.meta.url)`.
 */
import { posix } from "node:path";
import ts from "typescript";
import { isStarted, isTest, lineOf, loadSources, parseSource, reportOffences } from "./source-tree.js";
import type { Offence, SourceFile } from "./source-tree.js";

/** Folders of src in the order data flows. A folder imports itself and those before it. */
const FOLDER_ORDER = ["core", "config", "records", "simulation", "devices", "population", "network", "world", "models", "learning",
  "protocol", "tiers", "clients", "hosted", "privacy", "economics", "metrics", "report", "run", "live", "cli"];

/** They read records, so they can be run again from stored ones. */
const RECORD_READERS = ["privacy", "economics", "metrics", "report"];
const SIMULATOR = ["simulation", "tiers", "clients", "hosted"];

/** All that an attack may see: values of core, observations, and other attacks. */
const ATTACK_MAY_IMPORT = /^src\/(core\/|records\/(wire-record|column-table)\.ts$|privacy\/attacks\/)/;

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

/** Every broken arrow and every circle. Paths of `files` are from the project's folder. */
export function findImportOffences(files: readonly SourceFile[]): Offence[] {
  const arrows = files.flatMap(arrowsOf);
  const broken = arrows.flatMap((arrow) => {
    const fault = faultOf(arrow);
    return fault === undefined ? [] : [{ path: arrow.from, line: arrow.line, message: fault }];
  });
  return [...broken, ...findCircles(arrows)];
}

/** Arrows to files of the project; packages and Node's modules are no arrows, except the project's own name. */
function arrowsOf(file: SourceFile): Arrow[] {
  const tree = parseSource(file);
  const arrows: Arrow[] = [];
  const visit = (node: ts.Node): void => {
    const target = targetOf(node);
    if (target?.startsWith(".") === true) {
      const to = posix.join(posix.dirname(file.path), target).replace(/\.js$/, ".ts");
      arrows.push({ from: file.path, to, line: lineOf(tree, node) });
    } else if (target === "plmm-lab") {
      arrows.push({ from: file.path, to: "src/index.ts", line: lineOf(tree, node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return arrows;
}

function targetOf(node: ts.Node): string | undefined {
  const target = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier
    : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) ? node.argument.literal
    : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0]
    : ts.isNewExpression(node) && node.expression.getText() === "URL" && node.arguments?.[1]?.getText() === "import.meta.url" ? node.arguments[0]
    : undefined;
  if (target === undefined || !ts.isStringLiteralLike(target)) return undefined;
  const isFileAddress = ts.isNewExpression(node) && !/\.[jt]s$/.test(target.text);
  return isFileAddress ? undefined : target.text;
}

function faultOf({ from, to }: Arrow): string | undefined {
  if (from.startsWith("experiments/")) {
    const isOwn = to.startsWith(`${posix.dirname(from)}/`);
    return isOwn || to === "src/index.ts" ? undefined : `an experiment imports only its own files and src/index.ts; got ${to}`;
  }
  if (!from.startsWith("src/")) return undefined;
  if (!to.startsWith("src/")) return `src never imports outward; got ${to}`;
  if (to === "src/index.ts") return "src/index.ts is for experiments and users; files of src import each other by their own names";
  return faultBetweenFolders(from, to);
}

function faultBetweenFolders(from: string, to: string): string | undefined {
  const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
  const order = `the order is ${FOLDER_ORDER.join(", ")}`;
  if (from === "src/index.ts") return toFolder === "cli" ? "src/index.ts offers the library; the command line is not part of it" : undefined;
  const unknown = [fromFolder, toFolder].find((folder) => !FOLDER_ORDER.includes(folder));
  if (unknown !== undefined) return `folder src/${unknown} has no place in the order of folders; ${order}`;
  if (FOLDER_ORDER.indexOf(toFolder) > FOLDER_ORDER.indexOf(fromFolder)) {
    return `${fromFolder} may import only folders before it; got ${to} (${order})`;
  }
  if (isTest(from)) return undefined;
  if (from.startsWith("src/privacy/attacks/") && !ATTACK_MAY_IMPORT.test(to)) {
    return `an attack sees observations only: core, records/wire-record, records/column-table, privacy/attacks; got ${to}`;
  }
  if (fromFolder === "simulation" && toFolder !== "simulation" && toFolder !== "core") return `simulation imports core only; got ${to}`;
  if (RECORD_READERS.includes(fromFolder) && SIMULATOR.includes(toFolder)) {
    return `${fromFolder} reads records and never imports the simulator (${SIMULATOR.join(", ")}); got ${to}`;
  }
  return undefined;
}

function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}

/** One offence per circle, at the import that closes it. Depth-first search. */
function findCircles(arrows: readonly Arrow[]): Offence[] {
  const outgoing = new Map<string, Arrow[]>();
  for (const arrow of arrows) outgoing.set(arrow.from, [...outgoing.get(arrow.from) ?? [], arrow]);
  const finished = new Set<string>();
  const offences: Offence[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    for (const { to, line } of outgoing.get(path) ?? []) {
      const start = trail.indexOf(to);
      if (start >= 0) {
        offences.push({ path, line, message: `imports never go in a circle; got ${[...trail.slice(start), to].join(" -> ")}` });
      } else if (!finished.has(to)) {
        visit(to, [...trail, to]);
      }
    }
    finished.add(path);
  };
  for (const path of outgoing.keys()) if (!finished.has(path)) visit(path, [path]);
  return offences;
}

if (isStarted(import.meta.url)) {
  const files = loadSources();
  reportOffences("Import rule", `${files.length} files`, findImportOffences(files));
}
