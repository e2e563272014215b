import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../config/load-dataset.js";
import { loadStudy } from "../../config/load-study.js";
import { ConfigError } from "../../core/errors.js";
import { tlsWireBytes } from "../../protocol/envelope.js";
import { QueryKind } from "../../records/truth-record.js";
import { queryRun } from "../../run/query-run.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { KNOWN, LIVE_PERSON, LIVE_WORLD, type KnownQuestion } from "../learned-family.fixture.js";
import { PATIENCE_MS, startTested, type TestedSystem } from "../live-system.fixture.js";
import { livePaths } from "../processes/live-state.js";
import { planLoad, type PlannedQuestion } from "./plan-load.js";
import { runLoad } from "./run-load.js";
import { loadCapture, writeLoad } from "./write-load.js";

const study = loadStudy(join(packageRoot(), "configs", "minimal.yaml"), { overrides: ["population.clients=6", "records.keepFraction=1", "simulation.horizonS=2 d", "routing.kind=p-only"] });

describe("a planned load", () => {
  const plan = planLoad(study, LIVE_WORLD, { ratePerS: 5, questions: 80, firstPerson: 10 });

  test("asks the simulator's questions in their order, at the wanted rate, each by its own person", () => {
    expect(plan).toHaveLength(80);
    expect(plan.at(-1)!.askAtUs).toBeCloseTo(79 / 5 * 1e6, -1);
    plan.slice(1).forEach(({ askAtUs }, i) => { expect(askAtUs).toBeGreaterThanOrEqual(plan[i]!.askAtUs); });
    for (const { clientId, query, domainIndex, kind } of plan) {
      expect(query.person).toBe(10 + clientId);
      expect(domainIndex >= 0).toBe(kind === QueryKind.domain || kind === QueryKind.mixed);
      if (domainIndex >= 0) expect(query.area).toBe(study.population.domains[domainIndex]!.name);
    }
    expect(new Set(plan.map(({ kind }) => kind)).size).toBe(5);
    expect(planLoad(study, LIVE_WORLD, { ratePerS: 5, questions: 80, firstPerson: 10 })).toEqual(plan);
  });

  test("refuses to ask more than the scenario does", () => {
    expect(() => planLoad(study, LIVE_WORLD, { ratePerS: 5, questions: 1e6, firstPerson: 0 })).toThrow(ConfigError);
  });
});

describe("a load on the live system", () => {
  let system: TestedSystem;
  beforeAll(async () => { system = await startTested(); }, 240_000);
  afterAll(async () => { await system.end(); }, 60_000);

  /** Questions that the model knows, as if a plan had drawn them. */
  const planned = Object.values(KNOWN).map((known: KnownQuestion, i): PlannedQuestion => {
    const query = sampleQuery(LIVE_WORLD, "test", "personal", i, { person: LIVE_PERSON });
    return { clientId: 0, queryIndex: i, askAtUs: i * 1000, kind: known.area === undefined ? QueryKind.personal : QueryKind.domain, domainIndex: known.area === undefined ? -1 : 2, difficulty: 0.5, query: { ...query, question: known.question, answer: known.answer, accepted: [known.answer] } };
  });

  test("lets people read before they ask again, which is not waiting", async () => {
    const readMs = 200, { asked } = await runLoad(planned.slice(0, 3), { ...system, withinMs: PATIENCE_MS, readMs, onDone: () => undefined, signal: AbortSignal.timeout(4 * PATIENCE_MS) });
    for (const [i, { dueAtUs }] of asked.slice(1).entries()) expect(dueAtUs - asked[i]!.endedAtUs).toBeGreaterThanOrEqual(1000 * readMs);
    // Timers count milliseconds.
    for (const { dueAtUs, answer } of asked) expect(answer!.askedAtUs).toBeGreaterThan(dueAtUs - 2000);
  }, 60_000);

  test("becomes a run whose rows are what the relay saw and what the person got", async () => {
    const { startedAtUs, asked } = await runLoad(planned, { ...system, withinMs: PATIENCE_MS, onDone: () => undefined, signal: AbortSignal.timeout(4 * PATIENCE_MS) });
    const seen = loadCapture(livePaths.capture(system.folder), startedAtUs), out = join(system.folder, "run"), metrics = writeLoad({ study, out, ratePerS: 1000, clients: 1, startedAtUs, asked, seen });
    expect(metrics).toMatchObject({ "questions": planned.length, "answered.fraction": 1, "correct.fraction": 1 });
    expect(metrics["ttft.p50"]).toBeGreaterThan(0);
    expect(metrics["energy.compute"]).toBeUndefined();
    const { rows: wire } = await queryRun(out, "select queryIndex, destination, requestBytes, responseBytes, responseChunks from wire order by queryIndex");
    planned.forEach(({ queryIndex }, i) => {
      const consulted = asked[i]!.answer!.report.consult, distance = ({ requestAtUs }: (typeof seen)[number]): number => Math.abs(requestAtUs - consulted!.sealedAtUs);
      const { requestBytes = 0, chunks = [] } = consulted === undefined ? {} : seen.reduce((nearest, exchange) => (distance(exchange) < distance(nearest) ? exchange : nearest));
      expect(wire[i]).toEqual([queryIndex, consulted === undefined ? -1 : 0, requestBytes === 0 ? 0 : tlsWireBytes(requestBytes), chunks.reduce((sum, { bytes }) => sum + tlsWireBytes(bytes), 0), chunks.length]);
    });
    const { rows: routes } = await queryRun(out, "select route, count(*) from request group by route order by route");
    expect(routes).toEqual([["expert", 3], ["expert-general", 1], ["general", 1], ["personal", 3]]);
    const { rows: [order] } = await queryRun(out, "select bool_and(askedAtUs <= startedAtUs and startedAtUs <= prefilledAtUs and firstTokenAtUs <= lastTokenAtUs and (sealedAtUs is null or sealedAtUs <= openedAtUs)) from request");
    expect(order).toEqual([true]);
    const { rows: usage } = await queryRun(out, "select sum(expertAnswerTokens) > 0, sum(generalAnswerTokens) > 0 from usage");
    expect(usage).toEqual([[true, true]]);
  }, 240_000);
});
