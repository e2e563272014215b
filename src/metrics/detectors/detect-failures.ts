/** Each failure with its named detector: calibrated on healthy runs, judged on others by delay and false alarms. */
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { bootstrapInterval, quantile, wilsonInterval, type Interval } from "../../core/statistics.js";
import { makeConformalMartingale } from "./conformal-martingale.js";
import { bernoulliRatio, highestCusum, makeCusum, normalRatio, poissonRatio, type Detector } from "./cusum.js";
import type { Failure, Signal } from "./failure-signals.js";
import { makeRepeatedSprt } from "./sprt.js";

/** Detector of each failure, and who runs it on what. */
export const DETECTORS: Readonly<Record<Failure, { readonly name: string; readonly seenBy: string }>> = {
  "slow-response": { name: "CUSUM of ln TTFT", seenBy: "clients' measured times, at the operator" },
  "wrong-personal-answers": { name: "repeated SPRT of ratings", seenBy: "people's ratings of P's own answers" },
  "privacy-breach": { name: "CUSUM of found leaks", seenBy: "P's second look at what it sent" },
  "domain-gap": { name: "conformal martingale per domain", seenBy: "people's ratings of answers with E" },
};

/** Smallest change that a detector is tuned for. Ours: times by half, wrong ratings by 15 points, leaks twice as many. */
const TUNED_FOR = { lnTtft: 0.4, wrongShare: 0.15, leakFactor: 2 };
/** Chance of a false alarm per test of the SPRT, and of a miss; chance that a day's martingales ever give one. */
const SPRT = { alpha: 2e-4, beta: 0.1 }, MARTINGALE_LEVEL = 0.05;
const DETECTOR_DRAWS = 2 ** 38;
const RESAMPLES = 400;

/** Makes a fresh detector for a channel. */
export type DetectorMaker = (channel: number, run: number) => Detector;

/**
 * Calibrates a failure's detector.
 *
 * @param healthy Signals of healthy runs. CUSUM thresholds lie above all of their maxima, so that a further run gives a false alarm with chance at most 1 / (runs + 1).
 */
export function calibrateDetector(failure: Failure, healthy: readonly (readonly Signal[])[]): DetectorMaker {
  const values = healthy.flatMap((signals) => signals.map(({ value }) => value)), mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const cusum = (ratio: (value: number) => number): DetectorMaker => {
    const threshold = Math.max(...healthy.map((signals) => highestCusum(ratio, signals.map(({ value }) => value)))) + 1e-9;
    return () => makeCusum(ratio, threshold);
  };
  switch (failure) {
    case "slow-response": {
      const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      return cusum(normalRatio(mean, mean + TUNED_FOR.lnTtft, sd));
    }
    case "wrong-personal-answers": return () => makeRepeatedSprt(bernoulliRatio(mean, Math.min(0.99, mean + TUNED_FOR.wrongShare)), SPRT.alpha, SPRT.beta);
    case "privacy-breach": return cusum(poissonRatio(mean, mean * TUNED_FOR.leakFactor));
    case "domain-gap": {
      const channels = new Set(healthy.flatMap((signals) => signals.map(({ channel }) => channel))).size;
      return (channel, run) => makeConformalMartingale(MARTINGALE_LEVEL / channels, new RandomStream(1, 0, Purpose.attack).seek(DETECTOR_DRAWS + channel, run));
    }
    default: return failure satisfies never;
  }
}

/** First alarm in a run. Microseconds since its start; undefined for none. */
export function firstAlarm(make: DetectorMaker, signals: readonly Signal[], run: number): number | undefined {
  const detectors = new Map<number, Detector>();
  for (const { atUs, value, channel } of signals) {
    const detector = detectors.get(channel) ?? make(channel, run);
    detectors.set(channel, detector);
    if (detector.observe(value)) return atUs;
  }
  return undefined;
}

/** How a detector did. */
export interface DetectionScore {
  readonly failure: Failure;
  readonly detector: string;
  readonly seenBy: string;
  /** Runs in which the failure was injected and had not been cried before, and the share of them with an alarm after it. */
  readonly injected: number;
  readonly detected: number;
  readonly detectedInterval: Interval;
  /** Median time from injection to alarm, over detected runs. Hours; NaN where none was. */
  readonly delayHours: number;
  readonly delayInterval: Interval;
  /** Healthy runs, and the share of them with an alarm. */
  readonly healthy: number;
  readonly falseAlarms: number;
  readonly falseAlarmInterval: Interval;
}

const US_PER_HOUR = 3.6e9;

/** Scores alarms. @param injectedAtUs Instant of the failure in each run of `failing`. */
export function scoreDetection(failure: Failure, alarms: { readonly healthy: readonly (number | undefined)[]; readonly failing: readonly (number | undefined)[] }, injectedAtUs: number): DetectionScore {
  const still = alarms.failing.filter((atUs) => atUs === undefined || atUs >= injectedAtUs), delays = still.flatMap((atUs) => (atUs === undefined ? [] : [(atUs - injectedAtUs) / US_PER_HOUR])).sort((a, b) => a - b);
  const cried = alarms.healthy.filter((atUs) => atUs !== undefined).length, stream = new RandomStream(1, 0, Purpose.attack).seek(DETECTOR_DRAWS - 1, 0);
  const median = (sample: ArrayLike<number>): number => quantile(Float64Array.from(sample).sort(), 0.5);
  const { name, seenBy } = DETECTORS[failure];
  return {
    failure, detector: name, seenBy,
    injected: still.length, detected: delays.length / Math.max(1, still.length), detectedInterval: wilsonInterval(delays.length, still.length),
    delayHours: delays.length > 0 ? median(delays) : NaN, delayInterval: delays.length > 0 ? bootstrapInterval(delays, median, stream, RESAMPLES) : { low: NaN, high: NaN },
    healthy: alarms.healthy.length, falseAlarms: cried / Math.max(1, alarms.healthy.length), falseAlarmInterval: wilsonInterval(cried, alarms.healthy.length),
  };
}
