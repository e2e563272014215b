import { describe, expect, it } from "vitest";
import { sampleStudy } from "../config/sample-study.test-data.js";
import type { Scenario } from "../config/scenario-schema.js";
import { QUERY_KINDS } from "../records/truth-record.js";
import { type Question, QuestionSampler } from "./question.js";

const scenario = sampleStudy("name: t\npopulation: { clients: 10, secretsPerPersonalQuery: 1.5 }");
const N = 20_000;

function drawMany(of: Scenario = scenario, isFollowUp = false, n = N): Question[] {
  const sampler = new QuestionSampler(of, 3, 0);
  return Array.from({ length: n }, (_, i) => ({ ...sampler.sample(i % 1000, Math.floor(i / 1000), isFollowUp) }));
}

const questions = drawMany();

function median(values: readonly number[]): number { return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!; }

function mean(values: readonly number[]): number { return values.reduce((sum, value) => sum + value, 0) / values.length; }

/** Distance of a share of n draws from its chance, in standard deviations of the binomial law. */
function sigmas(hits: number, n: number, chance: number): number {
  return Math.abs(hits - n * chance) / Math.sqrt(n * chance * (1 - chance));
}

describe("question sampler", () => {
  it("gives the same question for the same seed, replication, client and number, whatever was drawn before", () => {
    const one = new QuestionSampler(scenario, 5, 2), other = new QuestionSampler(scenario, 5, 2);
    const wanted = { ...one.sample(7, 11, false) };
    for (let i = 0; i < 50; i++) other.sample(i % 9, i, i % 2 === 0);
    expect({ ...other.sample(7, 11, false) }).toEqual(wanted);
  });

  it("gives another question for another seed, replication, client or number", () => {
    const luckOf = (seed: number, replication: number, client: number, index: number): number =>
      new QuestionSampler(scenario, seed, replication).sample(client, index, false).luck;
    const lucks = [luckOf(5, 2, 7, 11), luckOf(6, 2, 7, 11), luckOf(5, 3, 7, 11), luckOf(5, 2, 8, 11), luckOf(5, 2, 7, 12)];
    expect(new Set(lucks).size).toBe(5);
  });

  it("changes nothing but the prompt's length in a follow-up", () => {
    const sampler = new QuestionSampler(scenario, 5, 0);
    for (let i = 0; i < 40; i++) {
      const first = { ...sampler.sample(1, i, false) }, followUp = { ...sampler.sample(1, i, true) };
      expect({ ...followUp, promptTokens: 0 }).toEqual({ ...first, promptTokens: 0 });
    }
  });

  it("asks each kind with its share, and each domain with its own, within five standard deviations", () => {
    QUERY_KINDS.forEach((name, kind) => {
      expect(sigmas(questions.filter((q) => q.kind === kind).length, N, scenario.population.kindShares[name])).toBeLessThan(5);
    });
    const expert = questions.filter((q) => q.kind === 1 || q.kind === 2);
    scenario.population.domains.forEach((domain, index) => {
      expect(sigmas(expert.filter((q) => q.domain === index).length, expert.length, domain.share)).toBeLessThan(5);
    });
    expect(questions.filter((q) => q.domain < 0).every((q) => q.kind !== 1 && q.kind !== 2)).toBe(true);
    expect(expert.every((q) => q.domain >= 0)).toBe(true);
  });

  it("has token lengths with median exp(logMean) times the domain's factor", () => {
    // The sample law of prompts is e^6 = 403.4 at the median with logSd 1; five standard errors of a median of n are 5 * 1.2533 / sqrt(n) of it.
    for (const [domain, factors] of [[-1, [1, 1]], [0, [1, 0.9]], [1, [1.5, 1.5]], [2, [0.9, 1.1]]] as const) {
      const asked = questions.filter((q) => q.domain === domain), tolerance = 5 * 1.2533 / Math.sqrt(asked.length);
      expect(Math.abs(median(asked.map((q) => q.promptTokens)) / (Math.exp(6) * factors[0]) - 1)).toBeLessThan(tolerance);
      expect(Math.abs(median(asked.map((q) => q.answerTokens)) / (Math.exp(5) * factors[1]) - 1)).toBeLessThan(0.8 * tolerance);
    }
  });

  it("spreads token lengths by logSd: 84.1% of prompts are below exp(logMean + logSd)", () => {
    const plain = questions.filter((q) => q.domain < 0);
    expect(sigmas(plain.filter((q) => q.promptTokens < Math.exp(7)).length, plain.length, 0.8413447)).toBeLessThan(5);
  });

  it("uses the follow-up law for later turns", () => {
    const followUps = drawMany(scenario, true, 8000).filter((q) => q.domain < 0);
    expect(Math.abs(median(followUps.map((q) => q.promptTokens)) / Math.exp(3.3) - 1)).toBeLessThan(0.1);
  });

  it("keeps lengths between 1 and the cap", () => {
    const capped = sampleStudy(["name: t", "population:", "  clients: 10",
      "  promptTokens: { logMean: 6, logSd: 3, maxTokens: 500, origin: assumed, source: t }",
      "  answerTokens: { logMean: 0, logSd: 2, maxTokens: 20, origin: assumed, source: t }"].join("\n"));
    const drawn = drawMany(capped, false, 3000);
    expect(Math.max(...drawn.map((q) => q.promptTokens))).toBe(500);
    expect(Math.max(...drawn.map((q) => q.answerTokens))).toBe(20);
    expect(Math.min(...drawn.map((q) => q.answerTokens))).toBe(1);
    expect(drawn.every((q) => Number.isInteger(q.promptTokens) && Number.isInteger(q.answerTokens) && q.promptTokens >= 1)).toBe(true);
  });

  it("touches a Poisson number of secrets with the mean of the domain, or of personal questions", () => {
    const groups: [readonly Question[], number][] = scenario.population.domains.map((domain, index) =>
      [questions.filter((q) => q.domain === index), domain.secretsPerQuery]);
    groups.push([questions.filter((q) => q.kind === 0), 1.5]);
    for (const [asked, expected] of groups) {
      const counts = asked.map((q) => q.secretCount), spread = Math.sqrt(expected / counts.length);
      expect(Math.abs(mean(counts) - expected)).toBeLessThan(5 * spread);
      // Mean and variance of a Poisson law are equal; the standard error of the variance is sqrt((m + 2 m^2) / n).
      const variance = mean(counts.map((count) => (count - mean(counts)) ** 2));
      expect(Math.abs(variance - expected)).toBeLessThan(5 * Math.sqrt((expected + 2 * expected ** 2) / counts.length));
      expect(sigmas(counts.filter((count) => count === 0).length, counts.length, Math.exp(-expected))).toBeLessThan(5);
    }
    expect(questions.filter((q) => q.kind >= 3).every((q) => q.secretCount === 0 && q.secretsMissed === 0)).toBe(true);
  });

  it("misses one secret in ten when redaction finds nine", () => {
    expect(scenario.protocol.redactFraction).toBe(0.9);
    const all = questions.reduce((sum, q) => sum + q.secretCount, 0), missed = questions.reduce((sum, q) => sum + q.secretsMissed, 0);
    expect(sigmas(missed, all, 0.1)).toBeLessThan(5);
    expect(questions.every((q) => q.secretsMissed <= q.secretCount)).toBe(true);
    const whole = drawMany(sampleStudy("name: t\nprotocol: { redactFraction: 1 }"), false, 2000), none = drawMany(sampleStudy("name: t\nprotocol: { redactFraction: 0 }"), false, 2000);
    expect(whole.every((q) => q.secretsMissed === 0)).toBe(true);
    expect(none.every((q) => q.secretsMissed === q.secretCount)).toBe(true);
  });

  it("draws every decision uniform on (0, 1), each apart from the others", () => {
    const names = ["difficulty", "luck", "staleness", "confidenceLuck", "consultation", "cover", "promptBytesLuck", "answerBytesLuck"] as const;
    for (const name of names) {
      const values = questions.map((q) => q[name]);
      expect(values.every((value) => value > 0 && value < 1)).toBe(true);
      expect(Math.abs(mean(values) - 0.5)).toBeLessThan(5 / Math.sqrt(12 * N));
      for (const other of names.filter((candidate) => candidate > name)) {
        const covariance = mean(questions.map((q) => (q[name] - 0.5) * (q[other] - 0.5)));
        expect(Math.abs(covariance * 12)).toBeLessThan(5 / Math.sqrt(N));
      }
    }
  });

  it("has patience with the stated median, in whole microseconds", () => {
    const { patienceS, patienceLogSd } = scenario.population, patience = questions.map((q) => q.patienceUs);
    expect(Math.abs(median(patience) / (patienceS * 1e6) - 1)).toBeLessThan(5 * 1.2533 * patienceLogSd / Math.sqrt(N));
    expect(patience.every(Number.isInteger)).toBe(true);
    expect(sigmas(patience.filter((us) => us < patienceS * 1e6 * Math.exp(patienceLogSd)).length, N, 0.8413447)).toBeLessThan(5);
  });

  it("deals out the rows of a trace: row = number * clients + client", () => {
    const promptTokens = Array.from({ length: 30 }, (_, row) => 100 + row), answerTokens = Array.from({ length: 30 }, (_, row) => 9000 + row);
    const sampler = new QuestionSampler(scenario, 1, 0, { promptTokens, answerTokens }), plain = new QuestionSampler(scenario, 1, 0);
    for (const [client, index] of [[0, 0], [9, 0], [0, 1], [4, 2]] as const) {
      const { promptTokens: prompt, answerTokens: answer, ...rest } = { ...sampler.sample(client, index, false) };
      expect([prompt, answer]).toEqual([100 + index * 10 + client, 9000 + index * 10 + client]);
      expect({ ...plain.sample(client, index, false) }).toMatchObject(rest);
    }
  });

  it("gives messages bytesPerToken at the median, and spreads it between messages", () => {
    const sampler = new QuestionSampler(scenario, 1, 0), { bytesPerToken, bytesPerTokenSpread } = scenario.protocol;
    expect(sampler.bytesPerToken(0.5)).toBeCloseTo(bytesPerToken, 12);
    expect(sampler.bytesPerToken(0.8413447460685429) / bytesPerToken).toBeCloseTo(Math.exp(bytesPerTokenSpread), 6);
  });
});
