/** Numbers of a scenario that are neither published nor measured: every map whose `origin` is "assumed". */

/** One map of assumed numbers. */
export interface AssumedNumbers {
  /** Config path of the map, such as `quality`. */
  readonly path: string;
  /** Its values as "key value, key value". */
  readonly values: string;
  /** What the config says of where they come from. */
  readonly source: string;
}

const ORIGIN_KEYS: ReadonlySet<string> = new Set(["origin", "source"]);

/** Finds the assumed numbers below a config tree, in tree order. */
export function findAssumedNumbers(tree: unknown, path: string = ""): readonly AssumedNumbers[] {
  if (typeof tree !== "object" || tree === null) return [];
  const entries = Object.entries(tree);
  const own = "origin" in tree && tree.origin === "assumed"
    ? [{ path, values: entries.filter(([key]) => !ORIGIN_KEYS.has(key)).map(([key, value]) => `${key} ${showValue(value)}`).join(", "), source: "source" in tree ? String(tree.source) : "" }]
    : [];
  return [...own, ...entries.flatMap(([key, value]) => findAssumedNumbers(value, path === "" ? key : `${path}.${key}`))];
}

function showValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return `(${Object.entries(value).map(([key, inner]) => `${key} ${showValue(inner)}`).join(", ")})`;
}
