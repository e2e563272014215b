import { describe, expect, it } from "vitest";
import type { Question } from "../population/question.js";
import { QuestionSampler } from "../population/question.js";
import { QUERY_KINDS } from "../records/truth-record.js";
import { AnswerQuality, Answerer } from "./answer-quality.js";
import { scenarioOf } from "./client-world.fixture.js";

const scenario = scenarioOf("quality: { confidenceNoise: 0 }", "population: { clients: 5, difficultySlope: 3 }");
const quality = new AnswerQuality(scenario);
const DAY_US = 86_400e6;

function question(changes: Partial<Question>): Question {
  return { ...new QuestionSampler(scenario, 1, 0).sample(0, 0, false), difficulty: 0.5, ...changes };
}

describe("answer quality", () => {
  it("is the scenario's accuracy at middle difficulty, for each answerer and kind", () => {
    const curves = { personal: scenario.quality.personal, expert: scenario.quality.expert, combined: scenario.quality.combined, general: scenario.quality.general };
    for (const [name, curve] of Object.entries(curves)) {
      QUERY_KINDS.forEach((kindName, kind) => {
        expect(quality.correctProbability(question({ kind }), Answerer[name as keyof typeof Answerer], false)).toBeCloseTo(curve[kindName], 12);
      });
    }
  });

  it("shifts the log-odds of answers in P's words by its quantization, and no others", () => {
    const shifted = new AnswerQuality(scenarioOf("personalModel: { quant: Q4_K_M }", "quality: { quantShift: { Q4_K_M: { personal: { personal: -1, domain: 0, mixed: -0.5, general: 0, chat: 0 }, combined: { personal: 0, domain: 0, mixed: -0.25, general: 0, chat: 0.5 } } } }"));
    const oddsOf = (from: AnswerQuality, answerer: number, kind: number): number => {
      const right = from.correctProbability(question({ kind }), answerer, false);
      return Math.log(right / (1 - right));
    };
    const shiftsOf = (answerer: number): number[] => QUERY_KINDS.map((_, kind) => oddsOf(shifted, answerer, kind) - oddsOf(quality, answerer, kind));
    const near = (shifts: readonly number[]): unknown[] => shifts.map((shift) => expect.closeTo(shift, 9) as unknown);
    expect(shiftsOf(Answerer.personal)).toEqual(near([-1, 0, -0.5, 0, 0]));
    expect(shiftsOf(Answerer.combined)).toEqual(near([0, 0, -0.25, 0, 0.5]));
    for (const answerer of [Answerer.expert, Answerer.general]) expect(shiftsOf(answerer)).toEqual(near([0, 0, 0, 0, 0]));
  });

  it("is that of the member it names", () => {
    const flat = (share: number): string => `{ personal: ${share}, domain: ${share}, mixed: ${share}, general: ${share}, chat: ${share} }`;
    const named = new AnswerQuality(scenarioOf(`quality: { member: p-a, members: { p-a: { personal: ${flat(0.61)}, combined: ${flat(0.62)}, quantShift: {} } } }`));
    const right = (answerer: number): number => named.correctProbability(question({ kind: 2 }), answerer, false);
    expect([right(Answerer.personal), right(Answerer.combined)]).toEqual([expect.closeTo(0.61, 12), expect.closeTo(0.62, 12)]);
    expect(right(Answerer.expert)).toBe(quality.correctProbability(question({ kind: 2 }), Answerer.expert, false));
  });

  it("loses difficultySlope of log-odds from the easiest to the hardest question", () => {
    const at = (difficulty: number): number => quality.correctProbability(question({ kind: 1, difficulty }), Answerer.expert, false);
    const logOdds = (p: number): number => Math.log(p / (1 - p));
    expect(logOdds(at(0)) - logOdds(at(1))).toBeCloseTo(3, 9);
    // By hand: 0.88 is odds of 22/3; half a slope easier is odds of 22/3 e^1.5 = 32.866, a chance of 0.970472.
    expect(at(0)).toBeCloseTo(0.970472, 5);
    expect(at(0.25)).toBeGreaterThan(at(0.75));
  });

  it("removes the stated share of an expert's errors when T is consulted", () => {
    // 0.88 + 0.12 * 0.5 by hand.
    expect(quality.correctProbability(question({ kind: 1 }), Answerer.expert, true)).toBeCloseTo(0.94, 12);
    const keen = new AnswerQuality(scenarioOf("quality: { consultGain: 0.25 }"));
    expect(keen.correctProbability(question({ kind: 2 }), Answerer.expert, true)).toBeCloseTo(0.55 + 0.45 * 0.25, 12);
  });

  it("makes P's confidence the chance itself without noise, so that it is calibrated question by question", () => {
    const sampler = new QuestionSampler(scenario, 7, 0);
    let confidence = 0, right = 0;
    for (let i = 0; i < 4000; i++) {
      const q = sampler.sample(i % 5, i, false), chance = quality.correctProbability(q, Answerer.personal, false);
      expect(quality.confidence(q)).toBeCloseTo(chance, 11);
      confidence += quality.confidence(q) / 4000;
      right += (q.luck < chance ? 1 : 0) / 4000;
    }
    // Five standard errors of a share of 4000 are at most 0.04.
    expect(Math.abs(confidence - right)).toBeLessThan(0.04);
  });

  it("moves P's confidence by the noise in log-odds at the question's own quantile", () => {
    const noisy = new AnswerQuality(scenarioOf("quality: { confidenceNoise: 0.8 }"));
    const logOdds = (p: number): number => Math.log(p / (1 - p));
    // Quantile 0.8413447460685429 of the standard normal law is 1: one standard deviation up.
    const q = question({ kind: 0, confidenceLuck: 0.8413447460685429 });
    expect(logOdds(noisy.confidence(q)) - logOdds(0.9)).toBeCloseTo(0.8, 6);
    expect(noisy.confidence(question({ kind: 0, confidenceLuck: 0.5 }))).toBeCloseTo(0.9, 9);
  });

  it("finds a fact stale with chance 1 - (1 - drift)^days", () => {
    const drift = scenario.population.domains[0]!.driftPerDay;
    expect(drift).toBe(0.04);
    // By hand: 1 - 0.96^3 = 0.115264 after three days, 1 - 0.96^0.5 = 0.0202041 after half a day.
    for (const [days, chance] of [[3, 0.115264], [0.5, 0.02020410288672878], [1, 0.04]] as const) {
      const isStale = (staleness: number): boolean => quality.isStale(question({ kind: 1, domain: 0, staleness }), days * DAY_US);
      expect([isStale(chance - 1e-9), isStale(chance + 1e-9)]).toEqual([true, false]);
    }
    expect(quality.isStale(question({ kind: 1, domain: 0, staleness: 1e-12 }), 0)).toBe(false);
  });

  it("knows no stale answer to a question without a domain", () => {
    expect(quality.isStale(question({ kind: 3, domain: -1, staleness: 0 }), 1e4 * DAY_US)).toBe(false);
  });

  it("stays within (0, 1) for accuracies of 0 and 1", () => {
    const sure = new AnswerQuality(scenarioOf("quality: { personal: { personal: 1, domain: 0, mixed: 0.5, general: 0.5, chat: 1 } }"));
    expect(sure.correctProbability(question({ kind: 0 }), Answerer.personal, false)).toBeCloseTo(1, 5);
    expect(sure.correctProbability(question({ kind: 1 }), Answerer.personal, false)).toBeLessThan(2e-6);
    expect(sure.confidence(question({ kind: 0 }))).toBeLessThan(1);
  });
});
