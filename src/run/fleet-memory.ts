/** The shared memory of one run: clients, wakes, mail, windows. Handed to every thread that takes part. */
import type { Scenario } from "../config/scenario-schema.js";
import { LimitError } from "../core/errors.js";
import { allocateClients, CLIENT_STRIDE } from "../clients/client-state.js";
import { allocateBandits } from "../clients/routing/bandit.js";
import { allocateMail, type MailMemory } from "../simulation/mailboxes.js";
import { allocateWakes, wakeBytes, type WakeMemory } from "../simulation/wake-calendar.js";
import { allocateWindows, type WindowMemory } from "../simulation/window-memory.js";
import { REQUEST_STRIDE, RESPONSE_STRIDE } from "../tiers/tier-messages.js";

/** Everything that threads share. */
export interface FleetMemory {
  readonly clients: Float64Array;
  readonly wakes: WakeMemory;
  readonly bandits: Float64Array;
  readonly outbox: MailMemory;
  readonly inbox: MailMemory;
  readonly windows: WindowMemory;
}

const US = 1e6;
const SMALL_FLEET = 100_000;
const BYTES_PER_MAIL = 2 * 8 * (REQUEST_STRIDE + RESPONSE_STRIDE);

/**
 * Length of a window: half the time in which a tier's news can reach a tier again. After an answer the user needs at
 * least minTurnGapS to ask again, after a failure the client waits at least minBackoffS: this lookahead is far longer
 * than a network delay and makes windows of a second possible.
 */
export function windowLengthUs(scenario: Scenario): number {
  return Math.floor((Math.min(scenario.simulation.minTurnGapS, scenario.simulation.minBackoffS) * US) / 2);
}

/** Messages that one shard may send or get in one window. In a small fleet all its clients at once. */
function mailCapacity(scenario: Scenario): number {
  const perShard = Math.ceil(scenario.population.clients / scenario.simulation.shards);
  return scenario.population.clients <= SMALL_FLEET ? 2 * perShard + 16 : Math.ceil(perShard / 8) + 256;
}

/** Bytes that `allocateFleet` takes. */
export function fleetBytes(scenario: Scenario): number {
  const { clients } = scenario.population, { shards } = scenario.simulation;
  return clients * CLIENT_STRIDE * 8 + wakeBytes(shards, clients) + shards * mailCapacity(scenario) * BYTES_PER_MAIL;
}

/**
 * Takes the memory of a run.
 *
 * @throws {LimitError} when it is more than simulation.limits.maxMemoryBytes.
 */
export function allocateFleet(scenario: Scenario, threads: number): FleetMemory {
  const { clients } = scenario.population, { shards, limits } = scenario.simulation, bytes = fleetBytes(scenario);
  if (!(bytes <= limits.maxMemoryBytes)) {
    throw new LimitError({
      subject: "state of the fleet", rule: `fit into simulation.limits.maxMemoryBytes (${limits.maxMemoryBytes})`, got: bytes,
      where: `${clients} clients, ${shards} shards`, hint: "Lower population.clients, or raise the limit if the machine has the memory.",
    });
  }
  return {
    clients: allocateClients(clients),
    wakes: allocateWakes(shards, clients),
    bandits: allocateBandits(shards),
    outbox: allocateMail(shards, mailCapacity(scenario), REQUEST_STRIDE),
    inbox: allocateMail(shards, mailCapacity(scenario), RESPONSE_STRIDE),
    windows: allocateWindows(shards, threads, windowLengthUs(scenario)),
  };
}
