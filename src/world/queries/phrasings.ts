/** Ways to ask: patterns with slots {e} (an entity), {o} (the person's own value), {l} (a label). Some are held out by hash. */
import { hashText, splitPosition } from "../world-streams.js";

/** A thing to ask for and its patterns, each different from all others. */
export interface Intent { readonly id: string; readonly patterns: readonly string[] }

/** Patterns of an intent, apart: those in training texts and those that only tests use. */
export interface SplitPhrasings { readonly train: readonly string[]; readonly heldOut: readonly string[] }

/** Values of a pattern's slots. */
export type Slots = Readonly<Record<string, string>>;

/** Words before and after a question; they carry no meaning and are on both sides of the split. */
export const OPENERS: readonly string[] = ["", "", "", "hi, ", "hello, ", "quick question: ", "one more thing: ", "tell me, ", "sorry, ", "ok, "];
/** See `OPENERS`. */
export const CLOSERS: readonly string[] = ["", "", "", " thanks.", " please."];

const AXIS_OF_PHRASINGS = 2;

/**
 * Divides the patterns of each intent. The order of holding out is by hash of intent and pattern, so that new patterns
 * hardly move old ones.
 *
 * @param share Of the patterns, rounded; at least one is held out and at least one is not.
 */
export function splitPhrasings(seed: number, share: number, intents: readonly Intent[]): ReadonlyMap<string, SplitPhrasings> {
  return new Map(intents.map(({ id, patterns }) => {
    const positions = new Map(patterns.map((pattern) => [pattern, splitPosition(seed, AXIS_OF_PHRASINGS, hashText(`${id} ${pattern}`))]));
    const order = [...patterns].sort((a, b) => positions.get(a)! - positions.get(b)!);
    const held = new Set(order.slice(0, Math.min(patterns.length - 1, Math.max(1, Math.round(share * patterns.length)))));
    return [id, { train: patterns.filter((pattern) => !held.has(pattern)), heldOut: patterns.filter((pattern) => held.has(pattern)) }];
  }));
}

/** A pattern with its slots filled. */
export function fillPattern(pattern: string, slots: Slots): string {
  return pattern.replaceAll(/\{(\w+)\}/g, (whole, slot: string) => slots[slot] ?? whole);
}
