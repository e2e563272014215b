/** Whose training a text is for, what may be fixed in it, and what it is. */
import type { RandomStream } from "../../core/random-stream.js";
import { DOMAIN_NAMES } from "../knowledge/knowledge-area.js";
import type { FactRef } from "../knowledge/knowledge-area.js";
import type { World } from "../world.js";

/** Whose training: T, P, or the expert of a domain. */
export const TEXT_ROLES = ["general", "personal", ...DOMAIN_NAMES] as const;
/** A role. */
export type TextRole = (typeof TEXT_ROLES)[number];

/**
 * Steps of a curriculum for P. 0: two random key-value pairs, one way to ask; 1: up to four pairs; 2: as many as in use,
 * all ways to ask; 3: everything that P must do, in the shares of config.personalText. Other roles have one level.
 */
export type TextLevel = 0 | 1 | 2 | 3;

/** What may be fixed in a text. */
export interface TextOptions {
  /** Day as of which facts are stated; 0 when left out. */
  readonly day?: number;
  /** Of P's curriculum; 3 when left out. */
  readonly level?: TextLevel;
}

/** A text: a model reads prompt + completion; a loss may be taken on the completion alone. */
export interface TrainingText {
  /** What it practises. */
  readonly practice: string;
  /** Empty for running text. */
  readonly prompt: string;
  /** Ends with a line end. */
  readonly completion: string;
  /** Where it comes from, so that leaks can be looked for. */
  readonly people: readonly number[];
  readonly facts: readonly FactRef[];
}

/** What the writers of texts share. */
export interface TextDraw { readonly world: World; readonly stream: RandomStream; readonly index: number; readonly day: number }
