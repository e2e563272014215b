/**
 * A live system under several loads, and the same loads simulated on what was measured before: profile, costs, then one replication after
 * another. Each part is a file that is written when it is done, so a comparison that was stopped goes on where it was.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadStudy } from "../../config/load-study.js";
import type { Study } from "../../config/scenario-schema.js";
import { invariant } from "../../core/errors.js";
import type { HostProfile } from "../../devices/host/host-profile.js";
import type { ModelSpeeds } from "../../hosted/call-work.js";
import { calibrateHost } from "../../run/calibrate/calibrate-host.js";
import { writeJson } from "../../run/publish-results.js";
import { makeWorld } from "../../world/world.js";
import type { LiveConfig } from "../config/live-config.js";
import { planLoad, type PlannedQuestion } from "../load/plan-load.js";
import { runLoad } from "../load/run-load.js";
import { loadCapture, writeLoad } from "../load/write-load.js";
import { livePaths } from "../processes/live-state.js";
import { startLiveSystem } from "../processes/live-system.js";
import { forecastLoad } from "./forecast-load.js";
import { calibrationOf, type CalibratedLengths, findModelFiles, hostedPlanOf, speedsOf } from "./load-hosted-models.js";
import { type MeasuredCosts, measureCosts, targetOf } from "./measure-costs.js";
import { requireProcessCpu } from "./measure-process-cpu.js";
import { Purses } from "./observe-system.js";
import { requireGoing } from "./require-going.js";
import { openRehearsal, type RehearsedQuestion } from "./rehearse-load.js";
import { figuresOf, type LoadFigures } from "./score-forecast.js";
import { warmUp } from "./warm-up.js";

/** What is compared. */
export interface ComparisonPlan {
  readonly config: LiveConfig;
  /** Config of a study: who asks what. */
  readonly scenario: string;
  readonly seed: number;
  readonly clients: number;
  readonly replications: number;
  /** Of the measured saturation. The last ones may be above 1. */
  readonly loads: readonly number[];
  readonly secondsPerLoad: number;
  /** Questions that a system answers before anything is measured on it. */
  readonly warmUp: number;
  readonly calibration: CalibratedLengths;
  /** Clients and questions from which costs are measured. */
  readonly costs: { readonly clients: number; readonly alone: number; readonly saturating: number };
}

/** Where it is kept and who hears of it. */
export interface ComparisonKeeping { readonly folder: string; readonly say: (line: string) => void; readonly signal: AbortSignal }

/** All that a comparison found. */
export interface Comparison { readonly profile: HostProfile; readonly costs: MeasuredCosts; readonly found: readonly LoadFigures[] }

/** Time that the relay gets to write down the last exchange, and the machine to come to rest. Milliseconds. */
const SETTLE_MS = 700;
/** Seeds of replications and of the questions that costs are measured with. */
const COST_SEED = 1000;
const ALONE_CLIENTS = 4;

/**
 * Compares.
 *
 * @throws {ConfigError} for missing model files, before anything is measured; {LimitError} when it was stopped.
 */
export async function compareWithLive(plan: ComparisonPlan, keeping: ComparisonKeeping): Promise<Comparison> {
  requireProcessCpu();
  const files = findModelFiles(plan.config), digest = createHash("sha256").update(JSON.stringify(plan));
  for (const file of files) digest.update(readFileSync(file));
  const folder = join(keeping.folder, "parts", digest.digest("hex").slice(0, 8)), profilePath = join(folder, "host-profile.json");
  const profile = await kept(profilePath, () => calibrateHost(calibrationOf(plan.config, plan.calibration), { ...keeping, out: profilePath, clock: "processor" }), keeping.signal);
  const speeds = speedsOf(plan.config, profile), costs = await kept(join(folder, "costs.json"), async () => measureCosts(configFor(plan, keeping, plan.costs.clients), speeds, await rehearseCosts(plan, keeping), keeping.say, keeping.signal), keeping.signal);
  const found: LoadFigures[] = [];
  for (let replication = 0; replication < plan.replications; replication++) {
    found.push(...await kept(join(folder, `replication-${replication}.json`), () => replicate(plan, keeping, { replication, speeds, costs }), keeping.signal));
  }
  return { profile, costs, found };
}

/** A part from its file, or made and written there; what was stopped on the way is not kept. */
async function kept<Part>(path: string, make: () => Promise<Part | undefined>, signal: AbortSignal): Promise<Part> {
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Part;
  const part = await make();
  requireGoing(signal);
  invariant(part !== undefined, "end a part that nobody stopped", path);
  writeJson(path, part);
  return part;
}

function configFor({ config }: ComparisonPlan, { folder }: ComparisonKeeping, clients: number): LiveConfig { return { ...config, state: join(folder, "state"), personal: { ...config.personal, clients } }; }

/** Few people ask alone, so that their purses run empty and purchases are seen; all ask when the system is to be saturated. */
async function rehearseCosts(plan: ComparisonPlan, keeping: ComparisonKeeping): Promise<Parameters<typeof measureCosts>[2]> {
  const { alone, saturating, clients } = plan.costs, aloneClients = Math.min(ALONE_CLIENTS, clients), { questions } = planOf(plan, COST_SEED, clients, Math.ceil(2 * alone * clients / aloneClients) + saturating);
  const asksAlone = questions.filter(({ clientId }) => clientId < aloneClients).slice(0, alone), others = questions.filter((question) => !asksAlone.includes(question)).slice(0, saturating);
  return { warmUp: plan.warmUp, alone: await rehearse(plan, keeping, asksAlone), saturating: await rehearse(plan, keeping, others) };
}

/** Questions at one a second on average, and the study that they are of. */
function planOf({ scenario, seed, config }: ComparisonPlan, seedStep: number, clients: number, questions: number): { readonly study: Study; readonly questions: readonly PlannedQuestion[] } {
  const study = loadStudy(scenario, { overrides: [`population.clients=${clients}`, `seed=${seed + seedStep}`] });
  return { study, questions: planLoad(study, makeWorld(config.world), { ratePerS: 1, questions, firstPerson: config.personal.firstPerson }) };
}

async function rehearse({ config }: ComparisonPlan, { say, signal }: ComparisonKeeping, questions: readonly PlannedQuestion[]): Promise<RehearsedQuestion[]> {
  say(`rehearsal of ${questions.length} questions`);
  const rehearsal = await openRehearsal(config), found: RehearsedQuestion[] = [];
  try {
    for (const question of questions) {
      requireGoing(signal);
      found.push(await rehearsal.rehearse(question));
    }
    return found;
  } finally {
    await rehearsal.close();
  }
}

interface ReplicationTask { readonly replication: number; readonly speeds: ModelSpeeds; readonly costs: MeasuredCosts }

/** All loads on one system, one after another, each live and simulated. */
async function replicate(plan: ComparisonPlan, keeping: ComparisonKeeping, { replication, speeds, costs: { costs, saturationPerS } }: ReplicationTask): Promise<LoadFigures[]> {
  const config = configFor(plan, keeping, plan.clients), countAt = (load: number): number => Math.max(2, Math.round(load * saturationPerS.live * plan.secondsPerLoad));
  const { study, questions } = planOf(plan, replication, plan.clients, countAt(Math.max(...plan.loads))), rehearsed = await rehearse(plan, keeping, questions);
  rmSync(config.state, { recursive: true, force: true });
  const system = await startLiveSystem(config), target = targetOf(config, system, keeping.signal), purses = new Purses(config.personal.tokens), found: LoadFigures[] = [];
  try {
    await warmUp(rehearsed, plan.warmUp, purses, target);
    for (const load of plan.loads) {
      const ratePerS = load * saturationPerS.live, asked = atRate(rehearsed.slice(0, countAt(load)), ratePerS), atHand = new Map(asked.map(({ planned: { clientId } }) => [clientId, purses.at(clientId)]));
      keeping.say(`replication ${replication + 1} of ${plan.replications}, ${Math.round(100 * load)}% of saturation, ${asked.length} questions`);
      await sleep(SETTLE_MS);
      const live = await runLoad(asked.map(({ planned }) => planned), target), simulated = forecastLoad(hostedPlanOf(config, speeds, { costs, seed: plan.seed + replication, tokensAtHand: (client) => atHand.get(client)! }), asked, live.startedAtUs);
      await sleep(SETTLE_MS);
      requireGoing(keeping.signal);
      for (const question of asked) purses.spendFor(question);
      const stored = { study, ratePerS, clients: plan.clients, startedAtUs: live.startedAtUs }, out = join(keeping.folder, "runs", `${replication}-${Math.round(100 * load)}`);
      writeLoad({ ...stored, out: join(out, "live"), kind: "live", asked: live.asked, seen: loadCapture(livePaths.capture(config.state), live.startedAtUs) });
      writeLoad({ ...stored, out: join(out, "simulated"), kind: "simulated", asked: simulated, seen: [] });
      found.push({ load, ratePerS, replication, ...countsOf(asked, live.asked), live: figuresOf(live.asked), simulated: figuresOf(simulated) });
    }
    return found;
  } finally {
    await system.stop();
    rmSync(config.state, { recursive: true, force: true });
  }
}

/** The same questions in the same order, faster or slower. */
function atRate(questions: readonly RehearsedQuestion[], ratePerS: number): RehearsedQuestion[] {
  return questions.map((question) => ({ ...question, planned: { ...question.planned, askAtUs: Math.round(question.planned.askAtUs / ratePerS) } }));
}

function countsOf(rehearsed: readonly RehearsedQuestion[], asked: Awaited<ReturnType<typeof runLoad>>["asked"]): Pick<LoadFigures, "asked" | "answered" | "asRehearsed"> {
  const texts = new Map(rehearsed.map(({ planned, text }) => [planned, text]));
  return { asked: asked.length, answered: asked.filter(({ answer }) => answer !== undefined).length, asRehearsed: asked.filter(({ planned, answer }) => answer?.text === texts.get(planned)).length };
}
