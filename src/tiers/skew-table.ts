/**
 * Attention over contexts of uneven length takes longer than over equal ones of the same mean. The table says how far the
 * time lies from that of equal contexts of mean length (0) towards that of equal contexts of the greatest (1), by chunk,
 * decodes, evenness, greatest context and tokens before the chunk. Fitted per bucket by the profiler that measured it.
 */
import { DataError } from "../core/errors.js";
import { parseCsv } from "../devices/parse-csv.js";
import { checkColumns } from "./check-columns.js";

const COLUMNS = ["pc", "n_label", "skew_rate_label", "kv_big_label", "kp_label", "alpha", "n_samples"];
const LABELS = ["n_label", "skew_rate_label", "kv_big_label", "kp_label"] as const;
/** Letters of a label before its bound, the bound, and what it is counted in. */
const LABEL = /^[a-zA-Z]+(<=|=|>)(\d+(?:\.\d+)?)(k|%)?$/;

/** Share of long contexts. */
const HALF = 0.5;

/** Shares by bucket. */
export class SkewTable {
  /** A profile without the table: uneven batches cost as even ones. */
  static readonly none: SkewTable = new SkewTable([], [[], [], [], []], new Map(), 0);

  private constructor(
    private readonly chunks: readonly number[], private readonly bounds: readonly (readonly number[])[],
    private readonly shares: ReadonlyMap<string, number>, private readonly pooled: number,
  ) {}

  /**
   * Parses skew_fit.csv. Buckets without measurements get the mean of all, weighted by samples.
   *
   * @throws {DataError} when a column or a label is unknown.
   */
  static parse(text: string, file: string): SkewTable {
    const rows = parseCsv(text, file);
    checkColumns(Object.keys(rows[0] ?? {}), COLUMNS, file);
    const shares = new Map<string, number>(), bounds = LABELS.map(() => new Set<number>()), chunks = new Set<number>();
    let sum = 0, samples = 0;
    rows.forEach((row, index) => {
      const share = toNumber(row["alpha"]!, `${file}:${index + 2}`), weight = toNumber(row["n_samples"]!, `${file}:${index + 2}`);
      const key = LABELS.map((label, axis) => { const bound = parseLabel(row[label]!, `${file}:${index + 2}`); bounds[axis]!.add(bound); return bound; });
      const chunk = toNumber(row["pc"]!, `${file}:${index + 2}`);
      chunks.add(chunk);
      shares.set([chunk, ...key].join("|"), share);
      sum += share * weight;
      samples += weight;
    });
    const rising = (values: ReadonlySet<number>): number[] => [...values].sort((a, b) => a - b);
    return new SkewTable(rising(chunks), bounds.map(rising), shares, samples > 0 ? sum / samples : 0);
  }

  /** Long contexts at which the bucket changes, rising. */
  get longBounds(): readonly number[] { return this.bounds[2]!; }

  /**
   * Share from 0 to 1, for a batch of which half the contexts are short and half are long.
   *
   * @param chunk Tokens of the prompt piece in the batch, and `before` tokens cached before it.
   * @param long Length of the long contexts.
   */
  share(chunk: number, before: number, decodes: number, long: number): number {
    if (this.shares.size === 0 || decodes < 2) return 0;
    const places = [decodes, HALF, long, before].map((value, axis) => firstAtLeast(this.bounds[axis]!, value));
    return Math.max(0, Math.min(1, this.shares.get([nearest(this.chunks, chunk), ...places].join("|")) ?? this.pooled));
  }
}

function parseLabel(label: string, where: string): number {
  const parts = LABEL.exec(label);
  if (parts === null) throw new DataError({ subject: "skew bucket", rule: 'look like "n<=128", "sr<=15%", "kvB<=4k", "kp=0" or "kp>8k"', got: label, where, hint: "Compare with a profile that loads." });
  if (parts[1] === ">") return Infinity;
  return Number(parts[2]) * (parts[3] === "k" ? 1024 : parts[3] === "%" ? 0.01 : 1);
}

function toNumber(text: string, where: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new DataError({ subject: "skew table", rule: "hold numbers in pc, alpha and n_samples", got: text, where, hint: "Leave lines without a fit out." });
}

function firstAtLeast(bounds: readonly number[], value: number): number { return bounds.find((bound) => value <= bound) ?? Infinity; }

function nearest(values: readonly number[], wanted: number): number {
  return values.reduce((best, value) => Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best, values[0]!);
}
