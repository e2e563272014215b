import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../config/load-dataset.js";
import { loadStudy } from "../../config/load-study.js";
import { ConfigError, LimitError } from "../../core/errors.js";
import type { HostSpeed } from "../../devices/host/host-speed.js";
import { COSTS } from "../../hosted/hosted-plan.fixture.js";
import type { HostedPlan } from "../../hosted/hosted-system.js";
import { makeWorld } from "../../world/world.js";
import { loadLiveConfig, withFamily } from "../config/load-live-config.js";
import { planLoad } from "../load/plan-load.js";
import type { AskedQuestion } from "../load/run-load.js";
import { tabulateLoad } from "../load/tabulate-load.js";
import { compareWithLive, type ComparisonPlan } from "./compare-live.js";
import { forecastLoad } from "./forecast-load.js";
import { findModelFiles } from "./load-hosted-models.js";
import { Purses } from "./observe-system.js";
import { openRehearsal, type RehearsedQuestion, type Rehearsal } from "./rehearse-load.js";
import { figuresOf, isWithinTarget, type LoadFigures, scoreForecast } from "./score-forecast.js";

const experiment = join(packageRoot(), "experiments", "15-sim-vs-live"), config = loadLiveConfig(join(experiment, "small-live.yaml"));
const study = loadStudy(join(experiment, "scenario.yaml"), { overrides: ["population.clients=3"] }), planned = planLoad(study, makeWorld(config.world), { ratePerS: 4, questions: 24, firstPerson: 0 });
const LONG_MS = 120_000;

describe("a rehearsal", () => {
  let rehearsal: Rehearsal, rehearsed: RehearsedQuestion[];
  beforeAll(async () => {
    rehearsal = await openRehearsal(config);
    rehearsed = [];
    for (const question of planned) rehearsed.push(await rehearsal.rehearse(question));
  }, LONG_MS);
  afterAll(async () => { await rehearsal.close(); });

  test("counts what the models were made to do, as they tell it themselves", () => {
    for (const { work, report, text } of rehearsed) {
      const { tokens } = report.consult ?? {}, shown = work.combine ?? work.consult?.general ?? work.consult?.expert ?? work.draft;
      expect(work.draft.promptTokens).toBe(report.promptTokens);
      expect([work.consult?.expert?.promptTokens ?? 0, work.consult?.general?.promptTokens ?? 0]).toEqual([report.route === "expert-general" ? work.consult!.expert!.promptTokens : tokens?.expertPrompt ?? 0, tokens?.generalPrompt ?? 0]);
      const written = report.route === "expert-general" && work.combine === undefined ? shown.steps + work.consult!.expert!.steps : shown.steps;
      expect([report.answerTokens, report.answerTokens + 1, report.answerTokens + 2]).toContain(written);
      expect(work.pieces === 0).toBe(text === "");
      expect(work.firstShownStep + work.pieces - 1).toBeLessThanOrEqual(shown.steps);
    }
    expect(new Set(rehearsed.map(({ work }) => work.consult === undefined))).toEqual(new Set([true, false]));
  });

  test("comes out the same again", async () => {
    const again = await rehearsal.rehearse(planned[5]!);
    expect({ work: again.work, text: again.text }).toEqual({ work: rehearsed[5]!.work, text: rehearsed[5]!.text });
  });

  test("becomes a forecast with a row for each question, its instants in order, in the records of a load", () => {
    const speed: HostSpeed = { prefillS: (tokens) => 1e-5 * tokens, decodeStepS: () => 3e-4, batchS: (prompts, sequences) => 1e-5 * prompts.reduce((sum, each) => sum + each, 0) + 3e-4 * sequences };
    const served = (server: string): HostedPlan["tiers"][string] => ({ server, speed, sequences: 4 }), areas = ["finance", "it", "medicine", "education", "general"];
    const plan: HostedPlan = { personal: { speed, sequences: 8 }, tiers: Object.fromEntries(areas.map((area) => [area, served(area)])), tokensAtOnce: 16, seed: 0, tokensAtHand: () => 16, costs: COSTS };
    const asked = forecastLoad(plan, rehearsed, 5e12), { rows, totals } = tabulateLoad({ startedAtUs: 5e12, asked, seen: [] });
    expect(rows.request.rowCount).toBe(planned.length);
    expect(totals.ttftUs.count).toBe(planned.length);
    asked.forEach(({ answer, dueAtUs }, i) => {
      const { startedAtUs, prefilledAtUs, decidedAtUs, lastTokenAtUs } = answer!.report, instants = [dueAtUs, answer!.askedAtUs, startedAtUs, prefilledAtUs, decidedAtUs, lastTokenAtUs];
      expect(dueAtUs).toBe(5e12 + planned[i]!.askAtUs);
      expect(instants).toEqual([...instants].sort((a, b) => a - b));
    });
  });
});

/** A question that was answered after so long. */
function answered(dueS: number, ttftS: number, latencyS: number, answerTokens: number): AskedQuestion {
  return { dueAtUs: dueS * 1e6, endedAtUs: (dueS + latencyS) * 1e6, planned: planned[0]!, answer: { text: "", askedAtUs: 0, shownAtUs: (dueS + ttftS) * 1e6, endedAtUs: (dueS + latencyS) * 1e6, report: { answerTokens } as NonNullable<AskedQuestion["answer"]>["report"] } };
}

describe("scores", () => {
  test("are of answered questions, from the instant they were due", () => {
    const asked = [answered(0, 1, 3, 5), answered(1, 2, 4, 2), answered(2, 3, 3, 1), { ...answered(9, 1, 1, 1), answer: undefined }];
    expect(figuresOf(asked)).toMatchObject({ "ttft.p50": 2, "latency.p50": 3, "tpot.p50": expect.closeTo(1.25, 9) as number, "throughput": expect.closeTo(3 / 5, 9) as number });
  });

  test("are errors of the simulation with intervals over replications, held to a target below saturation only", () => {
    const figures = figuresOf([answered(0, 1, 3, 5)]), row = (load: number, replication: number, ttft: number): LoadFigures => ({ load, ratePerS: 10 * load, replication, asked: 1, answered: 1, asRehearsed: 1, live: figures, simulated: { ...figures, "ttft.p50": ttft, "ttft.p95": ttft } });
    const scored = scoreForecast([row(1.2, 0, 3), row(0.5, 0, 1.1), row(0.5, 1, 1.2)]), of = (load: number, figure: string): (typeof scored)[number] => scored.find((each) => each.load === load && each.figure === figure)!;
    expect(of(0.5, "ttft.p50").error).toMatchObject({ mean: expect.closeTo(0.15, 9) as number, n: 2 });
    expect([of(0.5, "ttft.p50"), of(0.5, "ttft.p95"), of(0.5, "throughput"), of(1.2, "ttft.p50")].map(isWithinTarget)).toEqual([false, true, true, true]);
    expect(scored.map(({ load }) => load)).toEqual([...scored.map(({ load }) => load)].sort((a, b) => a - b));
  });
});

describe("purses of clients", () => {
  test("are filled when they are empty, and tell who buys", () => {
    const purses = new Purses(2), consult = { planned: planned[0]!, work: { consult: {} } } as unknown as RehearsedQuestion, alone = { planned: planned[0]!, work: {} } as unknown as RehearsedQuestion;
    expect([consult, alone, consult, consult, consult, consult].map((question) => purses.spendFor(question))).toEqual([true, false, false, true, false, true]);
    expect(purses.at(planned[0]!.clientId)).toBe(1);
  });
});

describe("a comparison", () => {
  const plan: ComparisonPlan = { config, scenario: join(experiment, "scenario.yaml"), seed: 1, clients: 2, replications: 1, loads: [0.5], secondsPerLoad: 1, warmUp: 2, calibration: { prompts: [20], batches: [2], rounds: { least: 1, most: 1 } }, costs: { clients: 2, alone: 4, saturating: 4 } };
  const keeping = { folder: join(packageRoot(), "out", "never-made"), say: () => undefined, signal: AbortSignal.abort() };

  test("names a member of the family that is missing, before anything is measured", async () => {
    await expect(compareWithLive({ ...plan, config: withFamily(config, "nowhere") }, keeping)).rejects.toThrow(/personal.model must be an existing model file; got .*nowhere.p-small/);
  });

  test("refuses models whose work it cannot see or place", () => {
    const endpoint = { kind: "endpoint", url: "http://127.0.0.1:1/v1", model: "m", allowRemote: false } as const;
    expect(() => findModelFiles({ ...config, tiers: { ...config.tiers, it: endpoint } })).toThrow(ConfigError);
    expect(() => findModelFiles({ ...config, personal: { ...config.personal, threads: 2 } })).toThrow(/personal.threads must be 1/);
  });

  test("that is stopped says how to go on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "plmm-comparison-"));
    await expect(compareWithLive(plan, { ...keeping, folder })).rejects.toThrow(LimitError);
    rmSync(folder, { recursive: true });
  });
});
