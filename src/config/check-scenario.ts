/** Checks that need more than one key: sums of shares, bounds that the load must fit in, names that must agree. */
import { exp } from "../core/elementary.js";
import type { ConfigFault } from "./config-faults.js";
import type { ConfigPath } from "./located-tree.js";
import { sumToOne } from "./quantities.js";
import { DECLARED } from "./sections/outcome-section.js";
import type { PoolConfig, Scenario, Study } from "./scenario-schema.js";

/** Output tokens per second that all replicas of a tier can make at best, autoscaling included; E summed over domains. */
export type CapacityEstimate = (scenario: Scenario) => { readonly expertTokensPerS: number; readonly generalTokensPerS: number };

/** Faults of a scenario's names of models, GPUs, devices and prices, which this folder does not know. */
export type NameCheck = (scenario: Scenario) => readonly ConfigFault[];

/** Model events of one question, counted low: taken up, and its end, which the run counts as two. Ours. */
const LEAST_EVENTS_PER_QUESTION = 3;
/** State of one idle client and rows of one kept question, counted high. Ours; compare with the bench's bytes per client. */
const CLIENT_STATE_BYTES = 480;
const KEPT_QUESTION_BYTES = 700;
const DAY_S = 86_400;

/** Faults of one scenario; paths are from its root. */
export function checkScenario(scenario: Scenario, capacity?: CapacityEstimate): readonly ConfigFault[] {
  return [...checkTimes(scenario), ...checkQuality(scenario), ...checkDomains(scenario), ...checkPools(scenario), ...checkBounds(scenario), ...checkLoad(scenario, capacity)];
}

/** Most values in all axes of a sweep; the conditions are one more axis. */
const MOST_AXIS_VALUES = 10_000;
const MOST_CELLS = 100_000;

/** Faults of the size of a sweep. */
export function checkSweep(study: Study): readonly ConfigFault[] {
  const conditionCount = Object.keys(study.conditions).length;
  const counts = [...(conditionCount === 0 ? [] : [conditionCount]), ...Object.values(study.sweep).map((values) => values.length)];
  const valueCount = counts.reduce((sum, each) => sum + each, 0);
  const cellCount = counts.reduce((product, each) => product * each, study.replications);
  if (valueCount > MOST_AXIS_VALUES) {
    return [fault(["sweep"], `have at most ${MOST_AXIS_VALUES} values in all`, valueCount, "Shorten the axes, or use --lhs N or --sobol N between two ends.")];
  }
  return cellCount <= MOST_CELLS ? []
    : [fault(["sweep"], `make at most ${MOST_CELLS} cells, replications included`, cellCount, "Shorten the axes, or use --lhs N or --sobol N between two ends.")];
}

function fault(path: ConfigPath, rule: string, got: unknown, hint: string): ConfigFault {
  return { path, subject: path.join("."), rule, got, hint };
}

function checkTimes({ simulation }: Scenario): readonly ConfigFault[] {
  if (simulation.warmUpS < simulation.horizonS) return [];
  return [fault(["simulation", "warmUpS"], `be below simulation.horizonS (${simulation.horizonS} s)`, simulation.warmUpS,
    "Metrics leave the warm-up out; nothing would be left.")];
}

function checkQuality({ quality: { member, members } }: Scenario): readonly ConfigFault[] {
  if (member === DECLARED || Object.hasOwn(members, member)) return [];
  const names = [DECLARED, ...Object.keys(members)].join(", ");
  return [fault(["quality", "member"], `be one of ${names}`, member, "Measured are the P of the shipped family: plmm models measure.")];
}

function checkDomains({ population, tiers }: Scenario): readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  const names = population.domains.map((domain) => domain.name);
  const shares = population.domains.map((domain) => domain.share);
  if (!sumToOne(shares)) {
    faults.push(fault(["population", "domains"], "have shares that sum to 1", Number(shares.reduce((sum, share) => sum + share, 0).toPrecision(9)),
      `Shares as given: ${names.map((name, i) => `${name} ${shares[i]}`).join(", ")}.`));
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) faults.push(fault(["population", "domains"], "have different names", twice, "Rename or join the two domains."));
  for (const name of Object.keys(tiers.expertOverrides)) {
    if (names.includes(name)) continue;
    faults.push({ ...fault(["tiers", "expertOverrides"], `be one of ${names.join(", ")}`, name, "Overrides are for domains of population.domains."),
      subject: "a key of tiers.expertOverrides", key: name });
  }
  return faults;
}

function checkPools({ tiers }: Scenario): readonly ConfigFault[] {
  return [...checkPool(["tiers", "expert"], tiers.expert), ...checkPool(["tiers", "general"], tiers.general)];
}

function checkPool(path: ConfigPath, { autoscale, replicas }: PoolConfig): readonly ConfigFault[] {
  if (autoscale === undefined) return [];
  const { minReplicas, maxReplicas } = autoscale;
  if (minReplicas <= replicas && replicas <= maxReplicas) return [];
  return [fault([...path, "replicas"], `be from autoscale.minReplicas (${minReplicas}) to autoscale.maxReplicas (${maxReplicas})`, replicas,
    "Raise maxReplicas or change the number at the start.")];
}

/** Expected questions of the whole run; undefined for a trace, whose file says it. */
function expectedQuestions({ population, simulation }: Scenario): number | undefined {
  const { arrivals, clients } = population;
  return arrivals.kind === "sessions" ? (clients * arrivals.queriesPerDay * simulation.horizonS) / DAY_S : undefined;
}

function checkBounds(scenario: Scenario): readonly ConfigFault[] {
  const { limits } = scenario.simulation;
  const faults: ConfigFault[] = [];
  const questions = expectedQuestions(scenario) ?? 0;
  const leastEvents = questions * LEAST_EVENTS_PER_QUESTION;
  if (leastEvents > limits.maxEvents) {
    faults.push(fault(["simulation", "limits", "maxEvents"], `allow the events of the run, at least ${leastEvents.toPrecision(3)}`, limits.maxEvents,
      "Raise it, or lower population.clients, queriesPerDay or simulation.horizonS."));
  }
  const memoryBytes = scenario.population.clients * CLIENT_STATE_BYTES + questions * scenario.records.keepFraction * KEPT_QUESTION_BYTES;
  if (memoryBytes > limits.maxMemoryBytes) {
    faults.push(fault(["simulation", "limits", "maxMemoryBytes"], `hold the state of the run, about ${(memoryBytes / 1e9).toPrecision(3)} GB`,
      limits.maxMemoryBytes, "Raise it, lower records.keepFraction, or lower population.clients."));
  }
  return faults;
}

function checkLoad(scenario: Scenario, capacity: CapacityEstimate | undefined): readonly ConfigFault[] {
  const { routing, simulation } = scenario;
  if (capacity === undefined || simulation.allowOverload || (routing.kind !== "t-only" && routing.kind !== "always-expert")) return [];
  const { domain, mixed } = scenario.population.kindShares;
  const offeredPerS = (busiestAnswerTokensPerS(scenario) ?? 0) * (routing.kind === "t-only" ? 1 : domain + mixed);
  const { expertTokensPerS, generalTokensPerS } = capacity(scenario);
  const pool = routing.kind === "t-only" ? "general" : "expert";
  const servedPerS = pool === "general" ? generalTokensPerS : expertTokensPerS;
  if (offeredPerS <= servedPerS) return [];
  return [fault(["tiers", pool, "replicas"],
    `serve the busiest hour under routing ${routing.kind}: ${offeredPerS.toPrecision(3)} answer tokens/s`, `${servedPerS.toPrecision(3)} tokens/s at best`,
    "Add replicas, lower the load, or set simulation.allowOverload: true to study a growing queue.")];
}

/** Answer tokens per second that the fleet asks for in the busiest hour of the run; undefined for a trace. Prompts come on top. */
export function busiestAnswerTokensPerS(scenario: Scenario): number | undefined {
  const { population, simulation } = scenario;
  const { arrivals } = population;
  if (arrivals.kind !== "sessions") return undefined;
  const weights = arrivals.hourWeights;
  const hoursInRun = Math.min(24, Math.ceil(simulation.horizonS / 3600));
  let busiest = 0;
  for (let hour = 0; hour < hoursInRun; hour++) busiest = Math.max(busiest, weights[(simulation.startHour + hour) % 24]!);
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / 24;
  const { logMean, logSd, maxTokens } = population.answerTokens;
  const meanTokens = Math.min(maxTokens, exp(logMean + (logSd * logSd) / 2));
  return ((population.clients * arrivals.queriesPerDay) / DAY_S) * (busiest / mean) * meanTokens;
}
