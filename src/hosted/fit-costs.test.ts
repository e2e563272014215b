import { describe, expect, test } from "vitest";
import { type AloneQuestion, fitCosts } from "./fit-costs.js";
import { callS, personalCallsOf, tierCallsOf, tokensOf } from "./call-work.js";
import type { HostCosts, ModelCall, Part, QuestionInstants, QuestionWork } from "./host-costs.js";
import { COSTS, NO_SPREAD, plan, SPEED } from "./hosted-plan.fixture.js";
import { simulateHosted } from "./simulate-hosted.js";

const SPEEDS = { personal: SPEED, tiers: { medicine: SPEED, general: SPEED } };
/** Tokens that are shown cost more, P waits for its disk when it seals, and goes on working when its answer has ended. */
const TRUTH: HostCosts = { ...COSTS, personal: { ...COSTS.personal, shownTokenS: 3e-5, sealing: { workS: 0.001, heldS: 0.004 }, afterQuestionS: 0.002 }, models: { ...COSTS.models, afterRequestS: 0.001 } };

const call = (promptTokens: number, steps: number): ModelCall => ({ promptTokens, steps });
const works: readonly QuestionWork[] = Array.from({ length: 40 }, (_, i): QuestionWork => {
  const draft = call(40 + i % 7, 4 + i % 5), expert = call(20 + i % 3, 3 + i % 4), general = call(22, 4 + i % 3), pieces = 2, firstShownStep = 1;
  if (i % 4 === 0) return { draft, firstShownStep, pieces: draft.steps - 1 };
  return { draft, firstShownStep, pieces, consult: i % 4 === 3 ? { area: "medicine", expert, general } : i % 4 === 2 ? { area: "general", general } : { area: "medicine", expert }, ...(i % 3 === 0 ? { combine: call(60, 3 + i % 2) } : {}) };
});

function workOf(part: Part): number { return part.workS; }

/** Processor time that a question takes by the truth. */
function cpuOf(work: QuestionWork, { load, personal, relay, gateway, ledger, models }: HostCosts): AloneQuestion["cpuS"] {
  const tiers = tierCallsOf(work), asks = tiers.length === 0 ? 0 : 1, forwarded = tiers.slice(-1).reduce((sum, each) => sum + tokensOf(each.call), 0), isHandedOn = asks === 1 && work.combine === undefined;
  const sum = (calls: readonly ModelCall[]): number => calls.reduce((total, each) => total + callS(SPEED, each), 0), steps = (calls: readonly ModelCall[]): number => calls.reduce((total, each) => total + each.steps, 0);
  const tokensS = work.draft.steps * (asks === 0 ? personal.shownTokenS : personal.quietTokenS) + (work.combine?.steps ?? 0) * personal.shownTokenS + (isHandedOn ? work.pieces * (personal.shownTokenS - personal.quietTokenS) : 0);
  const consultS = [personal.sealing, personal.settling, ...(work.combine === undefined ? [] : [personal.combining])].map(workOf).reduce((a, b) => a + b);
  return {
    load: [load.asking, load.ending].map(workOf).reduce((a, b) => a + b) + work.pieces * load.pieceS,
    personal: [personal.asking, personal.preparing, personal.ending].map(workOf).reduce((a, b) => a + b) + personal.afterQuestionS + sum(personalCallsOf(work)) + tokensS + asks * consultS + forwarded * personal.pieceS,
    relay: asks * (relay.carrying.workS + relay.settling.workS) + forwarded * relay.pieceS, ledger: asks * (ledger.paying.workS + ledger.settling.workS),
    gateway: asks * (gateway.carrying.workS + gateway.paying.workS + gateway.settling.workS) + tiers.reduce((total, each) => total + tokensOf(each.call), 0) * gateway.pieceS,
    models: tiers.length * (models.paying.workS + models.admitting.workS + models.afterRequestS) + steps(tiers.map((each) => each.call)) * models.tokenS + sum(tiers.map((each) => each.call)),
  };
}

function askAlone(costs: HostCosts): QuestionInstants[] { return simulateHosted(plan({ costs }), works.map((work, client) => ({ client, askAtUs: client * 1e6, work }))); }

function latenciesUs(costs: HostCosts): number[] { return askAlone(costs).map(({ askedAtUs, endedAtUs }) => endedAtUs - askedAtUs); }

describe("costs of processes", () => {
  const seen = askAlone(TRUTH), fitted: HostCosts = { ...fitCosts(works.map((work, i): AloneQuestion => ({ work, hasBought: false, seen: seen[i]!, cpuS: cpuOf(work, TRUTH) })), SPEEDS), capacity: [1, 2], sliceS: 0.004, stealS: 0.0005 };

  test("give questions asked alone their latency again, each of them", () => {
    const found = latenciesUs({ ...fitted, spreads: NO_SPREAD });
    latenciesUs(TRUTH).forEach((latencyUs, i) => { expect(Math.abs(found[i]! / latencyUs - 1), `question ${i}`).toBeLessThan(0.03); });
  });

  test("tell stages apart, quiet tokens from shown ones, and work from waiting and from what comes afterwards", () => {
    const { load, personal, relay, gateway, models } = fitted, between = (value: number, least: number, most: number): void => { expect(value).toBeGreaterThan(least); expect(value).toBeLessThan(most); };
    expect(personal.preparing.workS).toBeCloseTo(0.0005, 5);
    expect([personal.quietTokenS, personal.shownTokenS]).toEqual([expect.closeTo(1e-5, 6), expect.closeTo(3e-5, 6)]);
    expect(relay.carrying.workS + gateway.carrying.workS + gateway.carrying.heldS).toBeCloseTo(0.003, 4);
    expect(personal.sealing.workS + personal.sealing.heldS).toBeCloseTo(0.005, 5);
    between(personal.sealing.heldS + personal.settling.heldS + personal.combining.heldS, 0.003, 0.005);
    // Who of the two in a stage works how much of it is not seen, so neither is who does the rest.
    between(load.afterQuestionS + personal.afterQuestionS, 0.0015, 0.0025);
    between(models.afterRequestS, 0.0005, 0.0015);
  });

  test("are what they can be where little was seen", () => {
    const work = works[0]!, { personal, spreads, relay } = fitCosts([{ work, hasBought: false, seen: seen[0]!, cpuS: cpuOf(work, TRUTH) }], SPEEDS);
    expect(personal.preparing.workS).toBeCloseTo(0.0005, 5);
    expect([relay.carrying.workS, personal.sealing.workS, spreads.sealing]).toEqual([0, 0, [1]]);
    expect(spreads.preparing).toEqual([1]);
  });
});
