/**
 * Costs of processes from questions asked one at a time. What is on a question's way is told by its instants, on average and in its
 * spread; what each process worked in all by its processor time. Work beyond the way is done afterwards, a way beyond the work is waiting.
 */
import { type AloneWay, type AloneStages, showingOf, stagesOf } from "./alone-stages.js";
import type { ModelSpeeds } from "./call-work.js";
import { fitDemands, fitTokenS, type HostDemands, type ObservedQuestion, PIECE_PROCESSES } from "./fit-demands.js";
import { type HostCosts, type Part, type Stage, STAGES } from "./host-costs.js";

/** A question asked alone: when what happened, and what it took of each process. */
export interface AloneQuestion extends AloneWay, ObservedQuestion {}

/** Fits all but what is measured without questions. */
export function fitCosts(observed: readonly AloneQuestion[], speeds: ModelSpeeds): Omit<HostCosts, "capacity" | "sliceS" | "stealS"> {
  const seen = observedStages(observed, speeds), usual = Object.fromEntries(STAGES.map((stage) => [stage, meanOf(seen[stage])])) as Record<Stage, number>;
  return { ...partsOf(usual, fitDemands(observed, speeds, usual)), spreads: Object.fromEntries(STAGES.map((stage) => [stage, spreadOf(seen[stage], usual[stage])])) as HostCosts["spreads"] };
}

/** All that was seen of each stage. Seconds. */
function observedStages(observed: readonly AloneQuestion[], speeds: ModelSpeeds): Record<Stage, readonly number[]> {
  const tokenS = fitTokenS(observed, speeds), found = observed.map((question) => stagesOf(question, speeds, tokenS)), listOf = (stage: Stage): number[] => found.flatMap(({ [stage]: seconds }: AloneStages) => (seconds === undefined ? [] : [seconds]));
  const lists = Object.fromEntries(STAGES.map((stage) => [stage, listOf(stage)])) as Record<Stage, number[]>, shownS = meanOf(lists.shownToken), ending = meanOf(lists.ending);
  const settling = lists.settling.map((seconds) => Math.max(0, seconds - ending)), settled = meanOf(settling), showingS = Math.max(0, shownS - meanOf(lists.quietToken));
  // Where every answer is combined, settling and combining are not told apart.
  const isSettled = settling.length > 0, showing = observed.map((question) => showingOf(question, speeds, shownS, showingS)).filter((seconds) => seconds !== undefined);
  return { ...lists, showing, settling: isSettled ? settling : lists.combining, combining: isSettled && lists.combining.length > 0 ? [Math.max(0, meanOf(lists.combining) - settled)] : [] };
}

/** Splits stages among those who work in them, as their demands are, and what each does into work on the way, waiting, and work afterwards. */
function partsOf(usual: Record<Stage, number>, demands: HostDemands): Omit<HostCosts, "capacity" | "sliceS" | "stealS" | "spreads"> {
  const { load, personal, relay, gateway, ledger, models } = demands, pieceS = usual.piece / PIECE_PROCESSES;
  const [askingLoad, askingPersonal] = split(usual.asking, [load.question, personal.question]), [endingLoad, endingPersonal] = split(usual.ending, [load.question, personal.question]), [carryingRelay, carryingGateway] = split(usual.carrying, [relay.consult, gateway.consult]);
  const [payingGateway, payingLedger, payingModels] = split(usual.paying, [gateway.consult, ledger.consult, models.request]), [settlingGateway, settlingLedger, settlingRelay, settlingPersonal] = split(usual.settling, [gateway.consult, ledger.consult, relay.consult, personal.consult]);
  const asked = part(load.question, { asking: askingLoad!, ending: endingLoad! }), answered = part(personal.question, { asking: askingPersonal!, preparing: usual.preparing, ending: endingPersonal! }), consulted = part(personal.consult, { sealing: usual.sealing, settling: settlingPersonal!, combining: usual.combining });
  const relayed = part(relay.consult, { carrying: carryingRelay!, settling: settlingRelay! }), opened = part(gateway.consult, { carrying: carryingGateway!, paying: payingGateway!, settling: settlingGateway! }), paid = part(ledger.consult, { paying: payingLedger!, settling: settlingLedger! }), requested = part(models.request, { paying: payingModels!, admitting: usual.admitting });
  return {
    load: { ...asked.parts, firstPieceS: usual.showing, pieceS: load.piece, afterQuestionS: asked.afterS }, relay: { ...relayed.parts, pieceS, afterConsultS: relayed.afterS }, gateway: { ...opened.parts, pieceS, afterConsultS: opened.afterS },
    personal: { ...answered.parts, ...consulted.parts, quietTokenS: usual.quietToken, shownTokenS: usual.shownToken, pieceS, purchaseS: personal.purchase, afterQuestionS: answered.afterS, afterConsultS: consulted.afterS },
    ledger: { ...paid.parts, purchaseS: ledger.purchase, afterConsultS: paid.afterS }, models: { ...requested.parts, tokenS: models.token, afterRequestS: requested.afterS },
  };
}

function split(seconds: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (sum > 0 ? seconds * weight / sum : seconds / weights.length));
}

function part<Name extends string>(demandS: number, waysS: Readonly<Record<Name, number>>): { readonly parts: Record<Name, Part>; readonly afterS: number } {
  const wayS = Object.values<number>(waysS).reduce((sum, seconds) => sum + seconds, 0), share = wayS > demandS ? demandS / wayS : 1;
  const parts = Object.fromEntries(Object.entries<number>(waysS).map(([stage, seconds]) => [stage, { workS: share * seconds, heldS: (1 - share) * seconds }])) as Record<Name, Part>;
  return { parts, afterS: Math.max(0, demandS - wayS) };
}

function spreadOf(seconds: readonly number[], usualS: number): readonly number[] { return usualS > 0 ? seconds.map((each) => each / usualS) : [1]; }

function meanOf(values: readonly number[]): number { return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length; }
