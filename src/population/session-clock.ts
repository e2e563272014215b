/**
 * When people start to use their assistant: a non-homogeneous Poisson process of session starts with a daily profile
 * and, if wanted, a burst. The rate is constant between breakpoints, so the next start is found by inverting the
 * cumulated rate exactly.
 */

/** Daily profile and burst, in simulated time. */
export interface SessionProfile {
  /** Mean session starts of an average person in a day. */
  readonly sessionsPerDay: number;
  /** Relative rate by local hour of day. Shape [24]. Sum above 0. */
  readonly hourWeights: readonly number[];
  /** Local hour at simulated time 0. */
  readonly startHour: number;
  readonly horizonS: number;
  readonly burst?: { readonly startS: number; readonly durationS: number; readonly factor: number } | undefined;
}

const HOUR_S = 3600;
const US_PER_S = 1e6;

/** The fleet's clock of session starts. */
export class SessionClock {
  /** Breakpoints of the rate. Integer microseconds, ascending, the last at the horizon. Shape [pieces + 1]. */
  private readonly edgesUs: Float64Array;
  /** Expected starts of an average person before each breakpoint. Shape [pieces + 1]. */
  private readonly cumulated: Float64Array;

  constructor(profile: SessionProfile) {
    const edgesS = breakpointsS(profile);
    this.edgesUs = Float64Array.from(edgesS, (s) => Math.round(s * US_PER_S));
    this.cumulated = new Float64Array(edgesS.length);
    for (let i = 1; i < edgesS.length; i++) {
      const middleS = (edgesS[i - 1]! + edgesS[i]!) / 2;
      this.cumulated[i] = this.cumulated[i - 1]! + ratePerS(profile, middleS) * (edgesS[i]! - edgesS[i - 1]!);
    }
  }

  /** Expected session starts of an average person before the horizon. */
  expectedStarts(): number { return this.cumulated[this.cumulated.length - 1]!; }

  /**
   * The next session start after `afterUs`.
   *
   * @param exponential A draw with mean 1.
   * @param activity Rate of this person relative to the average.
   * @returns Integer microseconds, or Infinity when there is none before the horizon.
   */
  nextStartUs(afterUs: number, exponential: number, activity: number): number {
    if (!(activity > 0)) return Infinity;
    const wanted = this.cumulatedAt(afterUs) + exponential / activity;
    const { edgesUs, cumulated } = this, last = cumulated.length - 1;
    if (!(wanted < cumulated[last]!)) return Infinity;
    let low = 0, high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (cumulated[middle]! <= wanted) low = middle; else high = middle;
    }
    const share = (wanted - cumulated[low]!) / (cumulated[high]! - cumulated[low]!);
    return Math.max(afterUs + 1, Math.ceil(edgesUs[low]! + share * (edgesUs[high]! - edgesUs[low]!)));
  }

  private cumulatedAt(atUs: number): number {
    const { edgesUs, cumulated } = this, last = edgesUs.length - 1;
    if (atUs >= edgesUs[last]!) return cumulated[last]!;
    let low = 0, high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (edgesUs[middle]! <= atUs) low = middle; else high = middle;
    }
    const share = (atUs - edgesUs[low]!) / (edgesUs[high]! - edgesUs[low]!);
    return cumulated[low]! + Math.max(0, share) * (cumulated[high]! - cumulated[low]!);
  }
}

function breakpointsS(profile: SessionProfile): number[] {
  const edges = new Set<number>([0, profile.horizonS]);
  for (let s = HOUR_S; s < profile.horizonS; s += HOUR_S) edges.add(s);
  if (profile.burst !== undefined) {
    edges.add(Math.min(profile.horizonS, profile.burst.startS));
    edges.add(Math.min(profile.horizonS, profile.burst.startS + profile.burst.durationS));
  }
  return [...edges].sort((a, b) => a - b);
}

function ratePerS(profile: SessionProfile, atS: number): number {
  const total = profile.hourWeights.reduce((sum, weight) => sum + weight, 0);
  const hour = Math.floor(profile.startHour + atS / HOUR_S) % 24;
  const { burst } = profile;
  const isBurst = burst !== undefined && atS >= burst.startS && atS < burst.startS + burst.durationS;
  return (profile.sessionsPerDay * profile.hourWeights[hour]!) / (total * HOUR_S) * (isBurst ? burst.factor : 1);
}
