import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { fitEngines } from "./calibrate-host.js";
import { type CalibrationPlan, quickPlan, tinyPlan } from "./calibration-plan.js";
import { chooseVisit, KNOWN_ERROR } from "./choose-visit.js";
import { errorOfStep, summarizeVisits } from "./summarize-visits.js";
import type { Visit } from "./visit-log.js";

const plan: CalibrationPlan = { ...tinyPlan(), rounds: { least: 2, most: 5 } };
const effort = (seconds: number): { readonly wallS: number; readonly cpuS: number } => ({ wallS: seconds, cpuS: seconds });
const DECODE = { kind: "decode", threads: 1, tokens: 1, context: 10, sequences: 1 } as const;

/** Runs a calibration on a machine that is no machine: `timeOf` says what a visit finds. */
function visitAll(asked: CalibrationPlan, timeOf: (index: number, round: number) => number): Visit[] {
  const visits: Visit[] = [];
  for (let { next } = chooseVisit(asked, visits, "wall"); next !== undefined; { next } = chooseVisit(asked, visits, "wall")) {
    const { index, round } = next;
    visits.push({ case: index, round, steps: [{ step: DECODE, ...effort(timeOf(index, round)) }] });
  }
  return visits;
}

const countOf = (visits: readonly Visit[], index: number): number => visits.filter((visit) => visit.case === index).length;

describe("a calibration in rounds", () => {
  it("visits every case the least number of times, each once before any again, when all is steady", () => {
    const visits = visitAll(plan, (index) => 0.01 * (index + 1)), { length } = plan.cases;
    expect(visits).toHaveLength(2 * length);
    expect(new Set(visits.slice(0, length).map((visit) => visit.case)).size).toBe(length);
    expect(visits.map(({ round }) => round)).toEqual([...Array.from({ length }, () => 0), ...Array.from({ length }, () => 1)]);
    expect(visits.slice(0, length).map((visit) => visit.case)).not.toEqual(plan.cases.map((_, index) => index));
  });

  it("visits cases again whose times are not known, until they are or to the most", () => {
    const visits = visitAll(plan, (index, round) => index === 1 ? 0.01 / 1.5 ** round : index === 2 && round === 0 ? 0.05 : 0.01);
    expect(plan.cases.map((_, index) => countOf(visits, index))).toEqual(plan.cases.map((_, index) => index === 1 ? 5 : index === 2 ? 3 : 2));
    expect(visits.at(-1)!.case).toBe(1);
  });

  it("goes on behind the visits of a stopped one as if it had not been stopped", () => {
    const noise = new RandomStream(1, 0, Purpose.test), timeOf = (index: number, round: number): number => 0.01 * Math.exp(0.1 * noise.seek(index, round).nextNormal());
    const visits = visitAll(plan, timeOf);
    for (const { length } of [visits.slice(0, 3), visits.slice(0, 9), visits.slice(0, -1)]) {
      expect(chooseVisit(plan, visits.slice(0, length), "wall").next).toEqual({ index: visits[length]!.case, round: visits[length]!.round });
    }
  });

  it("knows a step once two visits found about the least, wild ones left aside", () => {
    expect(errorOfStep({ visitsS: [1] })).toBe(Infinity);
    expect(errorOfStep({ visitsS: [9, 1, 1, 40] })).toBe(0);
    expect(errorOfStep({ visitsS: [1.02, 1] })).toBeLessThan(KNOWN_ERROR);
    expect(errorOfStep({ visitsS: [1, 1.1] })).toBeGreaterThan(KNOWN_ERROR);
  });

  it("takes the least of the visits, which what else the machine does has lengthened least", () => {
    const noisy = visitAll(plan, (index, round) => 0.01 * (index + 1) * (round === 1 ? 1 : 1.3)), seconds = summarizeVisits(plan, noisy, "wall").map(({ steps }) => steps[0]!.seconds);
    seconds.forEach((found, index) => { expect(found).toBeCloseTo(0.01 * (index + 1), 12); });
  });

  it("never fits to what is kept out", () => {
    const quick = { ...quickPlan(), rounds: { least: 1, most: 1 } }, cases = summarizeVisits(quick, visitAll(quick, () => 0.01), "wall");
    const spoilt = cases.map((each) => ({ ...each, steps: each.steps.map((step) => ({ ...step, seconds: each.isHeldOut ? 100 * step.seconds : step.seconds })) }));
    const changed = cases.map((each) => ({ ...each, steps: each.steps.map((step) => ({ ...step, seconds: each.isHeldOut ? step.seconds : 2 * step.seconds })) }));
    expect(fitEngines(spoilt)).toEqual(fitEngines(cases));
    expect(fitEngines(changed)).not.toEqual(fitEngines(cases));
  });
});
