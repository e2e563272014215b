/** Intervals over people: whole persons are drawn again, because the questions of one person are not independent. */
import type { RandomStream } from "../core/random-stream.js";
import { quantile } from "../core/statistics.js";

/** A value with the ends of its interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Estimates statistics with 95 % percentile intervals of the cluster bootstrap.
 *
 * @param personCount Persons, each a cluster.
 * @param statistics Values of the statistics when person p counts `weights[p]` times. Always of one length. NaN where a draw has none.
 * @param stream Draws for replicate r are those at (entity, r).
 * @param entity Place of this use of the stream.
 * @param replicates At least 40.
 * @param widening Factor on both distances from the value to the ends. At least 1.
 * @returns One estimate per statistic; its value is that of the sample, every person counted once.
 * @source Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13; clusters: Field and Welsh 2007,
 *   Bootstrapping clustered data, JRSS B 69(3).
 * @remarks The attack is not trained again: what varies is who is attacked. Who was there to learn from is the caller's
 *   concern, and the reason for `widening`.
 */
export function bootstrapPeople(personCount: number, statistics: (weights: Float64Array) => readonly number[], stream: RandomStream, entity: number, replicates: number, widening: number): Estimate[] {
  const weights = new Float64Array(personCount);
  const values = statistics(weights.fill(1));
  const draws = values.map(() => [] as number[]);
  for (let replicate = 0; replicate < replicates; replicate++) {
    stream.seek(entity, replicate);
    weights.fill(0);
    for (let draw = 0; draw < personCount; draw++) weights[stream.nextInt(personCount)]!++;
    statistics(weights).forEach((value, s) => { if (!Number.isNaN(value)) draws[s]!.push(value); });
  }
  return values.map((value, s) => {
    const sorted = Float64Array.from(draws[s]!).sort();
    if (sorted.length === 0) return { value, low: NaN, high: NaN };
    return { value, low: widen(value, quantile(sorted, 0.025), widening), high: widen(value, quantile(sorted, 0.975), widening) };
  });
}

/** Moves one end of an interval away from the value. An end at the value stays, also where both are infinite. */
function widen(value: number, end: number, widening: number): number {
  return end === value ? end : value + widening * (end - value);
}
