/** Lays the keys of a condition on a normalised scenario, as if they stood in a file that extends its config. */
import { isUncitedChange, UNCITED } from "./fill-defaults.js";
import type { ConfigPath, IsWhole } from "./located-tree.js";
import { isPlainMap, isSameVariant } from "./plain-tree.js";

/**
 * Maps of the same variant are merged key by key, everything else is replaced; null takes a key back to its default.
 * Outside numbers that change without a new citation lose the old one.
 *
 * @param under Normalised value of the scenario; undefined where it has none.
 * @param over What the condition says.
 * @returns The merged value, not yet normalised.
 */
export function mergeCondition(under: unknown, over: unknown, isWhole: IsWhole, path: ConfigPath = []): unknown {
  if (!isPlainMap(over)) return over;
  const isMerged = isPlainMap(under) && !isWhole(path) && isSameVariant(under, over);
  const merged: Record<string, unknown> = isMerged ? { ...under, ...("origin" in under && isUncitedChange(over) ? UNCITED : {}) } : {};
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete merged[key];
    else merged[key] = mergeCondition(Object.hasOwn(merged, key) ? merged[key] : undefined, value, isWhole, [...path, key]);
  }
  return merged;
}
