/**
 * What a live system costs this machine besides the steps of its models, measured without any load that is forecast later: processors
 * and a system that is asked other questions one at a time. Its saturation, which only says how hard to load it, comes along.
 */
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { DataError } from "../../core/errors.js";
import { quantile } from "../../core/statistics.js";
import type { ModelSpeeds } from "../../hosted/call-work.js";
import { type AloneQuestion, fitCosts } from "../../hosted/fit-costs.js";
import type { HostCosts, QuestionInstants } from "../../hosted/host-costs.js";
import { simulateHosted } from "../../hosted/simulate-hosted.js";
import type { LiveConfig } from "../config/live-config.js";
import { type AskedQuestion, type LoadTarget, runLoad } from "../load/run-load.js";
import { startLiveSystem } from "../processes/live-system.js";
import { findModelFiles, hostedPlanOf } from "./load-hosted-models.js";
import { measureCapacity } from "./measure-capacity.js";
import { measureSlice } from "./measure-slice.js";
import { type MeasuredStealing, measureStealing } from "./measure-stealing.js";
import { observeAlone, Purses } from "./observe-system.js";
import { requireGoing } from "./require-going.js";
import { warmUp } from "./warm-up.js";
import { forecastLoad } from "./forecast-load.js";
import type { RehearsedQuestion } from "./rehearse-load.js";

/** How many questions each part of the measurement asks. */
export interface CostQuestions { readonly warmUp: number; readonly alone: readonly RehearsedQuestion[]; readonly saturating: readonly RehearsedQuestion[] }

/** Costs and where they come from. */
export interface MeasuredCosts {
  readonly costs: HostCosts;
  /** Where the time comes from after which a waiting thread is taken over. */
  readonly stealing: MeasuredStealing;
  /** Questions asked alone that were answered as rehearsed. */
  readonly aloneCount: number;
  /** Median latency of these: measured, and as the fit has it. Seconds. */
  readonly aloneLatencyS: { readonly live: number; readonly simulated: number };
  /** Answers per second when every client always asks: measured and simulated. */
  readonly saturationPerS: { readonly live: number; readonly simulated: number };
}

/** Share of answers, from first to last, between which throughput is taken: everybody asks then. */
const FROM = 0.1, TO = 0.8;
/** Of what stages take in forecasts of questions asked alone, and of the saturation. */
const SEED = 0;
const APART_US = 60e6;

/** Measures. @throws as `startLiveSystem`; {ConfigError} where processor time cannot be read. */
export async function measureCosts(config: LiveConfig, speeds: ModelSpeeds, { warmUp: least, alone, saturating }: CostQuestions, say: (line: string) => void, signal: AbortSignal): Promise<MeasuredCosts> {
  say("processors");
  const processors = availableParallelism(), capacity = await measureCapacity(findModelFiles(config).at(-1)!, processors), sliceS = await measureSlice(processors), stealing = await measureStealing(processors, sliceS), purses = new Purses(config.personal.tokens);
  rmSync(config.state, { recursive: true, force: true });
  say(`a live system, ${alone.length} questions one at a time`);
  const system = await startLiveSystem(config), target = targetOf(config, system, signal);
  try {
    await warmUp([...alone, ...saturating], least, purses, target);
    const observed = await observeAlone(system, alone, purses, target);
    requireGoing(signal);
    requireMost(observed.length, alone.length);
    const costs: HostCosts = { capacity, sliceS, stealS: stealing.stealS, ...fitCosts(observed, speeds) };
    say(`saturation, ${saturating.length} questions`);
    const plan = hostedPlanOf(config, speeds, { costs, seed: SEED, tokensAtHand: (client) => purses.at(client) }), eager = saturating.map((each) => ({ ...each, planned: { ...each.planned, askAtUs: 0 } }));
    const simulated = throughputOf(forecastLoad(plan, eager)), { asked } = await runLoad(eager.map(({ planned }) => planned), target);
    return { costs, stealing, aloneCount: observed.length, aloneLatencyS: { live: medianOf(observed.map(({ seen }) => latencyS(seen))), simulated: medianOf(forecastAlone(config, speeds, observed, costs).map(latencyS)) }, saturationPerS: { live: throughputOf(asked), simulated } };
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

/** The same questions far from each other; the clients of those that bought have no payment tokens. */
function forecastAlone(config: LiveConfig, speeds: ModelSpeeds, observed: readonly AloneQuestion[], costs: HostCosts): QuestionInstants[] {
  const plan = hostedPlanOf(config, speeds, { costs, seed: SEED, tokensAtHand: (client) => (observed[client]!.hasBought ? 0 : 1) });
  return simulateHosted(plan, observed.map(({ work }, client) => ({ client, askAtUs: APART_US * client, work })));
}

function latencyS({ askedAtUs, endedAtUs }: QuestionInstants): number { return (endedAtUs - askedAtUs) / 1e6; }

function throughputOf(asked: readonly AskedQuestion[]): number {
  const endsS = asked.filter(({ answer }) => answer !== undefined).map(({ endedAtUs }) => endedAtUs / 1e6).sort((a, b) => a - b), from = Math.floor(FROM * endsS.length), to = Math.max(from + 1, Math.floor(TO * endsS.length) - 1);
  return (to - from) / (endsS[to]! - endsS[from]!);
}

function medianOf(values: readonly number[]): number { return quantile([...values].sort((a, b) => a - b), 0.5); }
