/**
 * Processor time of processes by what they handle, from questions asked one at a time: non-negative least squares over what each question
 * made each process do. Taken off before are the steps of models at their calibrated times, and tokens and pieces at those of their way.
 */
import { callS, type ModelSpeeds, personalCallsOf, tierCallsOf, tokensOf } from "./call-work.js";
import type { ModelCall, QuestionWork, Stage } from "./host-costs.js";

/** Processes whose work is fitted; `models` are all that serve tiers together. */
export const FITTED_ROLES = ["load", "personal", "relay", "gateway", "ledger", "models"] as const;
/** One of them. */
export type FittedRole = (typeof FITTED_ROLES)[number];

/** A question asked alone, and what it took. Seconds of processor time by process. */
export interface ObservedQuestion { readonly work: QuestionWork; readonly hasBought: boolean; readonly cpuS: Readonly<Record<FittedRole, number>> }

/** Processor time besides steps of models, tokens and pieces of a tier's answer. Seconds. */
export interface HostDemands {
  readonly load: { readonly question: number; readonly piece: number };
  readonly personal: { readonly question: number; readonly consult: number; readonly purchase: number };
  readonly relay: { readonly consult: number };
  readonly gateway: { readonly consult: number };
  readonly ledger: { readonly consult: number; readonly purchase: number };
  /** E and T: a request, and a token. */
  readonly models: { readonly request: number; readonly token: number };
}

const SWEEPS = 2000;
/** Gateway, relay and P handle a piece one after another, each at the same cost. */
export const PIECE_PROCESSES = 3;

/** Fits them all. @param usual What tokens and pieces take on the way. Seconds. */
export function fitDemands(observed: readonly ObservedQuestion[], speeds: ModelSpeeds, usual: Readonly<Record<Extract<Stage, "quietToken" | "shownToken" | "piece">, number>>): HostDemands {
  const fit = (role: FittedRole, featuresOf: (question: ObservedQuestion) => readonly number[], knownS: (work: QuestionWork) => number = () => 0): number[] =>
    solveNonNegative(observed.map(featuresOf), observed.map(({ work, cpuS }) => cpuS[role] - knownS(work)));
  const has = ({ work }: ObservedQuestion): number => (work.consult === undefined ? 0 : 1), bought = ({ hasBought }: ObservedQuestion): number => (hasBought ? 1 : 0), pieceS = usual.piece / PIECE_PROCESSES;
  const load = fit("load", ({ work }) => [1, work.pieces]), personal = fit("personal", (each) => [1, has(each), bought(each)], (work) => personalS(work, speeds, usual) + pieceS * forwardedOf(work));
  const relay = fit("relay", (each) => [has(each)], (work) => pieceS * forwardedOf(work)), gateway = fit("gateway", (each) => [has(each)], (work) => pieceS * tierTokensOf(work)), ledger = fit("ledger", (each) => [has(each), bought(each)]), models = fitModels(observed, speeds);
  return {
    load: { question: load[0]!, piece: load[1]! }, relay: { consult: relay[0]! }, gateway: { consult: gateway[0]! }, ledger: { consult: ledger[0]!, purchase: ledger[1]! }, models: { request: models[0]!, token: models[1]! },
    personal: { question: personal[0]!, consult: personal[1]!, purchase: personal[2]! },
  };
}

/** What a token of a tier takes its process besides the step of the model. Seconds. */
export function fitTokenS(observed: readonly ObservedQuestion[], speeds: ModelSpeeds): number { return fitModels(observed, speeds)[1] ?? 0; }

function fitModels(observed: readonly ObservedQuestion[], speeds: ModelSpeeds): number[] {
  const stepsS = (work: QuestionWork): number => tierCallsOf(work).reduce((sum, { area, call }) => sum + callS(speeds.tiers[area]!, call), 0);
  return solveNonNegative(observed.map(({ work }) => [tierCallsOf(work).length, tierCallsOf(work).reduce((sum, { call }) => sum + call.steps, 0)]), observed.map(({ work, cpuS }) => cpuS.models - stepsS(work)));
}

/** P's model and its tokens: those of a draft that leads on are not shown. */
function personalS(work: QuestionWork, { personal }: ModelSpeeds, { quietToken, shownToken }: { readonly quietToken: number; readonly shownToken: number }): number {
  const calls = personalCallsOf(work), isShown = (call: ModelCall): boolean => call === work.combine || (work.consult === undefined && work.combine === undefined);
  return calls.reduce((sum, call) => sum + callS(personal, call) + call.steps * (isShown(call) ? shownToken : quietToken), 0);
}

function forwardedOf(work: QuestionWork): number { return tierCallsOf(work).slice(-1).reduce((sum, { call }) => sum + tokensOf(call), 0); }

function tierTokensOf(work: QuestionWork): number { return tierCallsOf(work).reduce((sum, { call }) => sum + tokensOf(call), 0); }

/**
 * Non-negative least squares by cyclic descent along the coordinates.
 *
 * @param rows Shape [n, columns].
 * @returns One coefficient a column, 0 or more; 0 for a column of zeros.
 * @source Franc, Hlavac and Navara 2005, Sequential coordinate-wise algorithm for the non-negative least squares problem, CAIP.
 */
export function solveNonNegative(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const columns = rows[0]?.length ?? 0, found = Array.from({ length: columns }, () => 0), residuals = [...targets];
  const squares = found.map((_, column) => rows.reduce((sum, row) => sum + row[column]! ** 2, 0));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let column = 0; column < columns; column++) {
      if (squares[column] === 0) continue;
      const slope = rows.reduce((sum, row, i) => sum + row[column]! * residuals[i]!, 0), next = Math.max(0, found[column]! + slope / squares[column]!), change = next - found[column]!;
      if (change === 0) continue;
      rows.forEach((row, i) => { residuals[i] = residuals[i]! - change * row[column]!; });
      found[column] = next;
    }
  }
  return found;
}
