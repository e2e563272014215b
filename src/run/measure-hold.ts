/**
 * The hold model: with a fixed number of events waiting, take the first one and schedule it again later. It shows what a
 * queue alone costs. Delays are 0.1 s + Exp(0.9 s), drawn before the clock starts so that no generator is measured.
 *
 * @source Jones 1986, An empirical comparison of priority-queue and event-set implementations, CACM 29(4).
 */
import { Purpose, RandomStream } from "../core/random-stream.js";
import { BucketQueue } from "../simulation/bucket-queue.js";
import type { EventQueue } from "../simulation/event-queue.js";
import { HeapQueue } from "../simulation/heap-queue.js";
import type { BenchRow } from "./bench-row.js";
import { measureWork, speedOf } from "./measure-work.js";

/** Waiting events of the usual comparison. */
export const HOLD_SIZES: readonly number[] = [1e3, 1e5, 1e6];
const SHORTEST_DELAY_US = 1e5;
const MEAN_SURPLUS_US = 9e5;
/** Delays drawn ahead. A power of 2, small enough to stay in cache. */
const DELAY_COUNT = 2 ** 14;
const DELAY_MASK = DELAY_COUNT - 1;

/** How much to measure. */
export interface HoldOptions {
  readonly sizes?: readonly number[];
  /** Events measured for each row. 5 million when left out: about 0.2 s for a fast queue. */
  readonly events?: number;
}

/** Measures each queue at each size. The object heap is the usual way in JavaScript, for comparison. */
export async function measureHold(options: HoldOptions = {}): Promise<BenchRow[]> {
  const { sizes = HOLD_SIZES, events = 5e6 } = options, rows: BenchRow[] = [];
  for (const size of sizes) {
    rows.push(await measureQueue("bucket-queue", new BucketQueue(size), size, events));
    rows.push(await measureQueue("heap-queue", new HeapQueue(size), size, events));
    rows.push(await measureQueue("object-heap", new ObjectHeap(), size, events));
  }
  return rows;
}

async function measureQueue(variant: string, queue: EventQueue, size: number, events: number): Promise<BenchRow> {
  const stream = new RandomStream(1, 0, Purpose.bench).seek(0, 0);
  const drawDelayUs = (): number => Math.floor(SHORTEST_DELAY_US + MEAN_SURPLUS_US * stream.nextExponential());
  const delaysUs = Float64Array.from({ length: DELAY_COUNT }, drawDelayUs);
  for (let key = 0; key < size; key++) queue.push(drawDelayUs(), key);
  hold(queue, delaysUs, Math.max(2 * size, 500_000));
  const { effort } = await measureWork(() => { hold(queue, delaysUs, events); });
  return { bench: "hold", variant, size, threads: 1, ...speedOf(events, effort) };
}

function hold(queue: EventQueue, delaysUs: Float64Array, events: number): void {
  for (let event = 0; event < events; event++) {
    queue.pop();
    queue.push(queue.timeUs + delaysUs[event & DELAY_MASK]!, queue.key);
  }
}

/** An event as an object. */
interface HeapNode { readonly timeUs: number; readonly key: number }

/** Binary heap of objects: only a yardstick. */
class ObjectHeap implements EventQueue {
  timeUs = 0;
  key = 0;
  private readonly nodes: HeapNode[] = [];

  get size(): number { return this.nodes.length; }

  push(timeUs: number, key: number): void {
    const { nodes } = this, node = { timeUs, key };
    let i = nodes.length;
    nodes.push(node);
    for (let parent = (i - 1) >> 1; i > 0 && isBefore(node, nodes[parent]!); parent = (i - 1) >> 1) {
      nodes[i] = nodes[parent]!;
      i = parent;
    }
    nodes[i] = node;
  }

  pop(): boolean {
    const { nodes } = this, first = nodes[0], last = nodes.pop();
    if (first === undefined || last === undefined) return false;
    this.timeUs = first.timeUs;
    this.key = first.key;
    if (nodes.length > 0) this.sink(last);
    return true;
  }

  peekTimeUs(): number { return this.nodes[0]?.timeUs ?? Infinity; }

  private sink(node: HeapNode): void {
    const { nodes } = this;
    let i = 0;
    for (let child = 1; child < nodes.length; child = 2 * i + 1) {
      if (child + 1 < nodes.length && isBefore(nodes[child + 1]!, nodes[child]!)) child++;
      if (!isBefore(nodes[child]!, node)) break;
      nodes[i] = nodes[child]!;
      i = child;
    }
    nodes[i] = node;
  }
}

function isBefore(a: HeapNode, b: HeapNode): boolean { return a.timeUs < b.timeUs || (a.timeUs === b.timeUs && a.key < b.key); }
