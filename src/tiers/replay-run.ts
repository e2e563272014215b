/**
 * Replays a served run through replicas of the tiers: the same arrivals and lengths, the same replica as in a fleet.
 * Data-parallel engines get requests as vLLM's balancer deals them out: to the engine with the smallest
 * 4 waiting + running, the earlier one among equals.
 */
import { DataError, invariant } from "../core/errors.js";
import type { IterationCost } from "./iteration-cost.js";
import { Replica } from "./replica.js";
import type { ReplicaCounters, ReplicaEngine, ReplicaHost, ReplicaSettings } from "./replica-engine.js";
import { RequestSlots, SlotKind, SlotState } from "./request-slots.js";
import type { ServedRun } from "./served-run.js";
import { REQUEST_STRIDE, RequestField } from "./tier-messages.js";

const US_PER_S = 1e6;
const WAITING_WEIGHT = 4;

/** What one replayed request met, in the same terms as `ServedRequest`. */
export interface ReplayedRequest { readonly ttftS: number; readonly tpotS: number; readonly latencyS: number }

/** A replay. */
export interface Replay {
  readonly requests: readonly ReplayedRequest[];
  /** Counters of each engine. */
  readonly counters: readonly ReplicaCounters[];
}

/** How a run's engines are built. */
export interface ReplayEngines {
  readonly cost: IterationCost;
  /** Engines that go their own way. Lanes that share experts are one. */
  readonly engines: number;
  readonly maxRunning: number;
  readonly tokenBudget: number;
}

/**
 * Replays a run to its end.
 *
 * @param makeReplica For tests: another implementation.
 * @throws {DataError} when a request is longer than the KV cache.
 */
export function replayRun(run: ServedRun, engines: ReplayEngines, makeReplica: (settings: ReplicaSettings) => ReplicaEngine = (settings) => new Replica(settings)): Replay {
  return new ReplayDriver(run, engines, makeReplica).play();
}

class ReplayDriver implements ReplicaHost {
  private readonly slots: RequestSlots = new RequestSlots();
  private readonly replicas: ReplicaEngine[];
  private readonly seenAtUs: Float64Array;
  private readonly lastAtUs: Float64Array;

  constructor(private readonly run: ServedRun, engines: ReplayEngines, makeReplica: (settings: ReplicaSettings) => ReplicaEngine) {
    checkLengths(run, engines);
    const { blockTokens, prefixCache, schedulesAhead } = run.engine, { cost, maxRunning, tokenBudget } = engines;
    const settings: ReplicaSettings = {
      slots: this.slots, host: this, cost, tokenBudget, maxRunning: Math.min(maxRunning, tokenBudget), blockTokens, queue: "fcfs", prefixCache,
      systemTokens: 0, systemBlocks: 0, schedulesAhead,
    };
    this.replicas = Array.from({ length: engines.engines }, () => makeReplica(settings));
    this.seenAtUs = new Float64Array(run.requests.length);
    this.lastAtUs = new Float64Array(run.requests.length);
  }

  onAdmitted(slot: number): void { this.slots.state[slot] = SlotState.running; this.slots.admittedAtUs[slot] = 0; }
  onPreempted(slot: number): void { this.slots.state[slot] = SlotState.waiting; }
  onFirstToken(slot: number, nowUs: number): void { this.slots.firstTokenAtUs[slot] = nowUs; }
  onFinished(slot: number, nowUs: number): void { this.lastAtUs[slot] = nowUs; }
  onReleased(): void { invariant(false, "cancel nothing in a replay", "a cancelled request"); }

  play(): Replay {
    const { requests } = this.run;
    let next = 0;
    for (;;) {
      const replica = this.nextToWake(), arriveAtUs = next < requests.length ? arrivalUs(this.run, next) : Infinity;
      if (replica.wakeAtUs === Infinity && arriveAtUs === Infinity) break;
      if (replica.wakeAtUs <= arriveAtUs) replica.wake();
      else this.arrive(next++, arriveAtUs);
    }
    return { requests: requests.map((_, slot) => this.requestOf(slot)), counters: this.replicas.map(({ counters }) => counters) };
  }

  private nextToWake(): ReplicaEngine {
    return this.replicas.reduce((first, replica) => replica.wakeAtUs < first.wakeAtUs ? replica : first);
  }

  private arrive(index: number, nowUs: number): void {
    const { slots } = this, slot = slots.take(SlotKind.client), { promptTokens, answerTokens } = this.run.requests[index]!;
    invariant(slot === index, "give a replay's slots out in order", slot);
    slots.rows.fill(0, slot * REQUEST_STRIDE, (slot + 1) * REQUEST_STRIDE);
    slots.rows[slot * REQUEST_STRIDE + RequestField.clientId] = slot;
    slots.inputTokens[slot] = promptTokens;
    slots.answerTokens[slot] = answerTokens;
    slots.state[slot] = SlotState.waiting;
    const replica = this.leastLoaded();
    this.seenAtUs[slot] = this.run.isTimedAtClient ? nowUs : replica.boundaryAfterUs(nowUs);
    replica.enqueue(slot);
    replica.react(nowUs);
  }

  private leastLoaded(): ReplicaEngine {
    const load = (replica: ReplicaEngine): number => WAITING_WEIGHT * replica.waitingCount + replica.runningCount;
    return this.replicas.reduce((best, replica) => load(replica) < load(best) ? replica : best);
  }

  private requestOf(slot: number): ReplayedRequest {
    const first = this.slots.firstTokenAtUs[slot]!, last = this.lastAtUs[slot]!, seen = this.seenAtUs[slot]!;
    invariant(first >= seen && last >= first, "serve every request of a replay", `${seen}, ${first}, ${last}`, `request ${slot}`);
    return {
      ttftS: (first - seen) / US_PER_S, tpotS: (last - first) / US_PER_S / Math.max(1, this.run.requests[slot]!.answerTokens - 1), latencyS: (last - seen) / US_PER_S,
    };
  }
}

/** @throws {DataError} when a request could never be held to its end. */
function checkLengths(run: ServedRun, { cost }: ReplayEngines): void {
  const most = cost.kvBlocks * run.engine.blockTokens, index = run.requests.findIndex(({ promptTokens, answerTokens }) => promptTokens + answerTokens - 1 > most);
  if (index < 0) return;
  const { promptTokens, answerTokens } = run.requests[index]!;
  throw new DataError({ subject: `request ${index + 1}`, rule: `fit into a KV cache of ${most} tokens`, got: promptTokens + answerTokens, where: `${run.folder}/requests.jsonl`, hint: "Check the KV capacity in meta.json, or the GPU's memory." });
}

function arrivalUs(run: ServedRun, index: number): number { return Math.round(run.requests[index]!.arrivedAtS * US_PER_S); }
