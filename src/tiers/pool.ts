/**
 * One pool: the replicas that serve one model, the balancer before them, and what waits while none is up.
 * Requests wait at their replica, as behind a load balancer; when a replica comes up, all that wait in the pool are
 * dealt out anew in order of arrival.
 */
import type { PoolConfig } from "../config/scenario-schema.js";
import { LimitError } from "../core/errors.js";
import { chooseRetiring, countLasting, wantedReplicas } from "./autoscaler.js";
import { Balancer } from "./balance.js";
import { FailureClock } from "./failures.js";
import { MachineEvent } from "./machine-timers.js";
import type { MachineTimers } from "./machine-timers.js";
import type { ReplicaEngine, ReplicaHost, ReplicaSettings } from "./replica-engine.js";
import { ReplicaUnit } from "./replica-unit.js";
import { NO_SLOT, SlotKind, SlotState } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";
import { SlotList } from "./slot-list.js";
import { RequestField } from "./tier-messages.js";

const US_PER_S = 1e6;

/** What a pool tells its owner about requests. */
export interface PoolOwner {
  onFirstToken(slot: number, nowUs: number): void;
  onFinished(slot: number, nowUs: number): void;
  /** A cancelled request left the pool. */
  onReleased(slot: number): void;
  /** All replicas got new weights. */
  onRefreshed(pool: Pool, nowUs: number): void;
}

/** What a pool is made of. */
export interface PoolParts {
  readonly index: number;
  readonly name: string;
  readonly config: PoolConfig;
  readonly settings: Omit<ReplicaSettings, "host">;
  readonly timers: MachineTimers;
  readonly owner: PoolOwner;
  readonly makeReplica: (settings: ReplicaSettings) => ReplicaEngine;
  readonly maxWaiting: number;
  readonly seed: number;
  readonly replication: number;
}

/** Replicas of one model. */
export class Pool implements ReplicaHost {
  readonly units: ReplicaUnit[] = [];
  /** Requests that wait for a place in a batch. */
  waitingCount = 0;
  peakWaiting = 0;
  peakReplicas = 0;
  failureCount = 0;
  private readonly slots: RequestSlots;
  private readonly unplaced: SlotList;
  private readonly balancer: Balancer;
  private readonly failures: FailureClock | undefined;
  private readonly autoscaleTimer: number;
  /** Requests being dealt out. Kept between uses. */
  private readonly homeless: number[] = [];
  /** Unit being refreshed; -1 when no refresh is on. */
  private refreshing = -1;
  private refreshDownUs = 0;

  constructor(readonly parts: PoolParts) {
    const { config, index, timers } = parts;
    this.slots = parts.settings.slots;
    this.unplaced = new SlotList(this.slots);
    this.balancer = new Balancer(config.balance);
    this.failures = config.failure === undefined ? undefined : new FailureClock(config.failure, index, parts.seed, parts.replication);
    for (let replica = 0; replica < config.replicas; replica++) this.bringUp(this.addUnit(), 0);
    this.autoscaleTimer = timers.add(MachineEvent.autoscale, index, -1);
    if (config.autoscale !== undefined) timers.heap.set(this.autoscaleTimer, Math.round(config.autoscale.periodS * US_PER_S));
  }

  /** Requests that wait or run. */
  get load(): number { return this.units.reduce((sum, unit) => sum + unit.load, this.unplaced.size); }

  /** Replicas that take requests. */
  get upCount(): number { return this.units.reduce((count, unit) => count + (unit.state === "up" ? 1 : 0), 0); }

  /** Blocks of a sequence's own from its first prompt token to its last KV entry. */
  lastingBlocks(slot: number): number {
    const { blockTokens, systemBlocks } = this.parts.settings;
    return Math.ceil((this.slots.inputTokens[slot]! + this.slots.answerTokens[slot]! - 1) / blockTokens) - systemBlocks;
  }

  /** Blocks that one sequence can have at most. */
  get sequenceBlocks(): number { return this.parts.settings.cost.kvBlocks - this.parts.settings.systemBlocks; }

  /**
   * Takes a request in: to a replica, or to wait until one is up.
   *
   * @throws {LimitError} when too many wait.
   */
  enqueue(slot: number, nowUs: number): void {
    this.noteWaiting(1, nowUs);
    this.slots.state[slot] = SlotState.waiting;
    const unit = this.place(slot, nowUs);
    if (unit !== undefined) { unit.engine.react(nowUs); unit.sync(); }
  }

  /** A client's or E's cancel arrives for a request that waits or runs here. */
  cancel(slot: number, nowUs: number): void {
    const replica = this.slots.replica[slot]!;
    if (replica === NO_SLOT) {
      this.unplaced.remove(slot);
      this.onReleased(slot);
      return;
    }
    const unit = this.units[replica]!;
    unit.engine.cancel(slot, nowUs);
    this.afterEngine(unit, nowUs);
  }

  onBoundary(replica: number, nowUs: number): void {
    const unit = this.units[replica]!;
    unit.engine.wake();
    this.afterEngine(unit, nowUs);
  }

  onFailure(replica: number, nowUs: number): void {
    const unit = this.units[replica]!, wasUpdating = unit.state === "updating", wasRetiring = unit.state === "retiring";
    this.failureCount++;
    const firstLost = this.homeless.length;
    unit.engine.fail(nowUs, this.homeless);
    this.noteWaiting(this.homeless.length - firstLost - this.countWaiting(firstLost), nowUs);
    unit.sync();
    unit.enter(wasRetiring ? "off" : wasUpdating ? "reloading" : "failed", nowUs);
    const downUs = Math.max(this.failures!.restartUs, wasUpdating ? this.refreshDownUs : 0);
    if (!wasRetiring) this.parts.timers.heap.set(unit.lifecycleTimer, nowUs + downUs);
    this.dealOut(nowUs);
  }

  /** A replica's time out of service is over. */
  onLifecycle(replica: number, nowUs: number): void {
    const unit = this.units[replica]!, wasReloading = unit.state === "reloading";
    this.bringUp(unit, nowUs);
    this.collectWaiting();
    this.dealOut(nowUs);
    if (wasReloading) this.refreshNext(nowUs);
  }

  onAutoscale(nowUs: number): void {
    const autoscale = this.parts.config.autoscale!;
    this.parts.timers.heap.set(this.autoscaleTimer, nowUs + Math.round(autoscale.periodS * US_PER_S));
    const wanted = wantedReplicas(autoscale, this.load), lasting = countLasting(this.units);
    if (wanted < lasting) { this.retire(chooseRetiring(this.units), nowUs); return; }
    for (let missing = wanted - lasting; missing > 0; missing--) this.start(nowUs, Math.round(autoscale.startUpS * US_PER_S));
  }

  /** Gives every replica new weights, one after another. Ones that are not up start with the new weights anyway. */
  refresh(downUs: number, nowUs: number): void {
    this.refreshing = -1;
    this.refreshDownUs = downUs;
    this.refreshNext(nowUs);
  }

  // What replicas report.

  onAdmitted(slot: number, nowUs: number): void {
    this.waitingCount--;
    this.slots.state[slot] = SlotState.running;
    if (!(this.slots.admittedAtUs[slot]! >= 0)) this.slots.admittedAtUs[slot] = nowUs;
  }

  onPreempted(slot: number): void {
    this.slots.state[slot] = SlotState.waiting;
    this.waitingCount++;
    if (this.waitingCount > this.peakWaiting) this.peakWaiting = this.waitingCount;
  }

  onFirstToken(slot: number, nowUs: number): void { this.parts.owner.onFirstToken(slot, nowUs); }

  onFinished(slot: number, nowUs: number): void { this.parts.owner.onFinished(slot, nowUs); }

  onReleased(slot: number): void {
    if (this.slots.state[slot] === SlotState.waiting) this.waitingCount--;
    this.parts.owner.onReleased(slot);
  }

  private noteWaiting(added: number, nowUs: number): void {
    this.waitingCount += added;
    if (this.waitingCount > this.peakWaiting) this.peakWaiting = this.waitingCount;
    const { maxWaiting, name } = this.parts;
    if (this.waitingCount <= maxWaiting) return;
    throw new LimitError({
      subject: `requests waiting at pool ${name}`, rule: `be at most ${maxWaiting}`, got: this.waitingCount, where: `t = ${(nowUs / US_PER_S).toFixed(3)} s`,
      hint: "The queue grows without bound: add replicas, lower the load, or raise simulation.limits.maxWaiting.",
    });
  }

  private addUnit(): ReplicaUnit {
    const engine = this.parts.makeReplica({ ...this.parts.settings, host: this });
    const unit = new ReplicaUnit(this.units.length, engine, this.parts.index, this.parts.timers);
    this.units.push(unit);
    return unit;
  }

  private bringUp(unit: ReplicaUnit, nowUs: number): void {
    unit.enter("up", nowUs);
    this.notePeakReplicas();
    if (this.failures !== undefined) this.parts.timers.heap.set(unit.failureTimer, this.failures.sampleNextUs(unit, nowUs));
  }

  private notePeakReplicas(): void { this.peakReplicas = Math.max(this.peakReplicas, this.upCount); }

  /** Starts one replica: one that was about to retire is kept, else the first that is off, else a new one. */
  private start(nowUs: number, startUpUs: number): void {
    const kept = this.units.find((unit) => unit.state === "retiring");
    if (kept !== undefined) { kept.enter("up", nowUs); this.notePeakReplicas(); this.collectWaiting(); this.dealOut(nowUs); return; }
    const unit = this.units.find((candidate) => candidate.state === "off") ?? this.addUnit();
    unit.enter("starting", nowUs);
    this.parts.timers.heap.set(unit.lifecycleTimer, nowUs + startUpUs);
  }

  private retire(unit: ReplicaUnit | undefined, nowUs: number): void {
    if (unit === undefined) return;
    if (unit.state === "starting") {
      this.parts.timers.heap.remove(unit.lifecycleTimer);
      unit.enter("off", nowUs);
    } else this.drain(unit, "retiring", nowUs);
  }

  /** Stops giving requests to a unit; what waits there goes elsewhere. */
  private drain(unit: ReplicaUnit, state: "retiring" | "updating", nowUs: number): void {
    unit.enter(state, nowUs);
    this.collectFrom(unit);
    this.dealOut(nowUs);
    this.afterEngine(unit, nowUs);
  }

  /** Follows up on an engine that moved: its timer, and the end of a drain. */
  private afterEngine(unit: ReplicaUnit, nowUs: number): void {
    if (unit.state === "retiring" || unit.state === "updating") {
      // Preempted sequences of a draining replica go elsewhere, and start again there with the tokens they have.
      if (unit.engine.waitingCount > 0) { this.collectFrom(unit); this.dealOut(nowUs); }
      if (unit.engine.runningCount === 0) {
        unit.sync();
        this.finishDrain(unit, nowUs);
        return;
      }
    }
    unit.sync();
  }

  private finishDrain(unit: ReplicaUnit, nowUs: number): void {
    unit.engine.fail(nowUs, this.homeless);
    if (unit.state === "retiring") { unit.enter("off", nowUs); return; }
    unit.enter("reloading", nowUs);
    this.parts.timers.heap.set(unit.lifecycleTimer, nowUs + this.refreshDownUs);
  }

  private refreshNext(nowUs: number): void {
    do this.refreshing++; while (this.refreshing < this.units.length && this.units[this.refreshing]!.state !== "up");
    if (this.refreshing < this.units.length) this.drain(this.units[this.refreshing]!, "updating", nowUs);
    else this.parts.owner.onRefreshed(this, nowUs);
  }

  private collectFrom(unit: ReplicaUnit): void {
    for (let slot = unit.engine.takeWaiting(); slot !== NO_SLOT; slot = unit.engine.takeWaiting()) this.homeless.push(slot);
  }

  private collectWaiting(): void {
    for (let slot = this.unplaced.first; slot !== NO_SLOT; slot = this.unplaced.first) { this.unplaced.remove(slot); this.homeless.push(slot); }
    for (const unit of this.units) this.collectFrom(unit);
  }

  /** Of the homeless from a place on, those that were waiting already. */
  private countWaiting(from: number): number {
    let count = 0;
    for (let i = from; i < this.homeless.length; i++) if (this.slots.state[this.homeless[i]!] === SlotState.waiting) count++;
    return count;
  }

  /** Places the homeless in order of arrival, then lets the replicas look. */
  private dealOut(nowUs: number): void {
    if (this.homeless.length === 0) return;
    this.homeless.sort((a, b) => this.compareArrivals(a, b));
    for (const slot of this.homeless) {
      this.slots.state[slot] = SlotState.waiting;
      this.place(slot, nowUs);
    }
    this.homeless.length = 0;
    for (const unit of this.units) if (unit.state === "up") { unit.engine.react(nowUs); unit.sync(); }
  }

  private place(slot: number, nowUs: number): ReplicaUnit | undefined {
    const hasPrefix = this.slots.kind[slot] === SlotKind.client && this.slots.field(slot, RequestField.prefixTokens) > 0;
    const unit = this.balancer.choose(this.units, hasPrefix ? this.slots.sessionKey(slot) : -1, nowUs);
    this.slots.replica[slot] = unit?.index ?? NO_SLOT;
    if (unit === undefined) this.unplaced.push(slot); else unit.engine.enqueue(slot);
    return unit;
  }

  private compareArrivals(a: number, b: number): number {
    const { slots } = this, { arriveAtUs, clientId, attemptKey } = RequestField;
    return slots.field(a, arriveAtUs) - slots.field(b, arriveAtUs) || slots.field(a, clientId) - slots.field(b, clientId)
      || slots.field(a, attemptKey) - slots.field(b, attemptKey) || slots.kind[a]! - slots.kind[b]!;
  }
}
