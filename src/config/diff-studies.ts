/** The keys in which two studies differ. */
import { isPlainMap } from "./plain-tree.js";

/** One differing key. A side is undefined where the key does not exist. */
export interface Difference {
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Differences of two normalised configs, leaf by leaf in the order of the keys; lists of equal length item by item. */
export function diffStudies(left: unknown, right: unknown, path = ""): readonly Difference[] {
  if (isBranch(left) && isBranch(right) && Array.isArray(left) === Array.isArray(right) && !(Array.isArray(left) && left.length !== (right as unknown as unknown[]).length)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => diffStudies(left[key], right[key], path === "" ? key : `${path}.${key}`));
  }
  return JSON.stringify(left) === JSON.stringify(right) ? [] : [{ path, left, right }];
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return isPlainMap(value) || Array.isArray(value);
}
