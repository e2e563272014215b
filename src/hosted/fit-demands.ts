/**
 * Processor time of processes by what they handle, from questions asked one at a time: non-negative least squares over what each question
 * made each process do, the steps of models taken off at their calibrated times.
 */
import type { HostSpeed } from "../devices/host/host-speed.js";
import type { HostDemands, ModelCall, QuestionWork } from "./host-costs.js";

/** Processes whose work is fitted; `models` are all that serve tiers together. */
export const FITTED_ROLES = ["load", "personal", "relay", "gateway", "ledger", "models"] as const;
/** One of them. */
export type FittedRole = (typeof FITTED_ROLES)[number];

/** A question asked alone, and what it took. Seconds of processor time by process. */
export interface ObservedQuestion { readonly work: QuestionWork; readonly hasBought: boolean; readonly cpuS: Readonly<Record<FittedRole, number>> }

/** Speeds of P's model and of those of tiers. */
export interface ModelSpeeds { readonly personal: HostSpeed; readonly tiers: Readonly<Record<string, HostSpeed>> }

const SWEEPS = 2000;

/** Fits them all. */
export function fitDemands(observed: readonly ObservedQuestion[], speeds: ModelSpeeds): HostDemands {
  const fit = (role: FittedRole, featuresOf: (question: ObservedQuestion) => readonly number[], stepsS: (work: QuestionWork) => number = () => 0): number[] =>
    solveNonNegative(observed.map(featuresOf), observed.map(({ work, cpuS }) => cpuS[role] - stepsS(work)));
  const tierCalls = ({ work }: ObservedQuestion): readonly TierCall[] => tierCallsOf(work), has = ({ work }: ObservedQuestion): number => (work.consult === undefined ? 0 : 1), bought = ({ hasBought }: ObservedQuestion): number => (hasBought ? 1 : 0);
  const allSteps = (each: ObservedQuestion): number => sumSteps(tierCalls(each)), forwarded = (each: ObservedQuestion): number => sumSteps(tierCalls(each).slice(-1));
  const load = fit("load", ({ work }) => [1, work.pieces]), relay = fit("relay", (each) => [has(each), forwarded(each)]), gateway = fit("gateway", (each) => [has(each), allSteps(each)]), ledger = fit("ledger", (each) => [has(each), bought(each)]);
  const personal = fit("personal", (each) => [1, has(each), forwarded(each), sumSteps(personalCallsOf(each.work).map((call) => ({ call }))), bought(each)], (work) => personalCallsOf(work).reduce((sum, call) => sum + callS(speeds.personal, call), 0));
  const models = fit("models", (each) => [tierCalls(each).length, allSteps(each)], (work) => tierCallsOf(work).reduce((sum, { area, call }) => sum + callS(speeds.tiers[area]!, call), 0));
  return {
    load: { question: load[0]!, piece: load[1]! }, relay: { consult: relay[0]!, piece: relay[1]! }, gateway: { consult: gateway[0]!, piece: gateway[1]! },
    ledger: { consult: ledger[0]!, purchase: ledger[1]! }, models: { request: models[0]!, token: models[1]! },
    personal: { question: personal[0]!, consult: personal[1]!, piece: personal[2]!, token: personal[3]!, purchase: personal[4]! },
  };
}

/** Steps that a question waits for, one after another: of prompts and of tokens. */
export function stepsOf(work: QuestionWork): number {
  return [...personalCallsOf(work).map((call) => ({ call })), ...tierCallsOf(work)].reduce((sum, { call: { promptTokens, steps } }) => sum + steps + (promptTokens > 1 ? 1 : 0), 0);
}

/** Processor time of a question's steps, each alone on the machine. Seconds. */
export function engineS(work: QuestionWork, speeds: ModelSpeeds): number {
  return personalCallsOf(work).reduce((sum, call) => sum + callS(speeds.personal, call), 0) + tierCallsOf(work).reduce((sum, { area, call }) => sum + callS(speeds.tiers[area]!, call), 0);
}

interface TierCall { readonly area: string; readonly call: ModelCall }

/** In their order; the last one's text goes on to P. */
function tierCallsOf({ consult }: QuestionWork): readonly TierCall[] {
  if (consult === undefined) return [];
  const { area, expert, general } = consult;
  return [...(expert === undefined ? [] : [{ area, call: expert }]), ...(general === undefined ? [] : [{ area: "general", call: general }])];
}

function personalCallsOf({ draft, combine }: QuestionWork): readonly ModelCall[] { return combine === undefined ? [draft] : [draft, combine]; }

function sumSteps(calls: readonly { readonly call: ModelCall }[]): number { return calls.reduce((sum, { call }) => sum + call.steps, 0); }

/** A call alone on the machine. */
function callS(speed: HostSpeed, { promptTokens, steps }: ModelCall): number {
  let seconds = promptTokens > 1 ? speed.prefillS(promptTokens - 1, 0) : 0;
  for (let step = 0; step < steps; step++) seconds += speed.decodeStepS(1, promptTokens + step);
  return seconds;
}

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
