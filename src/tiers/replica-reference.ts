/**
 * The slow and obvious replica: one event per iteration, sequences as objects in plain arrays, every sum taken anew.
 * It follows the rules in replica-engine.ts word by word and shares no state-keeping code with `Replica`.
 */
import { ANSWER_TOKEN_WEIGHT } from "./fair-queue.js";
import { BatchShape, PS_PER_US, spreadOf } from "./iteration-cost.js";
import { keyOfPreempted, reusedTokens, zeroCounters } from "./replica-engine.js";
import type { ReplicaCounters, ReplicaEngine, ReplicaSettings } from "./replica-engine.js";
import { ReferenceQueue } from "./reference-queue.js";
import { NO_SLOT, SlotKind } from "./request-slots.js";
import { RequestField } from "./tier-messages.js";

/** One running sequence. */
interface Sequence {
  readonly slot: number;
  /** Tokens whose KV entries are in memory, and how many the prefill needs. */
  computed: number;
  readonly target: number;
  generated: number;
  blocks: number;
  /** Tokens worked on in the current iteration. */
  chunk: number;
  isCancelled: boolean;
}

/** Replica that walks through every iteration. */
export class ReplicaReference implements ReplicaEngine {
  wakeAtUs = Infinity;
  readonly counters: ReplicaCounters = zeroCounters();
  private readonly queue: ReferenceQueue;
  private running: Sequence[] = [];
  /** What finished turns left, least recently used first. */
  private left: { key: number; blocks: number }[] = [];
  /** Requests not seen yet, with the iterations ended when they came; what ended sequences still hold, until the next is made up. */
  private arrivals: { slot: number; mark: number | undefined }[] = [];
  private departures: { key: number | undefined; kept: number; blocks: number }[] = [];
  private startUs = 0;
  private startPs = 0;
  private durationPs = 0;
  private isSystemWarm = false;
  private isWaking = false;

  constructor(private readonly settings: ReplicaSettings) { this.queue = new ReferenceQueue(settings.queue, settings.slots); }

  get runningCount(): number { return this.running.length; }
  get waitingCount(): number { return this.queue.size + this.arrivals.length; }

  enqueue(slot: number): void {
    if (this.settings.schedulesAhead) this.arrivals.push({ slot, mark: undefined });
    else this.queue.push(slot);
  }

  boundaryAfterUs(nowUs: number): number { return this.wakeAtUs === Infinity ? nowUs : this.wakeAtUs; }

  react(nowUs: number): void {
    if (this.isWaking) return;
    this.markArrivals();
    if (this.wakeAtUs !== Infinity || this.waitingCount === 0) return;
    this.startUs = nowUs;
    this.startPs = 0;
    this.schedule(nowUs);
  }

  wake(): void {
    const nowUs = this.wakeAtUs;
    this.isWaking = true;
    this.endIteration(nowUs);
    for (const sequence of this.running.filter((candidate) => candidate.isCancelled)) {
      this.takeOut(sequence);
      this.settings.host.onReleased(sequence.slot);
    }
    this.isWaking = false;
    this.schedule(nowUs);
  }

  settle(): void { /* every iteration has its event */ }

  cancel(slot: number, nowUs: number): void {
    const sequence = this.running.find((candidate) => candidate.slot === slot);
    if (sequence !== undefined) { sequence.isCancelled = true; return; }
    this.removeWaiting(slot);
    this.settings.host.onReleased(slot);
    this.react(nowUs);
  }

  hasPrefix(sessionKey: number): boolean { return this.left.some((entry) => entry.key === sessionKey); }

  generatedTokens(slot: number): number { return this.settings.slots.generatedTokens[slot]!; }

  takeWaiting(): number {
    const slot = this.queue.size > 0 ? this.queue.peek() : this.arrivals[0]?.slot ?? NO_SLOT;
    if (slot !== NO_SLOT) this.removeWaiting(slot);
    return slot;
  }

  fail(_nowUs: number, lost: number[]): void {
    const { slots, host } = this.settings;
    const cancelled = this.running.filter((sequence) => sequence.isCancelled);
    lost.push(...this.running.filter((sequence) => !sequence.isCancelled).map((sequence) => sequence.slot));
    for (const sequence of cancelled) host.onReleased(sequence.slot);
    for (let slot = this.takeWaiting(); slot !== NO_SLOT; slot = this.takeWaiting()) lost.push(slot);
    for (const slot of lost) slots.generatedTokens[slot] = 0;
    this.running = [];
    this.left = [];
    this.departures = [];
    this.isSystemWarm = false;
    this.wakeAtUs = Infinity;
  }

  private markArrivals(): void { for (const arrival of this.arrivals) arrival.mark ??= this.counters.iterations; }

  private removeWaiting(slot: number): void {
    const isNew = this.arrivals.some((arrival) => arrival.slot === slot);
    this.arrivals = this.arrivals.filter((arrival) => arrival.slot !== slot);
    if (isNew) return;
    this.queue.remove(slot);
    this.left = this.left.filter((entry) => entry.key !== keyOfPreempted(slot));
  }

  /** At an idle replica everything that came is seen, otherwise what came before the iteration that just ended. */
  private showArrivals(): void {
    this.markArrivals();
    const isIdle = this.running.length === 0;
    if (isIdle) this.settleDepartures();
    const isSeen = ({ mark }: { readonly mark: number | undefined }): boolean => isIdle || mark! <= this.counters.iterations - 2;
    for (const arrival of this.arrivals.filter(isSeen)) this.queue.push(arrival.slot);
    this.arrivals = this.arrivals.filter((arrival) => !isSeen(arrival));
  }

  private settleDepartures(): void {
    for (const { key, kept } of this.departures) {
      if (key === undefined) continue;
      this.left = this.left.filter((entry) => entry.key !== key);
      if (kept > 0) this.left.push({ key, blocks: kept });
    }
    this.departures = [];
  }

  private endIteration(nowUs: number): void {
    const { counters } = this, { slots, host } = this.settings, endPs = this.startPs + this.durationPs;
    this.startUs += Math.floor(endPs / PS_PER_US);
    this.startPs = endPs % PS_PER_US;
    counters.iterations++;
    counters.busyUs += Math.floor((counters.busyPs + this.durationPs) / PS_PER_US);
    counters.busyPs = (counters.busyPs + this.durationPs) % PS_PER_US;
    for (const sequence of [...this.running]) {
      if (sequence.chunk === 0) continue;
      if (sequence.computed < sequence.target) counters.prefilledTokens += sequence.chunk;
      sequence.computed += sequence.chunk;
      sequence.chunk = 0;
      if (sequence.computed < sequence.target) continue;
      sequence.generated++;
      counters.generatedTokens++;
      slots.generatedTokens[sequence.slot] = sequence.generated;
      if (Number.isNaN(slots.firstTokenAtUs[sequence.slot])) host.onFirstToken(sequence.slot, nowUs);
      if (sequence.generated === slots.answerTokens[sequence.slot]) this.finish(sequence, nowUs);
    }
  }

  private finish(sequence: Sequence, nowUs: number): void {
    const { slots, prefixCache, blockTokens, systemBlocks, schedulesAhead, host } = this.settings, { slot, blocks } = sequence;
    this.running = this.running.filter((other) => other !== sequence);
    const isKept = prefixCache && slots.kind[slot] === SlotKind.client;
    const kept = isKept ? Math.floor(sequence.computed / blockTokens) - systemBlocks : 0;
    this.departures.push({ key: isKept ? slots.sessionKey(slot) : undefined, kept, blocks });
    if (!schedulesAhead) this.settleDepartures();
    host.onFinished(slot, nowUs);
  }

  private takeOut(sequence: Sequence): void {
    const { systemBlocks, blockTokens, slots } = this.settings;
    this.running = this.running.filter((other) => other !== sequence);
    slots.generatedTokens[sequence.slot] = sequence.generated;
    if (sequence.computed < systemBlocks * blockTokens) this.isSystemWarm = false;
  }

  private schedule(nowUs: number): void {
    const { slots, tokenBudget, maxRunning, blockTokens, systemBlocks } = this.settings;
    this.showArrivals();
    const hasPreempted = this.growDecoding();
    let budget = tokenBudget - this.running.filter((sequence) => sequence.chunk > 0).length;
    for (const sequence of this.running) {
      if (sequence.computed >= sequence.target) continue;
      sequence.chunk = Math.min(budget, sequence.target - sequence.computed);
      budget -= sequence.chunk;
    }
    while (!hasPreempted && budget > 0 && this.running.length + this.departures.length < maxRunning && this.queue.size > 0) {
      const slot = this.queue.peek();
      if (Math.ceil((slots.inputTokens[slot]! + slots.generatedTokens[slot]!) / blockTokens) - systemBlocks > this.freeBlocks() + this.leftBlocks()) break;
      budget -= this.admit(slot, budget, nowUs);
    }
    this.counters.peakUsedBlocks = Math.max(this.counters.peakUsedBlocks, this.usedBlocks());
    const hasDepartures = this.departures.length > 0;
    this.settleDepartures();
    if (this.running.length === 0) {
      this.wakeAtUs = Infinity;
      if (hasDepartures && this.waitingCount > 0) this.schedule(nowUs);
      return;
    }
    this.durationPs = this.measureIteration();
    this.wakeAtUs = this.startUs + Math.ceil((this.startPs + this.durationPs) / PS_PER_US);
  }

  /** Gives each decoding sequence, in order of admission, its block for one more token; preempts from the end. */
  private growDecoding(): boolean {
    const { slots, blockTokens, systemBlocks, prefixCache, host } = this.settings;
    let hasPreempted = false;
    for (let i = 0; i < this.running.length; i++) {
      const sequence = this.running[i]!;
      if (sequence.computed < sequence.target) continue;
      const needed = Math.ceil((sequence.computed + 1) / blockTokens) - systemBlocks - sequence.blocks;
      while (needed > this.freeBlocks() + this.leftBlocks()) {
        const victim = this.running.at(-1)!;
        this.takeOut(victim);
        const whole = prefixCache ? Math.floor(victim.computed / blockTokens) - systemBlocks : 0;
        if (whole > 0) this.left.push({ key: keyOfPreempted(victim.slot), blocks: whole });
        this.queue.pushFront(victim.slot);
        this.counters.preemptions++;
        slots.preemptions[victim.slot]!++;
        host.onPreempted(victim.slot);
        hasPreempted = true;
        if (victim === sequence) return true;
      }
      this.makeFree(needed);
      sequence.blocks += needed;
      sequence.chunk = 1;
    }
    return hasPreempted;
  }

  private admit(slot: number, budget: number, nowUs: number): number {
    const { slots, blockTokens, systemBlocks, systemTokens, host } = this.settings;
    const target = slots.inputTokens[slot]! + slots.generatedTokens[slot]!, blocks = Math.ceil(target / blockTokens) - systemBlocks;
    const computed = this.reuse(slot, target);
    this.isSystemWarm = systemBlocks > 0;
    this.queue.remove(slot);
    this.queue.charge(slot, target - computed + ANSWER_TOKEN_WEIGHT * slots.answerTokens[slot]!);
    this.makeFree(blocks);
    const sequence = { slot, computed, target, generated: slots.generatedTokens[slot]!, blocks, chunk: Math.min(budget, target - computed), isCancelled: false };
    this.running.push(sequence);
    if (Number.isNaN(slots.admittedAtUs[slot])) slots.cachedTokens[slot] = Math.max(0, computed - systemTokens);
    this.counters.cachedTokens += computed;
    host.onAdmitted(slot, nowUs);
    return sequence.chunk;
  }

  /** Takes out what the sequence itself left when it was preempted, or else what its session's last turn left. */
  private reuse(slot: number, target: number): number {
    const { settings } = this, { slots } = settings;
    const own = this.left.find((entry) => entry.key === keyOfPreempted(slot));
    const prefixTokens = settings.prefixCache && slots.kind[slot] === SlotKind.client ? slots.field(slot, RequestField.prefixTokens) : 0;
    const entry = own ?? (prefixTokens > 0 ? this.left.find((candidate) => candidate.key === slots.sessionKey(slot)) : undefined);
    this.left = this.left.filter((candidate) => candidate !== entry);
    return reusedTokens(settings, this.isSystemWarm, target, own === undefined ? prefixTokens : target, entry?.blocks ?? 0);
  }

  private measureIteration(): number {
    const batch = new BatchShape(this.settings.maxRunning);
    let sumOfSquares = 0;
    for (const { computed, chunk, target } of this.running) {
      if (computed + chunk >= target) batch.sampled++;
      if (computed < target) {
        if (chunk === 0) continue;
        batch.chunkTokens[batch.chunks] = chunk;
        batch.chunkBefore[batch.chunks++] = computed;
      } else {
        batch.decodes++;
        batch.kvTokens += computed;
        sumOfSquares += computed * computed;
      }
    }
    batch.spread = spreadOf(batch.decodes, batch.kvTokens, sumOfSquares);
    return this.settings.cost.durationPs(batch);
  }

  private usedBlocks(): number { return [...this.running, ...this.departures].reduce((sum, { blocks }) => sum + blocks, 0); }

  private leftBlocks(): number { return this.left.reduce((sum, entry) => sum + entry.blocks, 0); }

  private freeBlocks(): number { return this.settings.cost.kvBlocks - this.settings.systemBlocks - this.usedBlocks() - this.leftBlocks(); }

  /** Takes left blocks, one by one from the oldest session, until so many are free. */
  private makeFree(blocks: number): void {
    while (this.freeBlocks() < blocks) {
      this.left[0]!.blocks--;
      if (this.left[0]!.blocks === 0) this.left.shift();
    }
  }
}
