/** From counts of right answers to what the simulator reads. */
import type { AnswererName, MeasuredQuality, QualityRow } from "../../config/measured-quality.js";
import { QUERY_KINDS } from "../../records/truth-record.js";
import { WHOLE } from "./open-family.js";

type KindShares = MeasuredQuality["expert"];

const DIGITS = 4;

/** Accuracies of those who answer without P: E and T. */
export function answererCurve(rows: readonly QualityRow[], answerer: "expert" | "general"): KindShares { return rounded(sharesOf(rows.filter((row) => row.answerer === answerer))); }

/** Accuracies of one P in whole precision, alone and with E, and how its quantizations change them. */
export function curvesOf(rows: readonly QualityRow[], personal: string): MeasuredQuality["members"][string] {
  const curve = (answerer: AnswererName): KindShares => rounded(sharesOf(rows.filter((row) => row.answerer === answerer && row.quant === WHOLE && row.model === personal)));
  return { personal: curve("personal"), combined: curve("combined"), quantShift: quantShiftOf(rows, personal) };
}

/** Change of log-odds of the answers of one P, alone and with E, by each of its quantizations. */
function quantShiftOf(rows: readonly QualityRow[], personal: string): MeasuredQuality["members"][string]["quantShift"] {
  const own = rows.filter((row) => hasP(row) && row.model === personal), quants = [...new Set(own.map(({ quant }) => quant))].filter((quant) => quant !== WHOLE);
  const sharesIn = (answerer: AnswererName, quant: string): KindShares => sharesOf(own.filter((row) => row.answerer === answerer && row.quant === quant));
  const shift = (answerer: AnswererName, quant: string): KindShares => {
    const [before, after] = [sharesIn(answerer, WHOLE), sharesIn(answerer, quant)];
    return rounded(mapKinds((kind) => logit(after[kind]) - logit(before[kind])));
  };
  return Object.fromEntries(quants.map((quant) => [quant, { personal: shift("personal", quant), combined: shift("combined", quant) }]));
}

/** Share of E's errors that T has right; 0 where E has none. */
export function consultGain(outcomes: readonly { readonly isExpertRight: boolean; readonly isGeneralRight: boolean }[]): number {
  const errors = outcomes.filter(({ isExpertRight }) => !isExpertRight);
  return errors.length === 0 ? 0 : errors.filter(({ isGeneralRight }) => isGeneralRight).length / errors.length;
}

function hasP({ answerer }: QualityRow): boolean { return answerer === "personal" || answerer === "combined"; }

/**
 * Means of the Jeffreys posterior, (right + 1/2) / (questions + 1), so that none is exactly 0 or 1.
 *
 * @param rows One per kind of question.
 */
function sharesOf(rows: readonly QualityRow[]): KindShares {
  return mapKinds((kind) => {
    const { right, questions } = rows.find((row) => row.kind === kind)!;
    return (right + 0.5) / (questions + 1);
  });
}

function mapKinds(of: (kind: keyof KindShares) => number): KindShares { return Object.fromEntries(QUERY_KINDS.map((kind) => [kind, of(kind)])) as KindShares; }

/** A scenario carries these, so they have as many digits as a count of hundreds can bear. */
function rounded(shares: KindShares): KindShares { return mapKinds((kind) => Number(shares[kind].toFixed(DIGITS))); }

function logit(p: number): number { return Math.log(p / (1 - p)); }
