/**
 * Fits the cost model to measured steps: least squares of ln(predicted / measured), steps that are far off counting less (Huber), by
 * Levenberg's and Marquardt's method on the logarithms of the parameters, each tied weakly to where it starts, so that those that the
 * steps say nothing about stay there.
 */
import { exp, ln } from "../../core/elementary.js";
import { factorInPlace, solveLower, solveUpper } from "../fit/cholesky.js";
import { predictStepS } from "./host-cost.js";
import { type HostParameters, startParameters } from "./host-parameters.js";
import type { HostModel, HostStep } from "./host-step.js";

/** A step of a model, and how long it took. */
export interface ObservedStep { readonly model: HostModel; readonly step: HostStep; readonly seconds: number }

const ROUNDS = 60;
/** Relative errors above this count linearly. */
const HUBER = 0.08;
/** Weight of a parameter's distance from its start, against one step. */
const TIE = 0.002;
const NUDGE = 1e-4;
const FIRST_DAMPING = 0.1, LARGEST_DAMPING = 1e8;
const LEAST_GAIN = 1e-7;
/** On a single thread nothing is sped up. */
const FIXED = /^threads\.1\.\w+Speedup$/;

/** Fits the steps of one engine. @throws {BugError} without steps. */
export function fitHost(observed: readonly ObservedStep[]): HostParameters {
  const kinds = [...new Set(observed.flatMap(({ model }) => model.matrices.map(({ kind }) => kind)))].sort(), threads = [...new Set(observed.map(({ step }) => step.threads))].sort((a, b) => a - b);
  const start = startParameters(kinds, threads), paths = leafPaths(start).filter((path) => !FIXED.test(path.join(".")));
  const origin = Float64Array.from(paths, (path) => ln(leafAt(start, path)));
  const place = (at: Float64Array): HostParameters => withLeaves(start, paths, at);
  const residuals = (at: Float64Array): Float64Array => {
    const parameters = place(at);
    return Float64Array.from(observed, ({ model, step, seconds }) => ln(predictStepS(parameters, model, step) / seconds));
  };
  return place(descend(residuals, origin));
}

/** Levenberg and Marquardt. Returns the point of least loss. */
function descend(residuals: (at: Float64Array) => Float64Array, origin: Float64Array): Float64Array {
  let point = origin, here = residuals(point), loss = lossOf(here, point, origin), damping = FIRST_DAMPING;
  for (let round = 0; round < ROUNDS; round++) {
    const { matrix, slope } = normalEquations(residuals, here, point, origin);
    let gained = 0;
    for (; damping < LARGEST_DAMPING; damping *= 4) {
      const tried = addStep(point, solveDamped(matrix, slope, damping)), there = residuals(tried), next = lossOf(there, tried, origin);
      if (!(next < loss)) continue;
      [gained, point, here, loss, damping] = [loss - next, tried, there, next, damping / 8];
      break;
    }
    if (gained < LEAST_GAIN * loss) break;
  }
  return point;
}

function lossOf(residuals: Float64Array, point: Float64Array, origin: Float64Array): number {
  const tie = point.reduce((sum, value, i) => sum + TIE * (value - origin[i]!) ** 2, 0);
  return residuals.reduce((sum, value) => sum + Math.min(value * value, HUBER * (2 * Math.abs(value) - HUBER)), tie);
}

/** Half the second derivatives (Gauss) and half the gradient of the loss. */
function normalEquations(residuals: (at: Float64Array) => Float64Array, here: Float64Array, point: Float64Array, origin: Float64Array): { matrix: Float64Array; slope: Float64Array } {
  const n = point.length, matrix = new Float64Array(n * n), slope = point.map((value, i) => TIE * (value - origin[i]!));
  const weights = here.map((value) => Math.min(1, HUBER / Math.abs(value)));
  const columns = Array.from(point, (_, i) => {
    const moved = point.slice();
    moved[i] = moved[i]! + NUDGE;
    return residuals(moved).map((value, row) => (value - here[row]!) / NUDGE);
  });
  for (let i = 0; i < n; i++) {
    for (let row = 0; row < here.length; row++) slope[i] = slope[i]! + weights[row]! * columns[i]![row]! * here[row]!;
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? TIE : 0;
      for (let row = 0; row < here.length; row++) sum += weights[row]! * columns[i]![row]! * columns[j]![row]!;
      matrix[i * n + j] = sum;
    }
  }
  return { matrix, slope };
}

function solveDamped(matrix: Float64Array, slope: Float64Array, damping: number): Float64Array {
  const n = slope.length, damped = matrix.slice(), step = slope.map((value) => -value);
  for (let i = 0; i < n; i++) damped[i * n + i] = damped[i * n + i]! * (1 + damping);
  factorInPlace(damped, n);
  solveLower(damped, n, step);
  solveUpper(damped, n, step);
  return step;
}

function addStep(point: Float64Array, step: Float64Array): Float64Array { return point.map((value, i) => value + step[i]!); }

type Tree = Readonly<{ [key: string]: number | Tree }>;

/** Ways to the numbers of a tree, in order. */
function leafPaths(tree: Tree): string[][] {
  return Object.entries(tree).flatMap(([key, value]) => typeof value === "number" ? [[key]] : leafPaths(value).map((path) => [key, ...path]));
}

function leafAt(tree: Tree, path: readonly string[]): number {
  return path.reduce<number | Tree>((node, key) => (node as Tree)[key]!, tree) as number;
}

/** A copy with other numbers, given by their logarithms. */
function withLeaves(tree: HostParameters, paths: readonly (readonly string[])[], logs: Float64Array): HostParameters {
  const copy = structuredClone(tree) as unknown as Record<string, unknown>;
  paths.forEach((path, i) => {
    const parent = path.slice(0, -1).reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, copy);
    parent[path.at(-1)!] = exp(logs[i]!);
  });
  return copy as unknown as HostParameters;
}
