/**
 * A model whose sequences are stepped together, as llama.cpp does below our model hosts: requests beyond the sequences wait in order of
 * arrival; what is ready when the thread of the process comes round goes into one batch, prompts and single tokens alike.
 */
import type { HostSpeed } from "../devices/host/host-speed.js";
import type { Affinity } from "../simulation/sliced-processors.js";
import type { Machine, Path, Thread, Wait } from "./machine.js";

/** Tokens that go into one batch. */
const BATCH_TOKENS = 512;

interface Item { readonly tokens: number; readonly context: number; readonly isPrompt: boolean; readonly afterUs: number; readonly resume: () => void }

/** A model in a process. */
export class BatchingModel {
  private readonly waiting: (() => void)[] = [];
  private ready: Item[] = [];
  private isStepping = false;
  private readonly engine: Affinity = { processor: 0 };

  /**
   * @param thread Of the process: a step begins when it has handled what came before.
   * @param freeCount Sequences.
   */
  constructor(private readonly machine: Machine, private readonly thread: Thread, private readonly speed: HostSpeed, private freeCount: number) {}

  /** Waits for a sequence. */
  admit(): Wait {
    return (resume) => {
      if (this.freeCount === 0) { this.waiting.push(resume); return; }
      this.freeCount--;
      resume();
    };
  }

  /** Gives a sequence back, to who waits longest. */
  release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.freeCount++; else next();
  }

  /** Takes in a prompt. */
  prefill(tokens: number): Wait { return (resume) => { this.add({ tokens, context: 0, isPrompt: true, afterUs: 0, resume }); }; }

  /** Makes a token behind `context` tokens, which takes its process so much work to hand on. */
  decode(context: number, afterUs: number): Wait { return (resume) => { this.add({ tokens: 1, context, isPrompt: false, afterUs, resume }); }; }

  private add(item: Item): void {
    this.ready.push(item);
    if (!this.isStepping) this.machine.start(this.step());
  }

  private *step(): Path {
    this.isStepping = true;
    while (this.ready.length > 0) {
      yield this.thread.work(0);
      const batch = this.takeBatch(), prompts = batch.filter(({ isPrompt }) => isPrompt), decoding = batch.filter(({ isPrompt }) => !isPrompt);
      const meanContext = decoding.length === 0 ? 0 : decoding.reduce((sum, { context }) => sum + context, 0) / decoding.length;
      yield this.machine.compute(1e6 * this.speed.batchS(prompts.map(({ tokens }) => tokens), decoding.length, meanContext), this.engine);
      // All tokens of a batch are handed on in one turn of the process, side by side.
      yield this.thread.work(batch.reduce((sum, { afterUs }) => sum + afterUs, 0));
      for (const { resume } of batch) resume();
    }
    this.isStepping = false;
  }

  private takeBatch(): Item[] {
    let tokens = 0;
    const end = this.ready.findIndex((item, place) => (tokens += item.tokens) > BATCH_TOKENS && place > 0), batch = end < 0 ? this.ready : this.ready.slice(0, end);
    this.ready = this.ready.slice(batch.length);
    return batch;
  }
}
