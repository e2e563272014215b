/** Bare config values (maps, lists, scalars): looking up, replacing, merging, freezing. */
import type { ConfigPath, IsWhole } from "./located-tree.js";

/** A map of a config. */
export type PlainMap = Readonly<Record<string, unknown>>;

/** True for a map as parsed from YAML or JSON, not for lists. */
export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Value at a path; undefined when there is none. */
export function valueAt(root: unknown, path: ConfigPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/**
 * Copy of `root` with the value at `path` merged with or replaced by `value`. Maps on the way that do not exist are made;
 * a list index must exist, else the list is returned as it is.
 */
export function withValueAt(root: unknown, path: ConfigPath, value: unknown, isWhole: IsWhole, done: ConfigPath = []): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return mergePlain(root, value, isWhole, done);
  if (Array.isArray(root)) {
    return root.map((item: unknown, i) => (String(i) === String(part) ? withValueAt(item, rest, value, isWhole, [...done, part]) : item));
  }
  const map = isPlainMap(root) ? root : {};
  return { ...map, [part]: withValueAt(Object.hasOwn(map, part) ? map[part] : undefined, rest, value, isWhole, [...done, part]) };
}

/** The rule of mergeTrees on bare values: maps of the same variant key by key, everything else replaced. */
export function mergePlain(under: unknown, over: unknown, isWhole: IsWhole, path: ConfigPath = []): unknown {
  if (!isPlainMap(under) || !isPlainMap(over) || isWhole(path) || !isSameVariant(under, over)) return over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    merged[key] = Object.hasOwn(under, key) ? mergePlain(under[key], value, isWhole, [...path, key]) : value;
  }
  return merged;
}

/** A map without `kind` changes the variant below it; another kind is another variant. */
export function isSameVariant(under: PlainMap, over: PlainMap): boolean {
  return over["kind"] === undefined || over["kind"] === under["kind"];
}

/** Freezes a value and everything in it. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const child of Object.values(value)) deepFreeze(child);
  return Object.freeze(value);
}
