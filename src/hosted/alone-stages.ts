/** How long each stage of a question's way took, by the instants of a question that was asked alone: steps of models taken off. */
import { type ModelSpeeds, prefillS, stepsS, tierCallsOf } from "./call-work.js";
import type { QuestionInstants, QuestionWork, Stage } from "./host-costs.js";

/** Seconds; absent for stages that a question did not come to, or that its instants do not tell apart. */
export type AloneStages = Partial<Record<Stage, number>>;

/** A question asked alone. */
export interface AloneWay { readonly work: QuestionWork; readonly hasBought: boolean; readonly seen: QuestionInstants }

/** Stages that instants tell directly. `tokenS` is what a token of a tier takes its process. */
export function stagesOf(question: AloneWay, speeds: ModelSpeeds, tokenS: number): AloneStages {
  return { ...draftStages(question, speeds), ...wayToTier(question, speeds, tokenS), ...wayBack(question, speeds, tokenS) };
}

/** Of the first piece: from the model's step to the screen. @param shownTokenS What a shown token takes P. @param showingS How much of that is the showing. */
export function showingOf({ work, seen }: AloneWay, speeds: ModelSpeeds, shownTokenS: number, showingS: number): number | undefined {
  const { draft, consult, combine, firstShownStep, pieces } = work;
  if (pieces === 0) return undefined;
  if (consult !== undefined && combine === undefined) return between(seen.openedAtUs, seen.shownAtUs, showingS);
  return between(combine === undefined ? seen.prefilledAtUs : seen.combinedAtUs, seen.shownAtUs, stepsS(speeds.personal, combine ?? draft, 0, firstShownStep) + firstShownStep * shownTokenS);
}

function draftStages({ work: { draft, consult, combine }, seen }: AloneWay, { personal }: ModelSpeeds): AloneStages {
  const isQuiet = consult !== undefined || combine !== undefined, ownS = between(seen.prefilledAtUs, seen.decidedAtUs, stepsS(personal, draft));
  return {
    ...only("asking", between(seen.askedAtUs, seen.startedAtUs, 0)), ...only("preparing", between(seen.startedAtUs, seen.prefilledAtUs, prefillS(personal, draft))),
    ...only(isQuiet ? "quietToken" : "shownToken", ownS === undefined || draft.steps === 0 ? undefined : ownS / draft.steps), ...(isQuiet ? {} : only("ending", between(seen.decidedAtUs, seen.endedAtUs, 0))),
  };
}

function wayToTier({ work, hasBought, seen }: AloneWay, speeds: ModelSpeeds, tokenS: number): AloneStages {
  const calls = tierCallsOf(work), [first] = calls, isPlain = calls.length === 1 && first!.call.steps > 1;
  const firstStepS = isPlain ? prefillS(speeds.tiers[first!.area]!, first!.call) + stepsS(speeds.tiers[first!.area]!, first!.call, 0, 1) + tokenS : 0;
  return {
    ...(hasBought ? {} : only("sealing", between(seen.decidedAtUs, seen.sealedAtUs, 0))), ...only("carrying", between(seen.sealedAtUs, seen.arrivedAtUs, 0)),
    ...only("paying", between(seen.arrivedAtUs, seen.admittedAtUs, 0)), ...(isPlain ? only("admitting", between(seen.admittedAtUs, seen.tierFirstTokenAtUs, firstStepS)) : {}),
  };
}

/** Settling is told apart where P hands the answer on; where P combines, the combining is in it. */
function wayBack({ work, seen }: AloneWay, speeds: ModelSpeeds, tokenS: number): AloneStages {
  const last = tierCallsOf(work).at(-1), { combine } = work;
  if (last === undefined || last.call.steps < 2) return {};
  // What settles follows the last piece through the same processes.
  const pieceS = between(seen.tierFirstTokenAtUs, seen.openedAtUs, 0) ?? 0, lastStepS = Math.max(pieceS, stepsS(speeds.tiers[last.area]!, last.call, last.call.steps - 1) + tokenS);
  const back = combine === undefined ? only("settling", between(seen.tierLastTokenAtUs, seen.endedAtUs, lastStepS)) : only("combining", between(seen.tierLastTokenAtUs, seen.combinedAtUs, lastStepS + prefillS(speeds.personal, combine)));
  return { ...only("piece", between(seen.tierFirstTokenAtUs, seen.openedAtUs, 0)), ...back };
}

function between(fromUs: number | undefined, toUs: number | undefined, knownS: number): number | undefined {
  return fromUs === undefined || toUs === undefined || Number.isNaN(fromUs) || Number.isNaN(toUs) ? undefined : Math.max(0, (toUs - fromUs) / 1e6 - knownS);
}

function only(stage: Stage, seconds: number | undefined): AloneStages { return seconds === undefined ? {} : { [stage]: seconds }; }
