/** A config as a tree in which every node knows the file and line it came from. Merging keeps the places. */

/** One node. A null value is written out as null in the file and means: the default. */
export interface LocatedNode {
  readonly value: string | number | boolean | null | readonly LocatedNode[] | ReadonlyMap<string, LocatedEntry>;
  /** File and line, or the command-line flag. */
  readonly where: string;
}

/** A key of a map with its own place: an unknown key is reported where the key stands, a bad value where the value does. */
export interface LocatedEntry {
  readonly keyWhere: string;
  readonly node: LocatedNode;
}

/** Keys from the root of a config: names of map keys and indexes of lists. */
export type ConfigPath = readonly (string | number)[];

/** Says whether a map at a path is replaced whole instead of merged key by key. */
export type IsWhole = (path: ConfigPath) => boolean;

/** True for a map node. */
export function isMapNode(node: LocatedNode): node is LocatedNode & { readonly value: ReadonlyMap<string, LocatedEntry> } {
  return node.value instanceof Map;
}

/**
 * The bare value: plain objects, arrays, scalars.
 *
 * @param nulls Keys whose value is null are left out, so that their default applies, or kept.
 */
export function toPlain(node: LocatedNode, nulls: "nulls left out" | "nulls kept" = "nulls left out"): unknown {
  if (isMapNode(node)) {
    const plain: Record<string, unknown> = {};
    for (const [key, entry] of node.value) {
      if (entry.node.value !== null || nulls === "nulls kept") plain[key] = toPlain(entry.node, nulls);
    }
    return plain;
  }
  if (Array.isArray(node.value)) return (node.value as readonly LocatedNode[]).map((item) => toPlain(item, nulls));
  return node.value;
}

/**
 * Place of the deepest existing node on a path.
 *
 * @param key A key of the map at `path`: its own place is wanted, not that of the map.
 */
export function findPlace(root: LocatedNode, path: ConfigPath, key?: string): string {
  let node = root;
  let place = root.where;
  for (const part of path) {
    const next = childOf(node, part);
    if (next === undefined) return place;
    node = next.node;
    place = next.node.where;
  }
  if (key === undefined || !isMapNode(node)) return place;
  return node.value.get(key)?.keyWhere ?? place;
}

/**
 * Lays `over` on `under`: maps are merged key by key, everything else is replaced. Maps with different `kind` are
 * different variants, and shares only make sense together: both are replaced whole.
 */
export function mergeTrees(under: LocatedNode, over: LocatedNode, isWhole: IsWhole, path: ConfigPath = []): LocatedNode {
  if (!isMapNode(under) || !isMapNode(over) || isWhole(path) || !haveSameKind(under, over)) return over;
  const merged = new Map(under.value);
  for (const [key, entry] of over.value) {
    const below = under.value.get(key);
    merged.set(key, below === undefined ? entry : { keyWhere: entry.keyWhere, node: mergeTrees(below.node, entry.node, isWhole, [...path, key]) });
  }
  return { value: merged, where: over.where };
}

/** Tree with one leaf: the value at the end of a path of map keys. */
export function wrapInPath(path: readonly string[], leaf: LocatedNode): LocatedNode {
  return path.reduceRight<LocatedNode>(
    (node, key) => ({ value: new Map([[key, { keyWhere: leaf.where, node }]]), where: leaf.where }), leaf);
}

function childOf(node: LocatedNode, part: string | number): LocatedEntry | undefined {
  if (isMapNode(node)) return node.value.get(String(part));
  if (!Array.isArray(node.value)) return undefined;
  const item = (node.value as readonly LocatedNode[])[Number(part)];
  return item === undefined ? undefined : { keyWhere: item.where, node: item };
}

/** A map without `kind` is a change to the variant below it. */
function haveSameKind(under: { readonly value: ReadonlyMap<string, LocatedEntry> }, over: { readonly value: ReadonlyMap<string, LocatedEntry> }): boolean {
  const kind = over.value.get("kind")?.node.value;
  return kind === undefined || kind === under.value.get("kind")?.node.value;
}
