/**
 * How often n messages are put down to the wrong one of two people whose earlier messages are known. With evidence of equal
 * and independent messages the error shrinks as Phi(-sqrt(n) d' / 2), d' being the distance of one message.
 */
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { FeatureTable } from "./attacks/attack.js";
import { PersonProfile, WordBackground } from "./attacks/person-profile.js";
import { leakageBits } from "./leakage-bits.js";
import { bootstrapPeople, type Estimate } from "./people-bootstrap.js";
import { BOOTSTRAP_REPLICATES } from "./score-attack.js";

/** Messages that are linked at once. */
export const LINKED_MESSAGES = [1, 2, 4, 8] as const;
/** Each person needs as many known messages as linked ones. */
const FEWEST_MESSAGES = 2 * LINKED_MESSAGES[LINKED_MESSAGES.length - 1]!;
const FEWEST_PEOPLE = 10;
/** Other people that each person is compared with. */
const RIVALS = 8;
const LINKAGE_DRAWS = 2 ** 34;

/** Errors by number of linked messages; blind guessing errs one half of the time. */
export interface LinkageScore {
  readonly people: number;
  /** In order of `LINKED_MESSAGES`. */
  readonly errors: readonly Estimate[];
  /** Min-entropy leakage of the largest number: at most 1 bit, as there are two candidates. */
  readonly bits: Estimate;
}

/** Evidence that message m of person p is p's rather than rival r's. Nats; ties count one half. */
export type PairEvidence = (person: number, rival: number, message: number) => number;

/**
 * Links messages of people with enough of them; undefined when fewer than ten have.
 *
 * @param texts Words by number. @param people Person of each row, from 0 without gaps, messages in order of time.
 */
export function scoreLinkage(texts: FeatureTable, people: Int32Array, seed: number): LinkageScore | undefined {
  const rowsOf = new Map<number, number[]>();
  people.forEach((person, row) => { rowsOf.set(person, [...rowsOf.get(person) ?? [], row]); });
  const linked = [...rowsOf].filter(([, rows]) => rows.length >= FEWEST_MESSAGES).sort(([a], [b]) => a - b).map(([, rows]) => rows);
  if (linked.length < FEWEST_PEOPLE) return undefined;
  const background = new WordBackground(texts), profiles = linked.map((rows) => new PersonProfile(background, texts, rows.slice(0, Math.floor(rows.length / 2))));
  const evidence: PairEvidence = (person, rival, message) => {
    const row = linked[person]![Math.floor(linked[person]!.length / 2) + message]!;
    return profiles[person]!.evidence(texts, row) - profiles[rival]!.evidence(texts, row);
  };
  return scorePairs(linked.length, evidence, seed);
}

/** Errors of any pairwise evidence: the part that closed forms are held against. */
export function scorePairs(people: number, evidence: PairEvidence, seed: number): LinkageScore {
  const errorsOf = LINKED_MESSAGES.map(() => new Float64Array(people)), stream = new RandomStream(seed, 0, Purpose.attack);
  for (let person = 0; person < people; person++) {
    stream.seek(LINKAGE_DRAWS, person);
    for (let draw = 0; draw < RIVALS; draw++) {
      const rival = (person + 1 + stream.nextInt(people - 1)) % people;
      let sum = 0, linked = 0;
      LINKED_MESSAGES.forEach((count, i) => {
        for (; linked < count; linked++) sum += evidence(person, rival, linked);
        errorsOf[i]![person]! += (sum < 0 ? 1 : sum === 0 ? 0.5 : 0) / RIVALS;
      });
    }
  }
  const statistics = (weights: Float64Array): number[] => {
    const errors = errorsOf.map((ofPerson) => weightedMean(ofPerson, weights));
    return [...errors, leakageBits(1 - errors[errors.length - 1]!, 0.5).bits];
  };
  const estimates = bootstrapPeople(people, statistics, stream, LINKAGE_DRAWS + 1, BOOTSTRAP_REPLICATES, 1);
  return { people, errors: estimates.slice(0, LINKED_MESSAGES.length), bits: estimates[LINKED_MESSAGES.length]! };
}

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let sum = 0, total = 0;
  values.forEach((value, i) => { sum += weights[i]! * value; total += weights[i]!; });
  return sum / total;
}
