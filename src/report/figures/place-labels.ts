/**
 * Where direct labels go: each takes the free place nearest to its point. Greedy, in the order given, over a fixed list of places;
 * what cannot be free covers as little as possible. Where many marks lie on each other, their labels make a column beside them.
 */
import { FONT_SIZES } from "../theme.js";
import { textWidth } from "../text-width.js";

/** A point that wants a label, in pixels from the top left of the plotting area. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** Radius of the mark. */
  readonly radius: number;
  /** Empty: no label, but a mark that others keep clear of. */
  readonly text: string;
}

/** Left end and vertical middle of a label, in pixels of the plotting area. */
export interface LabelPlace { readonly x: number; readonly y: number }

/** A rectangle in pixels of the plotting area. */
export interface Box { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

const LINE_HEIGHT = 16;
const GAP = 5;
/** Side of the boxes that stand for a line. */
const LINE_BOX = 5;
/** Extra distances from the mark that are tried, near ones first. */
const RINGS = [0, 8, 18, 30, 44] as const;
/** Cost of one pixel of distance against one square pixel of overlap. */
const DISTANCE_COST = 2;
/** Leaving the plotting area is worse than covering another label. */
const OUTSIDE_COST = 20;
/** Pixels between the ends of neighbouring labels. */
const WORD_GAP = 6;
/** So many marks on each other are a crowd. */
const LEAST_CROWD = 4;

/**
 * Places one label for each point.
 *
 * @param width Width of the plotting area; labels stay inside.
 * @param obstacles What labels should not cover besides marks and each other, such as error bars.
 * @returns Places in the order of the points.
 */
export function placeLabels(points: readonly LabelledPoint[], width: number, height: number, obstacles: readonly Box[] = []): readonly LabelPlace[] {
  const marks = points.map(markOf), places: LabelPlace[] = points.map(({ x, y }) => ({ x, y })), taken: Box[] = [...marks, ...obstacles];
  const place = (index: number, box: Box): void => {
    taken.push({ ...box, left: box.left - WORD_GAP, right: box.right + WORD_GAP });
    places[index] = { x: box.left, y: (box.top + box.bottom) / 2 };
  };
  const labelled = points.flatMap(({ text }, index) => (text === "" ? [] : [index])), crowds = findCrowds(labelled, marks), crowded = new Set(crowds.flat());
  for (const crowd of crowds) {
    const columns = columnsOf(crowd, points, height).map((boxes) => ({ boxes, cost: boxes.reduce((sum, box) => sum + costOf(box, 0, taken, width, height), 0) }));
    for (const [at, box] of cheapest(columns).boxes.entries()) place(crowd[at]!, box);
  }
  for (const index of labelled.filter((each) => !crowded.has(each))) {
    place(index, cheapest(candidates(points[index]!).map(({ box, distance }) => ({ box, cost: costOf(box, distance, taken, width, height) }))).box);
  }
  return places;
}

function markOf({ x, y, radius }: LabelledPoint): Box { return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }; }

function cheapest<Option extends { readonly cost: number }>(options: readonly Option[]): Option { return options.reduce((a, b) => (b.cost < a.cost ? b : a)); }

/** Groups of at least LEAST_CROWD marks, each of which covers part of another of its group. */
function findCrowds(indices: readonly number[], marks: readonly Box[]): readonly (readonly number[])[] {
  const crowds: number[][] = [];
  for (const index of indices) {
    const near = crowds.filter((crowd) => crowd.some((other) => overlap(marks[index]!, marks[other]!) > 0));
    for (const crowd of near) crowds.splice(crowds.indexOf(crowd), 1);
    crowds.push([...near.flat(), index]);
  }
  return crowds.filter(({ length }) => length >= LEAST_CROWD);
}

/** Places of a crowd's labels to its left and to its right, one below the other in the order of its marks. */
function columnsOf(crowd: readonly number[], points: readonly LabelledPoint[], height: number): readonly (readonly Box[])[] {
  const members = crowd.map((index) => points[index]!), boxes = members.map(markOf), middle = members.reduce((sum, { y }) => sum + y, 0) / members.length;
  const tall = members.length * LINE_HEIGHT, top = Math.max(0, Math.min(height - tall, middle - tall / 2));
  const [left, right] = [Math.min(...boxes.map((box) => box.left)) - 2 * GAP, Math.max(...boxes.map((box) => box.right)) + 2 * GAP];
  const wide = members.map(({ text }) => textWidth(text, FONT_SIZES.label));
  const rankOf = (point: LabelledPoint): number => members.filter((other) => other.y < point.y || (other.y === point.y && members.indexOf(other) < members.indexOf(point))).length;
  const column = (from: number): readonly Box[] => members.map((point, at) => {
    const upper = top + rankOf(point) * LINE_HEIGHT;
    return { left: from, right: from + wide[at]!, top: upper, bottom: upper + LINE_HEIGHT };
  });
  return [column(left - Math.max(...wide)), column(right)];
}

/** A straight line as a row of small boxes. */
export function lineObstacles(from: LabelPlace, to: LabelPlace): readonly Box[] {
  const count = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / LINE_BOX));
  return Array.from({ length: count + 1 }, (_, i) => {
    const x = from.x + (to.x - from.x) * i / count, y = from.y + (to.y - from.y) * i / count;
    return { left: x - LINE_BOX / 2, right: x + LINE_BOX / 2, top: y - LINE_BOX / 2, bottom: y + LINE_BOX / 2 };
  });
}

function candidates({ x, y, radius, text }: LabelledPoint): readonly { box: Box; distance: number }[] {
  const width = textWidth(text, FONT_SIZES.label);
  return RINGS.flatMap((ring) => {
    const reach = radius + GAP + ring;
    const half = reach * 0.75;
    const middles = [
      [x + reach, y], [x - reach - width, y], [x - width / 2, y - reach - LINE_HEIGHT / 2], [x - width / 2, y + reach + LINE_HEIGHT / 2],
      [x + half, y - half - 4], [x + half, y + half + 4], [x - half - width, y - half - 4], [x - half - width, y + half + 4],
    ] as const;
    return middles.map(([left, middle], i) => ({
      box: { left, right: left + width, top: middle - LINE_HEIGHT / 2, bottom: middle + LINE_HEIGHT / 2 }, distance: ring + i,
    }));
  });
}

function costOf(box: Box, distance: number, others: readonly Box[], width: number, height: number): number {
  const outside = Math.max(0, -box.left) + Math.max(0, box.right - width) + Math.max(0, -box.top) + Math.max(0, box.bottom - height);
  const covered = others.reduce((sum, other) => sum + overlap(box, other), 0);
  return covered + outside * OUTSIDE_COST + distance * DISTANCE_COST;
}

function overlap(a: Box, b: Box): number {
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return wide > 0 && high > 0 ? wide * high : 0;
}
