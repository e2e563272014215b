/**
 * YAML 1.2 text to a located tree, safe for any text: bounded size, depth and node count (aliases included). The depth is
 * measured on the token tree, which the yaml package builds without recursion, because composing a deep document can
 * exhaust the stack inside V8's regular expressions, which ends the process.
 */
import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser, type CST, type Node, type Pair, type YAMLMap } from "yaml";
import { ConfigError } from "../core/errors.js";
import type { LocatedEntry, LocatedNode } from "./located-tree.js";

const MAX_TEXT_LENGTH = 256 * 1024;
const MAX_DEPTH = 32;
/** Values in one config, aliases expanded: a few thousand are usual in the largest sweeps. */
const MAX_NODES = 100_000;

/**
 * Parses one YAML document.
 *
 * @param name File or flag, for messages.
 * @param whereOfLine Place of a line; by default "name:line".
 * @throws {ConfigError} when the text is too large or too deep, is not YAML, or uses tags, non-text keys or a key twice.
 */
export function parseYaml(text: string, name: string, whereOfLine: (line: number) => string = (line) => `${name}:${line}`): LocatedNode {
  if (text.length > MAX_TEXT_LENGTH) {
    throw yamlError(name, `have at most ${MAX_TEXT_LENGTH} characters`, text.length, "A config holds settings only; keep data in files of their own.");
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (!isShallow(tokens)) throw yamlError(name, `nest at most ${MAX_DEPTH} levels`, "a deeper nesting", "Check brackets and indentation.");
  const documents = [...new Composer({ uniqueKeys: false, strict: true }).compose(tokens, true, text.length)];
  const document = documents[0]!;
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) {
    const message = fault.message.split("\n")[0]!;
    throw yamlError(name, "be YAML", lineText(text, lines.linePos(fault.pos[0]).line), `${capitalise(message)}${message.endsWith(".") ? "" : "."}`,
      whereOfLine(lines.linePos(fault.pos[0]).line));
  }
  if (documents.length > 1) throw yamlError(name, "hold one document", `${documents.length} documents`, "Put each config in its own file; build on another with extends.");
  const reader: TreeReader = { name, nodesLeft: MAX_NODES, anchors: new Map(), whereOf: (node) => whereOfLine(node?.range ? lines.linePos(node.range[0]).line : 1) };
  return readNode(document.contents, reader, whereOfLine(1), 0);
}

interface TreeReader {
  readonly name: string;
  nodesLeft: number;
  /** Nodes by anchor, as met. The package's own look-up walks the whole document for each alias. */
  readonly anchors: Map<string, Node>;
  whereOf(node: Node | null): string;
}

function readNode(node: Node | null, reader: TreeReader, parentWhere: string, depth: number): LocatedNode {
  const where = node === null ? parentWhere : reader.whereOf(node);
  reader.nodesLeft--;
  if (reader.nodesLeft < 0) throw yamlError(reader.name, `hold at most ${MAX_NODES} values, aliases expanded`, "more", "Shorten the lists or remove aliases of aliases.", where);
  if (depth > MAX_DEPTH) throw yamlError(reader.name, `nest at most ${MAX_DEPTH} levels`, "a deeper nesting", "Remove aliases that contain themselves.", where);
  if (node === null) return { value: null, where };
  if (isAlias(node)) return readAlias(reader.anchors.get(node.source), node.source, reader, where, depth);
  if (node.anchor !== undefined) keepAnchor(node.anchor, node, reader, where);
  if (isMap(node)) return { value: readMap(node, reader, where, depth), where };
  if (isSeq(node)) return { value: node.items.map((item) => readNode(item as Node | null, reader, where, depth + 1)), where };
  return { value: readScalar(isScalar(node) ? node.value : undefined, reader, where), where };
}

function readAlias(target: Node | undefined, source: string, reader: TreeReader, where: string, depth: number): LocatedNode {
  if (target === undefined) throw yamlError(reader.name, "define an anchor before its alias", `*${source}`, `Add &${source} to the value it stands for.`, where);
  return { ...readNode(target, reader, where, depth + 1), where };
}

function keepAnchor(anchor: string, node: Node, reader: TreeReader, where: string): void {
  if ((reader.anchors.get(anchor) ?? node) !== node) throw yamlError(reader.name, "have each anchor once", `&${anchor}`, "Rename one of the two.", where);
  reader.anchors.set(anchor, node);
}

function readMap(map: YAMLMap, reader: TreeReader, where: string, depth: number): ReadonlyMap<string, LocatedEntry> {
  const entries = new Map<string, LocatedEntry>();
  for (const pair of map.items as Pair<Node | null, Node | null>[]) {
    const keyNode = pair.key;
    const keyWhere = reader.whereOf(keyNode);
    const key = isScalar(keyNode) ? keyNode.value : undefined;
    if ((typeof key !== "string" && typeof key !== "number") || key === "__proto__") {
      throw yamlError(reader.name, "have words as keys", keyNode === null ? null : key === "__proto__" ? key : "a list, a map or another value", "Write key: value, one per line.", keyWhere);
    }
    if (entries.has(String(key))) throw yamlError(reader.name, "have each key once in a map", String(key), "Remove one of the two.", keyWhere);
    if (isForgottenValue(pair.value)) {
      throw yamlError(reader.name, `give ${key} a value`, "nothing", `Write a value after "${key}:", or null for the default.`, keyWhere);
    }
    entries.set(String(key), { keyWhere, node: readNode(pair.value, reader, keyWhere ?? where, depth + 1) });
  }
  return entries;
}

function readScalar(value: unknown, reader: TreeReader, where: string): string | number | boolean | null {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw yamlError(reader.name, "hold text, numbers, true, false, lists and maps only", typeof value, "Remove the tag.", where);
}

/** True for "key:" with nothing after it, as against a written null. */
function isForgottenValue(value: Node | null): boolean {
  return value === null || (isScalar(value) && value.value === null && value.source === "");
}

/** Measures the token tree without recursion. */
function isShallow(tokens: readonly CST.Token[]): boolean {
  const stack: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.depth > MAX_DEPTH) return false;
    const { token, depth } = top;
    if (token.type === "document" && token.value !== undefined) stack.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    for (const item of token.items) {
      if (item.key) stack.push({ token: item.key, depth: depth + 1 });
      if (item.value) stack.push({ token: item.value, depth: depth + 1 });
    }
  }
  return true;
}

function yamlError(subject: string, rule: string, got: unknown, hint: string, where?: string): ConfigError {
  return new ConfigError({ subject, rule, got, hint, ...(where === undefined || where === subject ? {} : { where }) });
}

function lineText(text: string, line: number): string {
  const rest = text.split("\n").slice(line - 1);
  return rest.every((each) => each.trim() === "") ? "the end of the file" : rest[0]!.trim();
}

function capitalise(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}
