/**
 * Names by a syllable grammar: onset, vowel, middle, ending. Each kind of thing has endings of its own, and only endings
 * have a vowel at the front, so a name can be read in one way: two names of any kinds are never equal. Nobody is meant:
 * a likeness to a real name is chance.
 */
import { invariant } from "../core/errors.js";
import { splitPosition } from "./world-streams.js";

const ONSETS: readonly string[] = ["b", "br", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "l", "m", "n", "p", "pr", "r", "s", "sk", "t", "tr", "v", "z"];
const VOWELS: readonly string[] = ["a", "e", "i", "o", "u"];
const MIDDLES: readonly string[] = ["l", "ld", "lm", "lv", "n", "nd", "r", "rk", "rl", "rm", "rv", "v"];

const ENDINGS = {
  given: ["oth", "ulk", "eft", "immo"], family: ["orsk", "undle", "eppe", "askell"], teacher: ["ovand", "iggo"],
  city: ["amere", "oldun", "owick", "estow"], employer: ["ico", "ora", "iva", "ent"], bank: ["abank", "obank"],
  drug: ["ix", "um", "ane", "ex"], drugClass: ["ene"], maker: ["alabs", "opharm"],
  app: ["apad", "osync", "edock", "ify"], phone: ["ofone"], course: ["ology", "onics", "istry", "etics"],
  river: ["une", "ach"], region: ["ania"],
} as const;

/** What is named. */
export type NameKind = keyof typeof ENDINGS;

const ROOTS = ONSETS.length * VOWELS.length * MIDDLES.length;
/** Prime and not a factor of any number of names, so that the walk below meets every name once. */
const STRIDE = 1571;
const AXIS_OF_NAMES = 7;

/** How many different names a kind has. */
export function nameCount(kind: NameKind): number { return ROOTS * ENDINGS[kind].length; }

/**
 * A fictional name. Different indices below `nameCount` give different names, neighbours unlike each other.
 *
 * @throws {BugError} when there are not so many names.
 */
export function coinName(seed: number, kind: NameKind, index: number): string {
  const endings: readonly string[] = ENDINGS[kind], total = nameCount(kind);
  invariant(Number.isInteger(index) && index >= 0 && index < total, `ask for one of ${total} names of kind ${kind}`, index);
  const start = Math.floor(splitPosition(seed, AXIS_OF_NAMES, Object.keys(ENDINGS).indexOf(kind)) * total);
  let place = (start + index * STRIDE) % total;
  const take = (parts: readonly string[]): string => {
    const part = parts[place % parts.length]!;
    place = Math.floor(place / parts.length);
    return part;
  };
  const name = take(ONSETS) + take(VOWELS) + take(MIDDLES) + take(endings);
  return kind === "drugClass" ? name : name[0]!.toUpperCase() + name.slice(1);
}

/** The first `count` names of a kind. */
export function coinNames(seed: number, kind: NameKind, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => coinName(seed, kind, index));
}
