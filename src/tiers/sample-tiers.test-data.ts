/** Small scenarios and request rows for the tests of the tiers. */
import { scenarioSchema } from "../config/scenario-schema.js";
import type { Scenario } from "../config/scenario-schema.js";
import type { ReplicaEngine, ReplicaSettings } from "./replica-engine.js";
import { REQUEST_STRIDE, RequestField, ResponseField } from "./tier-messages.js";
import type { TierProcess, TierSummary } from "./tier-messages.js";
import { makeTierProcess } from "./tier-process.js";

/** A request as a test writes it; what is left out is harmless. */
export type SampleRequest = Partial<Record<keyof typeof RequestField, number>>;
/** A response by field names. */
export type SampleResponse = Record<keyof typeof ResponseField, number>;

/** One domain, its E on an L4 and T on an H100, with keys of `tiers` replaced. */
export function sampleScenario(tiers: Record<string, unknown> = {}, others: Record<string, unknown> = {}): Scenario {
  const lengths = { logMean: 5, logSd: 1, maxTokens: 1000, origin: "assumed", source: "test" } as const;
  const scenario = scenarioSchema.parse({
    population: { domains: [{ name: "law", share: 1 }] },
    tiers: { consultFraction: 0, systemPromptTokens: 0, ...tiers },
    ...others,
  });
  return { ...scenario, population: { ...scenario.population, promptTokens: lengths, answerTokens: lengths } };
}

/** Rows of requests to pool 0. Clients are numbered when none is given. */
export function sampleRows(requests: readonly SampleRequest[]): Float64Array {
  const rows = new Float64Array(requests.length * REQUEST_STRIDE);
  requests.forEach((request, index) => {
    const full: SampleRequest = {
      arriveAtUs: 0, clientId: index, attemptKey: 0, pool: 0, promptTokens: 100, answerTokens: 10, prefixTokens: 0, session: 0, needsConsult: 0,
      deadlineAtUs: 1e12, uplinkDelayUs: 20_000, downlinkDelayUs: 10_000, outageStartUs: Infinity, outageEndUs: Infinity, requestBytes: 0, ...request,
    };
    for (const [name, offset] of Object.entries(RequestField)) rows[index * REQUEST_STRIDE + offset] = full[name as keyof typeof RequestField]!;
  });
  return rows;
}

/** A finished run. */
export interface SampleRun {
  readonly responses: readonly SampleResponse[];
  readonly summary: TierSummary;
  readonly pending: number;
  readonly tiers: TierProcess;
}

/** Runs requests through the tiers up to an instant. */
export function runTiers(
  scenario: Scenario, requests: readonly SampleRequest[], untilUs: number = 1e12, makeReplica?: (settings: ReplicaSettings) => ReplicaEngine,
): SampleRun {
  const responses: SampleResponse[] = [];
  const tiers = makeTierProcess(scenario, 7, 0, (row) => { responses.push(readResponse(row)); }, makeReplica);
  const rows = sampleRows(requests);
  tiers.accept(rows, requests.length);
  tiers.advance(untilUs);
  return { responses, summary: tiers.summarize(untilUs), pending: tiers.pendingCount(), tiers };
}

/** Names the fields of a response row. */
export function readResponse(row: Float64Array): SampleResponse {
  return Object.fromEntries(Object.entries(ResponseField).map(([name, offset]) => [name, row[offset]!])) as SampleResponse;
}

/** The response of a client. */
export function responseOf(run: SampleRun, clientId: number): SampleResponse | undefined {
  return run.responses.find((response) => response.clientId === clientId);
}
