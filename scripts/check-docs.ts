/** The doc rule: everything that a file exports has a doc comment. */
import ts from "typescript";
import { isStarted, isTest, lineOf, loadSources, parseSource, reportOffences } from "./source-tree.js";
import type { Offence, SourceFile } from "./source-tree.js";

/** Exports without a doc comment. Exports from other files need none: the comment stands where the thing is made. */
export function findDocOffences(file: SourceFile): Offence[] {
  if (isTest(file.path)) return [];
  const tree = parseSource(file);
  const listed = new Set(tree.statements.flatMap(namesListedForExport));
  const documented = new Set<string>();
  return tree.statements.flatMap((statement) => {
    const names = namesOf(statement);
    const isExported = hasExportWord(statement) || names.some((name) => listed.has(name));
    if (names.length === 0 || !isExported) return [];
    // Of several overloads the first carries the comment.
    const isFurtherOverload = ts.isFunctionDeclaration(statement) && names.every((name) => documented.has(name));
    if (isFurtherOverload) return [];
    if (ts.getJSDocCommentsAndTags(statement).length > 0) {
      for (const name of names) documented.add(name);
      return [];
    }
    return [{ path: file.path, line: lineOf(tree, statement), message: `an export has a doc comment that says what the code cannot; got none on ${names.join(", ")}` }];
  });
}

/** Names in `export { a, b }` of things made in the same file. */
function namesListedForExport(statement: ts.Statement): string[] {
  if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) return [];
  if (statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) return [];
  return statement.exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

/** Names that a statement declares. */
function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText());
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)
    || ts.isTypeAliasDeclaration(statement) || ts.isEnumDeclaration(statement);
  if (isNamed) return [statement.name?.text ?? "default"];
  return ts.isExportAssignment(statement) ? ["default"] : [];
}

function hasExportWord(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  return ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

if (isStarted(import.meta.url)) {
  const files = loadSources();
  reportOffences("Doc rule", `${files.length} files`, files.flatMap(findDocOffences));
}
