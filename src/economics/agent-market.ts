/**
 * The participation market played by agents, as a check of the closed form of critical-mass.ts: N agents of drawn values v ~ U[0, 1],
 * each of whom joins iff v sV n >= c at the share n of the round before.
 *
 * Finite numbers: the empirical distribution of N values differs from the uniform one by a Brownian bridge of variance x (1 - x) / N.
 * To first order the stable share moves by that error over 1 - lambda, lambda = Phi'(n+), hence standard error
 *   sqrt(n+ (1 - n+) / N) / (1 - lambda).
 * The agents' own fold is sV max_k (k / N) v_k, v_k the k-th largest value; standard error sV / (4 sqrt(N)), and because it is a
 * maximum its mean lies above sV / 4 by 0.791 (4 N)^(-2/3) sV: near n = 1/2 the sample's curve is the parabola 1/4 - d^2 plus
 * a two-sided Brownian motion of variance d / (4 N), whose maximum has mean 2^(-1/3) E sigma^(4/3) with E = 0.9962.
 *
 * @source E: Janson, Louchard, Martin-Löf 2010, The maximum of Brownian motion with parabolic drift, Electronic J. Probability 15.
 */
import { pow } from "../core/elementary.js";
import { invariant } from "../core/errors.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { CriticalMass } from "./critical-mass.js";

/** What to play. */
export interface AgentMarketOptions {
  /** 1 or more. */
  readonly agents: number;
  readonly netCost: number;
  /** Value of full participation to an agent of value 1. 0 or more; same unit as the cost. */
  readonly sV: number;
  /** Share that takes part before the first round. */
  readonly startShare: number;
  readonly seed: number;
  readonly replication?: number;
  /** Most rounds; the play stops early at a fixed point. */
  readonly rounds: number;
  /**
   * Probability that an agent keeps its last decision in a round. 0, when left out: all best-respond at once, played in O(log N) a
   * round on sorted values. Above 0: asynchronous revision, O(N) a round.
   */
  readonly inertia?: number;
}

/** How the play went. */
export interface AgentMarketResult {
  /** Share that takes part at the end. */
  readonly share: number;
  /** Rounds played. */
  readonly rounds: number;
  /** Share before the first round and after each. */
  readonly path: readonly number[];
  /** True when nobody wants to change sides any more. */
  readonly isSettled: boolean;
}

/** Mean of the maximum of two-sided Brownian motion minus t^2 / 2. */
const PARABOLIC_MAXIMUM = 0.9962;
const VALUE_BATCH = 0, START_BATCH = 1, REVISION_BATCH = 2;

/** Plays the market. @throws {BugError} for numbers outside their ranges. */
export function simulateParticipation(options: AgentMarketOptions): AgentMarketResult {
  const { agents, netCost, sV, startShare, rounds, inertia = 0 } = options;
  invariant(Number.isInteger(agents) && agents >= 1, "have a whole number of agents of 1 or more", agents);
  invariant(netCost > -Infinity && netCost < Infinity, "have a finite net cost", netCost);
  invariant(sV >= 0 && sV < Infinity, "have a finite value sV of 0 or more", sV);
  invariant(startShare >= 0 && startShare <= 1, "start from a share from 0 to 1", startShare);
  invariant(Number.isInteger(rounds) && rounds >= 0, "play a whole number of rounds", rounds);
  invariant(inertia >= 0 && inertia < 1, "have an inertia of at least 0 and below 1", inertia);
  const values = sampleValues(agents, options.seed, options.replication ?? 0);
  return inertia === 0 ? playAtOnce(values, options) : playInTurns(values, options, inertia);
}

/** Agents' values, rising. A function of (seed, replication, N) alone. */
export function sampleValues(agents: number, seed: number, replication: number): Float64Array {
  const stream = new RandomStream(seed, replication, Purpose.market).seek(0, VALUE_BATCH);
  const values = new Float64Array(agents);
  for (let i = 0; i < agents; i++) values[i] = stream.nextUniform();
  return values.sort();
}

/** Standard error of the agents' stable share. NaN where the closed form has no stable share, or at the fold. */
export function shareStandardError(market: CriticalMass, agents: number): number {
  if (market.isCollapsed || market.eigenvalueHigh === undefined || !(market.eigenvalueHigh < 1)) return NaN;
  return Math.sqrt((market.high * (1 - market.high)) / agents) / (1 - market.eigenvalueHigh);
}

/** Fold of a sample of agents, exactly; and what theory expects of it. */
export interface AgentFold {
  /** Largest cost at which some agents still hold together. */
  readonly foldCost: number;
  /** Mean over samples: sV / 4 and the finite-number correction. */
  readonly expectedFoldCost: number;
  readonly standardError: number;
}

/**
 * Largest cost that a sample bears, without playing: k agents hold together iff the k-th largest value v_k has v_k sV k / N >= c.
 *
 * @param values Rising, at least one.
 */
export function findAgentFold(values: Float64Array, sV: number): AgentFold {
  const n = values.length;
  let best = 0;
  for (let k = 1; k <= n; k++) best = Math.max(best, (k / n) * values[n - k]!);
  const correction = PARABOLIC_MAXIMUM * pow(2, -1 / 3) * pow(4 * n, -2 / 3);
  return { foldCost: sV * best, expectedFoldCost: sV * (0.25 + correction), standardError: sV / (4 * Math.sqrt(n)) };
}

/**
 * The fold found by playing: costs rise in steps, each play starts where the last one ended, and the last step before the collapse
 * is halved until it is below the tolerance.
 *
 * @param tolerance Of the fold cost, of sV.
 */
export function followAgentFold(agents: number, sV: number, seed: number, tolerance: number, replication: number = 0): number {
  invariant(tolerance > 0, "have a tolerance above 0", tolerance);
  const values = sampleValues(agents, seed, replication);
  let cost = 0, step = 0.05, share = 1;
  while (step > tolerance) {
    const netCost = (cost + step) * sV;
    const next = playAtOnce(values, { agents, netCost, sV, startShare: share, seed, rounds: agents + 1 });
    if (next.share > 0) { cost += step; share = next.share; } else step /= 2;
  }
  return cost * sV;
}

function playAtOnce(values: Float64Array, { netCost, sV, startShare, rounds }: AgentMarketOptions): AgentMarketResult {
  const path = [startShare];
  let share = startShare, played = 0, isSettled = false;
  while (played < rounds && !isSettled) {
    const next = shareThatJoins(values, netCost, sV, share);
    isSettled = next === share;
    share = next;
    path.push(share);
    played++;
  }
  return { share, rounds: played, path, isSettled };
}

/** Share of values v with v sV n >= c. */
function shareThatJoins(values: Float64Array, netCost: number, sV: number, share: number): number {
  const scale = sV * share;
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! * scale >= netCost) high = middle; else low = middle + 1;
  }
  return (values.length - low) / values.length;
}

function playInTurns(values: Float64Array, options: AgentMarketOptions, inertia: number): AgentMarketResult {
  const { netCost, sV, startShare, rounds, seed, replication = 0 } = options, n = values.length;
  const stream = new RandomStream(seed, replication, Purpose.market), joined = new Uint8Array(n);
  stream.seek(0, START_BATCH);
  let count = 0;
  for (let i = 0; i < n; i++) count += joined[i] = stream.nextUniform() < startShare ? 1 : 0;
  const path = [count / n];
  let played = 0, isSettled = false;
  while (played < rounds && !isSettled) {
    const scale = (sV * count) / n;
    stream.seek(played, REVISION_BATCH);
    isSettled = true;
    for (let i = 0; i < n; i++) {
      const wants = values[i]! * scale >= netCost ? 1 : 0, isKept = stream.nextUniform() < inertia;
      if (wants === joined[i]) continue;
      isSettled = false;
      if (isKept) continue;
      count += wants - joined[i]!;
      joined[i] = wants;
    }
    path.push(count / n);
    played++;
  }
  return { share: count / n, rounds: played, path, isSettled };
}
