import { beforeAll, describe, expect, it } from "vitest";
import { MemoryFit } from "../devices/memory.js";
import { Outcome, Route } from "../records/request-record.js";
import { RequestField as R } from "../tiers/tier-messages.js";
import { ClientField as F } from "./client-state.js";
import { ClientWorld, realDevices, scenarioOf, US } from "./client-world.fixture.js";
import { QuestionLog } from "./question-log.js";
import { randomTier } from "./random-tier.fixture.js";

const CLIENTS = 80;
/** Hard conditions: some phones without memory or charge, bad links, misses at the tiers, cover traffic, padding. */
const LINES = [
  `population: { clients: ${CLIENTS}, patienceS: 15, arrivals: { kind: sessions, queriesPerDay: 30 } }`,   "devices: { freeMemoryFraction: { low: 0.02, high: 0.5 }, startBatteryFraction: { low: 0.02, high: 1 } }", "protocol: { coverFraction: 0.3, tokensPerChunk: 4 }",
  "tiers: { consultFraction: 0.2 }",
];
const POLICIES = ["p-only", "t-only", "always-expert", "cascade", "deadline", "battery", "money-budget", "privacy-budget", "bandit", "oracle"];

function liveAll(policy: string, lines: readonly string[] = [], warmUp = "0 s", missFraction = 0.08): ClientWorld {
  const scenario = scenarioOf(...LINES, `simulation: { horizonS: 12 h, startHour: 8, warmUpS: ${warmUp} }`, `routing: { kind: ${policy} }`, ...lines);
  const world = new ClientWorld(scenario, { devices: realDevices(scenario), script: randomTier(missFraction) });
  for (let client = 0; client < CLIENTS; client++) world.liveThrough(client);
  return world;
}

const worlds = new Map<string, ClientWorld>();
beforeAll(() => { for (const policy of POLICIES) worlds.set(policy, liveAll(policy)); });

function sumOf(column: ArrayLike<number>): number { return Array.from(column).reduce((sum, value) => sum + value, 0); }

describe.each(POLICIES)("the log of a fleet under %s", (policy) => {
  const world = (): ClientWorld => worlds.get(policy)!;

  it("has the instants of each question in the order of its life", () => {
    const { request } = world().log.rows, drafts = world().world.router.drafts;
    const columns = Object.fromEntries(request.schema.columns.map(({ name }) => [name, request.column(name)]));
    const before = ["askedAtUs", "startedAtUs", "decidedAtUs", "sealedAtUs", "arrivedAtUs", "admittedAtUs", "tierFirstTokenAtUs", "tierLastTokenAtUs", "lastTokenAtUs"];
    const shown = ["tierFirstTokenAtUs", "openedAtUs", "combinedAtUs", "firstTokenAtUs", "lastTokenAtUs"], consulted = ["admittedAtUs", "consultedAtUs", "consultAnsweredAtUs", "tierFirstTokenAtUs"];
    const orders = [before, shown, consulted, ["startedAtUs", "prefilledAtUs", "firstTokenAtUs"], ["prefilledAtUs", "combinedAtUs"]];
    const offences: unknown[] = [];
    for (let row = 0; row < request.rowCount; row++) {
      for (const order of orders) {
        const instants = order.map((name) => columns[name]![row]!).filter((us) => !Number.isNaN(us));
        if (instants.some((us, i) => !Number.isInteger(us) || us < (instants[i - 1] ?? 0))) offences.push([row, order, instants]);
      }
      const [prefilledUs, decidedUs, sealedUs] = ["prefilledAtUs", "decidedAtUs", "sealedAtUs"].map((name) => columns[name]![row]!);
      if (drafts && prefilledUs! <= sealedUs! && prefilledUs! > decidedUs!) offences.push([row, "draft", prefilledUs, decidedUs]);
    }
    expect(offences).toEqual([]);
  });

  it("answers in time, or gives up: patience bounds the first token on screen", () => {
    const offences = world().ended.filter(({ outcome, firstTokenAtUs, row, doneAtUs }) => {
      const patienceUs = row[F.patienceAtUs]!, isAnswered = outcome === Outcome.answered;
      const isInTime = isAnswered ? firstTokenAtUs <= patienceUs && doneAtUs >= firstTokenAtUs : outcome === Outcome.abandoned ? doneAtUs >= patienceUs : doneAtUs <= patienceUs;
      return !isInTime || doneAtUs < row[F.startedAtUs]! || Number.isNaN(firstTokenAtUs) === isAnswered;
    });
    expect(offences).toEqual([]);
  });

  it("ends every question that was asked, in one way", () => {
    const { totals, rows } = world().log;
    expect(totals.sum("asked")).toBe(totals.sum("answered") + totals.sum("abandoned") + totals.sum("failed"));
    expect(totals.sum("asked")).toBe(rows.request.rowCount);
    expect(totals.sum("asked")).toBeGreaterThan(500);
    expect(totals.sum("answered")).toBe(totals.sum("routePersonal") + totals.sum("routeExpert") + totals.sum("routeGeneral") + totals.sum("routeFallback"));
    expect(totals.ttftUs.count).toBe(totals.sum("answered"));
    const keys = new Set(Array.from({ length: rows.request.rowCount }, (_, row) => `${rows.request.column("clientId")[row]}:${rows.request.column("queryIndex")[row]}`));
    expect(keys.size).toBe(rows.request.rowCount);
    for (const table of [rows.wire, rows.truth, rows.usage]) expect(table.rowCount).toBe(rows.request.rowCount);
  });

  it("has the sums of its rows as totals", () => {
    const { totals, rows: { request, usage, truth, wire } } = world().log, n = request.rowCount;
    const counts = (name: string, code: number): number => Array.from(request.column(name)).filter((value) => value === code).length;
    expect(totals.sum("answered")).toBe(counts("outcome", Outcome.answered));
    expect(totals.sum("abandoned")).toBe(counts("outcome", Outcome.abandoned));
    expect(totals.sum("failed")).toBe(counts("outcome", Outcome.failed));
    const answered = Array.from(request.column("outcome"), (outcome) => outcome === Outcome.answered);
    const routed = (...codes: number[]): number => Array.from(request.column("route")).filter((route, row) => answered[row] === true && codes.includes(route)).length;
    expect(totals.sum("routePersonal")).toBe(routed(Route.personal));
    expect(totals.sum("routeExpert")).toBe(routed(Route.expert, Route.expertGeneral));
    expect(totals.sum("routeGeneral")).toBe(routed(Route.general));
    expect(totals.sum("routeFallback")).toBe(routed(Route.personalFallback));
    const pairs: [Parameters<typeof totals.sum>[0], ArrayLike<number>][] = [
      ["uplinkSentBytes", request.column("uplinkBytes")], ["uplinkLostBytes", request.column("uplinkLostBytes")],
      ["downlinkReceivedBytes", request.column("downlinkBytes")], ["downlinkLostBytes", request.column("downlinkLostBytes")],
      ["uplinkReceivedBytes", wire.column("requestBytes")], ["downlinkSentBytes", wire.column("responseBytes")], ["correct", request.column("isCorrect")], ["tierRequests", request.column("attempts")],
      ["preemptions", request.column("preemptions")], ["secretsSent", truth.column("secretsSent")], ["secretCount", truth.column("secretCount")], ["expertPromptTokens", usage.column("expertPromptTokens")],
      ["expertCachedTokens", usage.column("expertCachedTokens")], ["expertAnswerTokens", usage.column("expertAnswerTokens")], ["generalPromptTokens", usage.column("generalPromptTokens")],
      ["generalAnswerTokens", usage.column("generalAnswerTokens")],
    ];
    for (const [name, column] of pairs) expect([name, totals.sum(name)]).toEqual([name, sumOf(column)]);
    // Microjoules are rounded question by question.
    expect(Math.abs(totals.sum("computeUj") - 1e6 * sumOf(request.column("computeEnergyJ")))).toBeLessThan(n / 2 + 1);
    expect(Math.abs(totals.sum("radioUj") - 1e6 * sumOf(request.column("radioEnergyJ")))).toBeLessThan(n / 2 + 1);
    expect(Math.abs(totals.sum("computeUj") + totals.sum("radioUj") - 1e6 * sumOf(usage.column("deviceEnergyJ")))).toBeLessThan(n + 1);
    expect(sumOf(usage.column("transferBytes"))).toBe(totals.sum("uplinkSentBytes") + totals.sum("downlinkSentBytes"));
    const ttftUs = Array.from(request.column("firstTokenAtUs"), (us, row) => us - request.column("askedAtUs")[row]!).filter((us) => !Number.isNaN(us));
    expect(totals.sum("ttftUs")).toBe(sumOf(ttftUs));
    expect(totals.sum("deadlineMet")).toBe(ttftUs.filter((us) => us <= 4 * US).length);
  });

  it("sends secrets only as the policy redacts them, and each question to its own pool", () => {
    const isGeneral = policy === "t-only";
    expect(world().ended.filter(({ question: q, secretsSent, row }) => secretsSent !== (row[F.attempts] === 0 ? 0 : isGeneral ? q.secretCount : q.secretsMissed))).toEqual([]);
    expect(world().sent.filter((request) => (request[R.pool] === 4) !== (isGeneral || world().world.sampler.sample(request[R.clientId]!, Math.floor(request[R.attemptKey]! / 16), false).domain < 0))).toEqual([]);
  });
});

describe("the log", () => {
  it("sees every way a question can end in these worlds", () => {
    const everywhere = [...worlds.values()].flatMap(({ ended }) => ended);
    for (const outcome of [Outcome.answered, Outcome.abandoned, Outcome.failed]) expect(everywhere.some((end) => end.outcome === outcome)).toBe(true);
    for (const route of Object.values(Route)) expect(everywhere.some((end) => end.route === route && end.outcome === Outcome.answered)).toBe(true);
    expect(everywhere.some((end) => end.isStale)).toBe(true);
  });

  it("meets the same people and questions under every policy", () => {
    const asked = POLICIES.map((policy) => new Map(worlds.get(policy)!.ended.map(({ client, row, question }) => [`${client}:${row[F.queryIndex]}`, [question.kind, question.domain, question.difficulty, question.luck]])));
    const differing = asked.flatMap((other) => [...other].filter(([key, attributes]) => asked[0]!.has(key) && asked[0]!.get(key)!.join() !== attributes.join()));
    expect(differing).toEqual([]);
  });

  it("makes the oracle right at least as often as any policy, of the questions that time and budgets leave to choose", () => {
    // All in time: patience of an hour, no misses; the same instants do not matter then.
    const rights = new Map(["p-only", "always-expert", "cascade", "deadline", "battery", "bandit", "oracle"].map((policy) => {
      const scenario = scenarioOf(`population: { clients: ${CLIENTS}, patienceS: 1e5, arrivals: { kind: sessions, queriesPerDay: 30 } }`, `routing: { kind: ${policy} }`, "tiers: { consultFraction: 0.3 }",
        "devices: { freeMemoryFraction: { low: 1, high: 1 }, lowBatteryFraction: 0 }", "network: { states: { wifi: { next: { 4g: 1 } }, 5g: { next: { wifi: 1 } }, 4g: { next: { wifi: 1 } }, 3g: { next: { wifi: 1 } } } }", "retry: { timeoutS: 1e4 }");
      const world = new ClientWorld(scenario, { script: randomTier(0), question: { staleness: 1 } });
      for (let client = 0; client < CLIENTS; client++) {
        world.next.begin(client);
        for (let i = 0; i < 20; i++) {
          world.set([[F.linkState, 0], [F.linkUntilUs, Infinity], [F.chargeJ, 40_000], [F.queryIndex, i], [F.isFollowUp, 0]], client);
          world.live(i * 3600 * US, i * 3600 * US, client);
        }
      }
      return [policy, world.ended.map((end) => end.isCorrect)] as const;
    }));
    const oracle = rights.get("oracle")!;
    for (const [policy, right] of rights) {
      expect(right).toHaveLength(oracle.length);
      expect([policy, right.filter((isRight, i) => isRight && oracle[i] === false).length]).toEqual([policy, 0]);
    }
    expect(oracle.filter(Boolean).length).toBeGreaterThan(rights.get("cascade")!.filter(Boolean).length);
  });

  it("never overdraws a day's budget of secrets", () => {
    const world = worlds.get("privacy-budget")!, spent = new Map<string, number>();
    for (const { client, row, secretsSent } of world.ended) {
      const key = `${client}:${Math.floor(row[F.startedAtUs]! / (86_400 * US))}`;
      spent.set(key, (spent.get(key) ?? 0) + secretsSent);
    }
    expect(Math.max(...spent.values())).toBe(2);
  });

  it("never overdraws a day's budget of money, by the usage that is billed, with retries and consults", () => {
    const world = liveAll("money-budget, dailyUsd: 0.004", ["retry: { maxAttempts: 4, timeoutS: 3, backoffS: 2 }"], "0 s", 0.2), spent = new Map<number, number>();
    const { usage } = world.log.rows, column = (name: string): ArrayLike<number> => usage.column(name);
    for (let row = 0; row < usage.rowCount; row++) {
      // Round prices of the fixture; a price list without a cheaper rate for cached tokens.
      const usd = column("expertPromptTokens")[row]! * 1e-6 + column("expertAnswerTokens")[row]! * 2e-6 + column("generalPromptTokens")[row]! * 3e-6 + column("generalAnswerTokens")[row]! * 4e-6;
      spent.set(column("clientId")[row]!, (spent.get(column("clientId")[row]!) ?? 0) + usd);
    }
    const most = Math.max(...spent.values());
    expect([most <= 0.004 + 1e-12, most > 0.003]).toEqual([true, true]);
    expect([world.sent.some((request) => request[R.prefixTokens]! > 0), world.ended.some(({ row }) => row[F.attempts]! > 2), world.ended.some(({ consultedAtUs }) => !Number.isNaN(consultedAtUs))]).toEqual([true, true, true]);
  });

  it("keeps the rows of keepFraction of the people, all of a person's or none, and counts everybody", () => {
    const part = liveAll("cascade", ["records: { keepFraction: 0.3 }"]), whole = worlds.get("cascade")!;
    expect(part.log.totals.sums).toEqual(whole.log.totals.sums);
    const kept = new Set(part.log.rows.request.column("clientId"));
    expect(Math.abs(kept.size / CLIENTS - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / CLIENTS));
    expect(part.log.rows.request.rowCount).toBe(Array.from(whole.log.rows.request.column("clientId")).filter((client) => kept.has(client)).length);
  });

  it("leaves questions asked in the warm-up out of the totals, and in the rows", () => {
    const warm = liveAll("cascade", [], "3 h"), whole = worlds.get("cascade")!;
    const late = Array.from(whole.log.rows.request.column("askedAtUs")).filter((us) => us >= 3 * 3600 * US).length;
    expect(warm.log.totals.sum("asked")).toBe(late);
    expect(warm.log.rows.request.rowCount).toBe(whole.log.rows.request.rowCount);
  });

  it("adds up one question by hand: a pace per token, shares of a battery, the lit screen, heat", () => {
    const world = new ClientWorld(scenarioOf("population: { clients: 1 }", "routing: { kind: p-only }"), { question: { kind: 4, domain: -1, promptTokens: 128, answerTokens: 32, patienceUs: 40 * US } });
    world.beginCalm();
    world.live(4 * US, 10 * US);
    const { totals } = world.log;
    // First token 0.3125 s and last 2.25 s after the start: 31 gaps of 1/16 s. 9 J of 40 kJ. The reader needs 32/6 s from the first token on.
    expect([totals.sum("tpotUs"), totals.sum("tpotCount"), totals.sum("batteryMillionths"), totals.sum("workingSetKb")]).toEqual([62_500, 1, 225, 1_500_000]);
    expect(totals.sum("screenUj")).toBe(Math.round(0.8 * (0.3125 + 32 / 6) * 1e6));
    expect(totals.sum("heatMillionths")).toBeCloseTo(1e6 * (1 - Math.exp(-2.25 / 100)), -1);
    expect([totals.sum("batteryEmpty"), totals.sum("memoryUnfit"), totals.sum("deadlineMet")]).toEqual([0, 0, 0]);
  });

  it("counts phones without charge and without memory, and the screen of a question without an answer", () => {
    const world = new ClientWorld(scenarioOf("population: { clients: 1 }", "routing: { kind: p-only }"), { question: { kind: 4, domain: -1, promptTokens: 4000, answerTokens: 32, patienceUs: 2 * US } });
    world.beginCalm();
    world.live(10 * US);
    expect(world.log.totals.sum("screenUj")).toBe(1.6e6);
    world.beginCalm();
    world.set([[F.chargeJ, 1500]]);
    world.live(20 * US);
    expect([world.log.totals.sum("batteryEmpty"), world.log.totals.sum("memoryUnfit"), world.log.totals.sum("failed")]).toEqual([1, 0, 1]);
    world.beginCalm();
    world.set([[F.memoryFit, MemoryFit.refused]]);
    world.live(30 * US);
    expect([world.log.totals.sum("batteryEmpty"), world.log.totals.sum("memoryUnfit"), world.log.totals.sum("failed")]).toEqual([1, 1, 2]);
  });

  it("takes a tier's wait and first token from the arrival there", () => {
    const world = new ClientWorld(scenarioOf("population: { clients: 1 }", "routing: { kind: t-only }"), { question: { patienceUs: 40 * US } });
    world.beginCalm();
    world.live(10 * US);
    const { tierWaitUs, tierTtftUs } = world.log.totals;
    expect([tierWaitUs.count, tierWaitUs.sum, tierTtftUs.count, tierTtftUs.sum]).toEqual([1, 0.2 * US, 1, US]);
  });

  it("has a digest that changes with each field of a question that it covers, and not with the order of questions", () => {
    const world = worlds.get("always-expert")!, { scenario, state } = world.world, devices = realDevices(scenario);
    const end = world.ended.find(({ outcome, route }) => outcome === Outcome.answered && route === Route.expert)!;
    const digestOf = (changes: Partial<typeof end>, fields: readonly (readonly [number, number])[] = []): string => {
      const log = new QuestionLog(scenario, state, devices), kept = state.slice(end.at, end.at + end.row.length);
      state.set(end.row, end.at);
      for (const [field, value] of fields) state[end.at + field] = value;
      log.write({ ...end, ...changes, clear: () => undefined }, { ...end.question });
      state.set(kept, end.at);
      return log.totals.digest.join(" ");
    };
    const byField = (field: number, by: number): string => digestOf({}, [[field, end.row[field]! + by]]);
    const digests = [
      digestOf({}), digestOf({ client: end.client + 1 }), digestOf({ outcome: Outcome.abandoned }), digestOf({ route: Route.expertGeneral }), digestOf({ isCorrect: !end.isCorrect }),
      digestOf({ doneAtUs: end.doneAtUs + 1 }), digestOf({ firstTokenAtUs: end.firstTokenAtUs + 1 }), byField(F.queryIndex, 1), byField(F.askedAtUs, -1), byField(F.computeJ, 1e-6),
      byField(F.radioJ, 1e-6), byField(F.uplinkSentBytes, 1), byField(F.uplinkLostBytes, 1), byField(F.downlinkLostBytes, 1), digestOf({ downlinkReceivedBytes: end.downlinkReceivedBytes + 1 }),
    ];
    expect(new Set(digests).size).toBe(digests.length);
    const backwards = new ClientWorld(scenario, { devices, script: randomTier(0.08) });
    for (let client = CLIENTS - 1; client >= 0; client--) backwards.liveThrough(client);
    expect(backwards.log.totals.digest).toEqual(world.log.totals.digest);
    expect(backwards.log.totals.sums).toEqual(world.log.totals.sums);
  });
});
