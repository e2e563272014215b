/**
 * The server side of the world: every E pool and the T pool as one logical process. It owns the life of a request from
 * its announcement to its response: arrival, consult of T, deadline, cancel. Pools own what happens in between.
 *
 * Events fire in one total order: machines before requests at an instant, machines by kind and number, requests by
 * client and attempt (`TimerHeap`). A request has one timer at a time, whose meaning follows from its state.
 */
import type { Scenario } from "../config/scenario-schema.js";
import { acceptRow, cancelAtUs, rankOf, receivedAtUs } from "./accept-rows.js";
import { Knowledge } from "./knowledge.js";
import { MachineEvent, MachineTimers } from "./machine-timers.js";
import { makePools } from "./make-pools.js";
import type { Pool, PoolOwner } from "./pool.js";
import { PoolTotals } from "./pool-totals.js";
import type { ReplicaEngine, ReplicaSettings } from "./replica-engine.js";
import { Replica } from "./replica.js";
import { NO_SLOT, RequestSlots, SlotKind, SlotState } from "./request-slots.js";
import { ResponseWriter } from "./response-writer.js";
import { REQUEST_STRIDE, RequestField, ResponseStatus } from "./tier-messages.js";
import type { ResponseSink, TierProcess, TierSummary } from "./tier-messages.js";
import { TimerHeap } from "./timer-heap.js";

const US_PER_S = 1e6;

/**
 * Tiers of a scenario.
 *
 * @param sink Receives each response once, in the order of decision.
 * @param makeReplica For tests: another implementation of a replica.
 * @throws {ConfigError} when a GPU or model is unknown, or a model does not fit its GPU.
 */
export function makeTierProcess(
  scenario: Scenario, seed: number, replication: number, sink: ResponseSink,
  makeReplica: (settings: ReplicaSettings) => ReplicaEngine = (settings) => new Replica(settings),
): TierProcess {
  return new Tiers(scenario, seed, replication, sink, makeReplica);
}

class Tiers implements TierProcess, PoolOwner {
  private readonly slots: RequestSlots = new RequestSlots();
  private readonly requestTimers: TimerHeap = new TimerHeap(this.slots.capacity);
  private readonly machines: MachineTimers = new MachineTimers();
  private readonly pools: Pool[];
  private readonly totals: PoolTotals[];
  private readonly knowledge: Knowledge;
  private readonly writer: ResponseWriter;
  private readonly generalPool: number;
  private readonly backboneUs: number;
  private nowUs = 0;
  private pending = 0;
  private refreshSequences = 0;

  constructor(private readonly scenario: Scenario, seed: number, replication: number, sink: ResponseSink, makeReplica: (settings: ReplicaSettings) => ReplicaEngine) {
    this.pools = makePools({ scenario, seed, replication, slots: this.slots, timers: this.machines, owner: this, makeReplica });
    this.totals = this.pools.map((pool) => new PoolTotals(pool));
    this.generalPool = this.pools.length - 1;
    this.backboneUs = Math.ceil(scenario.network.backboneDelayS * US_PER_S);
    this.writer = new ResponseWriter(this.slots, sink);
    this.knowledge = new Knowledge(scenario.tiers, this.pools.slice(0, -1), this.pools[this.generalPool]!, this.machines,
      (promptTokens, answerTokens, nowUs) => { this.submitRefresh(promptTokens, answerTokens, nowUs); });
  }

  accept(rows: Float64Array, count: number): void {
    for (let index = 0; index < count; index++) {
      const slot = acceptRow(this.slots, rows, index, this.pools.length);
      this.requestTimers.setRank(slot, rankOf(this.slots, slot));
      this.requestTimers.set(slot, this.slots.field(slot, RequestField.arriveAtUs));
      this.pending++;
    }
  }

  advance(untilUs: number): void {
    const { requestTimers } = this, { heap } = this.machines;
    for (;;) {
      const machineUs = heap.peekTimeUs(), requestUs = requestTimers.peekTimeUs();
      if (!(Math.min(machineUs, requestUs) < untilUs)) return;
      if (machineUs <= requestUs) {
        this.nowUs = machineUs;
        this.fireMachine(heap.pop());
      } else {
        this.nowUs = requestUs;
        this.fireRequest(requestTimers.pop());
      }
    }
  }

  nextEventAtUs(): number { return Math.min(this.machines.heap.peekTimeUs(), this.requestTimers.peekTimeUs()); }

  pendingCount(): number { return this.pending; }

  summarize(nowUs: number): TierSummary {
    return {
      pools: this.totals.map((totals, pool) => totals.summarize(Math.max(nowUs, this.nowUs),
        pool === this.generalPool ? this.knowledge.refreshTokens : 0, pool === this.generalPool ? 0 : this.knowledge.refreshes[pool]!)),
    };
  }

  // What pools report.

  onFirstToken(slot: number, nowUs: number): void {
    const { slots } = this;
    slots.firstTokenAtUs[slot] = nowUs;
    if (slots.kind[slot] !== SlotKind.client || slots.hasEnded[slot] === 1) return;
    if (!(receivedAtUs(slots, slot, nowUs) <= slots.field(slot, RequestField.deadlineAtUs))) return;
    slots.isReceived[slot] = 1;
    this.requestTimers.remove(slot);
  }

  onFinished(slot: number, nowUs: number): void {
    const { slots } = this, kind = slots.kind[slot];
    if (kind === SlotKind.refresh) {
      const made = slots.answerTokens[slot]!;
      slots.release(slot);
      this.knowledge.onSequenceFinished(made, nowUs);
    } else if (kind === SlotKind.consult) {
      this.totals[this.generalPool]!.served++;
      slots.state[slot] = SlotState.returning;
      this.requestTimers.set(slot, nowUs + this.backboneUs);
    } else if (slots.hasEnded[slot] === 1) this.free(slot);
    else if (slots.isReceived[slot] === 1) this.end(slot, ResponseStatus.served, nowUs, slots.answerTokens[slot]!);
    else slots.state[slot] = SlotState.unreceived;
  }

  onReleased(slot: number): void {
    if (this.slots.kind[slot] === SlotKind.consult) this.totals[this.generalPool]!.timedOut++;
    this.free(slot);
  }

  onRefreshed(_pool: Pool, nowUs: number): void { this.knowledge.onRefreshed(nowUs); }

  private fireMachine(timer: number): void {
    const { events, pools, replicas } = this.machines, event = events[timer]!, pool = this.pools[pools[timer]!]!, replica = replicas[timer]!;
    switch (event) {
      case MachineEvent.boundary: pool.onBoundary(replica, this.nowUs); return;
      case MachineEvent.failure: pool.onFailure(replica, this.nowUs); return;
      case MachineEvent.lifecycle: pool.onLifecycle(replica, this.nowUs); return;
      case MachineEvent.autoscale: pool.onAutoscale(this.nowUs); return;
      case MachineEvent.refresh: this.knowledge.onDue(this.nowUs); return;
      default: return event satisfies never;
    }
  }

  private fireRequest(slot: number): void {
    const { slots } = this;
    if (slots.state[slot] === SlotState.incoming) this.arrive(slot);
    else if (slots.state[slot] === SlotState.returning) this.deliverConsult(slot);
    else if (slots.hasEnded[slot] === 1) this.cancel(slot);
    else this.timeOut(slot);
  }

  private arrive(slot: number): void {
    const { slots } = this, pool = slots.field(slot, RequestField.pool), deadlineUs = slots.field(slot, RequestField.deadlineAtUs);
    this.totals[pool]!.arrived++;
    if (slots.kind[slot] === SlotKind.client) this.totals[pool]!.receivedBytes += slots.field(slot, RequestField.requestBytes);
    slots.inputTokens[slot] = Math.max(1, this.scenario.tiers.systemPromptTokens + slots.field(slot, RequestField.promptTokens));
    slots.answerTokens[slot] = slots.field(slot, RequestField.answerTokens);
    slots.state[slot] = SlotState.waiting;
    if (deadlineUs <= this.nowUs && slots.kind[slot] === SlotKind.client) {
      this.end(slot, ResponseStatus.timedOut, deadlineUs, 0);
      return;
    }
    this.requestTimers.set(slot, deadlineUs);
    if (slots.field(slot, RequestField.needsConsult) === 1 && pool < this.generalPool) this.startConsult(slot);
    else this.enterPool(slot);
  }

  /** Queues a request at its pool, unless even an empty replica could not hold it to its end. */
  private enterPool(slot: number): void {
    const pool = this.pools[this.slots.field(slot, RequestField.pool)]!;
    if (pool.lastingBlocks(slot) <= pool.sequenceBlocks) pool.enqueue(slot, this.nowUs);
    else this.refuse(slot);
  }

  private refuse(slot: number): void {
    const { slots } = this;
    if (slots.kind[slot] === SlotKind.consult) {
      this.totals[this.generalPool]!.failed++;
      slots.hasEnded[slot] = 0;
      slots.state[slot] = SlotState.returning;
      slots.generatedTokens[slot] = 0;
      this.requestTimers.set(slot, this.nowUs + this.backboneUs);
    } else if (slots.hasEnded[slot] === 1) this.free(slot);
    else this.end(slot, ResponseStatus.failed, this.nowUs, 0);
  }

  private timeOut(slot: number): void {
    const { slots } = this, isDone = slots.state[slot] === SlotState.unreceived;
    this.end(slot, ResponseStatus.timedOut, this.nowUs, this.generatedTokens(slot), !isDone);
    if (!isDone) this.requestTimers.set(slot, cancelAtUs(slots, slot));
  }

  /** Tokens of an answer that is not finished or not received. */
  private generatedTokens(slot: number): number {
    const { slots } = this, replica = slots.replica[slot]!;
    if (slots.state[slot] === SlotState.unreceived) return slots.answerTokens[slot]!;
    if (replica === NO_SLOT) return slots.generatedTokens[slot]!;
    return this.pools[slots.field(slot, RequestField.pool)]!.units[replica]!.engine.generatedTokens(slot, this.nowUs);
  }

  private cancel(slot: number): void {
    const { slots } = this;
    if (slots.state[slot] !== SlotState.consulting) { this.pools[slots.field(slot, RequestField.pool)]!.cancel(slot, this.nowUs); return; }
    const consult = slots.partner[slot]!;
    slots.partner[consult] = NO_SLOT;
    if (slots.state[consult] !== SlotState.returning) {
      const reachedAtUs = this.nowUs + this.backboneUs;
      slots.hasEnded[consult] = 1;
      slots.rows[consult * REQUEST_STRIDE + RequestField.deadlineAtUs] = reachedAtUs;
      if (slots.state[consult] !== SlotState.incoming) this.requestTimers.set(consult, reachedAtUs);
    }
    this.free(slot);
  }

  private startConsult(slot: number): void {
    const { slots, scenario } = this, consult = slots.take(SlotKind.consult);
    const { consultPromptTokens, consultAnswerTokens } = scenario.tiers;
    slots.state[slot] = SlotState.consulting;
    slots.consultedAtUs[slot] = this.nowUs;
    slots.partner[slot] = consult;
    slots.partner[consult] = slot;
    const from = slot * REQUEST_STRIDE;
    slots.rows.copyWithin(consult * REQUEST_STRIDE, from, from + REQUEST_STRIDE);
    this.setRow(consult, this.nowUs + this.backboneUs, consultPromptTokens, Math.max(1, consultAnswerTokens));
    this.requestTimers.setRank(consult, rankOf(slots, consult));
    this.requestTimers.set(consult, this.nowUs + this.backboneUs);
  }

  /** T's answer is back at E. */
  private deliverConsult(consult: number): void {
    const { slots } = this, slot = slots.partner[consult]!, isAnswered = slots.firstTokenAtUs[consult]! >= 0;
    slots.release(consult);
    if (slot === NO_SLOT) return;
    slots.partner[slot] = NO_SLOT;
    slots.state[slot] = SlotState.waiting;
    if (isAnswered) {
      slots.consultAnsweredAtUs[slot] = this.nowUs;
      slots.inputTokens[slot]! += this.scenario.tiers.consultAnswerTokens;
    }
    this.enterPool(slot);
  }

  private submitRefresh(promptTokens: number, answerTokens: number, nowUs: number): void {
    const slot = this.slots.take(SlotKind.refresh);
    this.slots.rows.fill(0, slot * REQUEST_STRIDE, (slot + 1) * REQUEST_STRIDE);
    this.setRow(slot, nowUs, promptTokens, answerTokens);
    this.slots.rows[slot * REQUEST_STRIDE + RequestField.clientId] = -1;
    this.slots.rows[slot * REQUEST_STRIDE + RequestField.attemptKey] = this.refreshSequences++;
    this.slots.inputTokens[slot] = promptTokens;
    this.slots.answerTokens[slot] = answerTokens;
    this.pools[this.generalPool]!.enqueue(slot, nowUs);
  }

  /** Fields of a request that the tiers make themselves: to T, with no deadline and no prefix. */
  private setRow(slot: number, arriveAtUs: number, promptTokens: number, answerTokens: number): void {
    const { rows } = this.slots, at = slot * REQUEST_STRIDE;
    rows[at + RequestField.arriveAtUs] = arriveAtUs;
    rows[at + RequestField.pool] = this.generalPool;
    rows[at + RequestField.promptTokens] = promptTokens;
    rows[at + RequestField.prefixTokens] = 0;
    rows[at + RequestField.answerTokens] = answerTokens;
    rows[at + RequestField.needsConsult] = 0;
    rows[at + RequestField.deadlineAtUs] = Infinity;
  }

  /** Sends the response. The slot is freed unless work for it goes on. */
  private end(slot: number, status: number, decidedAtUs: number, generatedTokens: number, hasWork: boolean = false): void {
    const pool = this.slots.field(slot, RequestField.pool), totals = this.totals[pool]!;
    if (status === ResponseStatus.served) totals.served++;
    else if (status === ResponseStatus.timedOut) totals.timedOut++;
    else totals.failed++;
    this.pending--;
    this.slots.hasEnded[slot] = 1;
    this.writer.write(slot, status, decidedAtUs, generatedTokens, this.knowledge.ageUs(pool, decidedAtUs));
    if (!hasWork) this.free(slot);
  }

  private free(slot: number): void {
    this.requestTimers.remove(slot);
    this.slots.release(slot);
  }
}
