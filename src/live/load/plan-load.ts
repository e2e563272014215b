/**
 * The workload of a load: the simulator's own people ask the simulator's own questions at the simulator's own instants, brought to the
 * wanted rate. A question's kind and domain become words of the world, asked by the person whose assistant it is.
 */
import type { Study } from "../../config/scenario-schema.js";
import { scenarioOf } from "../../config/parse-study.js";
import { ConfigError } from "../../core/errors.js";
import { QUERY_KINDS } from "../../records/truth-record.js";
import { loadCellInputs } from "../../run/load-cell-inputs.js";
import { simulateAlone } from "../../run/simulate-fleet.js";
import { DOMAIN_NAMES } from "../../world/knowledge/knowledge-area.js";
import type { Query } from "../../world/queries/query.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import type { World } from "../../world/world.js";

/** A question to ask. */
export interface PlannedQuestion {
  readonly clientId: number;
  readonly queryIndex: number;
  /** Since the start of the load. Microseconds. */
  readonly askAtUs: number;
  /** Code of `QueryKind`, and the domain's place among the scenario's, or -1. */
  readonly kind: number;
  readonly domainIndex: number;
  readonly difficulty: number;
  readonly query: Query;
}

/** How much to ask. */
export interface LoadSize { readonly ratePerS: number; readonly questions: number; readonly firstPerson: number }

/**
 * Plans a load.
 *
 * @param study Its scenario says who asks what and when; answers of the simulation are not used.
 * @returns Questions in order of their instants, at `ratePerS` on average.
 * @throws {ConfigError} when the scenario asks fewer questions, or has domains that the world lacks.
 */
export function planLoad(study: Study, world: World, { ratePerS, questions, firstPerson }: LoadSize): readonly PlannedQuestion[] {
  const scenario = scenarioOf(study), { rows } = simulateAlone({ scenario, seed: study.seed, replication: 0 }, loadCellInputs(scenario));
  const domains = scenario.population.domains.map(({ name }) => requireDomain(name)), column = (table: keyof typeof rows, name: string): ArrayLike<number> => rows[table].column(name);
  const askedAt = column("request", "askedAtUs"), order = Array.from({ length: rows.request.rowCount }, (_, row) => row).sort((a, b) => askedAt[a]! - askedAt[b]!).slice(0, questions);
  if (order.length < questions) throw new ConfigError({ subject: "--questions", rule: `be at most what the scenario asks`, got: `${questions} of ${order.length}`, hint: "Give a longer horizon: -c simulation.horizonS='7 d'." });
  const startUs = askedAt[order[0]!]!, spanUs = askedAt[order.at(-1)!]! - startUs, stretch = spanUs === 0 ? 0 : (1e6 * (questions - 1)) / ratePerS / spanUs;
  return order.map((row): PlannedQuestion => {
    const clientId = column("request", "clientId")[row]!, queryIndex = column("request", "queryIndex")[row]!, kind = column("truth", "kind")[row]!, domainIndex = column("truth", "domainIndex")[row]!;
    const query = sampleQuery(world, "test", QUERY_KINDS[kind]!, row, { person: firstPerson + clientId, ...(domainIndex < 0 ? {} : { domain: domains[domainIndex]! }) });
    return { clientId, queryIndex, askAtUs: Math.round((askedAt[row]! - startUs) * stretch), kind, domainIndex, difficulty: column("truth", "difficulty")[row]!, query };
  });
}

function requireDomain(name: string): (typeof DOMAIN_NAMES)[number] {
  const found = DOMAIN_NAMES.find((each) => each === name);
  if (found !== undefined) return found;
  throw new ConfigError({ subject: "population.domains", rule: `be among ${DOMAIN_NAMES.join(", ")} for a live load`, got: name, hint: "Leave the key out: its default has these four." });
}
