/** What one cell found: named numbers and histograms. Pure data, so reports can be made again from stored cells. */

/** The five answers, and what stands behind them. */
export const ANSWERS = ["speed", "memory-energy", "quality", "leakage", "economics", "servers"] as const;
/** One of the five answers. */
export type Answer = (typeof ANSWERS)[number];

/** A mergeable histogram as found. Bin i holds `counts[i]` values in [edges[i], edges[i + 1]). */
export interface Histogram {
  readonly unit: string;
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Findings of one cell. A metric that does not exist in the cell (no expert asked, say) is left out. */
export interface Findings {
  readonly metrics: Readonly<Record<string, number>>;
  readonly histograms: Readonly<Record<string, Histogram>>;
  /** Doubts about the result, in sentences. */
  readonly warnings: readonly string[];
}

/** What a metric means. The catalogue is `METRICS` in metric-catalogue.ts. */
export interface MetricSpec {
  readonly name: string;
  readonly title: string;
  readonly answer: Answer;
  readonly unit: string;
  /** The better direction, or "none". */
  readonly better: "lower" | "higher" | "none";
  /** Definition by formula, in one sentence. */
  readonly definition: string;
  /** Digits after the point in tables. */
  readonly digits: number;
}
