import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RoutingConfig } from "../../config/scenario-schema.js";
import { type Question, QuestionSampler } from "../../population/question.js";
import { scenarioOf } from "../client-world.fixture.js";
import { allocateBandits } from "./bandit.js";
import { makeRouter } from "./make-router.js";
import { makeRoutingContext, type Router, type RoutingContext } from "./router.js";

const question: Question = new QuestionSampler(scenarioOf(), 1, 0).question;

function routerOf(routing: string): Router {
  const config: RoutingConfig = scenarioOf(`routing: { kind: ${routing} }`).routing;
  return makeRouter(config, allocateBandits(1));
}

/** Whether a policy asks the tier, in a context with some fields set. */
function asks(routing: string, context: Partial<RoutingContext>): boolean {
  return routerOf(routing).asksTier({ ...makeRoutingContext(), ...context }, question);
}

describe("fixed policies", () => {
  it("never asks under p-only, always under t-only and always-expert, and drafts under none of them", () => {
    for (const confidence of [0, 0.5, 1]) {
      expect(["p-only", "t-only", "always-expert"].map((kind) => asks(kind, { confidence }))).toEqual([false, true, true]);
    }
    expect(["p-only", "t-only", "always-expert", "cascade", "oracle"].map((kind) => routerOf(kind).drafts)).toEqual([false, false, false, true, true]);
    expect(["p-only", "t-only", "always-expert", "cascade"].map((kind) => routerOf(kind).offload)).toEqual(["none", "general", "by-need", "by-need"]);
  });
});

describe("cascade", () => {
  it("asks below its threshold and not at it", () => {
    expect([0.5999, 0.6, 0.61].map((confidence) => asks("cascade, threshold: 0.6", { confidence }))).toEqual([true, false, false]);
  });
});

describe("deadline", () => {
  const policy = "deadline, deadlineS: 4, threshold: 0.7";

  it("takes the more accurate route when both are in time", () => {
    expect(asks(policy, { personalTtftS: 1, tierTtftS: 3, confidence: 0.69 })).toBe(true);
    expect(asks(policy, { personalTtftS: 3, tierTtftS: 1, confidence: 0.7 })).toBe(false);
    expect(asks(policy, { personalTtftS: 4, tierTtftS: 4, confidence: 0.1 })).toBe(true);
  });

  it("takes the only route in time, whatever its accuracy", () => {
    expect(asks(policy, { personalTtftS: 4.1, tierTtftS: 3.9, confidence: 0.99 })).toBe(true);
    expect(asks(policy, { personalTtftS: 3.9, tierTtftS: 4.1, confidence: 0.01 })).toBe(false);
  });

  it("takes the faster route when both are late", () => {
    expect(asks(policy, { personalTtftS: 6, tierTtftS: 5, confidence: 0.99 })).toBe(true);
    expect(asks(policy, { personalTtftS: 5, tierTtftS: 6, confidence: 0.01 })).toBe(false);
  });

  it("counts the time that has passed since the question was asked", () => {
    expect(asks(policy, { personalTtftS: 0.1, tierTtftS: 1.5, confidence: 0.1, elapsedS: 2.5 })).toBe(true);
    expect(asks(policy, { personalTtftS: 0.1, tierTtftS: 1.5, confidence: 0.1, elapsedS: 2.6 })).toBe(false);
  });
});

describe("battery", () => {
  const policy = "battery, threshold: 0.6, offloadBelowFraction: 0.3, minDownlinkBitPerS: 2e6";
  const calm = { chargeFraction: 0.9, downlinkBitPerS: 5e6, tierEnergyJ: 1, personalEnergyJ: 10 };

  it("follows confidence with a good battery and link", () => {
    expect(asks(policy, { ...calm, confidence: 0.59 })).toBe(true);
    expect(asks(policy, { ...calm, confidence: 0.6 })).toBe(false);
  });

  it("sends away what it could answer when the battery is low and the radio costs less", () => {
    expect(asks(policy, { ...calm, chargeFraction: 0.29, confidence: 0.99 })).toBe(true);
    expect(asks(policy, { ...calm, chargeFraction: 0.3, confidence: 0.99 })).toBe(false);
    expect(asks(policy, { ...calm, chargeFraction: 0.1, confidence: 0.99, tierEnergyJ: 10 })).toBe(false);
  });

  it("uses a slow link only below half its threshold", () => {
    const slow = { ...calm, downlinkBitPerS: 1.9e6 };
    expect(asks(policy, { ...slow, confidence: 0.29 })).toBe(true);
    expect(asks(policy, { ...slow, confidence: 0.3 })).toBe(false);
    expect(asks(policy, { ...slow, chargeFraction: 0.1, confidence: 0.3 })).toBe(false);
    expect(asks(policy, { ...calm, downlinkBitPerS: 2e6, confidence: 0.3 })).toBe(true);
  });
});

describe("money-budget", () => {
  const policy = "money-budget, threshold: 0.8, dailyUsd: 0.01";

  it("lowers its threshold in proportion to the money left", () => {
    expect(asks(policy, { confidence: 0.79, spentToday: 0, tierUsd: 0.001 })).toBe(true);
    // A quarter is left: the threshold is 0.2.
    expect(asks(policy, { confidence: 0.19, spentToday: 0.0075, tierUsd: 0.001 })).toBe(true);
    expect(asks(policy, { confidence: 0.21, spentToday: 0.0075, tierUsd: 0.001 })).toBe(false);
  });

  it("never overdraws, whatever it is asked, even when P cannot run", () => {
    fc.assert(fc.property(fc.array(fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), tierUsd: fc.double({ min: 0, max: 0.004, noNaN: true }), canPersonal: fc.boolean() }), { maxLength: 40 }), (questions) => {
      let spentToday = 0;
      const router = routerOf(policy);
      for (const asked of questions) if (router.asksTier({ ...makeRoutingContext(), ...asked, spentToday }, question)) spentToday += asked.tierUsd;
      expect(spentToday).toBeLessThanOrEqual(0.01 + 1e-12);
    }), { seed: 21, numRuns: 40 });
  });

  it("allows a retry that the money left pays for, and no other; policies without such a budget allow any", () => {
    const router = routerOf(policy), after = (spentToday: number, tierUsd: number): boolean => router.affords({ ...makeRoutingContext(), spentToday, tierUsd });
    expect([after(0.0075, 0.0025), after(0.0075, 0.0026)]).toEqual([true, false]);
    expect(["cascade", "privacy-budget", "bandit"].map((kind) => routerOf(kind).affords({ ...makeRoutingContext(), spentToday: 1e9, tierUsd: 1e9 }))).toEqual([true, true, true]);
  });

  it("spends its last cent when P cannot run", () => {
    expect(asks(policy, { canPersonal: false, confidence: 0.99, spentToday: 0.009, tierUsd: 0.001 - 1e-12 })).toBe(true);
    expect(asks(policy, { canPersonal: false, confidence: 0, spentToday: 0.009, tierUsd: 0.0011 })).toBe(false);
  });
});

describe("privacy-budget", () => {
  const policy = "privacy-budget, threshold: 0.8, dailySecrets: 3";

  it("asks up to the last secret of the budget and not beyond", () => {
    expect(asks(policy, { confidence: 0.1, spentToday: 1, secretsSent: 2 })).toBe(true);
    expect(asks(policy, { confidence: 0.1, spentToday: 2, secretsSent: 2 })).toBe(false);
    expect(asks(policy, { confidence: 0.1, spentToday: 3, secretsSent: 0 })).toBe(true);
    expect(asks(policy, { confidence: 0.8, spentToday: 0, secretsSent: 0 })).toBe(false);
    expect(asks(policy, { canPersonal: false, confidence: 0.99, spentToday: 0, secretsSent: 4 })).toBe(false);
    expect(asks(policy, { canPersonal: false, confidence: 0.99, spentToday: 0, secretsSent: 3 })).toBe(true);
  });
});

describe("oracle", () => {
  it("asks only when P is wrong and the tier is right", () => {
    const answers = [[false, false], [false, true], [true, false], [true, true]] as const;
    expect(answers.map(([isPersonalRight, isTierRight]) => asks("oracle", { isPersonalRight, isTierRight }))).toEqual([false, true, false, false]);
  });
});
