/**
 * A replica that leaps: while its batch does nothing but decode, any number of iterations is one step in closed form
 * (`DecodePlan` for time, `DecodingSet` for memory). Work per request grows with the logarithm of the batch, not with
 * tokens. `ReplicaReference` is the same thing one iteration at a time; tests hold the two equal in every instant.
 */
import { DecodePlan } from "./decode-plan.js";
import { DecodingSet } from "./decoding-set.js";
import { ANSWER_TOKEN_WEIGHT } from "./fair-queue.js";
import { MAX_SPAN_PS, PS_PER_US, iterationPs } from "./iteration-cost.js";
import { KvBlocks } from "./kv-blocks.js";
import { reusedTokens, zeroCounters } from "./replica-engine.js";
import type { ReplicaCounters, ReplicaEngine, ReplicaSettings } from "./replica-engine.js";
import { NO_SLOT, SlotKind, SlotState } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";
import { SlotList } from "./slot-list.js";
import { RequestField } from "./tier-messages.js";
import { makeWaitingQueue } from "./waiting-queue.js";
import type { WaitingQueue } from "./waiting-queue.js";

/** The fast replica. */
export class Replica implements ReplicaEngine {
  wakeAtUs = Infinity;
  readonly counters: ReplicaCounters = zeroCounters();
  private readonly slots: RequestSlots;
  private readonly queue: WaitingQueue;
  private readonly running: SlotList;
  private readonly decoding: DecodingSet;
  private readonly kv: KvBlocks;
  private readonly plan: DecodePlan = new DecodePlan();
  /** The boundary reached: microseconds, and picoseconds after it. */
  private startUs = 0;
  private startPs = 0;
  /** Iterations finished since the replica came up, and planned from the boundary reached. */
  private iteration = 0;
  private planned = 0;
  /** Prompts in the current iteration, and tokens of each. */
  private readonly chunkSlots: Int32Array;
  private readonly chunkTokens: Int32Array;
  private chunkCount = 0;
  /** The one prompt that is half done at a boundary. */
  private partial: number = NO_SLOT;
  private isSystemWarm = false;
  private isWaking = false;
  private admitted = 0;
  private readonly cancelled: number[] = [];

  constructor(private readonly settings: ReplicaSettings) {
    this.slots = settings.slots;
    this.queue = makeWaitingQueue(settings.queue, settings.slots);
    this.running = new SlotList(settings.slots);
    this.decoding = new DecodingSet(settings.slots, settings.blockTokens);
    this.kv = new KvBlocks(settings.cost.kvBlocks - settings.systemBlocks);
    this.chunkSlots = new Int32Array(settings.maxRunning);
    this.chunkTokens = new Int32Array(settings.maxRunning);
  }

  get runningCount(): number { return this.running.size; }
  get waitingCount(): number { return this.queue.size; }

  enqueue(slot: number): void { this.queue.push(slot); }

  react(nowUs: number): void {
    if (this.isWaking || this.queue.size === 0) return;
    if (this.wakeAtUs === Infinity) {
      this.startUs = nowUs;
      this.startPs = 0;
      this.schedule(nowUs);
    } else if (this.canAdmit()) this.cut(nowUs);
  }

  wake(): void {
    const nowUs = this.wakeAtUs;
    this.isWaking = true;
    this.advance(this.planned);
    this.finishSequences(nowUs);
    this.finishChunks(nowUs);
    this.releaseCancelled();
    this.isWaking = false;
    this.schedule(nowUs);
  }

  settle(nowUs: number): void {
    if (this.wakeAtUs === Infinity || this.planned === 1) return;
    const done = this.plan.countWithin((nowUs - this.startUs) * PS_PER_US - this.startPs, this.planned - 1);
    if (done === 0) return;
    const planned = this.planned - done;
    this.advance(done);
    this.kv.take(this.decoding.growthOf(this.iteration, 1));
    this.notePeak();
    this.planned = planned;
    this.plan.set(this.settings.cost, this.decoding.count, this.decoding.kvTokens);
  }

  cancel(slot: number, nowUs: number): void {
    if (this.slots.state[slot] === SlotState.waiting) {
      this.queue.remove(slot);
      this.settings.host.onReleased(slot);
      this.react(nowUs);
      return;
    }
    this.slots.isCancelled[slot] = 1;
    this.cancelled.push(slot);
    this.cut(nowUs);
  }

  hasPrefix(sessionKey: number, nowUs: number): boolean {
    this.settle(nowUs);
    return this.kv.cache.has(sessionKey);
  }

  generatedTokens(slot: number, nowUs: number): number {
    this.settle(nowUs);
    const isDecoding = this.slots.state[slot] === SlotState.running && this.slots.heapPlace[slot]! >= 0;
    return isDecoding ? this.decoding.generatedOf(slot, this.iteration) : this.slots.generatedTokens[slot]!;
  }

  takeWaiting(): number {
    const slot = this.queue.peek();
    if (slot !== NO_SLOT) this.queue.remove(slot);
    return slot;
  }

  fail(nowUs: number, lost: number[]): void {
    this.settle(nowUs);
    for (let slot = this.running.first; slot !== NO_SLOT; slot = this.running.first) {
      this.running.remove(slot);
      this.slots.generatedTokens[slot] = 0;
      if (this.slots.isCancelled[slot] === 0) lost.push(slot); else this.settings.host.onReleased(slot);
    }
    for (let slot = this.takeWaiting(); slot !== NO_SLOT; slot = this.takeWaiting()) {
      this.slots.generatedTokens[slot] = 0;
      lost.push(slot);
    }
    this.decoding.clear();
    this.kv.clear();
    this.cancelled.length = this.chunkCount = this.planned = 0;
    this.partial = NO_SLOT;
    this.isSystemWarm = false;
    this.wakeAtUs = Infinity;
  }

  /** Ends the leap at the first boundary after an instant. */
  private cut(nowUs: number): void {
    if (this.isWaking || this.planned === 1) return;
    this.settle(nowUs);
    this.planned = 1;
    this.setWake();
  }

  private setWake(): void {
    const spanPs = this.startPs + this.plan.sumPs(this.planned), wholeUs = Math.floor(spanPs / PS_PER_US);
    this.wakeAtUs = this.startUs + wholeUs + (spanPs > wholeUs * PS_PER_US ? 1 : 0);
  }

  /** Lets n of the planned iterations pass: time, tokens, and the blocks that iterations 2 to n take. */
  private advance(n: number): void {
    const { counters, decoding } = this, durationPs = this.plan.sumPs(n);
    if (n > 1) this.kv.take(decoding.growthOf(this.iteration + 1, n - 1));
    this.notePeak();
    decoding.kvTokens += n * decoding.count;
    this.iteration += n;
    counters.iterations += n;
    counters.generatedTokens += n * decoding.count;
    const endPs = this.startPs + durationPs, wholeUs = Math.floor(endPs / PS_PER_US);
    this.startUs += wholeUs;
    this.startPs = endPs - wholeUs * PS_PER_US;
    const busyPs = counters.busyPs + durationPs, busyUs = Math.floor(busyPs / PS_PER_US);
    counters.busyUs += busyUs;
    counters.busyPs = busyPs - busyUs * PS_PER_US;
  }

  private notePeak(): void {
    if (this.kv.used > this.counters.peakUsedBlocks) this.counters.peakUsedBlocks = this.kv.used;
  }

  private finishSequences(nowUs: number): void {
    const { completions } = this.decoding;
    while (completions.size > 0 && completions.firstFinish() === this.iteration) {
      const slot = completions.peek();
      this.decoding.remove(slot, this.iteration);
      this.finish(slot, nowUs);
    }
  }

  private finishChunks(nowUs: number): void {
    const { slots, counters } = this;
    for (let i = 0; i < this.chunkCount; i++) {
      const slot = this.chunkSlots[i]!;
      slots.computedTokens[slot]! += this.chunkTokens[i]!;
      counters.prefilledTokens += this.chunkTokens[i]!;
      if (slots.computedTokens[slot]! < slots.targetTokens[slot]!) { this.partial = slot; continue; }
      if (slot === this.partial) this.partial = NO_SLOT;
      counters.generatedTokens++;
      const generated = ++slots.generatedTokens[slot]!;
      if (!(slots.firstTokenAtUs[slot]! >= 0)) this.settings.host.onFirstToken(slot, nowUs);
      if (generated === slots.answerTokens[slot]) this.finish(slot, nowUs);
      else this.decoding.add(slot, generated, this.iteration);
    }
    this.chunkCount = 0;
  }

  /** Frees a sequence that has its last token; whole blocks of a client's turn stay for its next. */
  private finish(slot: number, nowUs: number): void {
    const { slots, settings } = this, { blockTokens, systemBlocks } = settings;
    const tokens = slots.inputTokens[slot]! + slots.answerTokens[slot]! - 1;
    const blocks = this.blocksOf(tokens), whole = Math.floor(tokens / blockTokens) - systemBlocks;
    this.running.remove(slot);
    if (slots.isCancelled[slot] === 1) this.cancelled.splice(this.cancelled.indexOf(slot), 1);
    if (settings.prefixCache && slots.kind[slot] === SlotKind.client) {
      this.kv.leave(slots.sessionKey(slot), whole);
      this.kv.give(blocks - whole);
    } else this.kv.give(blocks);
    slots.generatedTokens[slot] = slots.answerTokens[slot]!;
    settings.host.onFinished(slot, nowUs);
  }

  private releaseCancelled(): void {
    if (this.cancelled.length === 0) return;
    for (const slot of this.cancelled) {
      this.drop(slot);
      this.settings.host.onReleased(slot);
    }
    this.cancelled.length = 0;
  }

  /** Takes a running sequence out of the batch, its memory freed. */
  private drop(slot: number): void {
    const { slots, settings } = this;
    let tokens = slots.targetTokens[slot]!;
    if (slots.heapPlace[slot]! >= 0) {
      tokens = this.decoding.lengthOf(slot, this.iteration);
      slots.generatedTokens[slot] = this.decoding.generatedOf(slot, this.iteration);
      this.decoding.remove(slot, this.iteration);
    } else {
      this.partial = NO_SLOT;
      if (slots.computedTokens[slot]! < settings.systemBlocks * settings.blockTokens) this.isSystemWarm = false;
    }
    this.running.remove(slot);
    this.kv.give(this.blocksOf(tokens));
  }

  /** Makes up the next iteration, and how many follow that are alike. */
  private schedule(nowUs: number): void {
    const { settings, decoding, kv } = this;
    const hasPreempted = this.makeRoom();
    kv.take(decoding.growthOf(this.iteration, 1));
    let budget = settings.tokenBudget - decoding.count;
    if (this.partial !== NO_SLOT) budget -= this.addChunk(this.partial, budget);
    while (!hasPreempted && budget > 0 && this.canAdmit()) budget -= this.addChunk(this.admit(nowUs), budget);
    this.notePeak();
    if (this.running.size === 0) { this.wakeAtUs = Infinity; this.planned = 0; return; }
    if (this.chunkCount > 0) {
      this.planned = 1;
      this.plan.setSingle(this.mixedPs());
    } else {
      const untilFinish = decoding.completions.firstFinish() - this.iteration;
      this.planned = 1 + decoding.iterationsWithin(this.iteration + 1, kv.available, untilFinish - 1);
      this.plan.set(settings.cost, decoding.count, decoding.kvTokens);
      while (this.planned > 1 && !(this.startPs + this.plan.sumPs(this.planned) <= MAX_SPAN_PS)) this.planned = Math.ceil(this.planned / 2);
    }
    this.setWake();
  }

  /** Preempts until the next iteration's growth fits. */
  private makeRoom(): boolean {
    let hasPreempted = false;
    while (this.decoding.growthOf(this.iteration, 1) > this.kv.available) {
      const slot = this.running.last;
      this.drop(slot);
      this.queue.pushFront(slot);
      this.counters.preemptions++;
      this.slots.preemptions[slot]!++;
      this.settings.host.onPreempted(slot);
      hasPreempted = true;
    }
    return hasPreempted;
  }

  private canAdmit(): boolean {
    if (this.running.size >= this.settings.maxRunning) return false;
    const slot = this.queue.peek();
    return slot !== NO_SLOT && this.blocksOf(this.slots.inputTokens[slot]! + this.slots.generatedTokens[slot]!) <= this.kv.available;
  }

  private admit(nowUs: number): number {
    const { slots, settings, kv } = this, slot = this.queue.peek();
    const target = slots.inputTokens[slot]! + slots.generatedTokens[slot]!, isFirst = !(slots.admittedAtUs[slot]! >= 0);
    const prefixTokens = settings.prefixCache && slots.kind[slot] === SlotKind.client ? slots.field(slot, RequestField.prefixTokens) : 0;
    const leftBlocks = prefixTokens > 0 ? kv.reclaim(slots.sessionKey(slot)) : 0;
    const reused = reusedTokens(settings, this.isSystemWarm, target, prefixTokens, leftBlocks);
    this.queue.remove(slot);
    this.queue.charge(slot, target - reused + ANSWER_TOKEN_WEIGHT * slots.answerTokens[slot]!);
    this.isSystemWarm = settings.systemBlocks > 0;
    kv.take(this.blocksOf(target));
    slots.targetTokens[slot] = target;
    slots.computedTokens[slot] = reused;
    slots.order[slot] = this.admitted++;
    if (isFirst) slots.cachedTokens[slot] = Math.max(0, reused - settings.systemTokens);
    this.counters.cachedTokens += reused;
    this.running.push(slot);
    settings.host.onAdmitted(slot, nowUs);
    return slot;
  }

  /** Blocks of a sequence's own for so many tokens: those of the shared instructions are not counted. */
  private blocksOf(tokens: number): number {
    return Math.ceil(tokens / this.settings.blockTokens) - this.settings.systemBlocks;
  }

  private addChunk(slot: number, budget: number): number {
    const tokens = Math.min(budget, this.slots.targetTokens[slot]! - this.slots.computedTokens[slot]!);
    this.chunkSlots[this.chunkCount] = slot;
    this.chunkTokens[this.chunkCount++] = tokens;
    return tokens;
  }

  /** Duration of an iteration with prompts in it. */
  private mixedPs(): number {
    const { decoding, slots } = this;
    let tokens = decoding.count, kvTokens = decoding.kvTokens + tokens, pairs = kvTokens;
    for (let i = 0; i < this.chunkCount; i++) {
      const chunk = this.chunkTokens[i]!, before = slots.computedTokens[this.chunkSlots[i]!]!;
      tokens += chunk;
      kvTokens += before + chunk;
      pairs += chunk * before + chunk * (chunk + 1) / 2;
    }
    return iterationPs(this.settings.cost, tokens, kvTokens, pairs);
  }
}
