/**
 * What a live system costs this machine besides the steps of its models, measured without any load that is forecast later: processors,
 * disk, and a system that is asked other questions one at a time. Its saturation, which only says how hard to load it, comes along.
 */
import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { DataError } from "../../core/errors.js";
import { quantile } from "../../core/statistics.js";
import { engineS, fitDemands, type ModelSpeeds, solveNonNegative, stepsOf } from "../../hosted/fit-demands.js";
import type { HostCosts } from "../../hosted/host-costs.js";
import { simulateHosted } from "../../hosted/simulate-hosted.js";
import type { LiveConfig } from "../config/live-config.js";
import { type AskedQuestion, type LoadTarget, runLoad } from "../load/run-load.js";
import { startLiveSystem } from "../processes/live-system.js";
import { findModelFiles, hostedPlanOf } from "./load-hosted-models.js";
import { measureCapacity } from "./measure-capacity.js";
import { measureHolds } from "./measure-holds.js";
import { type AloneQuestion, observeAlone, Purses } from "./observe-system.js";
import { requireGoing } from "./require-going.js";
import { warmUp } from "./warm-up.js";
import { forecastLoad } from "./forecast-load.js";
import type { RehearsedQuestion } from "./rehearse-load.js";

/** How many questions each part of the measurement asks. */
export interface CostQuestions { readonly warmUp: number; readonly alone: readonly RehearsedQuestion[]; readonly saturating: readonly RehearsedQuestion[] }

/** Costs and where they come from. */
export interface MeasuredCosts {
  readonly costs: HostCosts;
  /** Questions asked alone that were answered as rehearsed. */
  readonly aloneCount: number;
  /** Median latency of these: measured, and as the fit has it. Seconds. */
  readonly aloneLatencyS: { readonly live: number; readonly simulated: number };
  /** Answers per second when every client always asks: measured and simulated. */
  readonly saturationPerS: { readonly live: number; readonly simulated: number };
}

/** Share of answers, from first to last, between which throughput is taken: everybody asks then. */
const FROM = 0.1, TO = 0.8;
/** Share of the questions asked alone that nothing else on the machine held up. */
const UNDISTURBED = 0.9;

/** Measures. @throws as `startLiveSystem`; {ConfigError} where processor time cannot be read. */
export async function measureCosts(config: LiveConfig, speeds: ModelSpeeds, { warmUp: least, alone, saturating }: CostQuestions, say: (line: string) => void, signal: AbortSignal): Promise<MeasuredCosts> {
  mkdirSync(config.state, { recursive: true });
  say("processors and disk");
  const capacity = await measureCapacity(findModelFiles(config).at(-1)!, availableParallelism()), holds = await measureHolds(config.state), purses = new Purses(config.personal.tokens);
  rmSync(config.state, { recursive: true, force: true });
  say(`a live system, ${alone.length} questions one at a time`);
  const system = await startLiveSystem(config), target = targetOf(config, system, signal);
  try {
    await warmUp([...alone, ...saturating], least, purses, target);
    const observed = await observeAlone(system, alone, purses, target);
    requireGoing(signal);
    requireMost(observed.length, alone.length);
    const costs = fitCosts(config, speeds, observed, { capacity, ...holds });
    say(`saturation, ${saturating.length} questions`);
    const plan = hostedPlanOf(config, speeds, costs, (client) => purses.at(client)), eager = saturating.map((each) => ({ ...each, planned: { ...each.planned, askAtUs: 0 } }));
    const simulated = throughputOf(forecastLoad(plan, eager)), { asked } = await runLoad(eager.map(({ planned }) => planned), target);
    return { costs, aloneCount: observed.length, aloneLatencyS: { live: medianOf(observed.map(({ latencyS }) => latencyS)), simulated: medianOf(aloneLatenciesS(config, speeds, observed, costs)) }, saturationPerS: { live: throughputOf(asked), simulated } };
  } finally {
    await system.stop();
    rmSync(config.state, { recursive: true, force: true });
  }
}

/** Nothing can be said of a system that does other things than its models do. */
function requireMost(found: number, asked: number): void {
  if (2 * found >= asked) return;
  throw new DataError({ subject: "answers to questions asked one at a time", rule: "be those of the rehearsal, for the most part", got: `${found} of ${asked}`, hint: "See log.jsonl of the live system's state; raise deadlines in the config on a slow machine." });
}

/** Where a system is asked, and for how long an answer is waited for. */
export function targetOf({ deadlines }: LiveConfig, { api, apiKey }: { readonly api: string; readonly apiKey: string }, signal: AbortSignal): LoadTarget {
  return { api, apiKey, withinMs: deadlines.answerS * 1000 + 500, onDone: () => undefined, signal };
}

/** What is left of the latency of questions asked alone is waiting: for the way between processes, and for threads that take turns. */
function fitCosts(config: LiveConfig, speeds: ModelSpeeds, observed: readonly AloneQuestion[], measured: Pick<HostCosts, "capacity" | "storeHoldS" | "journalHoldS">): HostCosts {
  const shares = { asking: shareOf(observed.map(({ askingS }) => askingS), observed.map(({ endingS }) => endingS)), sealing: shareOf(known(observed, "sealingS"), known(observed, "settlingS")), native: nativeShareOf(observed, speeds) };
  const costs: HostCosts = { ...measured, hopS: 0, stepHoldS: 0, demands: fitDemands(observed, speeds), shares };
  const left = observed.map((question) => {
    const { endedAtUs, hops } = simulateAlone(config, speeds, question, costs);
    return { waits: [hops, stepsOf(question.work)], seconds: question.latencyS - endedAtUs / 1e6 };
  }).sort((a, b) => a.seconds - b.seconds).slice(0, Math.ceil(UNDISTURBED * observed.length));
  const [hopS, stepHoldS] = solveNonNegative(left.map(({ waits }) => waits), left.map(({ seconds }) => seconds));
  return { ...costs, hopS: hopS!, stepHoldS: stepHoldS! };
}

/** The first part of a whole by the medians of both; half where one was not seen. */
function shareOf(first: readonly number[], second: readonly number[]): number {
  if (first.length === 0 || second.length === 0) return 0.5;
  const [a, b] = [medianOf(first), medianOf(second)];
  return a / (a + b);
}

/** What threads of engines did, of what steps take: no more than all of it, for other threads work too. */
function nativeShareOf(observed: readonly AloneQuestion[], speeds: ModelSpeeds): number {
  const sum = (of: (question: AloneQuestion) => number): number => observed.reduce((total, question) => total + of(question), 0);
  return Math.min(1, sum(({ nativeS }) => nativeS) / sum(({ work }) => engineS(work, speeds)));
}

function known(observed: readonly AloneQuestion[], name: "sealingS" | "settlingS"): number[] { return observed.flatMap(({ [name]: seconds }) => (seconds === undefined ? [] : [seconds])); }

function simulateAlone(config: LiveConfig, speeds: ModelSpeeds, { work, hasBought }: AloneQuestion, costs: HostCosts): ReturnType<typeof simulateHosted>[number] {
  return simulateHosted(hostedPlanOf(config, speeds, costs, () => (hasBought ? 0 : 1)), [{ client: 0, askAtUs: 0, work }])[0]!;
}

function aloneLatenciesS(config: LiveConfig, speeds: ModelSpeeds, observed: readonly AloneQuestion[], costs: HostCosts): number[] {
  return observed.map((question) => simulateAlone(config, speeds, question, costs).endedAtUs / 1e6);
}

function throughputOf(asked: readonly AskedQuestion[]): number {
  const endsS = asked.filter(({ answer }) => answer !== undefined).map(({ endedAtUs }) => endedAtUs / 1e6).sort((a, b) => a - b), from = Math.floor(FROM * endsS.length), to = Math.max(from + 1, Math.floor(TO * endsS.length) - 1);
  return (to - from) / (endsS[to]! - endsS[from]!);
}

function medianOf(values: readonly number[]): number { return quantile([...values].sort((a, b) => a - b), 0.5); }
