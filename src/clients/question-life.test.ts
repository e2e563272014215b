import { describe, expect, it } from "vitest";
import { MemoryFit } from "../devices/memory.js";
import type { Question } from "../population/question.js";
import { Outcome, Route } from "../records/request-record.js";
import { RequestField as R } from "../tiers/tier-messages.js";
import { ClientField as F } from "./client-state.js";
import { ClientWorld, type EndSnapshot, scenarioOf, SERVE, type TierScript, US, type WorldOptions } from "./client-world.fixture.js";

/**
 * By hand: prefill of 128 tokens 1/8 + 1/8 s, with 256 of personal context 1/2 s, draft of 12 tokens 3/4 s, answer of 32 tokens 2 s,
 * at 4 W. Seal 1 ms. A request of 128 tokens is 512 bytes + 55 of Oblivious HTTP + 22 of TLS = 589 bytes: 158 us at 30 Mbit/s. A
 * flight is 8 ms and 5 ms to the relay and on. An answer of 32 tokens in 32 chunks is 16 + 32 (4 + 16 + 1 + 22) = 1392 bytes: 140 us
 * at 80 Mbit/s.
 */
const UPLINK_US = 158 + 13_000;
const DOWNLINK_US = 13_000;
const ACTIVE_DOWN_US = 140;

const DOMAIN_QUESTION: Partial<Question> = {
  kind: 1, domain: 0, promptTokens: 128, answerTokens: 32, difficulty: 0.5, luck: 0.001, staleness: 0.99, confidenceLuck: 0.5, consultation: 0.99, cover: 0.99,
  secretCount: 3, secretsMissed: 1, patienceUs: 40 * US,
};

function worldOf(routing: string, options: WorldOptions & { lines?: readonly string[]; retry?: string; protocol?: string } = {}): ClientWorld {
  const scenario = scenarioOf("population: { clients: 300, personalContextTokens: 256 }", `routing: { kind: ${routing} }`,
    "network: { states: { wifi: { jitterS: 0, lossFraction: 0 } } }", `protocol: { bytesPerToken: 4, bytesPerTokenSpread: 0, sealS: 1 ms${options.protocol ?? ""} }`,
    `retry: { ${options.retry ?? "maxAttempts: 2"} }`, "quality: { confidenceNoise: 0 }", ...options.lines ?? []);
  const world = new ClientWorld(scenario, { ...options, question: { ...DOMAIN_QUESTION, ...options.question } });
  world.beginCalm();
  return world;
}

const at = (s: number): number => s * US;

/** The one kept row of a table, by column name. */
function rowOf(world: ClientWorld, table: "request" | "wire" | "truth" | "usage"): Record<string, number> {
  const rows = world.log.rows[table];
  return Object.fromEntries(rows.schema.columns.map(({ name }) => [name, rows.column(name)[rows.rowCount - 1]!]));
}

function failThenServe(failures: number): TierScript {
  return (_, nth) => (nth < failures ? { kind: "time-out" } : SERVE);
}

describe("a question that P answers alone", () => {
  it("is read, then written token by token, at the phone's speed and power", () => {
    const world = worldOf("p-only"), end = world.live(at(10)), request = rowOf(world, "request");
    expect([end.outcome, end.route]).toEqual([Outcome.answered, Route.personal]);
    expect(request).toMatchObject({ askedAtUs: at(10), startedAtUs: at(10), decidedAtUs: at(10), prefilledAtUs: at(10.25), firstTokenAtUs: at(10.3125), lastTokenAtUs: at(12.25),
      attempts: 0, radioEnergyJ: 0, uplinkBytes: 0, downlinkBytes: 0, answerTokens: 32, sealedAtUs: NaN, arrivedAtUs: NaN, openedAtUs: NaN });
    // 2.25 s at 4 W of 40 kJ, and 10 s of baseline drain at 0.35 W before.
    expect(request["computeEnergyJ"]).toBeCloseTo(9, 9);
    expect(request["batteryFraction"]).toBeCloseTo((40_000 - 9 - 3.5) / 40_000, 12);
    expect([end.secretsSent, end.correctProbability, end.isCorrect]).toEqual([0, expect.closeTo(0.35, 9) as number, true]);
    expect(world.sent).toHaveLength(0);
  });

  it("has its personal context read too when it is about the person", () => {
    const world = worldOf("p-only", { question: { kind: 0, domain: -1 } });
    world.live(at(10));
    // 128 tokens and 256 of personal context.
    expect(rowOf(world, "request")["prefilledAtUs"]).toBe(at(10.5));
  });

  it("loads the weights first when the model was dropped", () => {
    const world = worldOf("p-only");
    world.set([[F.isReloaded, 1]]);
    world.live(at(10));
    expect(rowOf(world, "request")["prefilledAtUs"]).toBe(at(10.75));
    expect(world.log.totals.sum("reloads")).toBe(1);
  });

  it("waits in P's queue from asked to started", () => {
    const world = worldOf("p-only"), end = world.live(at(4), at(10));
    expect(end.firstTokenAtUs).toBe(at(10.3125));
    expect(world.log.totals.sum("ttftUs")).toBe(at(6.3125));
    expect(world.log.totals.sum("latencyUs")).toBe(at(8.25));
  });

  it("keeps the conversation in context: the next turn is written after what was read and written before", () => {
    const world = worldOf("p-only");
    world.live(at(10));
    expect([world.ended[0]!.row[F.contextTokens], world.ended[0]!.row[F.unreadTokens]]).toEqual([160, 0]);
  });

  it("drafts before it decides under a policy that drafts, and reads once", () => {
    const world = worldOf("cascade", { question: { kind: 4, domain: -1 } });
    world.live(at(10));
    expect(rowOf(world, "request")).toMatchObject({ prefilledAtUs: at(10.25), decidedAtUs: at(11), firstTokenAtUs: at(11.0625), lastTokenAtUs: at(13) });
  });

  it("is a fallback without a network when a tier was meant", () => {
    const world = worldOf("always-expert");
    world.beginCalm("offline");
    const end = world.live(at(10));
    expect([end.outcome, end.route, world.sent.length]).toEqual([Outcome.answered, Route.personalFallback, 0]);
    expect(rowOf(world, "request")).toMatchObject({ networkState: 4, attempts: 0, decidedAtUs: at(10) });
  });

  it("stays a plain answer of P without a network when no tier was meant", () => {
    const world = worldOf("cascade", { question: { kind: 0, domain: -1 } });
    world.beginCalm("offline");
    expect(world.live(at(10)).route).toBe(Route.personal);
  });

  it("has the beats of its cover begin when the dummy request has come, as those of a real one do", () => {
    const world = worldOf("cascade", { question: { kind: 0, domain: -1, cover: 0.2 }, protocol: ", coverFraction: 0.3, releaseIntervalS: 0.1" });
    world.live(at(10));
    const { requestAtUs, firstResponseAtUs } = rowOf(world, "wire");
    expect((firstResponseAtUs! - requestAtUs! - UPLINK_US - DOWNLINK_US) % at(0.1)).toBe(0);
    expect(firstResponseAtUs!).toBeGreaterThan(requestAtUs!);
  });

  it("sends a dummy exchange of its own size when cover traffic is drawn", () => {
    const world = worldOf("cascade", { question: { kind: 0, domain: -1, cover: 0.2 }, protocol: ", coverFraction: 0.3" }), end = world.live(at(10));
    expect([end.route, world.sent.length, end.secretsSent]).toEqual([Route.personal, 0, 0]);
    expect(rowOf(world, "wire")).toMatchObject({ destination: 0, requestBytes: 589, responseBytes: 1392, responseChunks: 32, requestAtUs: at(11.251) });
    expect(rowOf(world, "wire")["lastResponseAtUs"]! - rowOf(world, "wire")["firstResponseAtUs"]!).toBe(31 * world.ended[0]!.row[F.tierTpotUs]! + ACTIVE_DOWN_US);
    expect(rowOf(world, "request")).toMatchObject({ attempts: 0, openedAtUs: NaN, uplinkBytes: 589, downlinkBytes: 1392 });
    expect(rowOf(world, "request")["radioEnergyJ"]).toBeGreaterThan(0);
    expect(rowOf(world, "usage")).toMatchObject({ domainIndex: -1, expertPromptTokens: 0, generalPromptTokens: 0 });
    const uncovered = worldOf("cascade", { question: { kind: 0, domain: -1, cover: 0.31 }, protocol: ", coverFraction: 0.3" });
    uncovered.live(at(10));
    expect(rowOf(uncovered, "wire")).toMatchObject({ destination: -1, requestBytes: 0, responseBytes: 0, requestAtUs: at(10) });
  });
});

describe("a question that a tier answers", () => {
  it("is sealed, sent, streamed and read as it comes", () => {
    const world = worldOf("always-expert"), end = world.live(at(10)), request = rowOf(world, "request");
    const arriveUs = at(10.001) + UPLINK_US, lastUs = arriveUs + at(3) + DOWNLINK_US + ACTIVE_DOWN_US;
    expect([end.outcome, end.route]).toEqual([Outcome.answered, Route.expert]);
    expect(request).toMatchObject({ decidedAtUs: at(10), sealedAtUs: at(10.001), arrivedAtUs: arriveUs, admittedAtUs: arriveUs + at(0.2), tierFirstTokenAtUs: arriveUs + at(1),
      tierLastTokenAtUs: arriveUs + at(3), openedAtUs: arriveUs + at(1) + DOWNLINK_US, firstTokenAtUs: arriveUs + at(1) + DOWNLINK_US, lastTokenAtUs: lastUs,
      uplinkBytes: 589, downlinkBytes: 1392, attempts: 1, computeEnergyJ: 0, prefilledAtUs: NaN, combinedAtUs: NaN, networkState: 0 });
    // Wi-Fi: 0.8 W while bytes move; 0.12 W for a tail of 0.24 s, the stream, and a tail again.
    expect(request["radioEnergyJ"]).toBeCloseTo(0.8 * 298e-6 + 0.12 * (0.24 + 2.00014 + 0.24), 9);
    expect([end.secretsSent, end.correctProbability]).toEqual([1, expect.closeTo(0.88, 9) as number]);
    expect(request["batteryFraction"]).toBeCloseTo((40_000 - 3.5 - request["radioEnergyJ"]!) / 40_000, 12);
    expect(rowOf(world, "usage")).toMatchObject({ domainIndex: 0, expertPromptTokens: 128, expertAnswerTokens: 32, generalPromptTokens: 0, generalAnswerTokens: 0, transferBytes: 589 + 1392 });
    expect(rowOf(world, "wire")).toMatchObject({ destination: 0, requestAtUs: at(10.001), responseChunks: 32, lastResponseAtUs: lastUs });
    expect(rowOf(world, "truth")).toMatchObject({ isExpertConsulted: 1, isGeneralConsulted: 0, secretCount: 3, secretsSent: 1 });
  });

  it("tells the tier what it needs to know", () => {
    const world = worldOf("always-expert"), end = world.live(at(10)), sent = world.sent[0]!;
    expect([sent[R.pool], sent[R.promptTokens], sent[R.prefixTokens], sent[R.answerTokens], sent[R.needsConsult], sent[R.clientId]]).toEqual([0, 128, 0, 32, 0, 0]);
    expect([sent[R.deadlineAtUs], sent[R.uplinkDelayUs], sent[R.downlinkDelayUs]]).toEqual([at(30), 13_000, 13_000]);
    expect(sent[R.attemptKey]).toBe(end.row[F.queryIndex]! * 16);
  });

  it("shows P's address to the path observer's list only without a relay", () => {
    const world = worldOf("always-expert", { protocol: ", relay: false", question: { domain: 2 } });
    world.live(at(10));
    expect(rowOf(world, "wire")["destination"]).toBe(3);
  });

  it("goes to T with every secret and the personal context under t-only", () => {
    const world = worldOf("t-only", { question: { kind: 0, domain: -1 } }), end = world.live(at(10));
    expect([end.route, end.secretsSent]).toEqual([Route.general, 3]);
    expect([world.sent[0]![R.pool], world.sent[0]![R.promptTokens]]).toEqual([4, 384]);
    expect(end.correctProbability).toBeCloseTo(0.3, 9);
    expect(rowOf(world, "truth")).toMatchObject({ isExpertConsulted: 0, isGeneralConsulted: 1, secretsSent: 3 });
    expect(rowOf(world, "usage")).toMatchObject({ domainIndex: -1, expertPromptTokens: 0, generalPromptTokens: 384, generalAnswerTokens: 32 });
  });

  it("has half of E's errors removed when E consults T, and T's tokens are counted", () => {
    const world = worldOf("always-expert", { question: { consultation: 0.01 }, script: () => ({ ...SERVE, consultUs: [0.1 * US, 0.9 * US] } as const) }), end = world.live(at(10));
    expect([end.route, world.sent[0]![R.needsConsult]]).toEqual([Route.expertGeneral, 1]);
    expect(end.correctProbability).toBeCloseTo(0.94, 9);
    expect(rowOf(world, "truth")).toMatchObject({ isExpertConsulted: 1, isGeneralConsulted: 1 });
    expect(rowOf(world, "usage")).toMatchObject({ domainIndex: 0, expertPromptTokens: 128, generalPromptTokens: 300, generalAnswerTokens: 150 });
  });

  it("is wrong when the expert's fact is stale, unless E consulted T", () => {
    // Three days at 4% a day: stale below 0.1153.
    const stale = { ...SERVE, knowledgeAgeUs: 3 * 86_400 * US } as const, question = { staleness: 0.11 };
    const end = worldOf("always-expert", { question, script: () => stale }).live(at(10));
    expect([end.isStale, end.correctProbability, end.isCorrect]).toEqual([true, 0, false]);
    const consulted = worldOf("always-expert", { question, script: () => ({ ...stale, consultUs: [0.1 * US, 0.9 * US] } as const) }).live(at(10));
    expect([consulted.isStale, consulted.isCorrect]).toEqual([false, true]);
  });

  it("is rewritten by P with personal context when it is mixed", () => {
    const world = worldOf("cascade", { question: { kind: 2 } }), end = world.live(at(10)), request = rowOf(world, "request");
    // Reads 384 tokens in 1/2 s, drafts 3/4 s; then reads the 32 tokens in 1/8 + 1/32 s, writes 2 s, the first token in 1/16 s.
    const receivedUs = at(11.251) + UPLINK_US + at(3) + DOWNLINK_US + ACTIVE_DOWN_US;
    expect(request).toMatchObject({ prefilledAtUs: at(10.5), decidedAtUs: at(11.25), combinedAtUs: receivedUs + 156_250, firstTokenAtUs: receivedUs + 218_750, lastTokenAtUs: receivedUs + 2_156_250 });
    expect(end.correctProbability).toBeCloseTo(0.84, 9);
    expect(request["computeEnergyJ"]).toBeCloseTo(4 * (0.5 + 0.75 + 2.15625), 9);
    expect([end.row[F.contextTokens], end.row[F.unreadTokens]]).toEqual([448, 0]);
  });

  it("is shown as it streams, and only as right as E alone, when P cannot rewrite it", () => {
    const world = worldOf("always-expert", { question: { kind: 2 } });
    world.set([[F.memoryFit, MemoryFit.refused]]);
    const end = world.live(at(10));
    expect([end.route, end.correctProbability]).toEqual([Route.expert, expect.closeTo(0.55, 9) as number]);
    expect(rowOf(world, "request")["combinedAtUs"]).toBeNaN();
    const shown = worldOf("always-expert", { question: { kind: 2 }, lines: ["personalModel: { combine: pass-through }"] }).live(at(10));
    expect(shown.correctProbability).toBeCloseTo(0.55, 9);
  });

  it("leaves its text for P to read at the next turn", () => {
    const world = worldOf("always-expert"), end = world.live(at(10));
    // Neither the question's 128 tokens nor the answer's 32 are in P's context yet.
    expect([end.row[F.contextTokens], end.row[F.unreadTokens], end.row[F.tierTokens]]).toEqual([0, 160, 160]);
  });

  it("sends the session's history again in a follow-up, and names it as a prefix", () => {
    const world = worldOf("always-expert");
    world.live(at(10));
    world.set([[F.tierPool, 0], [F.tierTokens, 160], [F.isFollowUp, 1], [F.linkUntilUs, Infinity]]);
    world.live(at(60));
    expect([world.sent[1]![R.promptTokens], world.sent[1]![R.prefixTokens]]).toEqual([288, 160]);
  });

  it("sends the history again with a retry after a timeout, and the tier is told what it may still have of it", () => {
    const world = worldOf("always-expert", { script: (_, nth) => (nth === 1 ? { kind: "time-out", madeTokens: 20 } : SERVE) });
    world.live(at(10));
    world.set([[F.tierPool, 0], [F.tierTokens, 160], [F.isFollowUp, 1], [F.linkUntilUs, Infinity]]);
    const end = world.live(at(60)), [, followUp, retried] = world.sent;
    for (const field of [R.promptTokens, R.prefixTokens, R.requestBytes, R.session]) expect(retried![field]).toBe(followUp![field]);
    expect([retried![R.promptTokens], retried![R.prefixTokens]]).toEqual([288, 160]);
    // 288 tokens of 4 bytes, 55 + 22 of envelope, both times; billed both times.
    expect([end.row[F.uplinkReceivedBytes], rowOf(world, "usage")["expertPromptTokens"], end.row[F.tierTokens]]).toEqual([2 * 1229, 576, 320]);
    // 20 tokens in chunks of 4 + 16 + 1 + 22 bytes were on their way when the phone gave up, after a nonce of 16.
    expect(rowOf(world, "request")).toMatchObject({ downlinkBytes: 1392, downlinkLostBytes: 20 * 43 + 16 });
    expect(rowOf(world, "wire")).toMatchObject({ requestBytes: 2 * 1229, responseBytes: 1392 + 20 * 43 + 16 });
  });

  it("begins the conversation with a tier anew when the tier refused it as too long", () => {
    const world = worldOf("always-expert", { script: (_, nth) => (nth === 0 ? { kind: "fail", afterUs: at(0.1) } : SERVE) });
    world.set([[F.tierPool, 0], [F.tierTokens, 1e6], [F.isFollowUp, 1]]);
    world.live(at(60));
    expect(world.sent.map((request) => [request[R.promptTokens], request[R.prefixTokens]])).toEqual([[1_000_128, 1e6], [128, 0]]);
  });

  it("is opened when the first chunk is full, and at the end when it is sent whole", () => {
    const opened = (protocol: string): number => rowOf(asked(worldOf("always-expert", { protocol })), "request")["openedAtUs"]! - (at(10.001) + UPLINK_US + DOWNLINK_US);
    // Four of 32 tokens: 3/31 of the 2 s of the stream after the first token.
    expect(opened(", tokensPerChunk: 4")).toBe(at(1) + Math.ceil((3 / 31) * at(2)));
    expect(opened(", tokensPerChunk: 0")).toBe(at(3));
  });

  it("is given up when its first chunk comes after the end of patience", () => {
    const world = worldOf("always-expert", { protocol: ", tokensPerChunk: 0", question: { patienceUs: at(2) } }), end = world.live(at(10));
    expect([end.outcome, end.isCorrect, end.secretsSent]).toEqual([Outcome.abandoned, false, 1]);
    expect(end.doneAtUs).toBe(at(13.001) + UPLINK_US + DOWNLINK_US);
    // Sixteen of 32 tokens fill the first chunk at 1 + 15/31 * 2 s; patience ends before, the tier's stream at 3 s.
    const chunked = worldOf("always-expert", { protocol: ", tokensPerChunk: 16", question: { patienceUs: at(1.5) } }).live(at(10));
    expect([chunked.outcome, chunked.doneAtUs]).toEqual([Outcome.abandoned, at(13.001) + UPLINK_US]);
  });

  it("comes when the phone is back when an outage falls on its end", () => {
    const world = worldOf("always-expert"), client = 0, { phone } = world.world;
    // The link ends in the middle of the stream; the state after it is the client's next change.
    let change = 0;
    for (; change < 200; change++) {
      world.set([[F.linkChanges, change], [F.linkUntilUs, at(12)]]);
      phone.findOutage(0, client);
      if (phone.outageStartUs < Infinity) break;
    }
    const { outageStartUs, outageEndUs } = phone;
    expect([outageStartUs, outageEndUs > at(14)]).toEqual([at(12), true]);
    const end = world.live(at(10));
    expect([world.sent[0]![R.outageStartUs], world.sent[0]![R.outageEndUs]]).toEqual([outageStartUs, outageEndUs]);
    expect(end.openedAtUs).toBe(at(11.001) + UPLINK_US + DOWNLINK_US);
    expect(end.wireLastAtUs).toBe(outageEndUs + DOWNLINK_US + ACTIVE_DOWN_US);
  });
});

function asked(world: ClientWorld): ClientWorld { world.live(at(10)); return world; }

describe("a question that a tier does not answer", () => {
  it("is sent again after the timeout and a backoff, and then answered", () => {
    const world = worldOf("always-expert", { script: failThenServe(1) }), end = world.live(at(10)), request = rowOf(world, "request");
    expect([end.outcome, end.route, request["attempts"], world.sent.length]).toEqual([Outcome.answered, Route.expert, 2, 2]);
    // 20 s of timeout and at least minBackoffS = 2 s.
    expect(request["sealedAtUs"]).toBeGreaterThanOrEqual(at(32.001));
    expect(request["arrivedAtUs"]).toBe(request["sealedAtUs"]! + UPLINK_US);
    expect(request).toMatchObject({ uplinkBytes: 2 * 589, downlinkBytes: 1392 });
    expect(rowOf(world, "usage")).toMatchObject({ expertPromptTokens: 256, expertAnswerTokens: 32 });
    expect([world.sent[0]![R.attemptKey]! % 16, world.sent[1]![R.attemptKey]! % 16]).toEqual([0, 1]);
    expect([world.log.totals.sum("tierRequests"), world.log.totals.sum("retries")]).toEqual([2, 1]);
    expect(end.secretsSent).toBe(1);
  });

  it("backs off for minBackoffS and an exponential time, backoffS in the mean", () => {
    const world = worldOf("always-expert", { script: (_, nth) => (nth % 4 < 3 ? { kind: "time-out" } : SERVE), retry: "backoffS: 5, maxAttempts: 4", question: { patienceUs: at(1e4) } });
    for (let client = 0; client < 300; client++) { world.beginCalm("wifi", client); world.live(at(10), at(10), client); }
    const waits = world.sent.flatMap((request, nth) => (nth % 4 === 0 ? [] : [request[R.arriveAtUs]! - UPLINK_US - 1000 - world.sent[nth - 1]![R.deadlineAtUs]!]));
    expect(waits).toHaveLength(900);
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length / US;
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(at(2));
    // 2 + exponential with mean 3: standard deviation 3.
    expect(Math.abs(mean - 5)).toBeLessThan(5 * 3 / Math.sqrt(waits.length));
  });

  it("is answered by P from the timeout on when no attempt is left; its secrets have left the phone", () => {
    const world = worldOf("always-expert", { script: failThenServe(9), retry: "maxAttempts: 1" }), end = world.live(at(10));
    expect([end.outcome, end.route]).toEqual([Outcome.answered, Route.personalFallback]);
    expect(rowOf(world, "request")).toMatchObject({ prefilledAtUs: at(30.25), firstTokenAtUs: at(30.3125), lastTokenAtUs: at(32.25), attempts: 1, openedAtUs: NaN, admittedAtUs: NaN });
    expect(rowOf(world, "truth")).toMatchObject({ isExpertConsulted: 1, secretsSent: 1 });
    expect(end.correctProbability).toBeCloseTo(0.35, 9);
    // 158 us of sending; the tail of the radio twice: once in the wait, once after it.
    expect(rowOf(world, "request")["radioEnergyJ"]).toBeCloseTo(0.8 * 158e-6 + 0.12 * 0.48, 9);
  });

  it("fails when no attempt is left and nobody falls back", () => {
    const world = worldOf("always-expert", { script: failThenServe(9), retry: "maxAttempts: 1, fallback: none" }), end = world.live(at(10));
    expect([end.outcome, end.doneAtUs, end.secretsSent, end.isCorrect]).toEqual([Outcome.failed, at(30), 1, false]);
    expect(rowOf(world, "request")).toMatchObject({ firstTokenAtUs: NaN, lastTokenAtUs: at(30), answerTokens: 0, correctProbability: 0 });
  });

  it("knows of a failure when the news has come back, and at the deadline at the latest", () => {
    const fail = (afterUs: number): EndSnapshot => worldOf("always-expert", { script: () => ({ kind: "fail", afterUs }), retry: "maxAttempts: 1, fallback: none" }).live(at(10));
    expect(fail(at(0.5)).doneAtUs).toBe(at(10.501) + UPLINK_US + DOWNLINK_US);
    expect(fail(at(19.98)).doneAtUs).toBe(at(30));
  });

  it("is not sent again without a network, but answered by P", () => {
    const world = worldOf("always-expert", { script: failThenServe(1) });
    world.set([[F.askedAtUs, at(10)]]);
    world.life.ask(0, 0, 0, at(10));
    world.life.receive(0, 0, 0, Float64Array.of(0, 0, 1, NaN, NaN, NaN, NaN, NaN, at(30), 0, 0, 0, 0, 0), 0);
    const retryUs = world.get(F.wakeAtUs);
    world.set([[F.linkState, 4]]);
    world.life.retry(0, 0, 0, retryUs);
    const end = world.ended[0]!;
    expect([end.route, end.firstTokenAtUs, end.secretsSent, world.sent.length]).toEqual([Route.personalFallback, retryUs + at(0.3125), 1, 1]);
  });

  it("pays for each attempt over the link that carried it", () => {
    const world = worldOf("always-expert", { script: failThenServe(1) });
    world.set([[F.askedAtUs, at(10)]]);
    world.life.ask(0, 0, 0, at(10));
    world.life.receive(0, 0, 0, Float64Array.of(0, 0, 1, NaN, NaN, NaN, NaN, NaN, at(30), 0, 0, 0, 0, 0), 0);
    world.set([[F.linkState, 2]]);
    world.life.retry(0, 0, 0, world.get(F.wakeAtUs));
    // Over 4G at 8 Mbit/s a byte takes 1 us.
    expect([world.get(F.uplinkSentBytes), world.get(F.sendLink), world.get(F.decisionLink)]).toEqual([2 * 589, 2, 0]);
    const spentJ = world.get(F.radioJ) - 1.9 * 589e-6, tierLastUs = world.get(F.arriveAtUs) + at(3);
    world.life.receive(0, 0, 0, Float64Array.of(0, 1, 0, tierLastUs - at(2.8), NaN, NaN, tierLastUs - at(2), tierLastUs, tierLastUs, 0, 32, 0, 0, 0), 0);
    const end = world.ended[0]!, waitS = (end.openedAtUs - end.row[F.sealedAtUs]!) / US, streamS = (end.wireLastAtUs - end.openedAtUs) / US;
    // 4G: 1.9 W, tail of 1.06 W for 11.6 s; 1392 bytes take 446 us at 25 Mbit/s.
    expect(end.row[F.radioJ]! - spentJ).toBeCloseTo(1.9 * (589 + 446) * 1e-6 + 1.06 * (waitS + streamS + 11.6), 9);
  });

  it("is not sent again when the day's money is too little for another attempt", () => {
    // An attempt sends 128 tokens at 1 and makes 32 at 2 dollars a million: 192; the first one leaves its prompt's 128 on the bill.
    const sentWith = (dailyUsd: number): number => {
      const world = worldOf(`money-budget, dailyUsd: ${dailyUsd}`, { script: failThenServe(1), lines: ["tiers: { consultFraction: 0 }"], question: { difficulty: 1 } });
      world.live(at(10));
      return world.sent.length;
    };
    expect([sentWith(191e-6), sentWith(193e-6), sentWith(319e-6), sentWith(321e-6)]).toEqual([0, 1, 1, 2]);
  });

  it("is not sent when it cannot arrive before its deadline, though the radio tried", () => {
    const world = worldOf("always-expert", { retry: "timeoutS: 0.1, maxAttempts: 1", question: { promptTokens: 100_000 } }), end = world.live(at(10));
    // 400,077 bytes take 0.107 s.
    expect([world.sent.length, end.route, end.row[F.attempts], end.secretsSent]).toEqual([0, Route.personalFallback, 1, 1]);
    // The phone breaks off after 99 ms, 1 ms of the timeout having gone into sealing: 371,250 bytes at 30 Mbit/s. No tier bills them.
    const sentBytes = 371_250;
    expect(rowOf(world, "request")).toMatchObject({ uplinkBytes: sentBytes, uplinkLostBytes: 0, arrivedAtUs: NaN });
    expect(rowOf(world, "wire")).toMatchObject({ requestBytes: sentBytes, responseBytes: 0 });
    expect(rowOf(world, "usage")).toMatchObject({ expertPromptTokens: 0 });
  });
});

describe("patience", () => {
  it("ends a wait for a tier at its very instant", () => {
    const world = worldOf("always-expert", { script: failThenServe(9), question: { patienceUs: at(5) } }), end = world.live(at(10));
    expect([end.outcome, end.route, end.doneAtUs, world.sent.length]).toEqual([Outcome.abandoned, Route.expert, at(15), 1]);
    expect(world.sent[0]![R.deadlineAtUs]).toBe(at(15));
    expect(rowOf(world, "request")).toMatchObject({ firstTokenAtUs: NaN, lastTokenAtUs: at(15), answerTokens: 0, isCorrect: 0 });
    expect(end.secretsSent).toBe(1);
  });

  it("runs from the instant of asking, not of starting", () => {
    const world = worldOf("always-expert", { script: failThenServe(9), question: { patienceUs: at(5) } });
    expect(world.live(at(10), at(12)).doneAtUs).toBe(at(15));
  });

  it("ends in P's prefill: energy is spent only until then", () => {
    const world = worldOf("p-only", { question: { promptTokens: 3900, patienceUs: at(2) } }), end = world.live(at(10));
    expect([end.outcome, end.doneAtUs]).toEqual([Outcome.abandoned, at(12)]);
    expect(rowOf(world, "request")["computeEnergyJ"]).toBeCloseTo(8, 9);
  });

  it("ends in P's draft, before any choice", () => {
    const world = worldOf("cascade", { question: { patienceUs: at(0.5) } }), end = world.live(at(10));
    expect([end.outcome, end.route, end.doneAtUs, world.sent.length, end.secretsSent]).toEqual([Outcome.abandoned, Route.personal, at(10.5), 0, 0]);
    expect(rowOf(world, "request")["computeEnergyJ"]).toBeCloseTo(2, 9);
  });

  it("leaves no time for a second attempt: P answers what it still can", () => {
    const world = worldOf("always-expert", { script: failThenServe(9), question: { patienceUs: at(21) } }), end = world.live(at(10));
    // The timeout is at 30 s, a retry at 32 s or later, patience ends at 31 s.
    expect([end.outcome, end.route, end.firstTokenAtUs, world.sent.length]).toEqual([Outcome.answered, Route.personalFallback, at(30.3125), 1]);
  });

  it("ends while P rewrites a tier's answer", () => {
    const world = worldOf("always-expert", { question: { kind: 2, patienceUs: at(3.2) } }), end = world.live(at(10));
    // Received at 13.027 s; reading question and context takes 1/2 s.
    expect([end.outcome, end.doneAtUs, end.route]).toEqual([Outcome.abandoned, at(13.2), Route.expert]);
  });

  it("is over at once when the question starts too late", () => {
    const end = worldOf("p-only", { question: { patienceUs: at(5) } }).live(at(10), at(20));
    expect([end.outcome, end.doneAtUs]).toEqual([Outcome.abandoned, at(20)]);
    expect(end.row[F.computeJ]).toBe(0);
  });
});

describe("a phone that cannot run P", () => {
  const REFUSALS: [string, readonly (readonly [number, number])[]][] = [
    ["has a low battery", [[F.chargeJ, 1000]]], ["has no memory", [[F.memoryFit, MemoryFit.refused]]], ["is too hot", [[F.heat, 0.99]]],
  ];
  for (const [why, fields] of REFUSALS) {
    it(`fails what P should answer when it ${why}`, () => {
      const world = worldOf("p-only", { lines: ["devices: { maxHeat: 0.5 }"] });
      world.set([...fields, [F.heatAtUs, at(10)], [F.chargeAtUs, at(10)]]);
      const end = world.live(at(10));
      expect([end.outcome, end.doneAtUs, end.row[F.computeJ]]).toEqual([Outcome.failed, at(10), 0]);
    });

    it(`asks a tier without a draft when it ${why}`, () => {
      const world = worldOf("cascade", { lines: ["devices: { maxHeat: 0.5 }"], question: { difficulty: 0, kind: 1 } });
      world.set([...fields, [F.heatAtUs, at(10)], [F.chargeAtUs, at(10)]]);
      const end = world.live(at(10));
      expect([end.outcome, end.route, end.row[F.decidedAtUs], end.row[F.computeJ]]).toEqual([Outcome.answered, Route.expert, at(10), 0]);
    });
  }

  it("pages when it must: slower by the cliff, without loading what it cannot keep", () => {
    const world = worldOf("p-only");
    world.set([[F.memoryFit, MemoryFit.pages]]);
    expect(world.live(at(10)).firstTokenAtUs).toBe(at(13.125));
  });

  it("keeps to the budget of secrets all the same", () => {
    const world = worldOf("privacy-budget, dailySecrets: 2", { question: { secretsMissed: 3 } });
    world.set([[F.memoryFit, MemoryFit.pages]]);
    const end = world.live(at(10));
    expect([end.route, end.secretsSent, world.sent.length]).toEqual([Route.personal, 0, 0]);
  });
});

describe("the decision", () => {
  it("looks at the link when it falls, after the draft", () => {
    const world = worldOf("cascade");
    // Wi-Fi ends in the draft, at 10.3 s; what follows is the client's first change.
    world.set([[F.linkUntilUs, at(10.3)]]);
    world.live(at(10));
    expect(world.ended[0]!.row[F.linkChanges]).toBe(1);
    expect(rowOf(world, "request")["networkState"]).not.toBe(0);
  });

  it("teaches a learner the context of its own question when patience ends in the draft", () => {
    const world = worldOf("bandit", { question: { patienceUs: at(0.5) } });
    world.live(at(10));
    // Confidence 0.35 is the third of six bins, Wi-Fi is a good link: cell ((2 * 2 + 1) * 2 + personal) * 2 of the pending half.
    const touched = [...world.bandits].flatMap((value, index) => (value === 0 ? [] : [index]));
    expect(touched).toEqual([48 + 20, 48 + 21]);
    // Wrong, and half a second lost at 0.02 a second.
    expect([world.bandits[68], world.bandits[69]]).toEqual([1, -10_000]);
  });

  it("teaches a learner the wait since the question was asked, P's queue included", () => {
    const world = worldOf("bandit", { question: { luck: 0.999 } });
    world.live(at(4), at(10));
    // P drafts and then answers, wrong, from 11.0625 s on: 7.0625 s at 0.02 a second.
    expect([world.bandits[68], world.bandits[69]]).toEqual([1, -141_250]);
  });

  it("remembers how long tiers take: three parts in ten of the newest", () => {
    const world = worldOf("always-expert"), guessS = world.get(F.tierWaitS), guessUs = world.get(F.tierTpotUs), end = world.live(at(10));
    expect(end.row[F.tierWaitS]).toBeCloseTo(guessS + 0.3 * ((end.openedAtUs - at(10)) / US - guessS), 9);
    // 2 s over 31 gaps between 32 tokens.
    expect(end.row[F.tierTpotUs]).toBeCloseTo(guessUs + 0.3 * (at(2) / 31 - guessUs), 6);
  });
});
