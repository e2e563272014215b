/**
 * The length rule: functions are reviewed above 40 lines and fail above 70, files are reviewed above 250 and fail above 400.
 * Tests are exempt. Constant tables (array or object literals at the top of a file, without functions in them) are not counted.
 */
import ts from "typescript";
import { isStarted, isTest, lineOf, loadSources, parseSource, reportOffences } from "./source-tree.js";
import type { Offence, SourceFile } from "./source-tree.js";

const FUNCTION_LINES = { review: 40, limit: 70 };
const FILE_LINES = { review: 250, limit: 400 };

/** Too long: `failures` break the rule, `reviews` deserve a second look. */
export interface LengthOffences {
  readonly failures: readonly Offence[];
  readonly reviews: readonly Offence[];
}

/** Long functions and long files. */
export function findLengthOffences(files: readonly SourceFile[]): LengthOffences {
  const lengths = files.filter(({ path }) => !isTest(path)).flatMap(lengthsOf);
  const toOffence = ({ path, line, title, lines, bounds }: Length): Offence => (
    { path, line, message: `${title} has ${lines} lines; review above ${bounds.review}, never above ${bounds.limit}` });
  return {
    failures: lengths.filter(({ lines, bounds }) => lines > bounds.limit).map(toOffence),
    reviews: lengths.filter(({ lines, bounds }) => lines > bounds.review && lines <= bounds.limit).map(toOffence),
  };
}

interface Length {
  readonly path: string;
  readonly line: number;
  readonly title: string;
  readonly lines: number;
  readonly bounds: { readonly review: number; readonly limit: number };
}

function lengthsOf(file: SourceFile): Length[] {
  const tree = parseSource(file);
  const fileLines = file.text.trimEnd().split("\n").length - tableLinesOf(tree);
  const lengths: Length[] = [{ path: file.path, line: 1, title: "the file", lines: fileLines, bounds: FILE_LINES }];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      lengths.push({ path: file.path, line: lineOf(tree, node), title: nameOf(node), lines: linesOf(tree, node), bounds: FUNCTION_LINES });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return lengths;
}

/** Lines from the first word to the last bracket, doc comment left out. */
function linesOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - lineOf(tree, node);
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (ts.isConstructorDeclaration(node)) return "the constructor";
  const name = node.name ?? (ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent) ? node.parent.name : undefined);
  return name === undefined ? "a function without a name" : `function ${name.getText()}`;
}

function tableLinesOf(tree: ts.SourceFile): number {
  const tables = tree.statements.filter((statement) => ts.isVariableStatement(statement) && statement.declarationList.declarations.every(isTable));
  return tables.reduce((lines, table) => lines + linesOf(tree, table), 0);
}

function isTable(declaration: ts.VariableDeclaration): boolean {
  let value = declaration.initializer;
  while (value !== undefined && (ts.isAsExpression(value) || ts.isSatisfiesExpression(value))) value = value.expression;
  if (value === undefined || !(ts.isArrayLiteralExpression(value) || ts.isObjectLiteralExpression(value))) return false;
  const holdsFunction = (node: ts.Node): boolean => ts.isFunctionLike(node) || (ts.forEachChild(node, holdsFunction) ?? false);
  return !holdsFunction(value);
}

if (isStarted(import.meta.url)) {
  const files = loadSources();
  const { failures, reviews } = findLengthOffences(files);
  for (const { path, line, message } of reviews) console.log(`review ${path}:${line}: ${message}`);
  reportOffences("Length rule", `${files.length} files, ${reviews.length} places to review`, failures);
}
