/** One -c flag laid on a config tree. */
import { ConfigError } from "../core/errors.js";
import { isMapNode, mergeTrees, wrapInPath, type ConfigPath, type IsWhole, type LocatedEntry, type LocatedNode } from "./located-tree.js";
import { parseYaml } from "./parse-yaml.js";

const LONGEST_SHOWN_FLAG = 60;
const PATH_FORM = /^[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_-]{1,64}){0,15}$/;

/**
 * Sets one key.
 *
 * @param text "a.b.c=value", the value in YAML. Below "sweep." the rest of the key is one axis: sweep.routing.threshold=[0.5, 0.7].
 * @throws {ConfigError} when the text has another form.
 */
export function applyOverride(tree: LocatedNode, text: string, isWhole: IsWhole): LocatedNode {
  const shown = text.length > LONGEST_SHOWN_FLAG ? `${text.slice(0, LONGEST_SHOWN_FLAG)}…` : text;
  const where = `-c ${shown}`;
  const equals = text.indexOf("=");
  const key = text.slice(0, Math.max(0, equals)).trim();
  const valueText = text.slice(equals + 1);
  if (equals < 0 || !PATH_FORM.test(key) || key.split(".").includes("__proto__")) {
    throw new ConfigError({ subject: "-c", rule: "have the form key.key=value", got: text, hint: "For example: -c routing.threshold=0.5" });
  }
  if (valueText.trim() === "") {
    throw new ConfigError({ subject: `-c ${key}`, rule: "have a value after =", got: text, hint: `For the default write: -c ${key}=null` });
  }
  const leaf = parseYaml(valueText, where, () => where);
  const path = key.startsWith("sweep.") ? ["sweep", key.slice("sweep.".length)] : key.split(".");
  return setNode(tree, path, leaf, isWhole, []);
}

function setNode(tree: LocatedNode, path: readonly string[], leaf: LocatedNode, isWhole: IsWhole, done: ConfigPath): LocatedNode {
  const [part, ...rest] = path;
  if (part === undefined) return mergeTrees(tree, leaf, isWhole, done);
  const below = [...done, part];
  if (Array.isArray(tree.value)) {
    const items = tree.value as readonly LocatedNode[];
    if (items[Number(part)] === undefined) return wrapInPath(path, leaf);
    return { where: tree.where, value: items.map((item, i) => (i === Number(part) ? setNode(item, rest, leaf, isWhole, below) : item)) };
  }
  if (!isMapNode(tree)) return wrapInPath(path, leaf);
  const entry = tree.value.get(part);
  const node = entry === undefined ? wrapInPath(rest, leaf) : setNode(entry.node, rest, leaf, isWhole, below);
  const entries = new Map<string, LocatedEntry>(tree.value).set(part, { keyWhere: leaf.where, node });
  return { where: tree.where, value: entries };
}
