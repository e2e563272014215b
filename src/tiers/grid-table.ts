/**
 * Measurements on a grid that may have holes, read between points: each axis in turn is bracketed by its two measured
 * neighbours and blended linearly; beyond the last point the last two go on as a line.
 */

/** Place and value. */
export interface GridPoint { readonly at: readonly number[]; readonly us: number }

interface Level { readonly keys: readonly number[]; readonly children: readonly (Level | number)[] }

/** A table of one or more axes. */
export class GridTable {
  private readonly root: Level;

  constructor(points: readonly GridPoint[]) { this.root = buildLevel(points, 0); }

  /** Value at a place, microseconds, not below 0. */
  at(...place: readonly number[]): number { return Math.max(0, valueAt(this.root, place, 0)); }

  /** Measured places on the first axis, rising. */
  get firstAxis(): readonly number[] { return this.root.keys; }

  /** Measured places on the last axis under any others, rising. */
  lastAxis(): readonly number[] {
    const found = new Set<number>();
    collectLast(this.root, found);
    return [...found].sort((a, b) => a - b);
  }
}

function buildLevel(points: readonly GridPoint[], axis: number): Level {
  const groups = new Map<number, GridPoint[]>();
  for (const point of points) {
    const group = groups.get(point.at[axis]!);
    if (group === undefined) groups.set(point.at[axis]!, [point]); else group.push(point);
  }
  const keys = [...groups.keys()].sort((a, b) => a - b), isLast = axis === points[0]!.at.length - 1;
  // A place measured twice counts as its last measurement.
  return { keys, children: keys.map((key) => isLast ? groups.get(key)!.at(-1)!.us : buildLevel(groups.get(key)!, axis + 1)) };
}

function valueAt(level: Level, place: readonly number[], axis: number): number {
  const { keys } = level, wanted = place[axis]!;
  if (keys.length === 1 || wanted <= keys[0]!) return childAt(level, 0, place, axis);
  let upper = 1;
  while (upper < keys.length - 1 && keys[upper]! < wanted) upper++;
  if (keys[upper] === wanted) return childAt(level, upper, place, axis);
  const low = keys[upper - 1]!, below = childAt(level, upper - 1, place, axis), above = childAt(level, upper, place, axis);
  return below + (above - below) * (wanted - low) / (keys[upper]! - low);
}

function childAt(level: Level, index: number, place: readonly number[], axis: number): number {
  const child = level.children[index]!;
  return typeof child === "number" ? child : valueAt(child, place, axis + 1);
}

function collectLast(level: Level, found: Set<number>): void {
  level.children.forEach((child, index) => { if (typeof child === "number") found.add(level.keys[index]!); else collectLast(child, found); });
}
