/** The predictors that ours is held against: bandwidth over bytes; a fixed share of it; bytes over bandwidth plus an overhead per stack. */
import { exp, ln } from "../../core/elementary.js";
import { quantile } from "../../core/statistics.js";
import type { ChipSpec } from "../facts/chip-specs.js";
import type { Measurement } from "../facts/measurement.js";
import { describeRow } from "./features.js";
import type { ScoredRow } from "./score.js";

/** What popular spec-sheet tools ship for every stack. */
const FIXED_ETA = 0.55;
/** Overheads tried, seconds. */
const OVERHEADS_S = Array.from({ length: 21 }, (_, step) => 0.06 * (step / 20) ** 2);

/** Name, and predictions with each chip's rows left out of whatever is fitted. */
export interface SimplePredictor {
  readonly name: string;
  readonly predict: (rows: readonly Measurement[], chips: ReadonlyMap<string, ChipSpec>) => readonly ScoredRow[];
}

/** The three, simplest first. */
export const SIMPLE_PREDICTORS: readonly SimplePredictor[] = [
  { name: "bandwidth / bytes", predict: (rows, chips) => scoreAll(rows, (row) => 1 / readS(row, chips)) },
  { name: "0.55 bandwidth / bytes", predict: (rows, chips) => scoreAll(rows, (row) => FIXED_ETA / readS(row, chips)) },
  { name: "bytes / (eta bandwidth) + overhead per stack", predict: predictByLines },
];

interface Line { readonly eta: number; readonly overheadS: number; }
interface LinePoint { readonly group: string; readonly chip: string; readonly readS: number; readonly tokenS: number; }

function predictByLines(rows: readonly Measurement[], chips: ReadonlyMap<string, ChipSpec>): readonly ScoredRow[] {
  const points = rows.map((row): LinePoint => ({ group: groupOf(row), chip: row.chip, readS: readS(row, chips), tokenS: 1 / row.decodePerS! }));
  const lines = new Map<string, Line>();
  const lineFor = (row: Measurement): Line => {
    const others = points.filter((point) => point.chip !== row.chip), own = others.filter((point) => point.group === groupOf(row));
    const key = `${row.chip}|${own.length < 2 ? row.accelerator : groupOf(row)}`, known = lines.get(key);
    if (known !== undefined) return known;
    const line = fitLine(own.length < 2 ? others.filter((point) => point.group.endsWith(` ${row.accelerator}`)) : own);
    lines.set(key, line);
    return line;
  };
  return scoreAll(rows, (row) => { const line = lineFor(row); return 1 / (readS(row, chips) / line.eta + line.overheadS); });
}

/** Least absolute log error over a grid of overheads; at each, eta by its weighted median and one step of refinement. */
function fitLine(points: readonly LinePoint[]): Line {
  let best = { eta: FIXED_ETA, overheadS: 0.008, loss: Infinity };
  for (const overheadS of OVERHEADS_S) {
    const etas = points.filter((point) => point.tokenS > overheadS).map((point) => point.readS / (point.tokenS - overheadS));
    if (etas.length * 2 < points.length || etas.length === 0) continue;
    const eta = quantile(Float64Array.from(etas).sort(), 0.5);
    let loss = 0;
    for (const point of points) loss += Math.abs(ln((point.readS / eta + overheadS) / point.tokenS));
    if (loss < best.loss) best = { eta, overheadS, loss };
  }
  return best;
}

function scoreAll(rows: readonly Measurement[], perS: (row: Measurement) => number): readonly ScoredRow[] {
  return rows.map((row) => ({ row, measured: row.decodePerS!, predicted: { value: perS(row) } }));
}

function groupOf(row: Measurement): string {
  return `${row.family} ${row.accelerator}`;
}

function readS(row: Measurement, chips: ReadonlyMap<string, ChipSpec>): number {
  const features = describeRow(row, chips.get(row.chip));
  return exp(features.numbers.bytesPerBandwidth) / 1e3;
}
