import { describe, expect, it } from "vitest";
import type { Question } from "../../population/question.js";
import { ClientField as F } from "../client-state.js";
import { ClientWorld, scenarioOf, US } from "../client-world.fixture.js";
import type { QuestionInHand } from "../question-world.js";
import { RoutingView } from "./routing-view.js";

const QUESTION: Partial<Question> = { kind: 1, domain: 1, promptTokens: 100, answerTokens: 50, difficulty: 0.5, luck: 0.5, confidenceLuck: 0.5, consultation: 0.5, secretCount: 4, secretsMissed: 1 };

/** A view at the moment of decision, 12 s after a question was asked at 10 s. */
function viewOf(routing: string, question: Partial<Question> = {}, ...lines: string[]): { world: ClientWorld; view: RoutingView; hand: QuestionInHand } {
  const world = new ClientWorld(scenarioOf("population: { clients: 1, personalContextTokens: 200 }", "quality: { confidenceNoise: 0 }", `routing: { kind: ${routing} }`, ...lines), { question: { ...QUESTION, ...question } });
  world.beginCalm("4g");
  world.set([[F.askedAtUs, 10 * US], [F.startedAtUs, 11 * US], [F.decidedAtUs, 12 * US], [F.decisionLink, 2], [F.contextTokens, 300], [F.tierPool, -1], [F.tierTokens, 0]]);
  return { world, view: new RoutingView(world.world), hand: { at: 0, client: 0, shard: 3, question: world.world.sampler.sample(0, 0, false) } };
}

describe("what a phone knows when it decides", () => {
  it("is confidence, charge, link and expected times", () => {
    const { world, view, hand } = viewOf("cascade");
    world.set([[F.chargeJ, 10_000], [F.tierWaitS, 0.7]]);
    // One token takes 1/16 s. 4G brings 25 Mbit/s.
    expect(view.describe(hand, 1)).toMatchObject({ shard: 3, confidence: expect.closeTo(0.35, 9) as number, canTier: true, elapsedS: 2, personalTtftS: 1 / 16, tierTtftS: 0.7, chargeFraction: 0.25, downlinkBitPerS: 25e6 });
  });

  it("expects the whole answer's time from a tier that sends it in one piece", () => {
    const { world, view, hand } = viewOf("cascade", {}, "protocol: { tokensPerChunk: 0 }");
    world.set([[F.tierWaitS, 0.7], [F.tierTpotUs, 20_000]]);
    // The median answer of the sample scenario has e^5 = 148.4 tokens.
    expect(view.describe(hand, 1).tierTtftS).toBeCloseTo(0.7 + 148.413 * 0.02, 4);
  });

  it("has no tier without a network, without attempts, or for what P keeps", () => {
    const { world, view, hand } = viewOf("cascade");
    expect(view.describe(hand, -1).canTier).toBe(false);
    world.set([[F.decisionLink, 4]]);
    expect(view.describe(hand, 1).canTier).toBe(false);
    const barred = viewOf("cascade", {}, "retry: { maxAttempts: 0 }");
    expect(barred.view.describe(barred.hand, 1).canTier).toBe(false);
  });

  it("prices what is sent, the session's history included, and what is made", () => {
    const { world, view, hand } = viewOf("money-budget", {}, "tiers: { consultFraction: 0 }");
    // 100 tokens at 1 and 50 at 2 dollars a million for E; at 3 and 4 for T.
    expect(view.describe(hand, 1).tierUsd).toBeCloseTo(200e-6, 15);
    expect(view.describe(hand, 4).tierUsd).toBeCloseTo(500e-6, 15);
    world.set([[F.tierPool, 1], [F.tierTokens, 1000]]);
    expect(view.describe(hand, 1).tierUsd).toBeCloseTo(1200e-6, 15);
    expect(view.describe(hand, 2).tierUsd).toBeCloseTo(200e-6, 15);
  });

  it("sets a consult of T aside wherever E may have one, and bills it where E had it", () => {
    const { world, view, hand } = viewOf("money-budget", {}, "tiers: { consultFraction: 0.01, consultPromptTokens: 300, consultAnswerTokens: 150 }");
    // 300 tokens at 3 and 150 at 4 dollars a million on top, for E only.
    expect(view.describe(hand, 1).tierUsd).toBeCloseTo(200e-6 + 1500e-6, 15);
    expect(view.describe(hand, 4).tierUsd).toBeCloseTo(500e-6, 15);
    world.set([[F.tierPool, 1], [F.tierPromptTokens, 250]]);
    expect([view.paidUsd(0, 50, false), view.paidUsd(0, 50, true)]).toEqual([expect.closeTo(350e-6, 15), expect.closeTo(1850e-6, 15)]);
  });

  it("counts what the question in hand has cost before a retry", () => {
    const { world, view, hand } = viewOf("money-budget");
    world.set([[F.spentDay, 0], [F.spent, 0.001], [F.tierPool, 1], [F.tierPromptTokens, 250]]);
    expect(view.describe(hand, 1).spentToday).toBeCloseTo(0.00125, 15);
  });

  it("counts redacted secrets for E, and all of them when everything goes to T", () => {
    const byNeed = viewOf("cascade"), general = viewOf("t-only");
    expect(byNeed.view.describe(byNeed.hand, 1).secretsSent).toBe(1);
    expect(general.view.describe(general.hand, 4).secretsSent).toBe(4);
  });

  it("forgets what was spent when the simulated day ends", () => {
    const { world, view, hand } = viewOf("privacy-budget");
    world.set([[F.spent, 2], [F.spentDay, 0]]);
    expect(view.describe(hand, 1).spentToday).toBe(2);
    world.set([[F.startedAtUs, 86_400 * US - 1]]);
    expect(view.describe(hand, 1).spentToday).toBe(2);
    world.set([[F.startedAtUs, 86_400 * US]]);
    expect(view.describe(hand, 1).spentToday).toBe(0);
    expect([world.get(F.spent), world.get(F.spentDay)]).toEqual([0, 1]);
  });

  it("weighs the energy of writing an answer against that of waiting on the radio", () => {
    const { world, view, hand } = viewOf("battery");
    world.set([[F.tierWaitS, 0.7]]);
    const { personalEnergyJ, tierEnergyJ } = view.describe(hand, 1);
    // 50 tokens of 1/16 s at 4 W; 4G lingers at 1.06 W for the wait and a tail of 11.6 s.
    expect(personalEnergyJ).toBeCloseTo(12.5, 9);
    expect(tierEnergyJ).toBeCloseTo(1.06 * (0.7 + 11.6), 6);
  });

  it("shows the oracle whether each would be right, a consultation included", () => {
    const truthOf = (luck: number, consultation: number): [boolean, boolean] => {
      const { view, hand } = viewOf("oracle", { luck, consultation }, "tiers: { consultFraction: 0.2 }"), context = view.describe(hand, 1);
      return [context.isPersonalRight, context.isTierRight];
    };
    // P alone 0.35, E 0.88, E with T 0.94.
    expect([truthOf(0.34, 0.9), truthOf(0.36, 0.9), truthOf(0.89, 0.9), truthOf(0.89, 0.1), truthOf(0.95, 0.1)]).toEqual([[true, true], [false, true], [false, false], [false, true], [false, false]]);
  });
});

describe("the pool that would answer", () => {
  it("is nobody's under p-only, T's under t-only, and by need otherwise", () => {
    const poolsOf = (routing: string): number[] => [0, 1, 2, 3, 4].map((kind) => {
      const { view, hand } = viewOf(routing, { kind, domain: kind === 1 || kind === 2 ? 3 : -1 });
      return view.poolOf(hand.question);
    });
    // Personal, domain, mixed, general, chat.
    expect(poolsOf("p-only")).toEqual([-1, -1, -1, -1, -1]);
    expect(poolsOf("t-only")).toEqual([4, 4, 4, 4, 4]);
    expect(poolsOf("cascade")).toEqual([-1, 3, 3, 4, -1]);
  });

  it("gets personal context only when it is T and everything goes there", () => {
    const tokensOf = (routing: string, kind: number, pool: number): number => {
      const { view, hand } = viewOf(routing, { kind });
      return view.promptTokens(hand, pool);
    };
    expect([tokensOf("t-only", 0, 4), tokensOf("t-only", 2, 4), tokensOf("t-only", 1, 4), tokensOf("cascade", 2, 1), tokensOf("cascade", 3, 4)]).toEqual([300, 300, 100, 100, 100]);
  });
});
