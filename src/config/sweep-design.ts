/** Which combinations of axis values and conditions a study runs: full grid, value by value, or points spread between two ends. */
import { ConfigError } from "../core/errors.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { scenarioSchema, type Study } from "./scenario-schema.js";
import { schemaAt, unwrapSchema } from "./schema-walk.js";
import { MOST_SOBOL_DIMENSIONS, sobolPoints } from "./sobol-points.js";

/** How axes combine. grid: all combinations; zip: first with first; lhs, sobol: `points` points between [low, high]. */
export type SweepDesign =
  | { readonly kind: "grid" }
  | { readonly kind: "zip" }
  | { readonly kind: "lhs"; readonly points: number }
  | { readonly kind: "sobol"; readonly points: number };

const MOST_POINTS = 100_000;

/** Name of the axis whose values are the conditions. No config path. */
export const CONDITION_AXIS = "condition";

/**
 * Axis values of every variant, in order. A study without axes has one variant. Conditions are the first axis, which
 * turns slowest; under lhs and sobol every point is run under each of them.
 *
 * @returns One map from config path, or "condition", to value for each variant.
 * @throws {ConfigError} when the axes do not fit the design.
 */
export function designVariants(study: Study, design: SweepDesign): readonly Readonly<Record<string, unknown>>[] {
  const axes: Axes = Object.entries(study.sweep), names = Object.keys(study.conditions);
  const conditions: Axes = names.length === 0 ? [] : [[CONDITION_AXIS, names]];
  if (axes.length === 0) return gridOf(conditions);
  const underEach = (points: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] =>
    gridOf(conditions).flatMap((condition) => points.map((point) => ({ ...condition, ...point })));
  switch (design.kind) {
    case "grid": return gridOf([...conditions, ...axes]);
    case "zip": return zipOf([...conditions, ...axes]);
    case "lhs": return underEach(spread(axes, latinHypercube(checkPoints(design, names.length), axes.length, study.seed)));
    case "sobol": return underEach(spread(axes, sobolPoints(checkPoints(design, names.length), checkDimensions(axes.length))));
    default: return design satisfies never;
  }
}

/**
 * Latin hypercube: each axis is cut into `pointCount` equal parts and each part holds one point.
 *
 * @returns Shape [pointCount, dimensions], each in (0, 1).
 * @source McKay, Beckman, Conover 1979, Technometrics 21:239.
 */
export function latinHypercube(pointCount: number, dimensions: number, seed: number): number[][] {
  const stream = new RandomStream(seed, 0, Purpose.bench);
  const points = Array.from({ length: pointCount }, () => new Array<number>(dimensions).fill(0));
  for (let dimension = 0; dimension < dimensions; dimension++) {
    stream.seek(dimension, 0);
    const parts = Array.from({ length: pointCount }, (_, i) => i);
    for (let i = pointCount - 1; i > 0; i--) {
      const j = stream.nextInt(i + 1);
      [parts[i], parts[j]] = [parts[j]!, parts[i]!];
    }
    for (let i = 0; i < pointCount; i++) points[i]![dimension] = (parts[i]! + stream.nextUniform()) / pointCount;
  }
  return points;
}

type Axes = readonly (readonly [path: string, values: readonly unknown[]])[];

/** The last axis turns fastest. */
function gridOf(axes: Axes): readonly Record<string, unknown>[] {
  let variants: readonly Record<string, unknown>[] = [{}];
  for (const [path, values] of axes) variants = variants.flatMap((variant) => values.map((value) => ({ ...variant, [path]: value })));
  return variants;
}

function zipOf(axes: Axes): readonly Record<string, unknown>[] {
  const lengths = axes.map(([, values]) => values.length);
  if (lengths.some((length) => length !== lengths[0])) {
    throw sweepError("sweep", "have axes of equal length for --zip", axes.map(([path, values]) => `${path}: ${values.length}`).join(", "),
      "Shorten the longer axes, or use --grid for all combinations.");
  }
  return axes[0]![1].map((_, i) => Object.fromEntries(axes.map(([path, values]) => [path, values[i]])));
}

function spread(axes: Axes, points: readonly (readonly number[])[]): readonly Record<string, unknown>[] {
  const scales = axes.map(([path, values]) => scaleOf(path, values));
  return points.map((point) => Object.fromEntries(axes.map(([path], i) => [path, scales[i]!(point[i]!)])));
}

/** Map from [0, 1) to the axis. Whole numbers get equal parts of the interval. */
function scaleOf(path: string, values: readonly unknown[]): (position: number) => number {
  const schema = schemaAt(scenarioSchema, path.split("."));
  const bare = schema === undefined ? undefined : unwrapSchema(schema).bare;
  const meta = bare?.meta();
  const ends = values.map((value) => bare?.safeParse(value).data);
  const [low, high] = ends;
  if (values.length !== 2 || typeof low !== "number" || typeof high !== "number" || !(low < high)) {
    throw sweepError(`sweep axis ${path}`, "be [low, high] with two numbers, low below high, for --lhs and --sobol", values, "Use --grid for a list of values.");
  }
  if (meta?.["isWhole"] === true) return (position) => low + Math.floor(position * (high - low + 1));
  return (position) => low + position * (high - low);
}

function checkPoints({ kind, points }: { readonly kind: string; readonly points: number }, conditionCount: number): number {
  const most = Math.floor(MOST_POINTS / Math.max(1, conditionCount));
  if (Number.isInteger(points) && points >= 1 && points <= most) return points;
  throw sweepError(`--${kind}`, `be a whole number from 1 to ${most}`, points,
    `It is the number of points between the ends of the axes${conditionCount > 1 ? `, each run under ${conditionCount} conditions` : ""}.`);
}

function checkDimensions(dimensions: number): number {
  if (dimensions <= MOST_SOBOL_DIMENSIONS) return dimensions;
  throw sweepError("sweep", `have at most ${MOST_SOBOL_DIMENSIONS} axes for --sobol`, dimensions, "Use --lhs, which takes any number of axes.");
}

function sweepError(subject: string, rule: string, got: unknown, hint: string): ConfigError {
  return new ConfigError({ subject, rule, got, hint });
}
