import { describe, expect, test } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { HostSpeed } from "../devices/host/host-speed.js";
import { fitDemands, type HostDemands, type ObservedQuestion, solveNonNegative } from "./fit-demands.js";
import type { QuestionWork } from "./host-costs.js";

describe("non-negative least squares", () => {
  test("finds what made the targets, and the better of two signs when one is not allowed", () => {
    const [a, b] = solveNonNegative([[1, 0], [1, 1], [1, 2], [1, 5]], [2, 5, 8, 17]);
    expect([a, b]).toEqual([expect.closeTo(2, 9), expect.closeTo(3, 9)]);
    // The free solution is 2 - x; without negative slopes the mean is best.
    expect(solveNonNegative([[1, 0], [1, 1], [1, 2]], [2, 1, 0])).toEqual([expect.closeTo(1, 9), 0]);
    expect(solveNonNegative([[1, 0], [2, 0]], [3, 6])).toEqual([expect.closeTo(3, 9), 0]);
    expect(solveNonNegative([], [])).toEqual([]);
  });
});

describe("demands of processes", () => {
  const speed: HostSpeed = { prefillS: (tokens) => tokens * 1e-5, decodeStepS: (sequences, context) => 2e-4 * sequences + context * 1e-7, batchS: () => NaN };
  const truth: HostDemands = {
    load: { question: 0.003, piece: 2e-4 }, personal: { question: 0.004, consult: 0.005, purchase: 0.08 }, relay: { consult: 0.002 }, gateway: { consult: 0.006 }, ledger: { consult: 0.0015, purchase: 0.04 }, models: { request: 0.002, token: 1.5e-4 },
  };
  /** What tokens and pieces take, which is known from elsewhere. */
  const usual = { quietToken: 1e-4, shownToken: 3e-4, piece: 9e-4 };
  const stream = new RandomStream(3, 0, Purpose.test), upTo = (most: number): number => 1 + Math.floor(stream.nextUniform() * most), callOf = (): { promptTokens: number; steps: number } => ({ promptTokens: 20 + upTo(90), steps: upTo(20) });
  const callS = ({ promptTokens, steps }: { promptTokens: number; steps: number }): number => Array.from({ length: steps }, (_, i) => speed.decodeStepS(1, promptTokens + i)).reduce((sum, each) => sum + each, speed.prefillS(promptTokens - 1, 0));

  /** A question that took exactly what the truth says. */
  function observe(i: number): ObservedQuestion {
    const draft = callOf(), expert = callOf(), general = callOf(), combine = callOf(), kind = i % 4, hasBought = kind > 0 && i % 9 === 1;
    const consult = kind === 0 ? undefined : kind === 1 ? { area: "it", expert } : kind === 2 ? { area: "general", general } : { area: "it", expert, general };
    const isCombined = kind === 3 || i % 8 === 1, pieces = upTo(8), work: QuestionWork = { draft, firstShownStep: 1, pieces, ...(consult === undefined ? {} : { consult }), ...(isCombined ? { combine } : {}) };
    const tiers = [...(kind === 1 || kind === 3 ? [expert] : []), ...(kind >= 2 ? [general] : [])], asks = tiers.length === 0 ? 0 : 1, buys = hasBought ? 1 : 0, shownS = (call: typeof draft): number => callS(call) + call.steps * usual.shownToken;
    const steps = (calls: readonly { steps: number }[]): number => calls.reduce((sum, each) => sum + each.steps, 0), pieceS = (calls: typeof tiers): number => (steps(calls) - calls.length) * usual.piece / 3;
    const draftS = asks === 0 && !isCombined ? shownS(draft) : callS(draft) + draft.steps * usual.quietToken, last = tiers.slice(-1);
    return { work, hasBought, cpuS: {
      load: truth.load.question + pieces * truth.load.piece, relay: asks * truth.relay.consult + pieceS(last), gateway: asks * truth.gateway.consult + pieceS(tiers), ledger: asks * truth.ledger.consult + buys * truth.ledger.purchase,
      models: tiers.length * truth.models.request + steps(tiers) * truth.models.token + tiers.reduce((sum, call) => sum + callS(call), 0),
      personal: truth.personal.question + asks * truth.personal.consult + buys * truth.personal.purchase + draftS + (isCombined ? shownS(combine) : 0) + pieceS(last),
    } };
  }

  test("are found again from questions that were asked alone", () => {
    const found = fitDemands(Array.from({ length: 80 }, (_, i) => observe(i)), { personal: speed, tiers: { it: speed, general: speed } }, usual);
    for (const [role, byWhat] of Object.entries(truth)) {
      for (const [what, seconds] of Object.entries(byWhat as Readonly<Record<string, number>>)) expect((found as unknown as Record<string, Record<string, number>>)[role]![what], `${role} ${what}`).toBeCloseTo(seconds, 7);
    }
  });
});
