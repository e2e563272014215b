/** A forecast beside what was measured: times of questions to figures, and figures to errors. */
import { type MeanEstimate, estimateMean, quantile } from "../../core/statistics.js";
import type { AskedQuestion } from "../load/run-load.js";

/** What is compared. Seconds, and answers per second. */
export const COMPARED_FIGURES = ["ttft.p50", "ttft.p95", "tpot.p50", "tpot.p95", "latency.p50", "latency.p95", "throughput"] as const;
/** One of them. */
export type ComparedFigure = (typeof COMPARED_FIGURES)[number];

/** One load in one replication. */
export interface LoadFigures {
  /** Of the measured saturation. */
  readonly load: number;
  readonly ratePerS: number;
  readonly replication: number;
  readonly asked: number;
  readonly answered: number;
  /** Answers of the live system that are those of the rehearsal, letter by letter. */
  readonly asRehearsed: number;
  readonly live: Readonly<Record<ComparedFigure, number>>;
  readonly simulated: Readonly<Record<ComparedFigure, number>>;
}

/** A figure of a load over replications. Errors are simulated over live, less 1. */
export interface ScoredFigure {
  readonly load: number;
  readonly ratePerS: number;
  readonly figure: ComparedFigure;
  readonly live: MeanEstimate;
  readonly simulated: MeanEstimate;
  readonly error: MeanEstimate;
  /** Largest error allowed; absent above saturation, where none is promised. */
  readonly target?: number;
}

const P50_TARGET = 0.1, P95_TARGET = 0.2;

/** Figures of a load. @throws {BugError} without an answer. */
export function figuresOf(asked: readonly AskedQuestion[]): Record<ComparedFigure, number> {
  const answered = asked.flatMap(({ answer, dueAtUs }) => (answer === undefined ? [] : [{ ...answer, dueAtUs }]));
  const ttftS = answered.map(({ shownAtUs, endedAtUs, dueAtUs }) => ((Number.isNaN(shownAtUs) ? endedAtUs : shownAtUs) - dueAtUs) / 1e6), latencyS = answered.map(({ endedAtUs, dueAtUs }) => (endedAtUs - dueAtUs) / 1e6);
  const tpotS = answered.filter(({ report: { answerTokens }, shownAtUs }) => answerTokens > 1 && !Number.isNaN(shownAtUs)).map(({ endedAtUs, shownAtUs, report: { answerTokens } }) => (endedAtUs - shownAtUs) / 1e6 / (answerTokens - 1));
  const spanS = (Math.max(...answered.map(({ endedAtUs }) => endedAtUs)) - Math.min(...asked.map(({ dueAtUs }) => dueAtUs))) / 1e6;
  const at = (values: readonly number[], p: number): number => quantile([...values].sort((a, b) => a - b), p);
  return {
    "ttft.p50": at(ttftS, 0.5), "ttft.p95": at(ttftS, 0.95), "tpot.p50": at(tpotS, 0.5), "tpot.p95": at(tpotS, 0.95), "latency.p50": at(latencyS, 0.5), "latency.p95": at(latencyS, 0.95),
    "throughput": answered.length / spanS,
  };
}

/** Every figure of every load, with intervals over replications. */
export function scoreForecast(found: readonly LoadFigures[]): ScoredFigure[] {
  const loads = [...new Set(found.map(({ load }) => load))].sort((a, b) => a - b);
  return loads.flatMap((load) => {
    const rows = found.filter((row) => row.load === load), [{ ratePerS }] = rows as [LoadFigures];
    return COMPARED_FIGURES.map((figure): ScoredFigure => ({
      load, ratePerS, figure, live: estimateMean(rows.map(({ live }) => live[figure])), simulated: estimateMean(rows.map(({ simulated }) => simulated[figure])),
      error: estimateMean(rows.map(({ live, simulated }) => simulated[figure] / live[figure] - 1)), ...(load < 1 ? { target: figure.endsWith("p95") ? P95_TARGET : P50_TARGET } : {}),
    }));
  });
}

/** Whether a figure is as near as promised. */
export function isWithinTarget({ error, target }: ScoredFigure): boolean { return target === undefined || Math.abs(error.mean) <= target; }
