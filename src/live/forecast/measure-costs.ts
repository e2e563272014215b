/**
 * What a live system costs this machine besides the steps of its models, measured without any load that is forecast later: processors,
 * disk, and a system that is asked other questions one at a time. Its saturation, which only says how hard to load it, comes along.
 */
import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { quantile } from "../../core/statistics.js";
import { fitDemands, type ModelSpeeds } from "../../hosted/fit-demands.js";
import type { HostCosts } from "../../hosted/host-costs.js";
import { simulateHosted } from "../../hosted/simulate-hosted.js";
import type { LiveConfig } from "../config/live-config.js";
import { type AskedQuestion, type LoadTarget, runLoad } from "../load/run-load.js";
import { startLiveSystem } from "../processes/live-system.js";
import { findModelFiles, hostedPlanOf } from "./load-hosted-models.js";
import { measureCapacity } from "./measure-capacity.js";
import { measureHolds } from "./measure-holds.js";
import { type AloneQuestion, observeAlone, Purses } from "./observe-system.js";
import { warmUp } from "./warm-up.js";
import { forecastLoad } from "./forecast-load.js";
import type { RehearsedQuestion } from "./rehearse-load.js";

/** How many questions each part of the measurement asks. */
export interface CostQuestions { readonly alone: readonly RehearsedQuestion[]; readonly saturating: readonly RehearsedQuestion[] }

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

/** Measures. @throws as `startLiveSystem`; {ConfigError} where processor time cannot be read. */
export async function measureCosts(config: LiveConfig, speeds: ModelSpeeds, { alone, saturating }: CostQuestions, say: (line: string) => void, signal: AbortSignal): Promise<MeasuredCosts> {
  mkdirSync(config.state, { recursive: true });
  say("processors and disk");
  const capacity = await measureCapacity(findModelFiles(config).at(-1)!, availableParallelism()), holds = await measureHolds(config.state), purses = new Purses(config.personal.tokens);
  rmSync(config.state, { recursive: true, force: true });
  say(`a live system, ${alone.length} questions one at a time`);
  const system = await startLiveSystem(config), target = targetOf(config, system, signal);
  try {
    await warmUp([...alone, ...saturating], purses, target);
    const observed = await observeAlone(system, alone, purses, target), costs = fitCosts(config, speeds, observed, { capacity, ...holds });
    say(`saturation, ${saturating.length} questions`);
    const plan = hostedPlanOf(config, speeds, costs, (client) => purses.at(client)), eager = saturating.map((each) => ({ ...each, planned: { ...each.planned, askAtUs: 0 } }));
    const simulated = throughputOf(forecastLoad(plan, eager)), { asked } = await runLoad(eager.map(({ planned }) => planned), target);
    return { costs, aloneCount: observed.length, aloneLatencyS: { live: medianOf(observed.map(({ latencyS }) => latencyS)), simulated: medianOf(aloneLatenciesS(config, speeds, observed, costs)) }, saturationPerS: { live: throughputOf(asked), simulated } };
  } finally {
    await system.stop();
    rmSync(config.state, { recursive: true, force: true });
  }
}

/** Where a system is asked, and for how long an answer is waited for. */
export function targetOf({ deadlines }: LiveConfig, { api, apiKey }: { readonly api: string; readonly apiKey: string }, signal: AbortSignal): LoadTarget {
  return { api, apiKey, withinMs: deadlines.answerS * 1000 + 500, onDone: () => undefined, signal };
}

/** The way between processes is what is left of the latency of questions asked alone, over its length. */
function fitCosts(config: LiveConfig, speeds: ModelSpeeds, observed: readonly AloneQuestion[], measured: Pick<HostCosts, "capacity" | "storeHoldS" | "journalHoldS">): HostCosts {
  const costs: HostCosts = { ...measured, hopS: 0, demands: fitDemands(observed, speeds) };
  const leftS = observed.map((question) => {
    const { endedAtUs, hops } = simulateAlone(config, speeds, question, costs);
    return (question.latencyS - endedAtUs / 1e6) / hops;
  });
  return { ...costs, hopS: Math.max(0, medianOf(leftS)) };
}

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
