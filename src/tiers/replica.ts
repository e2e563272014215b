/**
 * A replica that leaps: while its batch does nothing but decode, any number of iterations is one step in closed form
 * (`DecodePlan` for time, `DecodingSet` for memory). Work per request grows with the logarithm of the batch, not with
 * tokens. `ReplicaReference` is the same thing one iteration at a time; tests hold the two equal in every instant.
 */
import { DecodePlan } from "./decode-plan.js";
import { DecodingSet } from "./decoding-set.js";
import { ANSWER_TOKEN_WEIGHT } from "./fair-queue.js";
import { BatchShape, MAX_SPAN_PS, PS_PER_US } from "./iteration-cost.js";
import { KvBlocks } from "./kv-blocks.js";
import { Departures } from "./departures.js";
import { Arrivals } from "./arrivals.js";
import { keyOfPreempted, zeroCounters } from "./replica-engine.js";
import type { ReplicaCounters, ReplicaEngine, ReplicaSettings } from "./replica-engine.js";
import { reclaimReused } from "./reclaim-reused.js";
import { NO_SLOT, SlotKind, SlotState } from "./request-slots.js";
import type { RequestSlots } from "./request-slots.js";
import { SlotList } from "./slot-list.js";
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
  private readonly batch: BatchShape;
  /** Requests not yet seen, and memory not yet given back: only when the scheduler works ahead. */
  private readonly arrivals: Arrivals = new Arrivals();
  private readonly departures: Departures;
  /** The boundary reached: microseconds, and picoseconds after it. */
  private startUs = 0;
  private startPs = 0;
  /** Iterations finished since the replica came up, and planned from the boundary reached. */
  private iteration = 0;
  private planned = 0;
  /** Prompts in the current iteration; their tokens are in the batch. */
  private readonly chunkSlots: Int32Array;
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
    this.batch = new BatchShape(settings.maxRunning);
    this.departures = new Departures(this.kv);
  }

  get runningCount(): number { return this.running.size; }
  get waitingCount(): number { return this.queue.size + this.arrivals.size; }

  enqueue(slot: number): void {
    if (this.settings.schedulesAhead) this.arrivals.push(slot);
    else this.queue.push(slot);
  }

  react(nowUs: number): void {
    if (this.isWaking || this.waitingCount === 0) return;
    if (this.wakeAtUs === Infinity) {
      this.startUs = nowUs;
      this.startPs = 0;
      this.schedule(nowUs);
    } else {
      if (this.settings.schedulesAhead) this.noteArrivals(nowUs);
      if (this.canAdmit()) this.cut(nowUs, 1);
    }
  }

  boundaryAfterUs(nowUs: number): number {
    if (this.wakeAtUs === Infinity) return nowUs;
    this.settle(nowUs);
    return this.instantAfter(1);
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
    this.planDecodes();
  }

  cancel(slot: number, nowUs: number): void {
    if (this.slots.state[slot] === SlotState.waiting) {
      this.removeWaiting(slot);
      this.settings.host.onReleased(slot);
      this.react(nowUs);
      return;
    }
    this.slots.isCancelled[slot] = 1;
    this.cancelled.push(slot);
    this.cut(nowUs, 1);
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
    const slot = this.queue.size > 0 ? this.queue.peek() : this.arrivals.first();
    if (slot !== NO_SLOT) this.removeWaiting(slot);
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
    this.departures.forget();
    this.cancelled.length = this.batch.chunks = this.planned = 0;
    this.partial = NO_SLOT;
    this.isSystemWarm = false;
    this.wakeAtUs = Infinity;
  }

  /** Ends the leap at the first boundaries after an instant. */
  private cut(nowUs: number, boundaries: number): void {
    if (this.isWaking || this.planned <= boundaries) return;
    this.settle(nowUs);
    this.planned = Math.min(this.planned, boundaries);
    this.setWake();
  }

  /** Marks new requests with the iteration that they fell into; they can be admitted at its end but one. */
  private noteArrivals(nowUs: number): void {
    this.settle(nowUs);
    this.arrivals.mark(this.iteration);
    if (this.running.size + this.departures.size < this.settings.maxRunning) this.cut(nowUs, 2);
  }

  private removeWaiting(slot: number): void {
    if (this.arrivals.remove(slot)) return;
    this.queue.remove(slot);
    this.kv.reclaim(keyOfPreempted(slot));
  }

  private setWake(): void { this.wakeAtUs = this.instantAfter(this.planned); }

  /** End of the n-th iteration from the boundary reached, in microseconds, rounded up. */
  private instantAfter(n: number): number {
    const spanPs = this.startPs + this.plan.sumPs(n), wholeUs = Math.floor(spanPs / PS_PER_US);
    return this.startUs + wholeUs + (spanPs > wholeUs * PS_PER_US ? 1 : 0);
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
    const { slots, counters, batch } = this;
    for (let i = 0; i < batch.chunks; i++) {
      const slot = this.chunkSlots[i]!;
      slots.computedTokens[slot]! += batch.chunkTokens[i]!;
      counters.prefilledTokens += batch.chunkTokens[i]!;
      if (slots.computedTokens[slot]! < slots.targetTokens[slot]!) { this.partial = slot; continue; }
      if (slot === this.partial) this.partial = NO_SLOT;
      counters.generatedTokens++;
      const generated = ++slots.generatedTokens[slot]!;
      if (!(slots.firstTokenAtUs[slot]! >= 0)) this.settings.host.onFirstToken(slot, nowUs);
      if (generated === slots.answerTokens[slot]) this.finish(slot, nowUs);
      else this.decoding.add(slot, generated, this.iteration);
    }
    batch.chunks = 0;
  }

  /** Frees a sequence that has its last token; whole blocks of a client's turn stay for its next. */
  private finish(slot: number, nowUs: number): void {
    const { slots, settings } = this, { blockTokens, systemBlocks } = settings;
    const tokens = slots.inputTokens[slot]! + slots.answerTokens[slot]! - 1;
    const blocks = this.blocksOf(tokens), whole = Math.floor(tokens / blockTokens) - systemBlocks;
    this.running.remove(slot);
    if (slots.isCancelled[slot] === 1) this.cancelled.splice(this.cancelled.indexOf(slot), 1);
    const isKept = settings.prefixCache && slots.kind[slot] === SlotKind.client, key = isKept ? slots.sessionKey(slot) : NO_SLOT;
    if (settings.schedulesAhead) this.departures.add(key, isKept ? whole : 0, blocks);
    else this.departures.giveBack(key, isKept ? whole : 0, blocks);
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

  /** Takes a running sequence out of the batch, its memory freed. Returns its whole blocks that hold computed tokens. */
  private drop(slot: number): number {
    const { slots, settings } = this;
    let tokens = slots.targetTokens[slot]!, computed = slots.computedTokens[slot]!;
    if (slots.heapPlace[slot]! >= 0) {
      tokens = computed = this.decoding.lengthOf(slot, this.iteration);
      slots.generatedTokens[slot] = this.decoding.generatedOf(slot, this.iteration);
      this.decoding.remove(slot, this.iteration);
    } else {
      this.partial = NO_SLOT;
      if (slots.computedTokens[slot]! < settings.systemBlocks * settings.blockTokens) this.isSystemWarm = false;
    }
    this.running.remove(slot);
    this.kv.give(this.blocksOf(tokens));
    return Math.max(0, Math.floor(computed / settings.blockTokens) - settings.systemBlocks);
  }

  /** Makes up the next iteration, and how many follow that are alike. */
  private schedule(nowUs: number): void {
    this.showArrivals();
    const hasPreempted = this.makeRoom();
    let budget = this.settings.tokenBudget - this.decoding.count;
    if (this.partial !== NO_SLOT) budget -= this.addChunk(this.partial, budget);
    while (!hasPreempted && budget > 0 && this.canAdmit()) budget -= this.addChunk(this.admit(nowUs), budget);
    this.notePeak();
    const hasDepartures = this.departures.settle();
    if (this.running.size === 0) { this.rest(nowUs, hasDepartures); return; }
    this.planned = this.batch.chunks > 0 ? 1 : this.countAlike(hasDepartures);
    if (this.batch.chunks === 0) this.planDecodes();
    else this.planMixed();
    while (this.planned > 1 && !(this.startPs + this.plan.sumPs(this.planned) <= MAX_SPAN_PS)) this.planned = Math.ceil(this.planned / 2);
    this.setWake();
  }

  /** Nothing can run: until the next request, or, when memory that the departed held came back, at once. */
  private rest(nowUs: number, hasDepartures: boolean): void {
    this.wakeAtUs = Infinity;
    this.planned = 0;
    if (hasDepartures && this.waitingCount > 0) this.schedule(nowUs);
  }

  /** Lets waiting requests be seen: those of the iteration before the last, or all when nothing runs. */
  private showArrivals(): void {
    if (!this.settings.schedulesAhead) return;
    this.arrivals.mark(this.iteration);
    const isIdle = this.running.size === 0;
    if (isIdle) this.departures.settle();
    this.arrivals.moveTo(this.queue, isIdle ? Infinity : this.iteration - 2);
  }

  /** Iterations until a sequence ends, memory runs out, or what waits must be looked at again. */
  private countAlike(hasDepartures: boolean): number {
    const { decoding, arrivals } = this, isFull = this.running.size >= this.settings.maxRunning;
    if (this.settings.schedulesAhead && !isFull && (arrivals.size > 0 || (hasDepartures && this.queue.size > 0))) return 1;
    const untilFinish = decoding.completions.firstFinish() - this.iteration;
    return 1 + decoding.iterationsWithin(this.iteration + 1, this.kv.available, untilFinish - 1);
  }

  /**
   * Takes the blocks of the next iteration, preempting until they are there. What a preempted sequence computed stays until
   * its blocks are needed; sequences before it in line have taken all that was left by then.
   */
  private makeRoom(): boolean {
    const { settings, slots, kv } = this;
    let granted = 0, hasPreempted = false;
    while (this.decoding.growthOf(this.iteration, 1) - granted > kv.available) {
      granted += kv.available;
      kv.take(kv.available);
      const slot = this.running.last, whole = this.drop(slot);
      if (settings.prefixCache) kv.keep(keyOfPreempted(slot), whole);
      this.queue.pushFront(slot);
      this.counters.preemptions++;
      slots.preemptions[slot]!++;
      settings.host.onPreempted(slot);
      hasPreempted = true;
    }
    kv.take(this.decoding.growthOf(this.iteration, 1) - granted);
    return hasPreempted;
  }

  private canAdmit(): boolean {
    if (this.running.size + this.departures.size >= this.settings.maxRunning) return false;
    const slot = this.queue.peek();
    return slot !== NO_SLOT && this.blocksOf(this.slots.inputTokens[slot]! + this.slots.generatedTokens[slot]!) <= this.kv.available;
  }

  private admit(nowUs: number): number {
    const { slots, settings, kv } = this, slot = this.queue.peek();
    const target = slots.inputTokens[slot]! + slots.generatedTokens[slot]!, isFirst = !(slots.admittedAtUs[slot]! >= 0);
    const reused = reclaimReused(settings, kv, this.isSystemWarm, slot, target);
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
    const { batch } = this, tokens = Math.min(budget, this.slots.targetTokens[slot]! - this.slots.computedTokens[slot]!);
    this.chunkSlots[batch.chunks] = slot;
    batch.chunkBefore[batch.chunks] = this.slots.computedTokens[slot]!;
    batch.chunkTokens[batch.chunks++] = tokens;
    return tokens;
  }

  /** Durations of the planned iterations, which only decode. */
  private planDecodes(): void {
    this.fillBatch();
    this.settings.cost.planDecode(this.batch, this.planned, this.plan);
  }

  /** Duration of an iteration with prompts in it. */
  private planMixed(): void {
    this.fillBatch();
    this.plan.clear();
    this.plan.add(0, this.settings.cost.durationPs(this.batch), 0);
  }

  private fillBatch(): void {
    const { batch, decoding, slots, settings } = this;
    batch.decodes = batch.sampled = decoding.count;
    batch.kvTokens = decoding.kvTokens;
    for (let i = 0; i < batch.chunks; i++) {
      if (batch.chunkBefore[i]! + batch.chunkTokens[i]! === slots.targetTokens[this.chunkSlots[i]!]) batch.sampled++;
    }
    if (settings.cost.readsSpread) batch.spread = decoding.spread(this.running, this.iteration);
  }
}
