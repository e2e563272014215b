/** Everything that is fitted of a target, and its place in the point that the minimizer moves. */
import type { Constants, NormalPrior } from "./decode-time.js";
import { lengthNames } from "./covariance.js";
import type { Hyperparameters, Term } from "./covariance.js";

/** Normal priors of log variances and log lengths: how far the rows may pull them. */
export interface Prior {
  readonly variance: NormalPrior;
  readonly lengthSd: number;
  /** Where the fit of each length starts; also the middle of its prior. */
  readonly lengthStart: Readonly<Record<string, number>>;
  /** Each source has a noise of its own: for targets with many rows of most sources. */
  readonly hasSourceNoise: boolean;
}

/** What is to be fitted. The point holds log variances of terms, log lengths, log noise, its differences by source, and constants of the mean, in this order. */
export interface Layout {
  readonly terms: readonly Term[];
  readonly lengths: readonly string[];
  readonly sources: readonly string[];
  readonly constants: readonly string[];
  /** Prior of each number of the point. */
  readonly priors: readonly NormalPrior[];
  readonly start: Float64Array;
  readonly noiseAt: number;
}

const VARIANCE_START = -4;
const NOISE_PRIOR: NormalPrior = { mean: -4.5, sd: 1 };
/** A source measures up to some four times as noisily as the middle one, or a quarter. */
const SOURCE_PRIOR: NormalPrior = { mean: 0, sd: 0.7 };

/** Lays out a fit. */
export function layOut(terms: readonly Term[], prior: Prior, sources: readonly string[], constants: Readonly<Record<string, NormalPrior>>): Layout {
  const lengths = lengthNames(terms), lengthPriors = lengths.map((length) => ({ mean: prior.lengthStart[length]!, sd: prior.lengthSd }));
  const rest = [...lengthPriors, NOISE_PRIOR, ...sources.map(() => SOURCE_PRIOR), ...Object.values(constants)];
  return {
    terms, lengths, sources, constants: Object.keys(constants), priors: [...terms.map(() => prior.variance), ...rest],
    start: Float64Array.from([...terms.map(() => VARIANCE_START), ...rest.map(({ mean }) => mean)]), noiseAt: terms.length + lengths.length,
  };
}

/** Hyperparameters at a point. */
export function readPoint(layout: Layout, point: Float64Array): Hyperparameters {
  const { terms, lengths, sources, noiseAt } = layout, named = (names: readonly string[], from: number): Record<string, number> =>
    Object.fromEntries(names.map((name, at) => [name, point[from + at]!]));
  return {
    logVariance: named(terms.map(({ name }) => name), 0), logLength: named(lengths, terms.length), logNoise: point[noiseAt]!,
    sourceNoise: named(sources, noiseAt + 1), constants: readConstants(layout, point),
  };
}

/** Constants of the mean at a point. */
export function readConstants(layout: Layout, point: Float64Array): Constants {
  const from = layout.noiseAt + 1 + layout.sources.length;
  return Object.fromEntries(layout.constants.map((name, at) => [name, point[from + at]!]));
}

/** Half the squared distance to the priors, in their deviations; its gradient is added to `gradient`. */
export function addPenalty(layout: Layout, point: Float64Array, gradient: Float64Array): number {
  return layout.priors.reduce((penalty, { mean, sd }, at) => {
    const off = (point[at]! - mean) / sd;
    gradient[at] = gradient[at]! + off / sd;
    return penalty + 0.5 * off * off;
  }, 0);
}
