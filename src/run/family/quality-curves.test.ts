import { describe, expect, test } from "vitest";
import type { AnswererName, QualityRow } from "../../config/measured-quality.js";
import { QUERY_KINDS } from "../../records/truth-record.js";
import { noteOf } from "./answer-together.js";
import { answererCurve, consultGain, curvesOf } from "./quality-curves.js";

function rowsOf(answerer: AnswererName, model: string, quant: string, right: number): QualityRow[] {
  return QUERY_KINDS.map((kind) => ({ answerer, model, quant, kind, right, questions: 99, interval: { low: 0, high: 1 } }));
}

const rows = [
  ...rowsOf("expert", "experts", "F16", 79), ...rowsOf("general", "t", "F16", 99), ...rowsOf("personal", "p-a", "F16", 49), ...rowsOf("combined", "p-a", "F16", 59), ...rowsOf("personal", "p-b", "F16", 19),
  ...rowsOf("combined", "p-b", "F16", 9), ...rowsOf("personal", "p-a", "Q4_0", 19), ...rowsOf("combined", "p-a", "Q4_0", 59), ...rowsOf("personal", "p-b", "Q2_K", 0), ...rowsOf("combined", "p-b", "Q2_K", 0),
];

describe("what the simulator reads", () => {
  test("are accuracies of one P in whole precision, of the experts and of T, never quite 0 or 1", () => {
    const { personal, combined } = curvesOf(rows, "p-a");
    expect([personal.chat, answererCurve(rows, "expert").domain, combined.mixed, answererCurve(rows, "general").general]).toEqual([0.495, 0.795, 0.595, 0.995]);
    expect(curvesOf(rows, "p-b").personal.personal).toBe(0.195);
  });

  test("are changes of log-odds by the quantizations of that P", () => {
    const { quantShift: shifts } = curvesOf(rows, "p-a");
    expect(Object.keys(shifts)).toEqual(["Q4_0"]);
    // By hand: ln(0.195 / 0.805) - ln(0.495 / 0.505) = -1.41784 + 0.02000, in four digits -1.3978.
    expect(shifts["Q4_0"]!.personal.personal).toBeCloseTo(-1.3978, 9);
    expect(shifts["Q4_0"]!.combined.mixed).toBe(0);
    expect(curvesOf(rows, "p-b").quantShift["Q2_K"]!.combined.chat).toBeLessThan(-2);
  });

  test("is the share of E's errors that T has right", () => {
    const outcome = (isExpertRight: boolean, isGeneralRight: boolean): { isExpertRight: boolean; isGeneralRight: boolean } => ({ isExpertRight, isGeneralRight });
    expect(consultGain([outcome(true, true), outcome(false, true), outcome(false, false), outcome(false, false), outcome(true, false)])).toBeCloseTo(1 / 3, 12);
    expect(consultGain([outcome(true, false)])).toBe(0);
  });
});

describe("an expert's answer", () => {
  test("takes the place of the value in the sentence of a note", () => {
    expect(noteOf("the class of Vornix is opioid.", "statin")).toBe("the class of Vornix is statin.");
    expect(noteOf("Vornix with penicillin: yes.", "no")).toBe("Vornix with penicillin: no.");
    expect(noteOf("the rate of Bankis is 1.25%.", "2.5%")).toBe("the rate of Bankis is 2.5%.");
  });
});
