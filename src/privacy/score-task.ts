/** One question put to an attack: rows chosen, rare classes left out, too little to judge told apart from nothing found. */
import { Purpose, RandomStream } from "../core/random-stream.js";
import { selectRows, type Attack, type FeatureTable } from "./attacks/attack.js";
import { foldOfRows, scoreAttack, type LeakageScore } from "./score-attack.js";

/** Fewest observations, people, and people of a class for an attack to be judged at all. */
const FEWEST_OBSERVATIONS = 50, FEWEST_PEOPLE = 10, FEWEST_PEOPLE_OF_CLASS = 5;

/** Observations with their truth; a label below 0 is none. */
export interface LabelledRows {
  readonly features: FeatureTable;
  readonly labels: Int32Array;
  /** Places of people in an order that has nothing to do with what they did. */
  readonly people: Int32Array;
  readonly classCount: number;
}

/** A question that could not be put to the attack. */
export interface NotScored {
  readonly isScored: false;
  readonly people: number;
  readonly observations: number;
  /** The truth is the same for every observation, so there is nothing to tell. */
  readonly isConstant: boolean;
  /** Why, in one clause. */
  readonly reason: string;
}

/** A task's score, and how many observations of rare classes were left out. */
export interface ScoredTask {
  readonly score: LeakageScore | NotScored;
  readonly leftOutRows: number;
}

/** Which question, and the place of its bootstrap among the random streams. */
export interface TaskPlace {
  readonly seed: number;
  /** At least 1. */
  readonly taskNumber: number;
}

/**
 * Judges an attack on some rows, or says why not. Classes of very few people are left out.
 *
 * @param taskRows Rows with a label of 0 or more.
 */
export function scoreTask(attack: Attack, all: LabelledRows, taskRows: Int32Array, place: TaskPlace): ScoredTask {
  const classes = classesWithPeople(all, taskRows);
  const rows = taskRows.filter((row) => classes.has(all.labels[row]!));
  const people = denseNumbers(rows.map((row) => all.people[row]!));
  const personCount = new Set(people).size, leftOutRows = taskRows.length - rows.length;
  const reason = classes.size < 2 ? `fewer than 2 classes have ${FEWEST_PEOPLE_OF_CLASS} people`
    : rows.length < FEWEST_OBSERVATIONS ? `fewer than ${FEWEST_OBSERVATIONS} observations`
    : personCount < FEWEST_PEOPLE ? `fewer than ${FEWEST_PEOPLE} people` : undefined;
  if (reason !== undefined) {
    const isConstant = new Set(taskRows.map((row) => all.labels[row]!)).size === 1;
    return { score: { isScored: false, people: personCount, observations: rows.length, isConstant, reason }, leftOutRows };
  }
  const labels = rows.map((row) => classes.get(all.labels[row]!)!);
  const traces = { features: selectRows(all.features, rows), labels, people, classCount: classes.size };
  return { score: scoreAttack(attack, traces, foldOfRows(people), place), leftOutRows };
}

/**
 * Places of some people in a random order.
 *
 * @param clientIds Person of each row.
 * @param mostPeople More are thinned at random.
 */
export function placePeople(clientIds: ArrayLike<number>, mostPeople: number, seed: number): Map<number, number> {
  const order = [...new Set(Array.from(clientIds))].sort((a, b) => a - b);
  const stream = new RandomStream(seed, 0, Purpose.attack).seek(0, 0);
  for (let i = order.length - 1; i > 0; i--) {
    const j = stream.nextInt(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return new Map(order.slice(0, mostPeople).map((clientId, place) => [clientId, place]));
}

/** Indexes for which the condition holds. */
export function keptRows(items: ArrayLike<unknown>, isKept: (index: number) => boolean): Int32Array {
  const kept: number[] = [];
  for (let index = 0; index < items.length; index++) if (isKept(index)) kept.push(index);
  return Int32Array.from(kept);
}

/** Classes with enough people, in order of label, numbered from 0. */
function classesWithPeople({ labels, people, classCount }: LabelledRows, rows: Int32Array): Map<number, number> {
  const peopleOf = Array.from({ length: classCount }, () => new Set<number>());
  for (const row of rows) peopleOf[labels[row]!]!.add(people[row]!);
  const kept = peopleOf.flatMap((ofClass, label) => (ofClass.size >= FEWEST_PEOPLE_OF_CLASS ? [label] : []));
  return new Map(kept.map((label, index) => [label, index]));
}

/** Numbers from 0 without gaps, in order of the old ones. */
function denseNumbers(numbers: Int32Array): Int32Array {
  const placeOf = new Map([...new Set(numbers)].sort((a, b) => a - b).map((number, place) => [number, place]));
  return numbers.map((number) => placeOf.get(number)!);
}
